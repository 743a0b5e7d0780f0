"""One joint of many twins moves: stimulation against weight, tissue, tone and the bed.

Source
    Ours; after De Groote et al. 2018 for tone, short-range stiffness and delayed force feedback
    (PLoS ONE 13:e0205763, abstract read), Hill 1938 for speed. Numbers: evidence/movement.toml.

Equations (angle q, speed q')
    I q'' = T_active f_l(q) f_v(q') + T_gravity + T_passive + T_spastic - b q' + T_support
    T_gravity = -G sin(q - q_hanging)
    T_passive = -k (q - q_rest) + E exp((q_min - q)/w) - E exp((q - q_max)/w)
    f_l = exp(-((q - q_best)/d)^2);  f_v = Hill's hyperbola, 1.4 at fast lengthening
    T_spastic = tone + tone s u z + R, with z the present stretch up to z_max, gone when it ends,
    u = exp(-m/z_max) at its start, m' = |q'| - m/recovery: movement uses the stiffness up,
    R' = (D(t - delay) - R)/rise,  D = g (tone s u z + R) + g_v max(stretch speed, 0)

Ours
    The time step, `_kernel.py`: second order.

Valid for
    Small movements of one joint in a known pose, the rest of the body held still; no contact but
    the support; no co-contraction, dystonia or startle. The upright trunk is not modelled: it
    stands by postural control, which we do not have.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from itertools import pairwise
from typing import Any

import numpy as np
from numba import config

from rheobase.errors import BadInput
from rheobase.model.movement import _kernel
from rheobase.model.movement.parameters import Array, OneJoint, Pose

LONGEST_STEP_MS = 1.0
FEWEST_IN_A_THREAD = 64  # twins


def swing(
    joints: OneJoint,
    stimulated_nm: Array,
    every_ms: float,
    voluntary_nm: Array | None,
    pose: Pose,
    *,
    start_deg: Array | None = None,
) -> Array:
    """Return how the joint of every twin moves.

    Args:
        joints: the twins.
        stimulated_nm: (n_twins, n_times) torque of stimulation, isometric at the best angle,
            positive towards greater angles. [N m]
        every_ms: spacing of samples. [ms]
        voluntary_nm: (n_twins, n_times) or (n_twins, 1) torque of the child's own effort that adds
            to it, or None; for effort in the same muscle combine first with `together_nm`. [N m]
        pose: gravity and support.
        start_deg: (n_twins,) angle of release at rest, or None for the resting angle. [deg]

    Returns:
        (n_twins, n_times) joint angle, the start first. [deg]

    Raises:
        BadInput: if shapes disagree or a torque is no number.

    Source:
        the equations of this module.
    """
    return move(joints, stimulated_nm, every_ms, voluntary_nm, pose, start_deg=start_deg)[0]


def move(
    joints: OneJoint,
    stimulated_nm: Array,
    every_ms: float,
    voluntary_nm: Array | None,
    pose: Pose,
    *,
    start_deg: Array | None = None,
    step_ms: float = LONGEST_STEP_MS,
) -> tuple[Array, Array]:
    """Return angle [deg] and speed [deg/s], each (n_twins, n_times); arguments as `swing`."""
    active = _torque("stimulated_nm", stimulated_nm, joints.n_twins)
    if voluntary_nm is not None:
        active = active + _torque("voluntary_nm", voluntary_nm, joints.n_twins, active.shape[1])
    if not (every_ms > 0.0 and np.isfinite(every_ms) and step_ms > 0.0):
        raise BadInput(f"every_ms is {every_ms:g}. Give a positive spacing in ms.")
    start = rest_angle_deg(joints, pose) if start_deg is None else np.asarray(start_deg, float)
    if start.shape != (joints.n_twins,) or not np.isfinite(start).all():
        raise BadInput("start_deg needs one angle for each twin, in degrees.")
    angle = np.empty((joints.n_twins, active.shape[1]))
    speed = np.empty_like(angle)
    inner = max(1, int(np.ceil(every_ms / step_ms - 1e-9)))
    first = np.stack([np.radians(start), np.zeros(joints.n_twins)])
    table, drive = _table(joints, pose), np.ascontiguousarray(active)

    def some(part: slice) -> None:
        _kernel.swing(
            np.ascontiguousarray(table[:, part]),
            drive[part],
            every_ms / 1000.0,
            inner,
            np.ascontiguousarray(first[:, part]),
            angle[part],
            speed[part],
        )

    _over_cores(some, joints.n_twins)
    return np.degrees(angle), np.degrees(speed)


def rest_angle_deg(joints: OneJoint, pose: Pose) -> Array:
    """Return where the joint rests: weight, tissue, tone and support in balance.

    Args:
        joints: the twins.
        pose: gravity and support.

    Returns:
        (n_twins,) angle, by bisection between the ends of range. [deg]
    """
    low, high = joints.min_deg - 60.0, joints.max_deg + 60.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        up = sum(torques_nm(joints, pose, middle).values()) > 0.0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return np.asarray(0.5 * (low + high))


def torques_nm(joints: OneJoint, pose: Pose, angle_deg: Array) -> dict[str, Array]:
    """Return what acts on a still joint, by name, to say what limits a movement.

    Args:
        joints: the twins.
        pose: gravity and support.
        angle_deg: (n_twins,) where. [deg]

    Returns:
        (n_twins,) torque of "gravity", "passive", "range of motion", "tone" and "support". [N m]
    """
    width = joints.end_width_deg
    gravity = joints.gravity_nm * pose.gravity_share
    low = np.exp((joints.min_deg - angle_deg) / width)
    high = np.exp((angle_deg - joints.max_deg) / width)
    low_deg, high_deg = pose.supports_deg
    under = np.maximum(np.radians(low_deg - angle_deg), 0.0)
    over = np.maximum(np.radians(angle_deg - high_deg), 0.0)
    return {
        "gravity": -gravity * np.sin(np.radians(angle_deg - pose.hanging_deg)),
        "passive": -joints.stiffness_nm_per_rad * np.radians(angle_deg - joints.rest_deg),
        "range of motion": joints.end_torque_nm * (low - high),
        "tone": joints.tone_nm,
        "support": _kernel.SUPPORT_STIFFNESS * gravity * (under - over),
    }


def together_nm(stimulated_nm: Array, voluntary_nm: Array, greatest_nm: Array) -> Array:
    """Return the torque of stimulation and effort in the same muscle.

    The nerve and the child recruit independently: a = 1 - (1 - a_s)(1 - a_v). Bounds for the
    uncertainty are the larger of the two and their sum.

    Args:
        stimulated_nm: (n_twins, n_times) by stimulation alone. [N m]
        voluntary_nm: (n_twins, n_times) by effort alone, same direction. [N m]
        greatest_nm: (n_twins, 1) of the whole muscle. [N m]

    Returns:
        (n_twins, n_times) torque. [N m]

    Raises:
        BadInput: if the whole muscle has no strength.
    """
    if not (np.asarray(greatest_nm) > 0.0).all():
        raise BadInput("greatest_nm must be positive. Give the strength of the whole muscle.")
    left = (1.0 - stimulated_nm / greatest_nm) * (1.0 - voluntary_nm / greatest_nm)
    return np.asarray(greatest_nm * (1.0 - left))


def _over_cores(work: Callable[[slice], None], n_twins: int) -> None:
    """Do the work for all twins, in as many parts as there are cores and it is worth a thread."""
    parts = min(int(vars(config)["NUMBA_NUM_THREADS"]), -(-n_twins // FEWEST_IN_A_THREAD))
    edges = [n_twins * k // parts for k in range(parts + 1)]
    pieces = [slice(a, b) for a, b in pairwise(edges)]
    if parts == 1:
        work(pieces[0])
        return
    with ThreadPoolExecutor(max_workers=parts) as pool:
        list(pool.map(work, pieces))


def _torque(name: str, torque: Any, n_twins: int, n_times: int | None = None) -> Array:
    array = np.asarray(torque, dtype=np.float64)
    if n_times is not None and array.shape == (n_twins, 1):
        array = np.repeat(array, n_times, axis=1)
    if array.ndim != 2 or array.shape[0] != n_twins or n_times not in (None, array.shape[1]):
        raise BadInput(
            f"{name} has shape {array.shape}. Give one row for each of {n_twins} twins, and the "
            "same times everywhere."
        )
    if not np.isfinite(array).all():
        raise BadInput(f"{name} holds something that is no number. Give every torque in N m.")
    return array


def _table(joints: OneJoint, pose: Pose) -> Array:
    rows = []
    for field in fields(joints):
        row = getattr(joints, field.name)
        if field.name.endswith(("_deg", "_deg_s")):
            row = np.radians(row)
        elif field.name.endswith("_ms"):
            row = row / 1000.0
        elif field.name == "gravity_nm":
            row = row * pose.gravity_share
        rows.append(row)
    placed = np.radians([pose.hanging_deg, *pose.supports_deg])
    rows += [np.full(joints.n_twins, angle) for angle in placed]
    return np.ascontiguousarray(np.stack(rows), dtype=np.float64)
