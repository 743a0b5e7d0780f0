"""Potentials along lines through muscle, parallel to the body, for pads that carry 1 mA.

Equations
    V(rho, phi, z) = sum_pads I_pad sum_k cos(k z) sum_n v_kn(rho) j_kn cos(n (phi - phi_pad))
    v_kn between the finite-element nodes by the same quadratic shape functions.
"""

from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.field.modes import Modes
from rheobase.model.field.pads import Patch, spectrum

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


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
        phi_deg: (n_lines,) where each line lies around the body. [deg]
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
    sent = np.stack([c * spectrum(modes, p) for c, p in zip(currents_ma, patches, strict=True)])
    at_deg = np.array([p.phi_deg for p in patches])
    turn = np.cos(
        modes.n_around * np.deg2rad(phi_deg[:, None] - at_deg)[:, :, None]
    )  # (n_lines, n_pads, n_n)
    element, weights = _shape(modes.nodes_mm, rho_mm)
    by_k = np.empty((len(rho_mm), len(modes.k_per_mm)))
    _sum_around(modes.transfer, element, weights, sent, turn, by_k)
    return np.asarray(by_k @ _waves(modes, np.ascontiguousarray(z_mm, np.float64).tobytes()))


@lru_cache(maxsize=32)
def _waves(modes: Modes, z_mm: bytes) -> Array:
    """Return cos(k z), (n_k, n_points): most of the work where lines are few, and often the same."""
    return np.asarray(np.cos(np.outer(modes.k_per_mm, np.frombuffer(z_mm))))


@njit(cache=True, fastmath={"reassoc", "contract"}, nogil=True, error_model="numpy")
def _sum_around(  # noqa: PLR0917
    transfer: Array,
    element: NDArray[np.int64],
    weights: Array,
    sent: Array,
    turn: Array,
    by_k: Array,
) -> None:
    n_pads = sent.shape[0]
    for line in range(len(element)):
        e = element[line]
        w0, w1, w2 = weights[line]
        for k in range(transfer.shape[1]):
            total = 0.0
            for p in range(n_pads):
                part = 0.0
                for n in range(transfer.shape[2]):
                    profile = (
                        w0 * transfer[e, k, n]
                        + w1 * transfer[e + 1, k, n]
                        + w2 * transfer[e + 2, k, n]
                    )
                    part += profile * sent[p, k, n] * turn[line, p, n]
                total += part
            by_k[line, k] = total


def _shape(nodes_mm: Array, rho_mm: Array) -> tuple[NDArray[np.int64], Array]:
    ends = nodes_mm[0::2]
    element = np.clip(np.searchsorted(ends, rho_mm) - 1, 0, len(ends) - 2)
    x = 2.0 * (rho_mm - ends[element]) / (ends[element + 1] - ends[element]) - 1.0
    return 2 * element, np.stack([x * (x - 1) / 2, 1 - x * x, x * (x + 1) / 2], axis=1)
