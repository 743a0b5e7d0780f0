"""Muscles as territories: where their motor points probably lie, what they do, what lies beside them.

Source
    Positions: clinical.md section 4 (adult papers, line by line in evidence/muscles.toml).
    Shares of joint torque: adult reference model, body.md 2.1.

Valid for
    Adults as published. A child's zone is the adult zone in segment coordinates, which keeps its
    proportions; no motor-point atlas of children exists, so below three years it is widened.
"""

from dataclasses import dataclass
from typing import final

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range, some_text
from rheobase.stimulus.pads import Place, Segment, Side

CAUTIONS = ("", "caution", "clear", "block-site")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MotorZone:
    """A search window for the motor point: mean and standard deviation.

    Attributes:
        u: along the segment. [1]
        sd_u: its standard deviation. [1]
        phi_deg: around the segment (see stimulus/pads.py). [deg]
        sd_phi_deg: its standard deviation. [deg]
        line: what the source says, in its own words and percentages.
        source: key of the bibliography.
        place: where in the source.
        population: whom it was measured in.
        tag: document and evidence tag of the position.
    """

    u: float
    sd_u: float
    phi_deg: float
    sd_phi_deg: float
    line: str
    source: str
    place: str
    population: str
    tag: str

    def __post_init__(self) -> None:
        in_range("u", self.u, 0.0, 1.0, "of the segment's length")
        in_range("sd_u", self.sd_u, 0.01, 0.5, "of the segment's length")
        in_range("phi_deg", self.phi_deg, -180.0, 180.0, "deg")
        in_range("sd_phi_deg", self.sd_phi_deg, 1.0, 60.0, "deg")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """Depth of the motor branch below the surface of the muscle layer, as a share of that layer."""

    share: float
    sd: float
    source: str
    tag: str

    def __post_init__(self) -> None:
        in_range("share", self.share, 0.05, 0.9, "of the muscle layer")
        in_range("sd", self.sd, 0.0, 0.3, "of the muscle layer")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Second:
    """Usual place of the second pad: a proposed default."""

    segment: Segment
    u: float
    phi_deg: float
    tag: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What the muscle does.

    Attributes:
        joint: e.g. "ankle".
        direction: e.g. "dorsiflexion".
        share: of the joint's greatest torque in that direction. [1]
        source: key of the bibliography.
        population: whom the share comes from.
        tag: document and evidence tag.
    """

    joint: str
    direction: str
    share: float
    source: str
    population: str
    tag: str

    def __post_init__(self) -> None:
        in_range("share", self.share, 0.01, 1.0, "of the joint's torque")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Muscle:
    """One muscle, or a group stimulated as one.

    Attributes:
        key: its name in every file, e.g. "tibialis_anterior".
        name: its name for people.
        segment: where its motor zone lies.
        nerve: nerve and roots (recalled anatomy, clinical:M).
        zone: where the motor point probably lies.
        depth: of the motor branch.
        second: usual place of the second pad.
        action: joint, direction and share of torque.
        parts: keys of the muscles of a group; () for a single muscle.
        antagonists: keys of muscles acting against it.
        neighbours: keys of muscles most likely recruited with it.
        side_effects: unwanted movements, "" if none is known.
        site: where not to put a pad, and why.
        caution: "", "caution", "clear" (needs clearance) or "block-site".
        smallest_pad_mm: smallest pad proposed for the smallest children. [mm]
    """

    key: str
    name: str
    segment: Segment
    nerve: str
    zone: MotorZone
    depth: Depth
    second: Second
    action: Action
    parts: tuple[str, ...]
    antagonists: tuple[str, ...]
    neighbours: tuple[str, ...]
    side_effects: str
    site: str
    caution: str
    smallest_pad_mm: float

    def __post_init__(self) -> None:
        some_text("name", self.name, 60)
        in_range("smallest_pad_mm", self.smallest_pad_mm, 20.0, 60.0, "mm")
        if self.caution not in CAUTIONS:
            raise BadInput(f"caution={self.caution!r} is not known. Use one of: {CAUTIONS}.")

    def place(self, side: Side) -> Place:
        """Return the centre of the motor zone, where the search begins."""
        return Place(segment=self.segment, side=side, u=self.zone.u, phi_deg=self.zone.phi_deg)

    def second_place(self, side: Side) -> Place:
        """Return the usual place of the second pad."""
        second = self.second
        return Place(segment=second.segment, side=side, u=second.u, phi_deg=second.phi_deg)


WIDER_BELOW_MONTHS = 36.0
WIDER = 1.5  # proposed default, clinical.md section 4


def zone_widening(age_months: float) -> float:
    """Return the factor on a zone's standard deviations for a child's age. [1]"""
    return WIDER if age_months < WIDER_BELOW_MONTHS else 1.0
