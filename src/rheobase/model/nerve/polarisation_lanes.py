"""What the predictor does most often, in registers: curves from taps, their peaks, the networks.

Neighbouring samples of a curve, or cells of a network, stand side by side in `Lanes`. See
`polarisation_kernel.py`, whose functions call these. Arrays are of 64 bits; a curve is a row of a
table and not a slice, since counting who holds a slice costs as much as finding its peaks.
"""

# Compiled code: Numba finds the types, and a kernel takes many plain arguments.
# mypy: ignore-errors
# ruff: noqa: PLR0917

from numba import njit

from rheobase.model.lanes import (
    COMPILED,
    INLINED,
    bits_of_peaks,
    larger,
    largest,
    load_from,
    muladd,
    root,
    store_from,
    total,
)

WIDTH = 8  # lanes
ROOM = 2 * WIDTH  # samples that curves and paths need beyond their end
HIDDEN = 24  # cells of each hidden layer of a network: three registers
WORTH = 0.25  # peaks below this share of the highest cannot win


@njit(**INLINED)
def _four(longer, first, taps, group, c, last, out, i):
    """Write two registers of four curves; longer[first] is the sample under the first lane."""
    x, y = load_from(longer, first), load_from(longer, first + WIDTH)
    p, q, r, s = (
        taps[group, c, 0],
        taps[group, c + 1, 0],
        taps[group, c + 2, 0],
        taps[group, c + 3, 0],
    )
    a, b, d, e = x * p, x * q, x * r, x * s
    f, g, h, k = y * p, y * q, y * r, y * s
    for m in range(1, last + 1):
        x = load_from(longer, first + m) + load_from(longer, first - m)
        y = load_from(longer, first + m + WIDTH) + load_from(longer, first - m + WIDTH)
        p, q, r, s = (
            taps[group, c, m],
            taps[group, c + 1, m],
            taps[group, c + 2, m],
            taps[group, c + 3, m],
        )
        a, b, d, e = muladd(x, p, a), muladd(x, q, b), muladd(x, r, d), muladd(x, s, e)
        f, g, h, k = muladd(y, p, f), muladd(y, q, g), muladd(y, r, h), muladd(y, s, k)
    at, room = c * out.shape[1] + i, out.shape[1]
    store_from(out, at, a)
    store_from(out, at + WIDTH, f)
    store_from(out, at + room, b)
    store_from(out, at + room + WIDTH, g)
    store_from(out, at + 2 * room, d)
    store_from(out, at + 2 * room + WIDTH, h)
    store_from(out, at + 3 * room, e)
    store_from(out, at + 3 * room + WIDTH, k)


@njit(**INLINED)
def _one(longer, first, taps, group, c, last, out, i):
    """Write two registers of one curve."""
    p = taps[group, c, 0]
    a, f = load_from(longer, first) * p, load_from(longer, first + WIDTH) * p
    for m in range(1, last + 1):
        p = taps[group, c, m]
        a = muladd(load_from(longer, first + m) + load_from(longer, first - m), p, a)
        y = load_from(longer, first + m + WIDTH) + load_from(longer, first - m + WIDTH)
        f = muladd(y, p, f)
    store_from(out, c * out.shape[1] + i, a)
    store_from(out, c * out.shape[1] + i + WIDTH, f)


@njit(**COMPILED)
def convolved(longer, margin, taps, group, last, n, out):
    """Write out[c, i] = sum_m taps[group, c, |m|] longer[margin + i + m] of all curves of a path.

    Args:
        longer: (at least n + 2 margin + ROOM,) path, see `polarisation_kernel.extended`. [mV/mA]
        margin: of `longer`. [samples]
        taps: (n_groups, n_curves, at least last + 1) on the samples of a path. [1]
        group: which of them.
        last: how many of them; less than `margin`.
        n: length of a curve.
        out: (n_curves, at least n + ROOM) curves; what lies beyond n is left over. [mV/mA]
    """
    n_curves = taps.shape[1]
    fours = n_curves - n_curves % 4
    for i in range(0, n, 2 * WIDTH):
        for c in range(0, fours, 4):
            _four(longer, margin + i, taps, group, c, last, out, i)
        for c in range(fours, n_curves):
            _one(longer, margin + i, taps, group, c, last, out, i)


@njit(**COMPILED)
def highest(values, row, n):
    """Return the highest of a row's first n values, from the third on; they are finite."""
    if n < 2 + WIDTH:
        top = values[row, 2]
        for i in range(3, n):
            top = max(top, values[row, i])
        return top
    at = row * values.shape[1]
    lanes = load_from(values, at + n - WIDTH)
    for i in range(2, n - WIDTH, WIDTH):
        lanes = larger(lanes, load_from(values, at + i))
    return largest(lanes)


@njit(**INLINED)
def _note(values, row, i, sealed, found, how_many):
    """Write the peak at sample i."""
    v, before = values[row, i], values[row, i - 1]
    x, peak = i * 1.0, v
    if not sealed:
        after = values[row, i + 1]
        shift = 0.5 * (before - after) / (before - 2.0 * v + after)
        x, peak = x + shift, v - 0.25 * (before - after) * shift
    found[how_many, 0], found[how_many, 1] = x, peak


@njit(**COMPILED)
def peaks(values, row, n, top, sealed, found):
    """Write the peaks of a polarisation curve that could win, the last first; return how many.

    Args:
        values: (n_curves, at least n) polarisation per mA: at the nodes of a fibre with a sealed end
            (`at_nodes`), else along the path, where a node may lie anywhere and a peak between
            samples. [mV/mA]
        row: of the curve.
        n: its length.
        top: its highest value. [mV/mA]
        sealed: whether the last value is that of the end node, a mirror.
        found: (n_peaks at most, 2) places, polarisations.
    """
    i, how_many, most, least = n - 3, 0, found.shape[0], WORTH * top
    if top <= 0.0:
        return how_many
    if sealed:
        i = n - 2
        if values[row, n - 1] > values[row, i] and values[row, n - 1] >= least:
            _note(values, row, n - 1, True, found, how_many)
            how_many += 1
    while i >= 2 and how_many < most:
        if i >= 1 + WIDTH:
            first = i - WIDTH + 1
            at = row * values.shape[1] + first
            before, after = load_from(values, at - 1), load_from(values, at + 1)
            bits = bits_of_peaks(before, load_from(values, at), after, least)
            i -= WIDTH
            while bits != 0 and how_many < most:
                k = WIDTH - 1
                while (bits >> k) & 1 == 0:
                    k -= 1
                bits ^= 1 << k
                _note(values, row, first + k, sealed, found, how_many)
                how_many += 1
        else:
            v = values[row, i]
            if v >= least and v > values[row, i - 1] and v >= values[row, i + 1]:
                _note(values, row, i, sealed, found, how_many)
                how_many += 1
            i -= 1
    return how_many


@njit(**INLINED)
def _bent(x):
    return x / root(muladd(x, x, 1.0))


@njit(**INLINED)
def _layer(table, bias, at, weights, given):
    """Return the three registers of a layer before they are bent.

    Args:
        table: holds the weights.
        bias: array that holds the bias.
        at: where it begins there.
        weights: where they begin in the table.
        given: values of the layer before.
    """
    a, b, c = load_from(bias, at), load_from(bias, at + WIDTH), load_from(bias, at + 2 * WIDTH)
    for j in range(given.size):
        x, row = given[j], weights + j * HIDDEN
        a = muladd(load_from(table, row), x, a)
        b = muladd(load_from(table, row + WIDTH), x, b)
        c = muladd(load_from(table, row + 2 * WIDTH), x, c)
    return _bent(a), _bent(b), _bent(c)


@njit(**COMPILED)
def needed(shape, starts, start, nets, phase, room):
    """Return ln(threshold times polarisation) of one peak: a network of two hidden layers.

    Args:
        shape: (SHAPE,) see `polarisation_kernel.shape_of`.
        starts: what size and pulse bring to the first layer, HIDDEN values at a time.
        start: flat index of those that count.
        nets: (n_phases, ...) the networks, see `Network.packed`.
        phase: which.
        room: (HIDDEN,).
    """
    first = phase * nets.shape[1]
    second = first + shape.size * HIDDEN
    bias = second + HIDDEN * HIDDEN
    last = bias + HIDDEN
    a, b, c = _layer(nets, starts, start, first, shape)
    store_from(room, 0, a)
    store_from(room, WIDTH, b)
    store_from(room, 2 * WIDTH, c)
    a, b, c = _layer(nets, nets, bias, second, room)
    out = load_from(nets, last) * a
    out = muladd(load_from(nets, last + WIDTH), b, out)
    out = total(muladd(load_from(nets, last + 2 * WIDTH), c, out)) + nets[phase, -3]
    return min(max(out, nets[phase, -2]), nets[phase, -1])
