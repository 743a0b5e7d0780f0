"""How the joint of every twin moves under the first contraction, and what stops it.

Source
    movement/one_joint.py and movement/build.py.

Valid for
    The joints and postures of evidence/poses.toml; the rest of the body held still.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.model.body.muscles import Muscle
from rheobase.model.movement.build import N_NOISE, joint_of
from rheobase.model.movement.joints import axis_of, sign_of
from rheobase.model.movement.one_joint import rest_angle_deg, swing, torques_nm
from rheobase.model.movement.parameters import OneJoint, Pose
from rheobase.model.response import Task
from rheobase.model.twins.contraction import EVERY_MS
from rheobase.model.twins.ensemble import Twins
from rheobase.model.twins.pull import Pull
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture

Array = NDArray[np.float64]

HALF = 0.5  # recruited: below, more current would move more
NEARLY_ALL = 0.9  # recruited: above, the muscle has nothing more to give


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Motion:
    """One joint of every twin.

    Attributes:
        time_ms: (n_times,) from the first pulse. [ms]
        change_deg: (n_twins, n_times) along the muscle's direction, from rest. [deg]
        peak_deg: (n_twins,) the largest change. [deg]
        limiter: what stops the movement, see `response.Movement`.
    """

    time_ms: Array
    change_deg: Array
    peak_deg: Array
    limiter: str


def motion_of(
    twins: Twins, muscle: Muscle, task: Task, pull: Pull, recruited: float
) -> Motion | None:
    """Return the movement of the first contraction, or None where no joint is modelled.

    Args:
        twins: the ensemble.
        muscle: gives joint and direction.
        task: side and posture.
        pull: torque over time.
        recruited: median recruited fraction of the target, to name the limiter. [1]
    """
    act = muscle.action
    pose = twins.parameters.poses.get((axis_of(act.joint, act.direction), task.posture))
    if pose is None:
        return None
    joint, start = _joint(twins, act.joint, act.direction, task.side, pose)
    sign = sign_of(act.joint, act.direction)
    angle = swing(joint, sign * pull.total_nm, EVERY_MS, None, pose, start_deg=start)
    change = sign * (angle - start[:, None])
    peak = change.max(axis=1)
    return Motion(
        time_ms=pull.time_ms,
        change_deg=change,
        peak_deg=peak,
        limiter=_limiter(joint, pose, start + sign * peak, sign, recruited),
    )


def why_no_movement(joint: str, posture: Posture) -> str:
    """Return why a joint has a torque but no movement, for whoever reads the answer."""
    if joint == "scapula":
        return (
            "Torque only: the shoulder blade glides on the chest without an axis, and neither its "
            "stiffness nor its range was found for children or adults."
        )
    if joint == "trunk":
        return (
            "Torque only: upright, the trunk stands by postural control, which is not modelled. "
            "Lying, its movement is."
        )
    return (
        f"Torque only: the {joint} bears load or moves with the whole body in {posture.value}. "
        "Ask for a posture in which it moves alone."
    )


@lru_cache(maxsize=64)
def _joint(
    twins: Twins, joint: str, direction: str, side: Side, pose: Pose
) -> tuple[OneJoint, Array]:
    names = (f"{joint} {side.value} joint {i}" for i in range(N_NOISE))
    built = joint_of(
        twins.child,
        side,
        twins.sizes(side),
        twins.parameters.movement,
        joint=joint,
        direction=direction,
        pose=pose,
        noise=np.stack([twins.normal(name) for name in names], axis=1),
    )
    return built, rest_angle_deg(built, pose)


def _limiter(joint: OneJoint, pose: Pose, reached_deg: Array, sign: float, recruited: float) -> str:
    against = {
        name: float(np.median(-sign * torque))
        for name, torque in torques_nm(joint, pose, reached_deg).items()
    }
    against["range of motion"] += against.pop("passive")
    against["range of motion"] += against.pop("support")
    strongest = max(against, key=lambda name: against[name])
    if strongest == "range of motion":
        return strongest
    if recruited < HALF:
        return "current"
    if strongest == "tone":
        return strongest
    return "strength" if recruited > NEARLY_ALL else "gravity"
