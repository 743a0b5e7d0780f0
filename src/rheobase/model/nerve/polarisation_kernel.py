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
OFFSETS = (1, 2, 4, 8)  # internodes to either side of a peak, where its shape is read
TERMS = 7
MOST_BENT = 1.25  # beyond, a neighbour is hyperpolarised and its size says nothing more
PEAKS = 16  # room for
NODES = 4000  # room for
BESIDE_NODES = 12  # count as beside a sealed end
PLACES = 3
BENT_NODES = 24  # that feel the kink at a sealed end
WORTH = 0.35  # peaks below this share of the highest cannot win


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
def shape_of(values, x, peak, step, end, out):
    """Write the seven terms of a peak's shape. `end`: a fibre's sealed end, read from one side."""
    out[0] = 1.0
    for k in range(4):
        o = OFFSETS[k] * step
        beside = at(values, x - o) if end else 0.5 * (at(values, x - o) + at(values, x + o))
        out[k + 1] = min(1.0 - beside / peak, MOST_BENT)
    out[5] = out[2] * out[2]
    out[6] = out[3] * out[3]


@njit(**COMPILED)
def peaks(values, step, sealed, found):
    """Write the peaks of a polarisation curve that could win; return how many.

    Args:
        values: (n,) polarisation per mA: at the nodes of a fibre with a sealed end (`at_nodes`),
            else along the path, where a node may lie anywhere and a peak between samples. [mV/mA]
        step: internode in places of `values`.
        sealed: whether the last value is that of the end node.
        found: (n_peaks at most, 9) per peak: polarisation; place, 0 along the fibre, 1 at its
            sealed end, 2 beside that; seven terms.
    """
    n = values.size
    top, how_many = values[2:].max(), 0
    if top <= 0.0:
        return how_many
    if sealed and values[n - 1] >= WORTH * top and values[n - 1] > values[n - 2]:
        found[0, 0], found[0, 1] = values[n - 1], 1.0
        shape_of(values, n - 1.0, values[n - 1], step, True, found[0, 2:])
        how_many = 1
    for i in range(n - 2 if sealed else n - 3, 1, -1):
        before, v, after = values[i - 1], values[i], values[i + 1]
        if v >= WORTH * top and v > before and v >= after and how_many < found.shape[0]:
            x, peak = i * 1.0, v
            if not sealed:
                shift = 0.5 * (before - after) / (before - 2.0 * v + after)
                x, peak = x + shift, v - 0.25 * (before - after) * shift
            beside = sealed and n - 1 - i <= BESIDE_NODES
            found[how_many, 0], found[how_many, 1] = peak, 2.0 if beside else 0.0
            shape_of(values, x, peak, step, False, found[how_many, 2:])
            how_many += 1
    return how_many


@njit(**COMPILED)
def lowest(values, step, sealed, use, found):
    """Return the smallest current any peak asks for; `use`: (3, 7) coefficients by place."""
    best = np.inf
    for k in range(peaks(values, step, sealed, found)):
        total, where = 0.0, int(found[k, 1])
        for t in range(TERMS):
            total += use[where, t] * found[k, 2 + t]
        best = min(best, np.exp(total) / found[k, 0])
    return best


@njit(**COMPILED)
def sweep(paths, ends, margin, spacing_mm, sizes, grid, weights, axes, coefficients, out):
    """Write thresholds of every fibre on every path.

    Args:
        paths: (n_lines, n_samples) potential of the leading phase per mA. [mV/mA]
        ends: (n_lines,) place of a sealed end, negative for none. [samples]
        margin: how far weights may reach beyond a path. [samples]
        spacing_mm: of the samples. [mm]
        sizes: (n_lines, n_fibres, 7) adult diameter, internode scale, myelin scale, internode,
            FLUT, node and MYSA lengths. [um, 1, 1, mm, mm, mm, mm]
        grid: three axes of `weights`.
        weights: (n_phases, ..., n_weights) see `polarisation_weights`.
        axes: three axes of `coefficients`.
        coefficients: (n_phases, 3, ..., 7) along the fibre, at a sealed end, beside it.
        out: (n_lines, n_fibres) thresholds. [mA]
    """
    n_lines, n_fibres = out.shape
    n_phases, n_weights, n = weights.shape[0], weights.shape[4], paths.shape[1]
    half, taps = np.empty(n_weights), np.zeros((n_phases, margin + 4))
    x_mm, bent, use = np.empty(n_weights), np.empty((n_phases, BENT_NODES)), np.empty((2, 3, TERMS))
    path, curve, nodes = np.empty(n + 2 * margin), np.empty(n), np.empty(NODES)
    found = np.empty((PEAKS, 2 + TERMS))
    out[:] = np.inf
    for line in range(n_lines):
        slope = extended(paths[line], ends[line], margin, spacing_mm, path)
        for f in range(n_fibres):
            s = sizes[line, f]
            d, i, m = place(grid[0], s[0]), place(grid[1], s[1]), place(grid[2], s[2])
            places(s[3], s[4], s[5], s[6], x_mm)
            for p in range(n_phases):
                blended(weights[p], d, i, m, half)
                last = min(spread(half, x_mm, spacing_mm, taps[p]), margin - 4)
                convolve(path, margin, taps[p], last, curve)
                a, b, c = place(axes[0], s[0]), place(axes[1], s[1]), place(axes[2], s[2])
                for where in range(PLACES):
                    blended(coefficients[p, where], a, b, c, use[p, where])
                step = s[3] / spacing_mm
                if ends[line] >= 0.0:
                    kink(half, x_mm, s[3], bent[p])
                    seen = at_nodes(curve, step, slope, bent[p], nodes)
                    now = lowest(seen, 1.0, True, use[p], found)
                else:
                    now = lowest(curve, step, False, use[p], found)
                out[line, f] = min(out[line, f], now)
