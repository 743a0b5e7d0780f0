"""One joint through time, compiled: linearly implicit midpoint, one twin after the other.

Second order; without damping it keeps energy to its order, and stiff ends of range and supports do
not limit the step. Equations: `one_joint.py`.
"""

from typing import Any

import numpy as np
from numba import njit

_jit = njit(cache=True, nogil=True, error_model="numpy")

# Rows of the parameter table, (N_PARAMETERS, n_twins); angles in rad, times in s.
(
    INERTIA,
    GRAVITY,
    REST,
    STIFFNESS,
    DAMPING,
    LOW,
    HIGH,
    END_TORQUE,
    END_WIDTH,
    BEST,
    WIDTH,
    SPEED_LIMIT,
    TONE,
    SRS,
    SRS_RANGE,
    SRS_RECOVERY,
    FORCE_GAIN,
    VELOCITY_GAIN,
    DELAY,
    RISE,
    HANGING,
    SUPPORT_LOW,
    SUPPORT_HIGH,
) = range(23)
N_PARAMETERS = 23

SUPPORT_STIFFNESS = 100.0  # of the part's own weight torque per rad: it sinks in by half a degree
CURVATURE = 0.25  # Hill's a/F0
LENGTHENING = 1.4  # torque at fast lengthening over isometric
_KNEE = (LENGTHENING - 1.0) / (1.0 + 1.0 / CURVATURE)  # same slope on both sides of rest


@_jit
def passive(p: Any, angle: float) -> tuple[float, float]:
    """Torque that depends on the angle alone, and minus its slope."""
    low = p[END_TORQUE] * np.exp((p[LOW] - angle) / p[END_WIDTH])
    high = p[END_TORQUE] * np.exp((angle - p[HIGH]) / p[END_WIDTH])
    away = angle - p[HANGING]
    torque = -p[GRAVITY] * np.sin(away) - p[STIFFNESS] * (angle - p[REST]) + low - high + p[TONE]
    slope = p[GRAVITY] * np.cos(away) + p[STIFFNESS] + (low + high) / p[END_WIDTH]
    rigid = SUPPORT_STIFFNESS * p[GRAVITY]
    if angle < p[SUPPORT_LOW]:
        torque += rigid * (p[SUPPORT_LOW] - angle)
        slope += rigid
    if angle > p[SUPPORT_HIGH]:
        torque -= rigid * (angle - p[SUPPORT_HIGH])
        slope += rigid
    return torque, slope


@_jit
def muscle_factor(p: Any, angle: float, speed: float, direction: float) -> float:
    """Active torque at this angle and speed over isometric torque at the best angle."""
    away = (angle - p[BEST]) / p[WIDTH]
    v = direction * speed / p[SPEED_LIMIT]  # > 0 shortens
    if v >= 1.0:
        return 0.0
    if v >= 0.0:
        at_speed = (1.0 - v) / (1.0 + v / CURVATURE)
    else:
        at_speed = (-LENGTHENING * v + _KNEE) / (-v + _KNEE)
    return float(np.exp(-away * away) * at_speed)


# What the spastic muscle remembers: stretch, movement that used up its stiffness, reflex torque.
STRETCH, USED, LEFT, REFLEX = range(4)


@_jit
def spastic(  # noqa: PLR0917
    p: Any, m: Any, past: Any, now: int, speed: float, h: float, rise: float
) -> float:
    """Torque beyond tone during one step, in the direction of tone; moves the memory `m`.

    `rise`: how much of the way to its goal the reflex goes in one step.
    """
    away = -np.sign(p[TONE]) * speed  # speed of stretch
    m[USED] += h * (abs(speed) - m[USED] / p[SRS_RECOVERY])
    if m[STRETCH] == 0.0:  # a new stretch finds what movement has left
        m[LEFT] = np.exp(-m[USED] / p[SRS_RANGE])
    m[STRETCH] = min(m[STRETCH] + h * away, p[SRS_RANGE]) if away > 0.0 else 0.0  # bonds let go
    above = abs(p[TONE]) * p[SRS] * m[LEFT] * m[STRETCH]
    past[now] = p[FORCE_GAIN] * (above + m[REFLEX]) + p[VELOCITY_GAIN] * max(away, 0.0)
    oldest = past[(now + 1) % past.size]
    m[REFLEX] += rise * (oldest - m[REFLEX])
    return float(above + m[REFLEX])


@_jit
def swing(  # noqa: PLR0917
    table: Any,
    active: Any,
    every_s: float,
    n_inner: int,
    start: Any,
    angle_out: Any,
    speed_out: Any,
) -> None:
    """Angle and speed of every twin at every sample.

    Args:
        table: (N_PARAMETERS, n_twins).
        active: (n_twins, n_times) torque at the best angle, isometric, signed. [N m]
        every_s: spacing of samples. [s]
        n_inner: steps per sample. [1]
        start: (2, n_twins) angle [rad] and speed [rad/s].
        angle_out: (n_twins, n_times), filled. [rad]
        speed_out: (n_twins, n_times), filled. [rad/s]
    """
    n_twins, n_times = active.shape
    h = every_s / n_inner
    for i in range(n_twins):
        p = table[:, i].copy()
        angle, speed = start[0, i], start[1, i]
        pull = np.sign(p[TONE])
        past, memory, now = np.zeros(int(p[DELAY] / h + 0.5) + 1), np.zeros(4), 0
        rise = -np.expm1(-h / p[RISE])
        contact = 2.0 * np.sqrt(SUPPORT_STIFFNESS * p[GRAVITY] * p[INERTIA])
        angle_out[i, 0], speed_out[i, 0] = angle, speed
        for t in range(1, n_times):
            for s in range(n_inner):
                part = (s + 0.5) / n_inner
                drive = active[i, t - 1] + part * (active[i, t] - active[i, t - 1])
                middle = angle + 0.5 * h * speed
                torque, slope = passive(p, middle)
                direction = 1.0 if drive >= 0.0 else -1.0
                torque += drive * muscle_factor(p, middle, speed, direction)

                torque += pull * spastic(p, memory, past, now, speed, h, rise)
                now = (now + 1) % past.size
                if 0.0 < memory[STRETCH] < p[SRS_RANGE]:
                    slope += abs(p[TONE]) * p[SRS] * memory[LEFT]

                damping = p[DAMPING]
                if middle < p[SUPPORT_LOW] or middle > p[SUPPORT_HIGH]:
                    damping += contact
                below = 2.0 * p[INERTIA] + h * damping + 0.5 * h * h * slope
                change = h * (torque - damping * speed) / below
                angle += h * (speed + change)
                speed += 2.0 * change
            angle_out[i, t], speed_out[i, t] = angle, speed
