"""Compiled sums over modes: around the body, then along it. See `lines.py`.

Modes that follow each other along the body stand side by side in `Lanes`; so do points of a line.
Every line is summed in the same order, whichever lines it shares a call with.
"""

# Compiled code: Numba finds the types, and a kernel takes many plain arguments.
# mypy: ignore-errors
# ruff: noqa: PLR0917

import numpy as np
from numba import njit

from rheobase.model.lanes import COMPILED, INLINED, filled, kept, load_from, muladd, store_from

WIDTH = 8  # lanes
SPAN = 2 * WIDTH  # points of a line that are summed together


@njit(**COMPILED)
def _grouped(phi):
    """Return where lines of another phi begin, and their number at the end."""
    first, n = np.empty(len(phi) + 1, np.int64), 0
    for line in range(len(phi)):
        if line == 0 or phi[line] != phi[line - 1]:
            first[n] = line
            n += 1
    first[n] = len(phi)
    return first[: n + 1]


@njit(**COMPILED)
def _turns(phi, first, at, n_n):
    """Return cos(n (phi - phi_pad)), (n_groups, n_pads, n_n), each from the two before it."""
    turn = np.empty((len(first) - 1, len(at), n_n))
    for g in range(len(turn)):
        for p in range(len(at)):
            one = np.cos(phi[first[g]] - at[p])
            turn[g, p, 0] = 1.0
            if n_n > 1:
                turn[g, p, 1] = one
            for n in range(2, n_n):
                turn[g, p, n] = 2.0 * one * turn[g, p, n - 1] - turn[g, p, n - 2]
    return turn


@njit(**INLINED)
def _orders(k, most, radius_mm, n_n):
    """Return how many orders around the body count beside a frequency along it."""
    return min(n_n, int(radius_mm * np.sqrt(most * most - k * k)) + 1) if k <= most else 0


@njit(**INLINED)
def _mix(sent, turn, group, block, upto, mixed):
    """Write what all pads send to a block of modes at the place of a group, (n_n, WIDTH)."""
    n_pads, n_blocks, n_n = sent.shape[:3]
    for n in range(upto):
        total = filled(mixed, 0.0)
        for p in range(n_pads):
            here = load_from(sent, WIDTH * (n_n * (n_blocks * p + block) + n))
            total = muladd(here, turn[group, p, n], total)
        store_from(mixed, WIDTH * n, total)


@njit(**INLINED)
def _answer(transfer, node, block, n):
    """Return the answer of a node to a block of modes."""
    _, n_blocks, n_n, _ = transfer.shape
    return load_from(transfer, WIDTH * (n_n * (n_blocks * node + block) + n))


@njit(**INLINED)
def _summed(transfer, element, weights, line, block, mixed, k_per_mm, radius_mm, most):
    """Return the sum over orders for one line and a block of modes."""
    n_n, e, first = transfer.shape[2], element[line], WIDTH * block
    w0, w1, w2 = weights[line, 0], weights[line, 1], weights[line, 2]
    some = _orders(k_per_mm[first], most, radius_mm, n_n)
    whole = _orders(k_per_mm[first + WIDTH - 1], most, radius_mm, n_n)
    k, total = load_from(k_per_mm, first), filled(mixed, 0.0)
    for n in range(some):
        here = muladd(_answer(transfer, e + 1, block, n), w1, _answer(transfer, e, block, n) * w0)
        here = muladd(_answer(transfer, e + 2, block, n), w2, here)
        if n >= whole:
            around = n / radius_mm
            here = kept(here, k, np.sqrt(max(0.0, most * most - around * around)))
        total = muladd(here, load_from(mixed, WIDTH * n), total)
    return total


@njit(**COMPILED)
def sum_around(transfer, element, weights, sent, phi, at, highest, size, by_k):
    """Write the sum over pads and orders around, (n_lines, n_k).

    Lines of equal phi in a row share what the pads send there.

    Args:
        transfer: see `Modes`.
        element: (n_lines,) first of three nodes.
        weights: (n_lines, 3) their shape functions.
        sent: (n_pads, n_k / WIDTH, n_n, WIDTH) spectra.
        phi: (n_lines,) of lines. [rad]
        at: (n_pads,) of pads. [rad]
        highest: (n_lines,) largest spatial frequency that counts. [1/mm]
        size: spatial frequencies along the body [1/mm] and its radius [mm].
        by_k: zeros in, the sums out.
    """
    k_per_mm, radius_mm = size
    n_blocks, n_n = sent.shape[1:3]
    first, mixed = _grouped(phi), np.empty((n_n, WIDTH))
    turn = _turns(phi, first, at, n_n)
    for block in range(n_blocks):  # outside: what all groups need of it stays near the processor
        k = k_per_mm[WIDTH * block]
        for g in range(len(turn)):
            top = 0.0
            for line in range(first[g], first[g + 1]):
                top = max(top, highest[line])
            _mix(sent, turn, g, block, _orders(k, top, radius_mm, n_n), mixed)
            for line in range(first[g], first[g + 1]):
                if k <= highest[line]:
                    total = _summed(
                        transfer, element, weights, line, block, mixed, k_per_mm, radius_mm,
                        highest[line],
                    )  # fmt: skip
                    store_from(by_k, by_k.shape[1] * line + WIDTH * block, total)


@njit(**INLINED)
def _put(out, line, first, near, far, tail):
    """Write two registers of a line from a point on, or what of them lies on it."""
    n = out.shape[1]
    if first + SPAN <= n:
        store_from(out, n * line + first, near)
        store_from(out, n * line + first + WIDTH, far)
    else:
        store_from(tail, 0, near)
        store_from(tail, WIDTH, far)
        for i in range(n - first):
            out[line, first + i] = tail[i]


@njit(**COMPILED)
def sum_along(by_k, order, n_k, waves, found):
    """Write (n_lines, n_points) sums over the first n_k waves of each line, four lines at a time.

    Args:
        by_k: (n_lines, n_k) what each wave counts; zero beyond the first n_k.
        order: (n_lines,) lines with about equal n_k beside each other.
        n_k: (n_lines,) how many waves.
        waves: (n_points / SPAN, n_k, SPAN) waves.
        found: out.
    """
    tail, n = np.empty(SPAN), len(order)
    for q in range(0, n, 4):
        i, j = order[q], order[min(q + 1, n - 1)]
        r, s = order[min(q + 2, n - 1)], order[min(q + 3, n - 1)]
        top = max(n_k[i], n_k[j], n_k[r], n_k[s])
        for block in range(waves.shape[0]):
            a = b = c = d = e = f = g = h = filled(tail, 0.0)
            for k in range(top):
                at = SPAN * (waves.shape[1] * block + k)
                x, y = load_from(waves, at), load_from(waves, at + WIDTH)
                p, t, u, v = by_k[i, k], by_k[j, k], by_k[r, k], by_k[s, k]
                a, b, c, d = muladd(x, p, a), muladd(x, t, b), muladd(x, u, c), muladd(x, v, d)
                e, f, g, h = muladd(y, p, e), muladd(y, t, f), muladd(y, u, g), muladd(y, v, h)
            _put(found, i, SPAN * block, a, e, tail)
            _put(found, j, SPAN * block, b, f, tail)
            _put(found, r, SPAN * block, c, g, tail)
            _put(found, s, SPAN * block, d, h, tail)
