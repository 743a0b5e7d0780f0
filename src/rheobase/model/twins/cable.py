"""Thresholds of motor axons from the passive cable: a stand-in for the exact nerve model.

Equations
    L^2 (u'' + V'') - u = 0 over the nodes (differences in internodes), sealed at the terminal;
    I = theta (1 + tau / w) / max u(1 mA): Weiss' law with the length constant L of an axon.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def highest_polarisation(v: Array, length2: float) -> Array:
    """Return the largest depolarisation of each fibre, (n_fibres,), for V (n_fibres, n_nodes)."""
    n_fibres, n = v.shape
    best = np.empty(n_fibres)
    c, d = np.empty(n), np.empty(n)
    for f in range(n_fibres):
        for j in range(n):
            left = v[f, j - 1] - v[f, j] if j > 0 else 0.0
            right = v[f, j + 1] - v[f, j] if j < n - 1 else 0.0
            links = (1.0 if j > 0 else 0.0) + (1.0 if j < n - 1 else 0.0)
            diagonal = 1.0 + length2 * links
            drive = length2 * (left + right)
            if j == 0:
                c[j], d[j] = -length2 / diagonal, drive / diagonal
            else:
                pivot = diagonal + length2 * c[j - 1]
                c[j] = -length2 / pivot
                d[j] = (drive + length2 * d[j - 1]) / pivot
        u = d[n - 1]
        top = u
        for j in range(n - 2, -1, -1):
            u = d[j] - c[j] * u
            top = max(top, u)
        best[f] = top
    return best
