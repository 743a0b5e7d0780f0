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

from dataclasses import dataclass
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


def potential_along(paths: Paths, at_levels: Array, z_mm: Array) -> Array:
    """Return the potential along every path.

    Args:
        paths: of n_twins times n_lines.
        at_levels: (n_twins, N_LEVELS, n_points) potential at the depths of `level_mm`. [mV]
        z_mm: (n_points,) along the conductor. [mm]

    Returns:
        (n_twins * n_lines, n_points) potential. [mV]
    """
    n_twins, n_lines = paths.peak_mm.shape
    found = np.empty((n_twins * n_lines, len(z_mm)))
    top = paths.share.min(axis=1)
    _read(
        at_levels, MONOMIALS, z_mm, paths.peak_mm, paths.share, top, paths.trunk_share,
        paths.reach_mm, found,
    )  # fmt: skip
    return found


@njit(cache=True, fastmath={"reassoc", "contract", "nsz", "arcp"}, nogil=True, error_model="numpy")
def _read(  # noqa: PLR0917
    at_levels: Array,
    monomials: Array,
    z_mm: Array,
    peak_mm: Array,
    share: Array,
    top: Array,
    trunk_share: float,
    reach_mm: float,
    found: Array,
) -> None:
    n_twins, n_lines = peak_mm.shape
    n = len(z_mm)
    powers = np.empty((N_LEVELS, n))
    for twin in range(n_twins):
        span = max(trunk_share - top[twin], 1e-9)
        for j in range(N_LEVELS):
            powers[j] = 0.0
            for level in range(N_LEVELS):
                m = monomials[j, level]
                for i in range(n):
                    powers[j, i] += m * at_levels[twin, level, i]
        for line in range(n_lines):
            low = (share[twin, line] - top[twin]) / span
            high = (trunk_share - top[twin]) / span
            out = found[twin * n_lines + line]
            for i in range(n):
                away = (z_mm[i] - peak_mm[twin, line]) / reach_mm
                x = high - (high - low) * np.exp(-0.5 * away * away)
                total = powers[N_LEVELS - 1, i]
                for j in range(N_LEVELS - 2, -1, -1):
                    total = total * x + powers[j, i]
                out[i] = total
