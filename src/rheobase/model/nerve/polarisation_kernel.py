"""The compiled part of the predictor: weights to taps, taps over a path, peaks to thresholds.

Every function works on one path and one fibre; `sweep` goes over many. See `polarisation.py`.
"""

# Compiled code: Numba finds the types, and a kernel takes many plain arguments.
# mypy: ignore-errors
# ruff: noqa: PLR0917

import numpy as np
from numba import njit

COMPILED = {
    "nogil": True,
    "fastmath": {"contract", "reassoc", "nsz", "arcp"},
    "error_model": "numpy",
    "boundscheck": False,
    "cache": True,
}
PER_PERIOD = 11
OFFSETS = (1, 2, 3, 4, 6, 8, 12, 16)  # internodes to either side of a peak: its shape is read there
SHAPE = len(OFFSETS) + 5  # what is read of a peak
HIDDEN = 24  # of the networks
PEAKS = 8  # room for
NODES = 4000  # room for
BENT_NODES = 24  # that feel the kink at a sealed end
FAR = 1e12  # mA
WORTH = 0.25  # peaks below this share of the highest cannot win


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
def at(values, x):
    """Return a sampled curve at x samples, cubic; level beyond its ends."""
    n = values.size
    if x <= 0.0:
        return values[0]
    if x >= n - 1:
        return values[n - 1]
    q = min(max(int(x), 1), n - 3)
    c = _cubic(x - q)
    return c[0] * values[q - 1] + c[1] * values[q] + c[2] * values[q + 1] + c[3] * values[q + 2]


@njit(**COMPILED)
def at_nodes(curve, step, slope, bent, out):
    """Write the polarisation of the nodes of a fibre that ends at the last sample; return it."""
    n = curve.size
    count = min(int((n - 1) / step) + 1, out.size)
    for k in range(count):
        value = at(curve, n - 1 - k * step)
        out[count - 1 - k] = value - slope * bent[k] if k < bent.size else value
    return out[:count]


@njit(**COMPILED)
def extended(path, end, margin, spacing_mm, out):
    """Write a path with `margin` more samples at both ends; return its slope at a sealed end.

    An open end goes straight on: it polarises nothing. A sealed end, made the last sample, is a
    mirror; the mirrored potential V has a kink, and V + slope |x| has none and samples well. Its
    far straight part polarises nothing; what |x| does near the end is added back node by node.

    Args:
        path: (n,) potential per mA. [mV/mA]
        end: place of the sealed end in samples, negative for none.
        margin: extension. [samples]
        spacing_mm: of the samples. [mm]
        out: (n + 2 margin,) extended path. [mV/mA]
    """
    n = path.size
    first = path[1] - path[0]
    last, final = margin + n - 1, path[n - 1] - path[n - 2]
    shift = end - (n - 1.0) if end >= 0.0 else 0.0
    for i in range(margin + n):
        x = i - margin + shift
        out[i] = path[0] + first * x if x < 0.0 else at(path, x)
    if end < 0.0:
        for k in range(1, margin + 1):
            out[last + k] = path[n - 1] + final * k
        return 0.0
    rise = 11.0 * out[last] - 18.0 * out[last - 1] + 9.0 * out[last - 2] - 2.0 * out[last - 3]
    slope = rise / (6.0 * spacing_mm)
    for i in range(margin + n):
        out[i] += slope * (last - i) * spacing_mm
    for k in range(1, margin + 1):
        out[last + k] = out[last - k]
    return slope


@njit(**COMPILED)
def convolve(path, margin, taps, last, out):
    """Write out[n] = sum_m taps[|m|] path[margin + n + m]; four taps at a time."""
    n, t = out.size, taps[0]
    for i in range(n):
        out[i] = t * path[margin + i]
    for m in range(1, last + 1, 4):
        a, b, c, d = taps[m], taps[m + 1], taps[m + 2], taps[m + 3]
        right, left = path[margin + m :], path[margin - m - 3 :]
        for i in range(n):
            near = a * (right[i] + left[i + 3]) + b * (right[i + 1] + left[i + 2])
            out[i] += near + (c * (right[i + 2] + left[i + 1]) + d * (right[i + 3] + left[i]))


@njit(**COMPILED)
def bounded(x):
    """Return x, led smoothly to 1 and -1 far out."""
    return x / (1.0 + abs(x))


@njit(**COMPILED)
def shape_of(values, other, x, peak, step, end, out):
    """Write what the networks see of a peak.

    Args:
        values: (n,) the curve. [mV/mA]
        other: the same at the end of the other phase; empty if there is none. [mV/mA]
        x: place of the peak.
        peak: its height. [mV/mA]
        step: internode in places of `values`.
        end: place of a sealed end, or negative.
        out: (SHAPE,) how much less its neighbours are polarised, OFFSETS away; whether the fibre
            has a sealed end, whether this is it, how close it is, twice; polarisation by the other
            phase.
    """
    n = values.size
    for k in range(len(OFFSETS)):
        right = x + OFFSETS[k] * step
        if end >= 0.0 and right > end:
            right = 2.0 * end - right
        beside = 0.5 * (at(values, x - OFFSETS[k] * step) + at(values, right))
        out[k] = bounded(1.0 - beside / peak)
    first = len(OFFSETS)
    out[first : first + 4] = 0.0
    if end >= 0.0:
        nodes = (end - x) / step
        out[first], out[first + 1] = 1.0, 1.0 if nodes < 0.5 else 0.0
        out[first + 2], out[first + 3] = np.exp(-nodes), np.exp(-0.25 * nodes)
    out[first + 4] = bounded(at(other, min(x, n - 1.0)) / peak) if other.size else 0.0


@njit(nogil=True, fastmath=True, cache=True)
def highest(values):
    """Return the highest value from the third on; they are finite."""
    top = values[2]
    for i in range(3, values.size):
        top = max(top, values[i])
    return top


@njit(**COMPILED)
def peaks(values, top, sealed, found):
    """Write the peaks of a polarisation curve that could win; return how many.

    Args:
        values: (n,) polarisation per mA: at the nodes of a fibre with a sealed end (`at_nodes`),
            else along the path, where a node may lie anywhere and a peak between samples. [mV/mA]
        top: its highest value. [mV/mA]
        sealed: whether the last value is that of the end node, a mirror.
        found: (n_peaks at most, 2) places, polarisations.
    """
    n, how_many, least = values.size, 0, WORTH * top
    if top <= 0.0:
        return how_many
    for i in range(n - 1 if sealed else n - 3, 1, -1):
        v = values[i]
        if v < least or how_many == found.shape[0]:
            continue
        before, after = values[i - 1], values[i - 1] if i == n - 1 else values[i + 1]
        if v > before and v >= after:
            x, peak = i * 1.0, v
            if not sealed:
                shift = 0.5 * (before - after) / (before - 2.0 * v + after)
                x, peak = x + shift, v - 0.25 * (before - after) * shift
            found[how_many, 0], found[how_many, 1] = x, peak
            how_many += 1
    return how_many


@njit(**COMPILED)
def curves(longer, end, margin, slope, fibre, out):
    """Write the polarisation curves of one fibre, one per phase.

    Return how long they are, and the internode in their places.

    Args:
        longer: (n + 2 margin,) see `extended`. [mV/mA]
        end: whether the path ends, sealed, at its last sample.
        margin: of `longer`. [samples]
        slope: at a sealed end. [mV/mA/mm]
        fibre: taps (n_phases, margin + 4), how many, effect of a kink (n_phases, BENT_NODES), and
            the internode. [samples]
        out: (n_phases, at least n) curves; at the nodes if the end is sealed. [mV/mA]
    """
    taps, last, bent, step = fibre
    n = longer.size - 2 * margin
    if not end:
        for p in range(taps.shape[0]):
            convolve(longer, margin, taps[p], last, out[p, :n])
        return n, step
    along, count = np.empty(n), 0
    for p in range(taps.shape[0]):
        convolve(longer, margin, taps[p], last, along)
        count = at_nodes(along, step, slope, bent[p], out[p]).size
    return count, 1.0


@njit(**COMPILED)
def needed(shape, start, net, room):
    """Return ln(threshold times polarisation) of one peak: a network of two hidden layers.

    Args:
        shape: (SHAPE,) see `shape_of`.
        start: (HIDDEN,) what size and pulse bring to the first layer.
        net: weights of shape (HIDDEN, SHAPE); second layer (HIDDEN, HIDDEN) and (HIDDEN,); last
            layer (HIDDEN + 1,), the least and the greatest answer seen in the fit (2,).
        room: (2, HIDDEN).
    """
    first, second, bias, last, limits = net
    one, two = room
    for i in range(HIDDEN):
        total = start[i]
        for j in range(SHAPE):
            total += shape[j] * first[i, j]
        one[i] = total
    for i in range(HIDDEN):
        one[i] /= np.sqrt(1.0 + one[i] * one[i])
    for i in range(HIDDEN):
        total = bias[i]
        for j in range(HIDDEN):
            total += one[j] * second[i, j]
        two[i] = total
    total = last[HIDDEN]
    for i in range(HIDDEN):
        total += last[i] * two[i] / np.sqrt(1.0 + two[i] * two[i])
    return min(max(total, limits[0]), limits[1])


@njit(**COMPILED)
def least(curve, other, step, end, start, net, best, room):
    """Return the smaller of `best` and the least current any peak of a curve asks for.

    Args:
        curve: (n,) see `peaks`.
        other: see `shape_of`.
        step: internode in places of the curve.
        end: whether it ends, sealed.
        start: of the network.
        net: see `needed`.
        best: current that is known to be enough; peaks that cannot do with less are left out. [mA]
        room: (PEAKS, 2), (SHAPE,) and (2, HIDDEN) to work in.
    """
    found, shape, layers = room
    top, at_best = highest(curve), np.exp(net[4][0])
    if top * best <= at_best:
        return best
    last = curve.size - 1.0 if end else -1.0
    for k in range(peaks(curve, top, end, found)):
        peak = found[k, 1]
        if peak * best > at_best:
            shape_of(curve, other, found[k, 0], peak, step, last, shape)
            best = min(best, np.exp(needed(shape, start, net, layers)) / peak)
    return best


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
def sweep(paths, ends, spacing_mm, groups, fibres, nets, out):
    """Write thresholds of every fibre on every path.

    Args:
        paths: (n_lines, n_samples) potential of the leading phase per mA. [mV/mA]
        ends: (n_lines,) place of a sealed end, negative for none. [samples]
        spacing_mm: of the samples. [mm]
        groups: (n_lines,) which fibres lie on each path.
        fibres: by group and fibre: taps (..., n_phases, margin + 4), their numbers (...), effects of
            a kink (..., n_phases, BENT_NODES), internodes (...) [samples], starts of the networks
            (..., n_phases, HIDDEN).
        nets: the networks of both phases, see `needed`.
        out: (n_lines, n_fibres) thresholds. [mA]
    """
    taps, lasts, bents, steps, starts = fibres
    n_phases, n, margin = taps.shape[2], paths.shape[1], taps.shape[3] - 4
    longer, seen = np.empty(n + 2 * margin), np.empty((n_phases, max(n, NODES)))
    room = (np.empty((PEAKS, 2)), np.empty(SHAPE), np.empty((2, HIDDEN)))
    for line in range(out.shape[0]):
        end, g = ends[line] >= 0.0, groups[line]
        slope = extended(paths[line], ends[line], margin, spacing_mm, longer)
        for f in range(out.shape[1]):
            fibre = (taps[g, f], lasts[g, f], bents[g, f], steps[g, f])
            n_seen, step = curves(longer, end, margin, slope, fibre, seen)
            leading, returning = seen[0, :n_seen], seen[n_phases - 1, :n_seen]
            if n_phases == 1:
                best = least(leading, returning[:0], step, end, starts[g, f, 0], nets[0], FAR, room)
            else:
                best = least(leading, returning, step, end, starts[g, f, 0], nets[0], FAR, room)
                best = least(returning, leading, step, end, starts[g, f, 1], nets[1], best, room)
            out[line, f] = best if best < FAR else np.inf
