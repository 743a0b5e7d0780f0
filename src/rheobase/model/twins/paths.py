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
from numpy.typing import NDArray

Array = NDArray[np.float64]

N_LEVELS = 5
CHEBYSHEV = 0.5 - 0.5 * np.cos(np.pi * (np.arange(N_LEVELS) + 0.5) / N_LEVELS)


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
    away = (z_mm - paths.peak_mm[:, :, None]) / paths.reach_mm
    top = paths.share.min(axis=1)[:, None, None]
    sink = 1.0 - np.exp(-0.5 * away**2)
    share = paths.share[:, :, None] + (paths.trunk_share - paths.share[:, :, None]) * sink
    span = np.maximum(paths.trunk_share - top, 1e-9)
    x = (share - top) / span  # 0 at the shallowest line, 1 at the nerve
    total = np.zeros_like(x)
    for j in range(N_LEVELS):
        basis = np.ones_like(x)
        for k in range(N_LEVELS):
            if k != j:
                basis *= (x - CHEBYSHEV[k]) / (CHEBYSHEV[j] - CHEBYSHEV[k])
        total += basis * at_levels[:, j, None, :]
    return np.asarray(total.reshape(-1, len(z_mm)))
