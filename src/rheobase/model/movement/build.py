"""From a child's body and findings to the joint of every twin.

Source
    evidence/movement.toml. Sizes and masses come from the body; range of motion, rest and tone
    from the child's findings where they were taken, from priors where not.

Equations
    inertia I and gravity G: `joints.py`
    damping b = 2 zeta sqrt(I (G + k));  stiffness and end torque = c m_body h;
    tone = c grade (end torque), with the sign of the spastic muscle
    In spastic cerebral palsy the range is shorter, and tissue at one angle stiffer by that alone:
    a curve moved, not scaled (validation/ankle_stiffness).

Valid for
    Priors: wide, mostly unverified, for ranges and directions. See `one_joint.py`.
"""

from collections.abc import Mapping

import numpy as np

from rheobase.model.body.child import Child, Condition, JointFinding, JointQuantity
from rheobase.model.body.norms import Fact
from rheobase.model.body.size import Sizes
from rheobase.model.movement.joints import (
    USUALLY_SPASTIC,
    axis_of,
    inertia_and_gravity,
    sign_of,
)
from rheobase.model.movement.parameters import Array, OneJoint, Pose
from rheobase.stimulus.pads import Side

N_NOISE = 13  # independent draws of a joint [1]
MOST_GAIN = 0.95  # a reflex of gain 1 would feed itself without end


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
        joint: e.g. "ankle", "hip", "fingers".
        direction: of the stimulated muscles, e.g. "dorsiflexion".
        pose: decides whether the knee hangs bent.
        noise: (n_twins, N_NOISE) standard normal draws.

    Raises:
        BadInput: if the joint has no model.
    """
    sign_of(joint, direction)
    size = sizes.mass_kg * sizes.height_m
    draw = _Draw(facts, noise)
    axis = axis_of(joint, direction)
    inertia, gravity = inertia_and_gravity(
        sizes, facts, axis, folded=pose.folded, age_months=child.age_months
    )
    spastic = child.condition in (Condition.SPASTIC_BILATERAL, Condition.SPASTIC_UNILATERAL)
    low, high = _range(child, side, draw, axis, spastic)
    stiffness = draw.around(f"{axis}_stiffness", 2) * size
    damping = 2.0 * draw.around("damping_ratio", 4) * np.sqrt(inertia * (gravity + stiffness))
    end_torque = draw.around(f"{axis}_end_torque", 5) * size
    tone = _tone(child, side, draw, axis, spastic) * end_torque
    angle_sd = _angle_sd(facts, axis)
    rest = facts[f"{axis}_rest_deg"].value + angle_sd * noise[:, 3]
    ones = np.ones(noise.shape[0])
    active = movement_key(joint, direction)
    return OneJoint(
        inertia_kgm2=inertia,
        gravity_nm=gravity,
        rest_deg=np.minimum(np.maximum(rest, low), high),  # slack lies within the range
        stiffness_nm_per_rad=stiffness,
        damping_nms=damping,
        min_deg=low,
        max_deg=high,
        end_torque_nm=end_torque,
        end_width_deg=draw.around(_of(facts, axis, "end_width_deg"), 6),
        best_deg=facts[f"{active}_best_deg"].value + angle_sd * noise[:, 7],
        width_deg=facts[f"{active}_width_deg"].value * ones,
        speed_limit_deg_s=draw.around("speed_limit_deg_s", 8),
        tone_nm=tone,
        srs_per_rad=draw.around("srs_per_rad", 9),
        srs_range_deg=draw.around("srs_range_deg", 10),
        srs_recovery_ms=facts["srs_recovery_ms"].value * ones,
        reflex_force_gain=np.minimum(draw.around("reflex_force_gain", 11), MOST_GAIN),
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


def movement_key(joint: str, direction: str) -> str:
    """Return how movement.toml names one movement of a joint, e.g. "trunk_side_bending"."""
    return f"{joint}_{direction.replace(' ', '_')}"


def _angle_sd(facts: Mapping[str, Fact], axis: str) -> float:
    """Between children; wider where no child was measured. [deg]"""
    return facts[_of(facts, axis, "angle_sd_deg")].value


def _of(facts: Mapping[str, Fact], axis: str, key: str) -> str:
    """Return the key of an axis' own number, or of the one for all where it has none."""
    return f"{axis}_{key}" if f"{axis}_{key}" in facts else key


def _range(child: Child, side: Side, draw: _Draw, axis: str, spastic: bool) -> tuple[Array, Array]:
    ends = []
    for quantity, end, column in (
        (JointQuantity.PASSIVE_MIN_DEG, "min", 0),
        (JointQuantity.PASSIVE_MAX_DEG, "max", 1),
    ):
        key = f"{axis}_{end}_cp_deg" if spastic else ""
        prior = draw.facts.get(key, draw.facts[f"{axis}_{end}_deg"]).value
        found = _found(child, side, axis, quantity)
        value, error = found or (prior, _angle_sd(draw.facts, axis))
        ends.append(value + error * np.clip(draw.noise[:, column], -3.0, 3.0))
    low, high = ends
    return np.minimum(low, high - 1.0), high


def _tone(child: Child, side: Side, draw: _Draw, axis: str, spastic: bool) -> Array:
    """Signed tone over the torque of the end of range; the sign is that of the spastic muscle."""
    graded = _findings(child, side, axis, JointQuantity.TONE_MAS_CODE)
    if graded:
        worst = max(graded, key=lambda f: f.value)
        grade, sign = worst.value, sign_of(worst.joint, worst.movement)
    else:
        grade = draw.facts["mas_unknown"].value if spastic else 0.0
        sign = USUALLY_SPASTIC[axis]
    return sign * grade * draw.around("tone_per_mas", 12)


def _found(
    child: Child, side: Side, axis: str, quantity: JointQuantity
) -> tuple[float, float] | None:
    for finding in _findings(child, side, axis, quantity):
        return finding.value, finding.error
    return None


def _findings(child: Child, side: Side, axis: str, what: JointQuantity) -> list[JointFinding]:
    return [
        f
        for f in child.findings
        if (axis_of(f.joint, f.movement), f.side, f.quantity) == (axis, side, what)
    ]
