"""Curves through a few points: a cubic spline, and one that keeps the shape of its points.

Source
    de Boor 1978 (not-a-knot end condition); Fritsch & Butland 1984 (slopes of the monotone one).

Equations
    Each piece is the Hermite cubic of its ends' values y and slopes m. Smooth: the slopes make the
    second derivative continuous, and the third at the second and the last but one point. Shaped:
    a slope is the weighted harmonic mean of its neighbours' rises, 0 where they differ in sign.

Ours
    Written out because the library's package of interpolants takes longer to load than a plan takes.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def smooth_slopes(x: Array, y: Array) -> Array:
    """Return the slopes of the not-a-knot cubic spline, (n_points,); four points at least."""
    h, n = np.diff(x), len(x)
    rise = np.diff(y) / h
    rows, right = np.zeros((n, n)), np.zeros(n)
    for i in range(1, n - 1):
        rows[i, i - 1 : i + 2] = h[i], 2.0 * (h[i - 1] + h[i]), h[i - 1]
        right[i] = 3.0 * (h[i] * rise[i - 1] + h[i - 1] * rise[i])
    for end, a, b in ((0, 0, 1), (n - 1, n - 2, n - 3)):
        wide = h[a] + h[b]
        near, far = (0, 1) if end == 0 else (n - 1, n - 2)
        rows[end, near], rows[end, far] = h[b], wide
        right[end] = ((h[a] + 2.0 * wide) * h[b] * rise[a] + h[a] ** 2 * rise[b]) / wide
    return np.asarray(np.linalg.solve(rows, right))


def shaped_slopes(x: Array, y: Array) -> Array:
    """Return slopes that never overshoot the points, (n_points,); two points at least."""
    h = np.diff(x)
    rise = np.diff(y) / h
    if len(x) == 2:
        return np.repeat(rise, 2)
    slopes = np.zeros(len(x))
    for i in range(1, len(x) - 1):
        if rise[i - 1] * rise[i] > 0.0:
            one, two = 2.0 * h[i] + h[i - 1], h[i] + 2.0 * h[i - 1]
            slopes[i] = (one + two) / (one / rise[i - 1] + two / rise[i])
    slopes[0] = _end(h[0], h[1], rise[0], rise[1])
    slopes[-1] = _end(h[-1], h[-2], rise[-1], rise[-2])
    return slopes


def _end(near: float, next_one: float, rise: float, next_rise: float) -> float:
    slope = ((2.0 * near + next_one) * rise - near * next_rise) / (near + next_one)
    if slope * rise <= 0.0:
        return 0.0
    if rise * next_rise < 0.0 and abs(slope) > 3.0 * abs(rise):
        return 3.0 * rise
    return slope


def at(x: Array, y: Array, slopes: Array, value: float) -> float:
    """Return the curve at one place.

    Args:
        x: (n_knots,) places, increasing.
        y: (n_knots,) values there.
        slopes: (n_knots,) slopes there.
        value: where; beyond the knots the last piece goes on.
    """
    k = int(np.clip(np.searchsorted(x, value, side="right") - 1, 0, len(x) - 2))
    h = x[k + 1] - x[k]
    t = (value - x[k]) / h
    left = y[k] * (1.0 + 2.0 * t) + h * slopes[k] * t
    right = y[k + 1] * (3.0 - 2.0 * t) + h * slopes[k + 1] * (t - 1.0)
    return float(left * (1.0 - t) ** 2 + right * t * t)
