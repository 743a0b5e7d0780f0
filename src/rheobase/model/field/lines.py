"""Potentials along lines through muscle, parallel to the body, for pads that carry 1 mA.

Equations
    V(rho, phi, z) = sum_pads I_pad sum_k cos(k z) sum_n v_kn(rho) j_kn cos(n (phi - phi_pad))
    v_kn between the finite-element nodes by the same quadratic shape functions.

Ours
    A line at depth d takes only the modes with q d < `LINE_CUT`, q^2 = k^2 + (n / R)^2: the rule by
    which the body was set up, at the depth of each line. Deep lines need a tenth of the modes.
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
    sent = np.stack([c * spectrum(modes, p) for c, p in zip(currents_ma, patches, strict=True)])
    at = np.deg2rad(np.array([p.phi_deg for p in patches]))
    element, weights = _shape(modes.nodes_mm, rho_mm)
    highest = LINE_CUT / np.maximum(modes.surface_mm - rho_mm, modes.depth_mm)
    by_k = np.zeros((len(rho_mm), len(modes.k_per_mm)))
    size = (modes.k_per_mm, modes.radius_mm)
    _sum_around(
        modes.transfer, element, weights, sent, np.deg2rad(phi_deg), at, highest, size, by_k
    )
    waves = _waves(modes, np.ascontiguousarray(z_mm, np.float64).tobytes())
    found = np.empty((len(rho_mm), len(z_mm)))
    _sum_along(by_k, np.searchsorted(modes.k_per_mm, highest, "right"), waves, found)
    return found


@njit(cache=True, fastmath={"reassoc", "contract", "nsz"}, nogil=True, error_model="numpy")
def _sum_along(by_k: Array, n_k: Rows, waves: Array, found: Array) -> None:
    """Write (n_lines, n_points) sums over the first n_k waves of each line, four at a time."""
    for line in range(len(n_k)):
        out, share, top = found[line], by_k[line], n_k[line]
        out[:] = 0.0
        for k in range(0, top - top % 4, 4):
            a, b, c, d = share[k], share[k + 1], share[k + 2], share[k + 3]
            one, two, three, four = waves[k], waves[k + 1], waves[k + 2], waves[k + 3]
            for i in range(len(out)):
                out[i] += (a * one[i] + b * two[i]) + (c * three[i] + d * four[i])
        for k in range(top - top % 4, top):
            a, one = share[k], waves[k]
            for i in range(len(out)):
                out[i] += a * one[i]


@lru_cache(maxsize=32)
def _waves(modes: Modes, z_mm: bytes) -> Array:
    """Return cos(k z), (n_k, n_points): most of the work where lines are few, and often the same."""
    return np.asarray(np.cos(np.outer(modes.k_per_mm, np.frombuffer(z_mm))))


@njit(cache=True, fastmath={"reassoc", "contract", "nsz"}, nogil=True, error_model="numpy")
def _turns(phi: float, at: Array, turn: Array) -> None:
    """Write cos(n (phi - phi_pad)), (n_pads, n_n), each from the two before it."""
    for p in range(len(at)):
        one = np.cos(phi - at[p])
        turn[p, 0] = 1.0
        if turn.shape[1] > 1:
            turn[p, 1] = one
        for n in range(2, turn.shape[1]):
            turn[p, n] = 2.0 * one * turn[p, n - 1] - turn[p, n - 2]


@njit(cache=True, fastmath={"reassoc", "contract", "nsz"}, nogil=True, error_model="numpy")
def _sum_around(  # noqa: PLR0917
    transfer: Array,
    element: Rows,
    weights: Array,
    sent: Array,
    phi: Array,
    at: Array,
    highest: Array,
    size: tuple[Array, float],
    by_k: Array,
) -> None:
    """Write the sum over pads and orders around, (n_lines, n_k).

    Lines of equal phi in a row share what the pads send there.

    Args:
        transfer: see `Modes`.
        element: (n_lines,) first of three nodes.
        weights: (n_lines, 3) their shape functions.
        sent: (n_pads, n_k, n_n) spectra.
        phi: (n_lines,) of lines. [rad]
        at: (n_pads,) of pads. [rad]
        highest: (n_lines,) largest spatial frequency that counts. [1/mm]
        size: spatial frequencies along the body [1/mm] and its radius [mm].
        by_k: zeros in, the sums out.
    """
    k_per_mm, radius_mm = size
    n_pads, n_k, n_n = sent.shape
    turn, mixed = np.empty((n_pads, n_n)), np.empty((n_k, n_n))
    first = 0
    while first < len(phi):
        after, top = first + 1, highest[first]
        while after < len(phi) and phi[after] == phi[first]:
            top = max(top, highest[after])
            after += 1
        _turns(phi[first], at, turn)
        for k in range(n_k):
            if k_per_mm[k] > top:
                break
            upto = min(n_n, int(radius_mm * np.sqrt(top * top - k_per_mm[k] ** 2)) + 1)
            row = mixed[k]
            row[:upto] = 0.0
            for p in range(n_pads):
                for n in range(upto):
                    row[n] += sent[p, k, n] * turn[p, n]
        for line in range(first, after):
            e, most = element[line], highest[line]
            w0, w1, w2 = weights[line]
            for k in range(n_k):
                if k_per_mm[k] > most:
                    break
                upto = min(n_n, int(radius_mm * np.sqrt(most * most - k_per_mm[k] ** 2)) + 1)
                t0, t1, t2, row = transfer[e, k], transfer[e + 1, k], transfer[e + 2, k], mixed[k]
                total = 0.0
                for n in range(upto):
                    total += (w0 * t0[n] + w1 * t1[n] + w2 * t2[n]) * row[n]
                by_k[line, k] = total
        first = after


def _shape(nodes_mm: Array, rho_mm: Array) -> tuple[Rows, Array]:
    ends = nodes_mm[0::2]
    element = np.clip(np.searchsorted(ends, rho_mm) - 1, 0, len(ends) - 2)
    x = 2.0 * (rho_mm - ends[element]) / (ends[element + 1] - ends[element]) - 1.0
    return 2 * element, np.stack([x * (x - 1) / 2, 1 - x * x, x * (x + 1) / 2], axis=1)
