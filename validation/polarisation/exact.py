"""The exact side of the calibration: fibres placed on drawn paths, solved by the cable."""

import numpy as np
from fields import FINE_MM, LENGTH_MM

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.nerve.mrg2002 import centres_mm
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.pulse_samples import rectangular
from rheobase.model.nerve.thresholds import thresholds_ma

DT_US = 5.0


def fibre(size):
    """Return one fibre of (adult diameter [um], internode scale, myelin scale)."""
    return immature(fitted(mrg2002_sizes(), size[0]), 1.0, size[1], size[2])


def thresholds(size, s, paths, phases, width_us, *, gap_us, ends_mm, rng):
    """Return exact thresholds; `ends_mm`: place of each fibre's sealed end, or None."""
    one = fibre(size)
    step = one.internode_um[0] / 1000.0
    n = len(paths)
    reach = LENGTH_MM - 4.0 if ends_mm is None else 0.5 * LENGTH_MM + ends_mm.max()
    n_nodes = int(reach / step) + 1
    at = centres_mm(mrg2002(), one, n_nodes)[0]
    at = at - at[-1]  # from the last node
    anywhere = -0.5 * at[0] + rng.uniform(-0.5, 0.5, n) * step
    lasts = anywhere if ends_mm is None else ends_mm
    ve = np.array([np.interp(at + last, s, v) for last, v in zip(lasts, paths, strict=True)])
    pulse = rectangular(phases, width_us, gap_us=gap_us, dt_us=DT_US)
    fibres = one.take(np.zeros(n, dtype=np.intp))
    return thresholds_ma(mrg2002(), fibres, ve, pulse, precision=32, tolerance=4e-3)


def sampled(s, paths, spacing_mm):
    """Return the paths at the spacing the predictor sees."""
    return np.ascontiguousarray(paths[:, :: round(spacing_mm / FINE_MM)])
