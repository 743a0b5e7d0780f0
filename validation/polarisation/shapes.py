"""The compiled predictor's own view of a sample: its peaks, and what is read of them."""

import numpy as np

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.nerve import polarisation_kernel as kernel
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.polarisation import inputs, reach_samples
from rheobase.model.nerve.polarisation_lanes import ROOM, convolved, highest, peaks
from rheobase.model.nerve.polarisation_weights import (
    DIAMETERS_UM,
    INTERNODE_SCALES,
    MYELIN_SCALES,
    Identity,
    weights,
)
from rheobase.model.nerve.pulse_samples import Phases

SIZES = Identity(mrg2002_sizes())
AXES = (DIAMETERS_UM, INTERNODE_SCALES, MYELIN_SCALES)


def read(samples):
    """Return inputs and ln of polarisation of the peaks of samples with as many phases.

    Returns:
        (n, n_phases, PEAKS, SHAPE + 5) inputs, (n, n_phases, PEAKS) ln P, -inf without a peak.
    """
    n_phases = 1 if samples[0].phases is Phases.MONOPHASIC else 2
    found = np.zeros((len(samples), n_phases, kernel.PEAKS, 1 + kernel.SHAPE))
    about = np.empty((len(samples), 5))
    for k, sample in enumerate(samples):
        _peaks(sample, found[k])
        about[k] = inputs(np.array(sample.size), sample.width_us, sample.gap_us)
    wide = np.broadcast_to(about[:, None, None], (*found.shape[:3], 5))
    with np.errstate(divide="ignore"):
        return np.concatenate([found[..., 1:], wide], axis=-1), np.log(found[..., 0])


def _peaks(sample, found):
    """Write (n_phases, PEAKS, 1 + SHAPE) peaks of one sample; zero where there is none."""
    one = immature(
        fitted(mrg2002_sizes(), np.array(sample.size[:1])),
        1.0, np.array(sample.size[1:2]), np.array(sample.size[2:]),
    )  # fmt: skip
    lengths = [one.internode_um[0], one.flut_um[0], mrg2002().node_um, mrg2002().mysa_um]
    row = np.array([[*sample.size, *(x / 1000.0 for x in lengths)]])
    table = weights(mrg2002(), SIZES, sample.phases, sample.width_us, sample.gap_us).table
    spacing, internode_mm, n_phases = sample.spacing_mm, row[0, 3], len(table)
    margin = reach_samples(internode_mm, spacing)
    taps, lasts = np.empty((1, n_phases, margin + 4)), np.empty(1, dtype=np.int64)
    bents = np.empty((1, n_phases, kernel.BENT_NODES))
    kernel.prepare(row, spacing, AXES, table, taps, lasts, bents)
    n, sealed = len(sample.path), sample.terminal_mm >= 0.0
    longer, seen = np.zeros(n + 2 * margin + ROOM), np.empty((n_phases, n + ROOM))
    end, step, count = -1.0, internode_mm / spacing, n
    if sealed:
        end = sample.terminal_mm / spacing
    path = np.ascontiguousarray(sample.path)[None]
    slope = kernel.extended(path, 0, end, margin, spacing, longer)
    convolved(longer, margin, taps, 0, lasts[0], n, seen)
    if sealed:
        nodes = np.empty((n_phases, kernel.NODES))
        for p in range(n_phases):
            count = kernel.at_nodes(seen, p, n, step, slope, bents[0, p], nodes, p)
        seen, step = nodes, 1.0
    at, last = np.empty((kernel.PEAKS, 2)), count - 1.0 if sealed else -1.0
    for p in range(n_phases):
        other = n_phases - 1 - p if n_phases > 1 else -1
        for k in range(peaks(seen, p, count, highest(seen, p, count), sealed, at)):
            found[p, k, 0] = at[k, 1]
            kernel.shape_of(seen, p, other, count, at[k, 0], at[k, 1], step, last, found[p, k, 1:])
