"""Facts about one child's body, measured or estimated, each with its spread."""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range, one_of, some_text
from rheobase.stimulus.pads import Segment, Side

AGE_MONTHS = (4.0, 228.0)  # four months to the nineteenth birthday


class Sex(StrEnum):
    """Sex as the growth tables use it."""

    FEMALE = "female"
    MALE = "male"


class Condition(StrEnum):
    """What the priors on strength, tone and growth start from."""

    TYPICAL = "typically developing"
    SPASTIC_UNILATERAL = "spastic cerebral palsy, unilateral"
    SPASTIC_BILATERAL = "spastic cerebral palsy, bilateral"
    OTHER = "other"


class Quantity(StrEnum):
    """A body measure that overrides the norm when it was taken. Lengths and girths in mm."""

    HEIGHT_CM = "height_cm"
    MASS_KG = "mass_kg"
    SITTING_HEIGHT_CM = "sitting_height_cm"
    THIGH_LENGTH_MM = "thigh_length_mm"
    SHANK_LENGTH_MM = "shank_length_mm"
    FOOT_LENGTH_MM = "foot_length_mm"
    UPPER_ARM_LENGTH_MM = "upper_arm_length_mm"
    FOREARM_LENGTH_MM = "forearm_length_mm"
    HAND_LENGTH_MM = "hand_length_mm"
    THIGH_GIRTH_MM = "thigh_girth_mm"
    CALF_GIRTH_MM = "calf_girth_mm"
    UPPER_ARM_GIRTH_MM = "upper_arm_girth_mm"
    FOREARM_GIRTH_MM = "forearm_girth_mm"
    WAIST_GIRTH_MM = "waist_girth_mm"
    TRICEPS_SKINFOLD_MM = "triceps_skinfold_mm"
    CALF_SKINFOLD_MM = "calf_skinfold_mm"
    THIGH_SKINFOLD_MM = "thigh_skinfold_mm"
    ABDOMEN_SKINFOLD_MM = "abdomen_skinfold_mm"


# Wider than any child of 4 months to 18 years, narrower than a wrong unit or a slipped decimal point
PLAUSIBLE: dict[Quantity, tuple[float, float]] = {
    Quantity.HEIGHT_CM: (40.0, 220.0),
    Quantity.MASS_KG: (2.0, 200.0),
    Quantity.SITTING_HEIGHT_CM: (25.0, 120.0),
    Quantity.THIGH_LENGTH_MM: (50.0, 650.0),
    Quantity.SHANK_LENGTH_MM: (50.0, 650.0),
    Quantity.FOOT_LENGTH_MM: (40.0, 350.0),
    Quantity.UPPER_ARM_LENGTH_MM: (40.0, 500.0),
    Quantity.FOREARM_LENGTH_MM: (40.0, 450.0),
    Quantity.HAND_LENGTH_MM: (30.0, 260.0),
    Quantity.THIGH_GIRTH_MM: (80.0, 1000.0),
    Quantity.CALF_GIRTH_MM: (60.0, 700.0),
    Quantity.UPPER_ARM_GIRTH_MM: (50.0, 700.0),
    Quantity.FOREARM_GIRTH_MM: (50.0, 500.0),
    Quantity.WAIST_GIRTH_MM: (150.0, 1600.0),
    Quantity.TRICEPS_SKINFOLD_MM: (1.0, 80.0),
    Quantity.CALF_SKINFOLD_MM: (1.0, 80.0),
    Quantity.THIGH_SKINFOLD_MM: (1.0, 80.0),
    Quantity.ABDOMEN_SKINFOLD_MM: (1.0, 80.0),
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BodyMeasure:
    """One measured length, girth, skinfold, height or mass.

    Attributes:
        quantity: what was measured; its unit is in its name.
        side: of the body, or None where it has no side.
        value: in the quantity's unit.
        error: standard error of measurement, same unit.
    """

    quantity: Quantity
    side: Side | None
    value: float
    error: float

    def __post_init__(self) -> None:
        unit = self.quantity.value.rsplit("_", 1)[-1]
        in_range(self.quantity.value, self.value, *PLAUSIBLE[self.quantity], unit)
        in_range(f"error of {self.quantity.value}", self.error, 0.0, self.value, "of the same unit")


class JointQuantity(StrEnum):
    """What was found at a joint."""

    PASSIVE_MIN_DEG = "passive_min_deg"  # end of range, towards extension/plantarflexion
    PASSIVE_MAX_DEG = "passive_max_deg"  # end of range, towards flexion/dorsiflexion
    CATCH_DEG = "catch_deg"  # Tardieu R1
    STRENGTH_MRC = "strength_mrc"  # 0-5 of the agonist named by `movement`
    STRENGTH_NM = "strength_nm"  # dynamometry x lever arm
    TONE_MAS_CODE = "tone_mas_code"  # 0,1,2,3,4,5 for 0,1,1+,2,3,4
    SELECTIVE_CONTROL = "selective_control"  # SCALE 0-2


JOINTS = (
    "ankle", "subtalar", "toes", "knee", "hip", "trunk", "neck", "scapula", "shoulder", "elbow",
    "wrist", "fingers", "thumb",
)  # fmt: skip
SCALES: dict[JointQuantity, tuple[float, float, str]] = {
    JointQuantity.PASSIVE_MIN_DEG: (-180.0, 180.0, "deg"),
    JointQuantity.PASSIVE_MAX_DEG: (-180.0, 180.0, "deg"),
    JointQuantity.CATCH_DEG: (-180.0, 180.0, "deg"),
    JointQuantity.STRENGTH_MRC: (0.0, 5.0, "(MRC grade)"),
    JointQuantity.STRENGTH_NM: (0.0, 500.0, "Nm"),
    JointQuantity.TONE_MAS_CODE: (0.0, 5.0, "(code of the Ashworth grade)"),
    JointQuantity.SELECTIVE_CONTROL: (0.0, 2.0, "(SCALE)"),
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class JointFinding:
    """One finding at one joint that changes what the model expects of it.

    Attributes:
        joint: one of `JOINTS`.
        movement: e.g. "dorsiflexion"; the agonist's direction.
        side: of the body.
        quantity: what was found.
        value: in the quantity's unit.
        error: standard error of measurement, same unit.
    """

    joint: str
    movement: str
    side: Side
    quantity: JointQuantity
    value: float
    error: float

    def __post_init__(self) -> None:
        one_of("joint", self.joint, JOINTS)
        some_text("movement", self.movement, 60)
        in_range(self.quantity.value, self.value, *SCALES[self.quantity])
        in_range(f"error of {self.quantity.value}", self.error, 0.0, 180.0, "of its unit")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Denervated:
    """A part of the body whose muscles may have lost their nerve: the model has no business there.

    Attributes:
        segment: where, or None for everywhere.
        side: of the body, or None for both.
        muscle: key of the one muscle it is about, or "" for all of the segment.
    """

    segment: Segment | None
    side: Side | None
    muscle: str = ""

    def holds(self, segment: Segment, side: Side, muscles: tuple[str, ...]) -> bool:
        """Return whether one of these muscles of a segment and side is meant."""
        return (
            self.segment in (None, segment)
            and self.side in (None, side)
            and self.muscle in ("", *muscles)
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """Everything the model may know about a child. No name, no identifier, no date of birth.

    Attributes:
        age_months: 4 to 228. [months]
        sex: for the growth tables.
        condition: for the priors.
        gmfcs: gross motor function class 1 to 5, or None.
        measures: what was measured of the body; at most one per quantity and side.
        findings: what was found at joints.
        denervated: where a lower motor neurone lesion is known or possible.
    """

    age_months: float
    sex: Sex
    condition: Condition
    gmfcs: int | None
    measures: tuple[BodyMeasure, ...] = ()
    findings: tuple[JointFinding, ...] = ()
    denervated: tuple[Denervated, ...] = ()

    def __post_init__(self) -> None:
        in_range("age_months", self.age_months, *AGE_MONTHS, "months")
        if self.gmfcs is not None:
            in_range("gmfcs", self.gmfcs, 1, 5, "(GMFCS level)")
        taken = [(m.quantity, m.side) for m in self.measures]
        if len(set(taken)) != len(taken):
            raise BadInput("A body measure is given twice. Keep the better one of each.")

    def measured(self, quantity: Quantity, side: Side | None = None) -> BodyMeasure | None:
        """Return the measure of a quantity, of this side or of the body as a whole, or None."""
        for wanted in (side, None):
            for measure in self.measures:
                if measure.quantity is quantity and measure.side is wanted:
                    return measure
        return None
