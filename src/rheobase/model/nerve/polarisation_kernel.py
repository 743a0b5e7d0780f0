"""The compiled part of the predictor: weights to taps, taps over a path, peaks to thresholds.

Every function works on one path and one fibre; `sweep` goes over many. See `polarisation.py`.
"""

# Compiled code: Numba finds the types, and a kernel takes many plain arguments.
# mypy: ignore-errors
# ruff: noqa: PLR0917

import numpy as np
from numba import njit

from rheobase.model.nerve.polarisation_lanes import (
    HIDDEN,
    ROOM,
    convolved,
    highest,
    needed,
    peaks,
)

COMPILED = {
    "nogil": True,
    "fastmath": {"contract", "reassoc", "nsz", "arcp"},
    "error_model": "numpy",
    "boundscheck": False,
    "cache": True,
}
PER_PERIOD = 11
OFFSETS = np.array(
    [1, 2, 3, 4, 6, 8, 12, 16]
)  # internodes to either side of a peak: its shape is read there
SHAPE = len(OFFSETS) + 5  # what is read of a peak
PEAKS = 8  # room for
NODES = 4000  # room for
BENT_NODES = 24  # that feel the kink at a sealed end
FAR = 1e12  # mA


@njit(**COMPILED)
def place(axis, x):
    """Return the cell of a rising axis that holds x, and where in it, 0 to 1."""
    k = 0
    while k < axis.size - 2 and x > axis[k + 1]:
        k += 1
    return k, (x - axis[k]) / (axis[k + 1] - axis[k])


@njit(**COMPILED)
def blended(table, d, i, m, out):
    """Write the trilinear blend of the table's last axis; d, i, m are (cell, share) pairs."""
    out[:] = 0.0
    for a in range(2):
        for b in range(2):
            for c in range(2):
                share = d[1] if a else 1.0 - d[1]
                share *= i[1] if b else 1.0 - i[1]
                share *= m[1] if c else 1.0 - m[1]
                if share != 0.0:
                    row = table[d[0] + a, i[0] + b, m[0] + c]
                    for j in range(out.size):
                        out[j] += share * row[j]


@njit(**COMPILED)
def _cubic(f):
    """Return the Lagrange weights of the four samples around a point, f from the second."""
    return (
        -f * (f - 1.0) * (f - 2.0) / 6.0,
        (f + 1.0) * (f - 1.0) * (f - 2.0) / 2.0,
        -(f + 1.0) * f * (f - 2.0) / 2.0,
        (f + 1.0) * f * (f - 1.0) / 6.0,
    )


@njit(**COMPILED)
def places(internode_mm, flut_mm, node_mm, mysa_mm, out):
    """Write the distance of every compartment centre from a node's. [mm]"""
    stin = (internode_mm - node_mm - 2.0 * mysa_mm - 2.0 * flut_mm) / 6.0
    after = np.empty(PER_PERIOD)
    after[0] = 0.0
    after[1] = 0.5 * (node_mm + mysa_mm)
    after[2] = after[1] + 0.5 * (mysa_mm + flut_mm)
    after[3] = after[2] + 0.5 * (flut_mm + stin)
    for k in range(4, 9):
        after[k] = after[k - 1] + stin
    after[9] = internode_mm - after[2]
    after[10] = internode_mm - after[1]
    for j in range(out.size):
        out[j] = (j // PER_PERIOD) * internode_mm + after[j % PER_PERIOD]


@njit(**COMPILED)
def spread(weights, x_mm, spacing_mm, taps):
    """Write symmetric taps on the path's samples; return how many. Cubic: keeps three moments."""
    taps[:] = 0.0
    for j in range(weights.size):
        x = x_mm[j] / spacing_mm
        q = int(x)
        c = _cubic(x - q)
        w = weights[j] if j else 0.5 * weights[0]
        for k in range(4):
            m = q - 1 + k
            taps[abs(m)] += w * c[k] * (2.0 if m == 0 else 1.0)
    return min(int(x_mm[-1] / spacing_mm) + 3, taps.size - 1)


@njit(**COMPILED)
def kink(weights, x_mm, internode_mm, out):
    """Write the polarisation of node k by a field |x|, the part of a mirrored field that bends."""
    for k in range(out.size):
        here = k * internode_mm
        total = weights[0] * here
        for j in range(1, weights.size):
            total += weights[j] * (abs(here - x_mm[j]) + here + x_mm[j])
        out[k] = total


@njit(**COMPILED)
def _read(values, row, q, f):
    """Return a row of a table f beyond sample q: cubic."""
    c = _cubic(f)
    inner = c[1] * values[row, q] + c[2] * values[row, q + 1]
    return c[0] * values[row, q - 1] + inner + c[3] * values[row, q + 2]


@njit(**COMPILED)
def inside(values, row, x):
    """Return what `at` does, for x between the second sample and the last but two."""
    q = int(x)
    return _read(values, row, q, x - q)


@njit(**COMPILED)
def at(values, row, n, x):
    """Return a row of a table, n samples long, at x samples: cubic; level beyond its ends."""
    if x <= 0.0:
        return values[row, 0]
    if x >= n - 1:
        return values[row, n - 1]
    q = min(max(int(x), 1), n - 3)
    return _read(values, row, q, x - q)


@njit(**COMPILED)
def at_nodes(seen, row, n, step, slope, bent, out, phase):
    """Write the polarisation of the nodes of a fibre that ends at the last sample.

    Return how many there are.

    Args:
        seen: (n_curves, at least n) curves along the path. [mV/mA]
        row: of the curve.
        n: its length.
        step: internode. [samples]
        slope: see `extended`. [mV/mA/mm]
        bent: (BENT_NODES,) effect of a kink. [mm]
        out: (n_phases, NODES) curves at the nodes, the end node last. [mV/mA]
        phase: its row there.
    """
    count = min(int((n - 1) / step) + 1, out.shape[1])
    for k in range(count):
        value = at(seen, row, n, n - 1 - k * step)
        out[phase, count - 1 - k] = value - slope * bent[k] if k < bent.size else value
    return count


@njit(**COMPILED)
def extended(paths, line, end, margin, spacing_mm, out):
    """Write a path with `margin` more samples at both ends; return its slope at a sealed end.

    An open end goes straight on: it polarises nothing. A sealed end, made the last sample, is a
    mirror; the mirrored potential V has a kink, and V + slope |x| has none and samples well. Its
    far straight part polarises nothing; what |x| does near the end is added back node by node.

    Args:
        paths: (n_lines, n) potential per mA. [mV/mA]
        line: which path.
        end: place of the sealed end in samples, negative for none.
        margin: extension. [samples]
        spacing_mm: of the samples. [mm]
        out: (at least n + 2 margin,) extended path. [mV/mA]
    """
    n = paths.shape[1]
    first, final = paths[line, 1] - paths[line, 0], paths[line, n - 1] - paths[line, n - 2]
    last = margin + n - 1
    if end < 0.0:
        for i in range(n):
            out[margin + i] = paths[line, i]
        for k in range(1, margin + 1):
            out[margin - k] = paths[line, 0] - first * k
            out[last + k] = paths[line, n - 1] + final * k
        return 0.0
    for i in range(margin + n):
        x = i - margin + end - (n - 1.0)
        out[i] = paths[line, 0] + first * x if x < 0.0 else at(paths, line, n, x)
    rise = 11.0 * out[last] - 18.0 * out[last - 1] + 9.0 * out[last - 2] - 2.0 * out[last - 3]
    slope = rise / (6.0 * spacing_mm)
    for i in range(margin + n):
        out[i] += slope * (last - i) * spacing_mm
    for k in range(1, margin + 1):
        out[last + k] = out[last - k]
    return slope


@njit(**COMPILED)
def bounded(x):
    """Return x, led smoothly to 1 and -1 far out."""
    return x / (1.0 + abs(x))


@njit(**COMPILED)
def shape_of(values, row, other, n, x, peak, step, end, out):
    """Write what the networks see of a peak.

    Args:
        values: (n_curves, at least n) curves. [mV/mA]
        row: of the curve.
        other: row of the same at the end of the other phase; negative if there is none.
        n: length of both.
        x: place of the peak.
        peak: its height. [mV/mA]
        step: internode in places of `values`.
        end: place of a sealed end, or negative.
        out: (SHAPE,) how much less its neighbours are polarised, OFFSETS away; whether the fibre
            has a sealed end, whether this is it, how close it is, twice; polarisation by the other
            phase.
    """
    one, reach = 1.0 / peak, OFFSETS[-1] * step
    if end < 0.0 and x >= reach + 1.0 and x + reach < n - 2.0:
        for k in range(len(OFFSETS)):
            away = OFFSETS[k] * step
            beside = inside(values, row, x - away) + inside(values, row, x + away)
            out[k] = bounded(1.0 - 0.5 * one * beside)
    else:
        for k in range(len(OFFSETS)):
            right = x + OFFSETS[k] * step
            if end >= 0.0 and right > end:
                right = 2.0 * end - right
            beside = at(values, row, n, x - OFFSETS[k] * step) + at(values, row, n, right)
            out[k] = bounded(1.0 - 0.5 * one * beside)
    first = len(OFFSETS)
    out[first : first + 4] = 0.0
    if end >= 0.0:
        nodes = (end - x) / step
        out[first], out[first + 1] = 1.0, 1.0 if nodes < 0.5 else 0.0
        out[first + 2], out[first + 3] = np.exp(-nodes), np.exp(-0.25 * nodes)
    out[first + 4] = 0.0
    if other >= 0:
        out[first + 4] = bounded(one * at(values, other, n, min(x, n - 1.0)))


@njit(**COMPILED)
def prepare(sizes, spacing_mm, grid, weights, taps, lasts, bents):
    """Write what does not depend on the field, fibre by fibre.

    Args:
        sizes: (n_fibres, 7) adult diameter, internode scale, myelin scale, internode, FLUT, node
            and MYSA lengths. [um, 1, 1, mm, mm, mm, mm]
        spacing_mm: of the paths. [mm]
        grid: three axes of `weights`.
        weights: (n_phases, ..., n_weights) see `polarisation_weights`.
        taps: (n_fibres, n_phases, margin + 4) out: on the samples of a path.
        lasts: (n_fibres,) out: how many of them.
        bents: (n_fibres, n_phases, BENT_NODES) out: what a kink at a sealed end does to nodes.
    """
    n_weights, margin = weights.shape[4], taps.shape[2] - 4
    half, x_mm = np.empty(n_weights), np.empty(n_weights)
    for f in range(len(sizes)):
        s = sizes[f]
        d, i, m = place(grid[0], s[0]), place(grid[1], s[1]), place(grid[2], s[2])
        places(s[3], s[4], s[5], s[6], x_mm)
        for p in range(weights.shape[0]):
            blended(weights[p], d, i, m, half)
            lasts[f] = min(spread(half, x_mm, spacing_mm, taps[f, p]), margin - 4)
            kink(half, x_mm, s[3], bents[f, p])


@njit(**COMPILED)
def least(curves, row, other, n, step, end, starts, start, nets, phase, best, room):
    """Return the smaller of `best` and the least current any peak of a curve asks for.

    Args:
        curves: (n_curves, at least n) see `peaks`.
        row: see `shape_of`.
        other: see `shape_of`.
        n: see `shape_of`.
        step: internode in places of the curve.
        end: whether it ends, sealed.
        starts: see `needed`.
        start: see `needed`.
        nets: the networks.
        phase: which of them.
        best: current that is known to be enough; peaks that cannot do with less are left out. [mA]
        room: (PEAKS, 2), (SHAPE,) and (HIDDEN,) to work in.
    """
    found, shape, layer = room
    top, at_best = highest(curves, row, n), np.exp(nets[phase, -2])
    if top * best <= at_best:
        return best
    last = n - 1.0 if end else -1.0
    for k in range(peaks(curves, row, n, top, end, found)):
        x, peak = found[k, 0], found[k, 1]
        if peak * best > at_best:
            shape_of(curves, row, other, n, x, peak, step, last, shape)
            best = min(best, np.exp(needed(shape, starts, start, nets, phase, layer)) / peak)
    return best


@njit(**COMPILED)
def sweep(paths, ends, spacing_mm, groups, fibres, nets, out):
    """Write thresholds of every fibre on every path.

    Args:
        paths: (n_lines, n_samples) potential of the leading phase per mA. [mV/mA]
        ends: (n_lines,) place of a sealed end, negative for none. [samples]
        spacing_mm: of the samples. [mm]
        groups: (n_lines,) which fibres lie on each path.
        fibres: by group: taps (n_groups, n_fibres * n_phases, margin + 4), the most of them that a
            fibre has (n_groups,); by group and fibre: effects of a kink (..., n_phases, BENT_NODES),
            internodes (...) [samples], starts of the networks (..., n_phases, HIDDEN).
        nets: (n_phases, ...) the networks, see `needed`.
        out: (n_lines, n_fibres) thresholds. [mA]
    """
    taps, lasts, bents, steps, starts = fibres
    n_fibres, n_phases = bents.shape[1:3]
    n, margin = paths.shape[1], taps.shape[2] - 4
    longer, seen = np.zeros(n + 2 * margin + ROOM), np.empty((n_fibres * n_phases, n + ROOM))
    nodes, room = (
        np.empty((n_phases, NODES)),
        (np.empty((PEAKS, 2)), np.empty(SHAPE), np.empty(HIDDEN)),
    )
    for line in range(out.shape[0]):
        end, g = ends[line] >= 0.0, groups[line]
        slope = extended(paths, line, ends[line], margin, spacing_mm, longer)
        convolved(longer, margin, taps, g, lasts[g], n, seen)
        for f in range(n_fibres):
            best, first, count, step = FAR, f * n_phases, n, steps[g, f]
            if end:
                for p in range(n_phases):
                    bent = bents[g, f, p]
                    count = at_nodes(seen, first + p, n, steps[g, f], slope, bent, nodes, p)
                first, step = 0, 1.0
            for p in range(n_phases):
                start = HIDDEN * (n_phases * (n_fibres * g + f) + p)
                row, other = first + p, first + n_phases - 1 - p if n_phases > 1 else -1
                curves = nodes if end else seen
                best = least(
                    curves, row, other, count, step, end, starts, start, nets, p, best, room
                )
            out[line, f] = best if best < FAR else np.inf
