"""Fit the shape coefficients of the predictor to the exact model; write evidence/polarisation.npz.

Run: python validation/polarisation/calibrate.py [WIDTHS]     (some ten minutes on two cores)

For every fibre size, pulse and place (along the fibre, at a sealed end): thresholds of 60 or 70
drawn fields, then least squares on log(threshold times polarisation), where each field counts at the
peak and phase that wins. `reproduce.py` checks the result on other fields.
"""

import itertools
import sys
import time
from pathlib import Path

import numpy as np
from exact import sampled, thresholds
from fields import FINE_MM, draw

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.nerve import polarisation_kernel as kernel
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.polarisation import reach_samples
from rheobase.model.nerve.polarisation_weights import (
    DIAMETERS_UM,
    INTERNODE_SCALES,
    MYELIN_SCALES,
    Identity,
    weights,
)
from rheobase.model.nerve.pulse_samples import Phases

AXES = {
    "diameter_um": np.array([4.0, 8.0, 16.0]),
    "internode_scale": np.array([0.35, 0.6, 1.0]),
    "myelin_scale": np.array([0.4, 1.0]),
    "width_us": np.array([20.0, 45.0, 100.0, 200.0, 330.0, 500.0]),
    "gap_us": np.array([0.0, 100.0]),
}
N_FIELDS, N_SEALED, SPACING_MM, SEED = 60, 70, 1.0, 20260101
USEFUL_MA, AT_LEAST = 600.0, 40  # fields no stimulator could use do not count
RIDGE, TOLERATED = (0.01, 0.02, 0.1), 0.03  # by place: along, at the end, beside it
SIZES = Identity(mrg2002_sizes())


def candidates(size, paths, phases, width_us, gap_us, *, ends_mm):
    """Return, per path, the peaks of every phase: (phase, polarisation, terms, place)."""
    one = immature(fitted(mrg2002_sizes(), size[0]), 1.0, size[1], size[2])
    step_mm = one.internode_um[0] / 1000.0
    table = weights(mrg2002(), SIZES, phases, width_us, gap_us).table
    margin = reach_samples(step_mm, SPACING_MM)
    taps, half, bent = np.zeros(margin + 4), np.empty(table.shape[-1]), np.empty(kernel.BENT_NODES)
    x_mm, nodes = np.empty(len(half)), np.empty(kernel.NODES)
    kernel.places(step_mm, one.flut_um[0] / 1000.0, 0.001, 0.003, x_mm)
    axes = (DIAMETERS_UM, INTERNODE_SCALES, MYELIN_SCALES)
    cell = [kernel.place(axis, x) for axis, x in zip(axes, size, strict=True)]
    found, room = [[] for _ in paths], np.empty((kernel.PEAKS, 2 + kernel.TERMS))
    for phase, one_table in enumerate(table):
        kernel.blended(one_table, *cell, half)
        last = kernel.spread(half, x_mm, SPACING_MM, taps)
        kernel.kink(half, x_mm, step_mm, bent)
        for line, path in enumerate(paths):
            curve, step, sealed = np.empty(len(path)), step_mm / SPACING_MM, False
            end = -1.0 if ends_mm is None else ends_mm[line] / SPACING_MM
            longer = np.empty(len(path) + 2 * margin)
            slope = kernel.extended(path, end, margin, SPACING_MM, longer)
            kernel.convolve(longer, margin, taps, min(last, margin - 4), curve)
            if ends_mm is not None:
                curve = kernel.at_nodes(curve, step, slope, bent, nodes)
                step, sealed = 1.0, True
            n = kernel.peaks(curve, step, sealed, room)
            found[line] += [(phase, row[0], row[2:].copy(), int(row[1])) for row in room[:n]]
    return found


def fit(found, exact_ma, known, n_phases):
    """Return (n_phases, 3, 7) coefficients and the error in log; `known`: those along the fibre."""
    c = np.zeros((n_phases, kernel.PLACES, kernel.TERMS))
    c[..., 0] = 2.3
    if known is not None:
        c[:] = known[:, :1]
    fitted_places = (0,) if known is None else (1, 2)

    def demand(one):
        phase, peak, t, place = one
        return float(t @ c[phase, place]) - np.log(peak)

    for turn in range(25):
        winners = [min(each, key=demand) for each in found]
        for phase, place in itertools.product(range(n_phases), fitted_places):
            rows = [
                (t, np.log(ma * peak))
                for (p, peak, t, where), ma in zip(winners, exact_ma, strict=True)
                if p == phase and where == place
            ]
            if not rows:
                continue
            x, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
            prior = np.zeros(kernel.TERMS) if known is None else known[phase, 0]
            off = y - x @ c[phase, place]
            w = 1.0 / (1.0 + (off / TOLERATED) ** 2) if turn > 2 else np.ones(len(y))
            penalty = np.eye(kernel.TERMS) * RIDGE[place] ** 2
            penalty[0, 0] = 0.0 if known is None else RIDGE[place] ** 2
            new = prior + np.linalg.solve((x.T * w) @ x + penalty, (x.T * w) @ (y - x @ prior))
            c[phase, place] += (0.7 if n_phases > 1 else 1.0) * (new - c[phase, place])
    error = np.array([min(demand(one) for one in each) for each in found]) - np.log(exact_ma)
    return c, error


def one_set(size, phases, width_us, gap_us, seed):
    """Return (n_phases, 3, 7) coefficients of one fibre size and pulse, and both errors."""
    rng = np.random.default_rng(seed)
    n_phases = 1 if phases is Phases.MONOPHASIC else 2
    errors, known = [], None
    for sealed in (False, True):
        n = N_SEALED if sealed else N_FIELDS
        s, paths, _ = draw(rng, n)
        # A terminal on the grid of the exact paths, anywhere under or beside the pads.
        ends = FINE_MM * np.round(rng.uniform(-35.0, 35.0, n) / FINE_MM) if sealed else None
        exact_ma = thresholds(
            size, s, paths, phases, width_us, gap_us=gap_us, ends_mm=ends, rng=rng
        )
        from_start = None if ends is None else ends - s[0]
        found = candidates(
            size, sampled(s, paths, SPACING_MM), phases, width_us, gap_us, ends_mm=from_start
        )
        limit = max(USEFUL_MA, np.sort(exact_ma)[AT_LEAST])
        keep = [k for k, ma in enumerate(exact_ma) if ma <= limit and found[k]]
        c, error = fit([found[k] for k in keep], exact_ma[keep], known, n_phases)
        if known is not None:
            c[:, 0] = known[:, 0]
        known = c
        errors.append(error)
    return known, errors


def main(output, widths_us=AXES["width_us"]):
    """Fit all sets and write the tables; with some widths only, put them beside those there are."""
    sizes = list(
        itertools.product(AXES["diameter_um"], AXES["internode_scale"], AXES["myelin_scale"])
    )
    shape = tuple(len(AXES[k]) for k in ("diameter_um", "internode_scale", "myelin_scale"))
    n_widths, n_gaps = len(widths_us), len(AXES["gap_us"])
    single = np.zeros((kernel.PLACES, len(sizes), n_widths, kernel.TERMS))
    double = np.zeros((n_gaps, 2, kernel.PLACES, len(sizes), n_widths, kernel.TERMS))
    start = time.perf_counter()
    for (w, width_us), (k, size) in itertools.product(enumerate(widths_us), enumerate(sizes)):
        seed = SEED + 1000 * round(width_us) + k
        c, errors = one_set(size, Phases.MONOPHASIC, width_us, 0.0, seed)
        single[:, k, w] = c[0]
        for g, gap_us in enumerate(AXES["gap_us"]):
            c, more = one_set(size, Phases.BIPHASIC, width_us, gap_us, seed + 500)
            double[g, :, :, k, w] = c
            errors = errors + more
        shown = " ".join(f"{100 * np.sqrt(np.mean(e**2)):.1f}" for e in errors)
        print(f"{time.perf_counter() - start:6.0f} s  {width_us:.0f} us {size}: % {shown}")
    tables = {
        "single": single.reshape(kernel.PLACES, *shape, n_widths, -1),
        "double": double.reshape(n_gaps, 2, kernel.PLACES, *shape, n_widths, -1),
    }
    widths = np.asarray(widths_us)
    if len(widths) < len(AXES["width_us"]):
        with np.load(output) as there:
            widths, tables = _beside(there, widths, tables)
    tables = {name: table.astype(np.float32) for name, table in tables.items()}
    np.savez_compressed(output, **{**AXES, "width_us": widths}, **tables)


def _beside(there, widths, tables):
    """Return the widths and tables of a file with new ones in their places."""
    kept = ~np.isin(there["width_us"], widths)
    both = np.append(there["width_us"][kept], widths)
    order = np.argsort(both)
    joined = {
        name: np.concatenate([there[name][..., kept, :], table], axis=-2)[..., order, :]
        for name, table in tables.items()
    }
    return both[order], joined


if __name__ == "__main__":
    only = [float(word) for word in sys.argv[1:]]
    main(
        Path(__file__).parents[2] / "src/rheobase/evidence/polarisation.npz",
        only or AXES["width_us"],
    )
