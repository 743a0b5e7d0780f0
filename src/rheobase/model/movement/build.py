"""From a child's body and findings to the joint of every twin.

Source
    evidence/movement.toml. Sizes and masses come from the body; range of motion, rest and tone
    from the child's findings where they were taken, from priors where not.

Equations
    I = sum over moving segments of m (r^2 + d^2), d = distance of its centre of mass from the joint
    damping b = 2 zeta sqrt(I (G + k));  stiffness and end torque = c m_body h;
    tone = c grade (end torque), with the sign of the spastic muscle
    In spastic cerebral palsy stiffness grows by the published factor of the triceps surae.

Valid for
    Priors: wide, mostly unverified, for ranges and directions. See `one_joint.py`.
"""

from collections.abc import Mapping

import numpy as np

from rheobase.errors import BadInput
from rheobase.model.body.child import Child, Condition, JointQuantity
from rheobase.model.body.norms import Fact
from rheobase.model.body.size import Sizes
from rheobase.model.movement.parameters import Array, OneJoint, Pose
from rheobase.stimulus.pads import Segment, Side

# The direction in which a joint's angle grows, and the muscles that are usually spastic.
GROWS_TOWARDS = {
    "ankle": "dorsiflexion",
    "knee": "flexion",
    "hip": "flexion",
    "elbow": "flexion",
    "wrist": "extension",
}
USUALLY_SPASTIC = {"ankle": -1.0, "knee": 1.0, "hip": 1.0, "elbow": 1.0, "wrist": -1.0}
_MOVING = {
    "ankle": ("foot",),
    "knee": ("shank", "foot"),
    "hip": ("thigh", "shank", "foot"),
    "elbow": ("forearm", "hand"),
    "wrist": ("hand",),
}


def sign_of(joint: str, direction: str) -> float:
    """Return 1 if the joint's angle grows in this direction, -1 if it falls.

    Raises:
        BadInput: if the joint has no model.
    """
    if joint not in GROWS_TOWARDS:
        raise BadInput(
            f"Movement of {joint!r} is not modelled. Use one of: {', '.join(GROWS_TOWARDS)}."
        )
    return 1.0 if direction == GROWS_TOWARDS[joint] else -1.0


def joint_of(
    child: Child,
    side: Side,
    sizes: Sizes,
    facts: Mapping[str, Fact],
    *,
    joint: str,
    direction: str,
    pose: Pose,
    noise: Array,
) -> OneJoint:
    """Return the joint of every twin, moved by the muscles of one direction.

    Args:
        child: its findings replace priors.
        side: of the joint.
        sizes: of the twins' bodies.
        facts: movement.toml.
        joint: "ankle", "knee", "hip", "elbow" or "wrist".
        direction: of the stimulated muscles, e.g. "dorsiflexion".
        pose: decides whether the knee hangs bent.
        noise: (n_twins, 12) standard normal draws.

    Raises:
        BadInput: if the joint has no model.
    """
    sign_of(joint, direction)
    size = sizes.mass_kg * sizes.height_m
    draw = _Draw(facts, noise)
    inertia, gravity = _inertia_and_gravity(sizes, facts, joint, folded=pose.folded)
    spastic = child.condition in (Condition.SPASTIC_BILATERAL, Condition.SPASTIC_UNILATERAL)
    low, high = _range(child, side, draw, joint, spastic)
    stiffness = draw.around(f"{joint}_stiffness", 2) * size
    if spastic:
        stiffness = stiffness * facts["tissue_stiffness_cp"].value
    end_torque = draw.around(f"{joint}_end_torque", 5) * size
    tone = _tone(child, side, draw, joint, spastic) * end_torque
    angle_sd = facts["angle_sd_deg"].value
    rest = facts[f"{joint}_rest_deg"].value + angle_sd * noise[:, 3]
    ones = np.ones(noise.shape[0])
    active = f"{joint}_{direction}"
    return OneJoint(
        inertia_kgm2=inertia,
        gravity_nm=gravity,
        rest_deg=np.minimum(np.maximum(rest, low), high),  # slack lies within the range
        stiffness_nm_per_rad=stiffness,
        damping_nms=2.0
        * draw.around("damping_ratio", 4)
        * np.sqrt(inertia * (gravity + stiffness)),
        min_deg=low,
        max_deg=high,
        end_torque_nm=end_torque,
        end_width_deg=draw.around("end_width_deg", 6),
        best_deg=facts[f"{active}_best_deg"].value + angle_sd * noise[:, 7],
        width_deg=facts[f"{active}_width_deg"].value * ones,
        speed_limit_deg_s=draw.around("speed_limit_deg_s", 8),
        tone_nm=tone,
        srs_per_rad=draw.around("srs_per_rad", 9),
        srs_range_deg=draw.around("srs_range_deg", 10),
        srs_recovery_ms=facts["srs_recovery_ms"].value * ones,
        reflex_force_gain=np.minimum(draw.around("reflex_force_gain", 11), 0.95),
        reflex_velocity_nms=0.0 * ones,
        reflex_delay_ms=facts["reflex_delay_ms"].value * ones,
        reflex_rise_ms=facts["reflex_rise_ms"].value * ones,
    )


class _Draw:
    """Log-normal draws around facts, one column of noise each."""

    def __init__(self, facts: Mapping[str, Fact], noise: Array) -> None:
        self.facts = facts
        self.noise = noise

    def around(self, key: str, column: int) -> Array:
        fact = self.facts[key]
        return np.asarray(fact.value * np.exp(fact.spread * self.noise[:, column]))


def _inertia_and_gravity(
    sizes: Sizes, facts: Mapping[str, Fact], joint: str, *, folded: bool
) -> tuple[Array, Array]:
    inertia = np.zeros_like(sizes.mass_kg)
    moment = np.zeros_like(sizes.mass_kg)
    reach = np.zeros_like(sizes.mass_kg)
    for name in _MOVING[joint]:
        length = sizes.length_mm[Segment(name)] / 1000.0
        mass = sizes.segment_kg[name]
        gyration = facts[f"gyration_{name}"].value * length
        hangs = folded and name != "thigh"  # a bent knee: shank and foot hang from it
        if name == "foot":
            own = np.zeros_like(length)
            if joint == "ankle":
                own = (facts["com_foot"].value - facts["ankle_behind"].value) * length
        else:
            own = facts[f"com_{name}"].value * length
        away = reach if hangs else reach + own
        inertia = inertia + mass * ((0.0 if hangs else gyration) ** 2 + away**2)
        moment = moment + mass * away
        reach = reach if hangs else reach + length
    return inertia, 9.81 * moment


def _range(child: Child, side: Side, draw: _Draw, joint: str, spastic: bool) -> tuple[Array, Array]:
    ends = []
    for quantity, end, column in (
        (JointQuantity.PASSIVE_MIN_DEG, "min", 0),
        (JointQuantity.PASSIVE_MAX_DEG, "max", 1),
    ):
        key = f"{joint}_{end}_cp_deg" if spastic else ""
        prior = draw.facts.get(key, draw.facts[f"{joint}_{end}_deg"]).value
        found = _found(child, side, joint, quantity)
        value, error = found or (prior, draw.facts["angle_sd_deg"].value)
        ends.append(value + error * np.clip(draw.noise[:, column], -3.0, 3.0))
    low, high = ends
    return np.minimum(low, high - 1.0), high


def _tone(child: Child, side: Side, draw: _Draw, joint: str, spastic: bool) -> Array:
    """Signed tone over the torque of the end of range; the sign is that of the spastic muscle."""
    graded = [
        f
        for f in child.findings
        if (f.joint, f.side, f.quantity) == (joint, side, JointQuantity.TONE_MAS_CODE)
    ]
    if graded:
        worst = max(graded, key=lambda f: f.value)
        grade, sign = worst.value, sign_of(joint, worst.movement)
    else:
        grade = draw.facts["mas_unknown"].value if spastic else 0.0
        sign = USUALLY_SPASTIC[joint]
    return sign * grade * draw.around("tone_per_mas", 4)


def _found(
    child: Child, side: Side, joint: str, quantity: JointQuantity
) -> tuple[float, float] | None:
    for finding in child.findings:
        if (finding.joint, finding.side, finding.quantity) == (joint, side, quantity):
            return finding.value, finding.error
    return None
