"""The joints that move here: their axes, which way angles grow, and what they carry.

Source
    Segments: evidence/movement.toml. Head: Jensen 1989 by age; pelvis: de Leva 1996 (adults).

Equations
    I = sum m (r^2 + d^2), G = g sum m d, d = distance of a centre of mass from the axis; the limb
    straight, but the knee hanging bent where the pose says so. Beyond the ankle the foot hangs in
    its resting angle, its centre of mass below and in front of the axis.

Valid for
    One axis at a time. Fingers and thumb are lumps: a share of the hand, no finger of its own. The
    trunk is all above the iliac crest, bending at one place. The shoulder blade has no axis.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from rheobase.errors import BadInput
from rheobase.model.body.norms import Fact
from rheobase.model.body.size import Sizes
from rheobase.model.movement.parameters import Array
from rheobase.stimulus.pads import Segment

G = 9.81  # gravity [m/s^2]

# The direction in which an axis' angle grows.
GROWS_TOWARDS: Final = {
    "ankle": "dorsiflexion",
    "subtalar": "eversion",
    "knee": "flexion",
    "hip": "flexion",
    "hip_frontal": "abduction",
    "trunk": "flexion",
    "trunk_frontal": "side bending",
    "shoulder": "flexion",
    "shoulder_frontal": "abduction",
    "elbow": "flexion",
    "wrist": "extension",
    "fingers": "flexion",
    "thumb": "opposition",
}
# The pull of the muscles that are usually spastic; 0 where none is.
USUALLY_SPASTIC: Final = {
    "ankle": -1.0,
    "subtalar": -1.0,
    "knee": 1.0,
    "hip": 1.0,
    "hip_frontal": -1.0,
    "trunk": 0.0,
    "trunk_frontal": 0.0,
    "shoulder": 0.0,
    "shoulder_frontal": -1.0,
    "elbow": 1.0,
    "wrist": -1.0,
    "fingers": 1.0,
    "thumb": 1.0,
}
_SIDEWAYS: Final = {"abduction", "adduction", "side bending"}
_LIMBS: Final = {
    "knee": ("shank", "foot"),
    "hip": ("thigh", "shank", "foot"),
    "hip_frontal": ("thigh", "shank", "foot"),
    "shoulder": ("upper_arm", "forearm", "hand"),
    "shoulder_frontal": ("upper_arm", "forearm", "hand"),
    "elbow": ("forearm", "hand"),
    "wrist": ("hand",),
}


def axis_of(joint: str, direction: str) -> str:
    """Return the axis a movement turns about: "hip" bends, "hip_frontal" spreads."""
    frontal = f"{joint}_frontal"
    return frontal if direction in _SIDEWAYS and frontal in GROWS_TOWARDS else joint


def sign_of(joint: str, direction: str) -> float:
    """Return 1 if the joint's angle grows in this direction, -1 if it falls.

    Raises:
        BadInput: if the joint has no model.
    """
    axis = axis_of(joint, direction)
    if axis not in GROWS_TOWARDS:
        known = ", ".join(a for a in GROWS_TOWARDS if "_" not in a)
        raise BadInput(f"Movement of {joint!r} is not modelled. Use one of: {known}.")
    return 1.0 if direction == GROWS_TOWARDS[axis] else -1.0


def inertia_and_gravity(
    sizes: Sizes, facts: Mapping[str, Fact], axis: str, *, folded: bool, age_months: float
) -> tuple[Array, Array]:
    """Return moment of inertia [kg m^2] and weight times distance [N m] about an axis.

    Args:
        sizes: of the twins.
        facts: movement.toml.
        axis: key of `GROWS_TOWARDS`.
        folded: True if the knee hangs bent while the hip moves.
        age_months: for the share of the head. [months]

    Returns:
        (n_twins,) each.
    """
    if axis in _LIMBS:
        return _limb(sizes, facts, _LIMBS[axis], folded=folded)
    if axis in {"ankle", "subtalar"}:
        return _foot(sizes, facts, axis)
    if axis in {"fingers", "thumb"}:
        mass = facts[f"{axis}_of_hand_kg"].value * sizes.segment_kg["hand"]
        long = facts[f"{axis}_of_hand_length"].value * _metres(sizes, "hand")
        return mass * long**2 / 3.0, G * mass * long / 2.0
    return _trunk(sizes, facts, age_months)


def _metres(sizes: Sizes, name: str) -> Array:
    return sizes.length_mm[Segment[name.upper()]] / 1000.0


def _limb(
    sizes: Sizes, facts: Mapping[str, Fact], names: tuple[str, ...], *, folded: bool
) -> tuple[Array, Array]:
    inertia = np.zeros_like(sizes.mass_kg)
    moment = np.zeros_like(sizes.mass_kg)
    reach = np.zeros_like(sizes.mass_kg)
    for name in names:
        length, mass = _metres(sizes, name), sizes.segment_kg[name]
        gyration = facts[f"gyration_{name}"].value * length
        hangs = folded and name != "thigh"  # a bent knee: shank and foot hang from it
        along, across = facts[f"com_{name}"].value * length, np.zeros_like(length)
        if name == "foot":
            along, across = _hanging_foot(sizes, facts)
        away = reach if hangs else reach + along
        own = 0.0 if hangs else gyration**2 + across**2
        inertia = inertia + mass * (own + away**2)
        moment = moment + mass * away
        reach = reach if hangs else reach + length
    return inertia, G * moment


def _ahead_and_below(sizes: Sizes, facts: Mapping[str, Fact]) -> tuple[Array, Array]:
    """Where the foot's centre of mass lies from the ankle axis, the foot at a right angle. [m]"""
    ahead = (facts["com_foot"].value - facts["ankle_behind"].value) * _metres(sizes, "foot")
    return ahead, facts["foot_below_ankle"].value * sizes.ankle_height_mm / 1000.0


def _hanging_foot(sizes: Sizes, facts: Mapping[str, Fact]) -> tuple[Array, Array]:
    """The same along the shank and across it, the foot in its resting angle. [m]"""
    ahead, below = _ahead_and_below(sizes, facts)
    drops = np.radians(-facts["ankle_rest_deg"].value)
    return (
        below * np.cos(drops) + ahead * np.sin(drops),
        ahead * np.cos(drops) - below * np.sin(drops),
    )


def _foot(sizes: Sizes, facts: Mapping[str, Fact], axis: str) -> tuple[Array, Array]:
    mass, length = sizes.segment_kg["foot"], _metres(sizes, "foot")
    ahead, below = _ahead_and_below(sizes, facts)
    if axis == "ankle":
        gyration = facts["gyration_foot"].value * length
        return mass * (gyration**2 + ahead**2 + below**2), G * mass * ahead
    gyration = facts["gyration_foot_long"].value * length
    return mass * (gyration**2 + below**2), G * mass * below


def _trunk(sizes: Sizes, facts: Mapping[str, Fact], age_months: float) -> tuple[Array, Array]:
    years = age_months / 12.0
    share = sum(facts[f"head_kg_{power}"].value * years**power for power in (0, 1, 2))
    head_kg = share * sizes.mass_kg
    above_kg = sizes.segment_kg["trunk"] - head_kg - facts["pelvis_kg"].value * sizes.mass_kg
    arms_kg = 2.0 * sum(sizes.segment_kg[name] for name in ("upper_arm", "forearm", "hand"))
    chest = _metres(sizes, "abdomen") + 0.5 * _metres(sizes, "chest")
    tall = _metres(sizes, "abdomen") + _metres(sizes, "chest") + _metres(sizes, "neck")
    crown = tall + 0.5 * _metres(sizes, "head")
    inertia = above_kg * tall**2 / 3.0 + head_kg * crown**2 + arms_kg * chest**2
    moment = above_kg * tall / 2.0 + head_kg * crown + arms_kg * chest
    return np.asarray(inertia), np.asarray(G * moment)
