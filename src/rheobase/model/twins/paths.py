"""The way of a motor axon: from the deep nerve up to the motor point, and down again.

Equations
    Depth as a share of the muscle layer, z0 the motor point, s0 its depth, s1 that of the nerve:
        s(z) = s0 + (s1 - s0) (1 - exp(-((z - z0) / reach)^2 / 2))
    The potential along it is read from N_LEVELS depths by one polynomial in depth.

Ours
    The shape: a branch that leaves a deep nerve, comes to the surface of the muscle at the motor point
    and spreads from there in both directions. Length along the path is taken as length along the
    limb (a few per cent too short where it climbs).

Valid for
    Muscles whose nerve comes from the deep side; a stand-in for the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[np.float64]

N_LEVELS = 5
CHEBYSHEV = 0.5 - 0.5 * np.cos(np.pi * (np.arange(N_LEVELS) + 0.5) / N_LEVELS)
# values at the levels to powers of depth
MONOMIALS: Array = np.linalg.inv(np.vander(CHEBYSHEV, increasing=True)).astype(np.float64)


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paths:
    """Paths to the motor points of one muscle of several twins.

    Attributes:
        surface_mm: outer edge of the muscle, as rho. [mm]
        thickness_mm: of the muscle layer. [mm]
        phi_deg: (n_twins,) around the conductor. [deg]
        peak_mm: (n_twins, n_lines) where each path is shallowest. [mm]
        share: (n_twins, n_lines) depth there, of the muscle layer. [1]
        trunk_share: depth of the nerve. [1]
        reach_mm: over which a path comes up. [mm]
    """

    surface_mm: float
    thickness_mm: float
    phi_deg: Array
    peak_mm: Array
    share: Array
    trunk_share: float
    reach_mm: float

    @property
    def level_mm(self) -> Array:
        """(n_twins, N_LEVELS) rho of the depths at which the field is needed. [mm]"""
        top = self.share.min(axis=1)[:, None]
        shares = top + (self.trunk_share - top) * CHEBYSHEV
        return np.asarray(self.surface_mm - shares * self.thickness_mm)


def potentials_along(several: Sequence[Paths], at_levels: Array, z_mm: Array) -> Array:
    """Return the potential along the paths of several muscles.

    Args:
        several: paths of each muscle, as many twins and lines each.
        at_levels: (n_muscles, n_twins, N_LEVELS, n_points) potential at the depths of `level_mm`. [mV]
        z_mm: (n_points,) along the conductor. [mm]

    Returns:
        (n_muscles * n_twins * n_lines, n_points) potential. [mV]
    """
    found = np.empty((len(several), several[0].peak_mm.size, len(z_mm)))
    points = np.ascontiguousarray(z_mm, np.float64).tobytes()
    for paths, levels, out in zip(several, at_levels, found, strict=True):
        _read(levels, MONOMIALS, _depths(paths, points), paths.peak_mm.shape[1], out)
    return found.reshape(-1, len(z_mm))


@lru_cache(maxsize=128)
def _depths(paths: Paths, z_mm: bytes) -> Array:
    """Return (n_twins * n_lines, n_points) depth between the levels, 0 to 1; pads do not matter."""
    z, top = np.frombuffer(z_mm), paths.share.min(axis=1)[:, None]
    span = np.maximum(paths.trunk_share - top, 1e-9)
    low, high = (paths.share - top) / span, (paths.trunk_share - top) / span
    away = (z - paths.peak_mm[..., None]) / paths.reach_mm
    deep = high[..., None] - (high - low)[..., None] * np.exp(-0.5 * away * away)
    return np.asarray(deep.reshape(-1, len(z)))


@njit(cache=True, fastmath={"reassoc", "contract", "nsz", "arcp"}, nogil=True, error_model="numpy")
def _read(at_levels: Array, monomials: Array, deep: Array, n_lines: int, found: Array) -> None:
    n_twins, n = len(at_levels), found.shape[1]
    powers = np.empty((N_LEVELS, n))
    for twin in range(n_twins):
        for j in range(N_LEVELS):
            for i in range(n):
                total = 0.0
                for level in range(N_LEVELS):
                    total += monomials[j, level] * at_levels[twin, level, i]
                powers[j, i] = total
        for row in range(twin * n_lines, (twin + 1) * n_lines):
            for i in range(n):
                total = powers[N_LEVELS - 1, i]
                for j in range(N_LEVELS - 2, -1, -1):
                    total = total * deep[row, i] + powers[j, i]
                found[row, i] = total
