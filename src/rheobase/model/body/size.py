"""Stature, mass, lengths, girths and layers of an ensemble of bodies that agree with what is known.

Source
    Curves of evidence/growth.toml; rules of evidence/body.toml (body.md 1.3 to 1.5).

Equations
    A measured value is drawn around itself with its own error and replaces the norm. What was not
    measured follows the norm, moved to the child's own size:
      mass     m = m50 (h/h50)^p exp(s z)                 p, s: the build at one height
      length   L = share(age) h exp(s z)
      girth    c = c50 sqrt( (m/h) / (m50/h50) ) exp(s z) cross-section goes with mass over height
      fat      d = (skinfold/2 - compression) f(site)     never below `fat_min`
      leg      what a measured sitting height leaves of stature, less 0.005 h from seat to hip axis
    The trunk takes what legs and head leave of stature; thigh to ankle and the trunk add up exactly.

Valid for
    4 months to 18 years. Children with cerebral palsy are smaller and fatter over the muscle than
    the norm: measure height, mass, girth and skinfold whenever possible.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.body.child import Child, Condition, Quantity
from rheobase.model.body.norms import Norms
from rheobase.stimulus.pads import Segment, Side

Array = NDArray[np.float64]

FATTER_FROM_GMFCS = 2
SHORTEST_LEG, LONGEST_LEG = 0.3, 0.56  # of stature, hip axis to ankle axis; wider than any child
SITTING_STREAM = 1  # of random numbers; the other draws stay the same

GIRTHS = {
    Segment.THIGH: ("thigh_girth", Quantity.THIGH_GIRTH_MM),
    Segment.SHANK: ("calf_girth", Quantity.CALF_GIRTH_MM),
    Segment.UPPER_ARM: ("upper_arm_girth", Quantity.UPPER_ARM_GIRTH_MM),
    Segment.FOREARM: ("forearm_girth", Quantity.FOREARM_GIRTH_MM),
    Segment.ABDOMEN: ("waist_girth", Quantity.WAIST_GIRTH_MM),
}
LENGTHS = {
    Segment.UPPER_ARM: ("upper_arm_share", Quantity.UPPER_ARM_LENGTH_MM),
    Segment.FOREARM: ("forearm_share", Quantity.FOREARM_LENGTH_MM),
    Segment.HAND: ("hand_share", Quantity.HAND_LENGTH_MM),
    Segment.FOOT: ("foot_share", Quantity.FOOT_LENGTH_MM),
}
LIMB_MASSES = ("thigh", "shank", "foot", "upper_arm", "forearm", "hand")
SKINFOLDS = {
    Segment.THIGH: ("fat_thigh", Quantity.THIGH_SKINFOLD_MM),
    Segment.SHANK: ("fat_shank", Quantity.CALF_SKINFOLD_MM),
    Segment.UPPER_ARM: ("fat_upper_arm", Quantity.TRICEPS_SKINFOLD_MM),
    Segment.ABDOMEN: ("fat_abdomen", Quantity.ABDOMEN_SKINFOLD_MM),
    Segment.CHEST: ("fat_chest", None),
    Segment.PELVIS: ("fat_pelvis", None),
    Segment.FOREARM: ("fat_forearm", None),
    Segment.HAND: ("fat_hand", None),
    Segment.FOOT: ("fat_foot", None),
}


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sizes:
    """Sizes of `n_twins` bodies of one child; one side, the one asked for.

    Attributes:
        height_m: (n_twins,) stature. [m]
        mass_kg: (n_twins,) body mass. [kg]
        length_mm: (n_twins,) by segment, along the bone or the trunk. [mm]
        girth_mm: (n_twins,) by segment, at its middle. [mm]
        fat_mm: (n_twins,) by segment, skin to muscle fascia without skin. [mm]
        skin_mm: (n_twins,) whole skin. [mm]
        segment_kg: (n_twins,) by name: six limb segments of one side, and "trunk" with head. [kg]
        ankle_height_mm: (n_twins,) ankle axis to sole. [mm]
    """

    height_m: Array
    mass_kg: Array
    length_mm: dict[Segment, Array]
    girth_mm: dict[Segment, Array]
    fat_mm: dict[Segment, Array]
    skin_mm: Array
    segment_kg: dict[str, Array]
    ankle_height_mm: Array


def sizes_of(child: Child, side: Side, norms: Norms, n_twins: int, seed: int) -> Sizes:
    """Return sizes of bodies that agree with everything measured of this child.

    Args:
        child: facts.
        side: which arm and leg.
        norms: curves and facts.
        n_twins: how many. [1]
        seed: same seed, same bodies.
    """
    draw = _Draw(child, side, norms, np.random.default_rng(seed), n_twins, seed)
    height_cm, mass_kg = _height_and_mass(draw)
    height_mm = 10.0 * height_cm
    length_mm, ankle_mm = _lengths(draw, height_mm)
    girth_mm = _girths(draw, height_cm, mass_kg, length_mm)
    skin_mm = draw.around(draw.curve("skin"), draw.spread("skin"))
    return Sizes(
        height_m=height_cm / 100.0,
        mass_kg=mass_kg,
        length_mm=length_mm,
        girth_mm=girth_mm,
        fat_mm=_fat(draw, girth_mm, skin_mm),
        skin_mm=skin_mm,
        segment_kg=_masses(draw, mass_kg),
        ankle_height_mm=ankle_mm,
    )


@dataclass(frozen=True, slots=True)
class _Draw:
    child: Child
    side: Side
    norms: Norms
    rng: np.random.Generator
    n: int
    seed: int

    def around(self, median: float | Array, spread: float) -> Array:
        """Log-normal draws around a median."""
        return np.asarray(median * np.exp(spread * self.rng.standard_normal(self.n)))

    def curve(self, key: str) -> float:
        return self.norms.curves[key].at(self.child.age_months, self.child.sex)

    def spread(self, key: str) -> float:
        return self.norms.curves[key].spread

    def measured(self, quantity: Quantity | None, norm: Array) -> Array:
        """Draws around what was measured, or the norm where nothing was."""
        noise = self.rng.standard_normal(self.n)  # drawn either way: other draws stay the same
        found = self.child.measured(quantity, self.side) if quantity is not None else None
        if found is None:
            return norm
        return np.asarray(found.value + found.error * np.clip(noise, -3.0, 3.0))


def _height_and_mass(draw: _Draw) -> tuple[Array, Array]:
    h50, m50 = draw.curve("height"), draw.curve("mass")
    height_cm = draw.measured(Quantity.HEIGHT_CM, draw.around(h50, draw.spread("height")))
    power = draw.norms.fact("mass_height_power")
    at_height = m50 * (height_cm / h50) ** power
    mass_kg = draw.measured(Quantity.MASS_KG, draw.around(at_height, draw.norms.fact("build")))
    return height_cm, mass_kg


def _lengths(draw: _Draw, height_mm: Array) -> tuple[dict[Segment, Array], Array]:
    fact = draw.norms.fact
    lengths = {
        segment: draw.measured(quantity, draw.around(draw.curve(key) * height_mm, draw.spread(key)))
        for segment, (key, quantity) in LENGTHS.items()
    }
    leg = _leg_mm(draw, height_mm)
    share = fact("thigh_of_leg")
    lengths[Segment.THIGH] = draw.measured(Quantity.THIGH_LENGTH_MM, share * leg)
    lengths[Segment.SHANK] = draw.measured(Quantity.SHANK_LENGTH_MM, (1.0 - share) * leg)
    ankle_mm = fact("ankle_height") * height_mm
    head_mm = draw.curve("head_share") * height_mm
    trunk = height_mm - lengths[Segment.THIGH] - lengths[Segment.SHANK] - ankle_mm - head_mm
    lengths[Segment.HEAD] = head_mm
    for segment in (Segment.NECK, Segment.CHEST, Segment.ABDOMEN, Segment.PELVIS):
        lengths[segment] = fact(f"{segment.value}_of_trunk") * trunk
    return lengths, ankle_mm


def _leg_mm(draw: _Draw, height_mm: Array) -> Array:
    """Return hip axis to ankle axis: what a measured sitting height leaves, or the norm. [mm]"""
    leg = draw.around(draw.curve("leg_share") * height_mm, draw.spread("leg_share"))
    found = draw.child.measured(Quantity.SITTING_HEIGHT_CM, draw.side)
    if found is None:
        return leg
    noise = np.random.default_rng([draw.seed, SITTING_STREAM]).standard_normal(draw.n)
    sitting_mm = 10.0 * (found.value + found.error * np.clip(noise, -3.0, 3.0))
    leg = (1.0 - draw.norms.fact("hip_under_seat")) * height_mm - sitting_mm
    share = float(np.median(leg / height_mm))
    if not SHORTEST_LEG < share < LONGEST_LEG:
        raise BadInput(
            f"A sitting height of {found.value:g} cm would leave {100.0 * share:.0f} % of stature "
            f"for the legs; children have {100.0 * SHORTEST_LEG:.0f} to {100.0 * LONGEST_LEG:.0f} %. "
            "Measure sitting height and height again."
        )
    return np.asarray(np.clip(leg, SHORTEST_LEG * height_mm, LONGEST_LEG * height_mm))


def _girths(
    draw: _Draw, height_cm: Array, mass_kg: Array, length_mm: dict[Segment, Array]
) -> dict[Segment, Array]:
    fact = draw.norms.fact
    usual = draw.curve("mass") / draw.curve("height")
    build = np.sqrt((mass_kg / height_cm) / usual)
    girths = {}
    for segment, (key, quantity) in GIRTHS.items():
        norm = draw.around(10.0 * draw.curve(key) * build, fact("girth_at_build"))
        girths[segment] = draw.measured(quantity, norm)
    hip_mm = draw.around(10.0 * draw.curve("hip_girth") * build, fact("girth_at_build"))
    girths[Segment.PELVIS] = hip_mm
    girths[Segment.CHEST] = fact("chest_to_waist") * girths[Segment.ABDOMEN]
    girths[Segment.HAND] = fact("hand_girth_to_length") * length_mm[Segment.HAND]
    girths[Segment.FOOT] = fact("foot_girth_to_length") * length_mm[Segment.FOOT]
    return girths


def _fat(draw: _Draw, girth_mm: dict[Segment, Array], skin_mm: Array) -> dict[Segment, Array]:
    fact = draw.norms.fact
    child = draw.child
    norm_mm = draw.around(draw.curve("triceps_skinfold"), draw.spread("triceps_skinfold"))
    spastic = child.condition in (Condition.SPASTIC_BILATERAL, Condition.SPASTIC_UNILATERAL)
    fatter = spastic and child.gmfcs is not None and child.gmfcs >= FATTER_FROM_GMFCS
    triceps_mm = draw.measured(
        Quantity.TRICEPS_SKINFOLD_MM, norm_mm * (fact("fat_in_cp") if fatter else 1.0)
    )
    fat = {}
    for segment, (key, quantity) in SKINFOLDS.items():
        fold = draw.measured(quantity, fact(key) * draw.around(triceps_mm, fact("fat_site")))
        thick = np.maximum(fold / 2.0 - fact("fat_compression"), fact("fat_min"))
        room = fact("fat_most_of_radius") * girth_mm[segment] / (2.0 * np.pi) - skin_mm
        fat[segment] = np.minimum(thick, room)
    return fat


def _masses(draw: _Draw, mass_kg: Array) -> dict[str, Array]:
    parts = {
        name: mass_kg * draw.around(draw.curve(f"{name}_mass"), draw.spread(f"{name}_mass"))
        for name in LIMB_MASSES
    }
    parts["trunk"] = mass_kg - 2.0 * sum(parts.values())
    return parts
