"""Potentials along lines through muscle, parallel to the body, for pads that carry 1 mA.

Equations
    V(rho, phi, z) = sum_pads I_pad sum_k cos(k z) sum_n v_kn(rho) j_kn cos(n (phi - phi_pad))
    v_kn between the finite-element nodes by the same quadratic shape functions.

Ours
    A line at depth d takes only the modes with q d < `LINE_CUT`, q^2 = k^2 + (n / R)^2: the rule by
    which the body was set up, at the depth of each line. Deep lines need a tenth of the modes.
"""

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.field.modes import LANES, Modes
from rheobase.model.field.pads import Patch, spectrum
from rheobase.model.field.sums import SPAN, sum_along, sum_around
from rheobase.model.lanes import aligned

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

LINE_CUT = 7.5  # a little above `modes.CUT`, which cuts a square and not a circle


def line_potentials(
    modes: Modes,
    patches: tuple[Patch, ...],
    currents_ma: tuple[float, ...],
    *,
    rho_mm: Array,
    phi_deg: Array,
    z_mm: Array,
) -> Array:
    """Return potentials along lines, by superposition of the pads.

    Args:
        modes: the body.
        patches: the pads.
        currents_ma: into the body, one per pad; they add up to zero. [mA]
        rho_mm: (n_lines,) distance of each line from the axis (height over the bottom). [mm]
        phi_deg: (n_lines,) where each line lies around the body; quickest if neighbours in the list
            share it. [deg]
        z_mm: (n_points,) where to evaluate, the same on all lines. [mm]

    Returns:
        (n_lines, n_points) potential. [mV]

    Raises:
        BadInput: if currents do not add up to zero or a line lies outside the layer that was kept.
    """
    if abs(sum(currents_ma)) > 1e-9 * max(abs(c) for c in currents_ma):
        raise BadInput(
            "The currents of the pads do not add up to zero. Let the last take the rest."
        )
    low, high = modes.nodes_mm[0], modes.nodes_mm[-1]
    if rho_mm.min() < low - 1e-9 or rho_mm.max() > high + 1e-9:
        raise BadInput(
            f"A line lies {rho_mm.min():.1f} to {rho_mm.max():.1f} mm from the axis, but the muscle "
            f"reaches from {low:.1f} to {high:.1f} mm. Move it into the muscle."
        )
    k = modes.k_per_mm.reshape(-1, 1, LANES)
    sent = np.stack(
        [
            c * np.cos(k * p.z_mm) * _spectrum(modes, replace(p, z_mm=0.0, phi_deg=0.0))
            for c, p in zip(currents_ma, patches, strict=True)
        ]
    )
    at = np.deg2rad(np.array([p.phi_deg for p in patches]))
    element, weights = _shape(modes.nodes_mm, rho_mm)
    highest = LINE_CUT / np.maximum(modes.surface_mm - rho_mm, modes.depth_mm)
    by_k = np.zeros((len(rho_mm), len(modes.k_per_mm)))
    size = (modes.k_per_mm, modes.radius_mm)
    sum_around(modes.transfer, element, weights, sent, np.deg2rad(phi_deg), at, highest, size, by_k)
    n_k = np.searchsorted(modes.k_per_mm, highest, "right")
    waves = _waves(modes, np.ascontiguousarray(z_mm, np.float64).tobytes())
    found = np.empty((len(rho_mm), len(z_mm)))
    sum_along(by_k, np.argsort(n_k, kind="stable"), n_k, waves, found)
    return found


@lru_cache(maxsize=64)
def _spectrum(modes: Modes, patch: Patch) -> Array:
    """Return (n_k / LANES, n_n, LANES) what a pad at 0 sends; cos(k z) takes it elsewhere."""
    flat = spectrum(modes, patch)
    return np.ascontiguousarray(flat.reshape(-1, LANES, flat.shape[1]).swapaxes(1, 2))


@lru_cache(maxsize=32)
def _waves(modes: Modes, z_mm: bytes) -> Array:
    """Return cos(k z), (n_points / SPAN, n_k, SPAN): often the same; the last point fills up."""
    z = np.frombuffer(z_mm)
    full = np.append(z, np.repeat(z[-1], -len(z) % SPAN)).reshape(-1, 1, SPAN)
    waves = np.cos(modes.k_per_mm[:, None] * full)
    return np.asarray(aligned(waves, 64).reshape(waves.shape))


def _shape(nodes_mm: Array, rho_mm: Array) -> tuple[Rows, Array]:
    ends = nodes_mm[0::2]
    element = np.clip(np.searchsorted(ends, rho_mm) - 1, 0, len(ends) - 2)
    x = 2.0 * (rho_mm - ends[element]) / (ends[element + 1] - ends[element]) - 1.0
    return 2 * element, np.stack([x * (x - 1) / 2, 1 - x * x, x * (x + 1) / 2], axis=1)
