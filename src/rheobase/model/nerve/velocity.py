"""How fast a spike runs along a fibre of the exact model."""

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.nerve.mrg2002 import Mrg2002
from rheobase.model.nerve.mrg_geometry import MrgFibres
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.thresholds import simulate, thresholds_ma

Array = NDArray[np.float64]

N_NODES, START, FIRST, LAST = 51, 5, 20, 40  # launched over node 5, timed from node 20 to 40
AT_LEAST_MA, OVER_THRESHOLD = 1.0, 3.0
WATCH_US = 4000.0


def velocities_m_s(
    model: Mrg2002, fibres: MrgFibres, *, dt_us: float = 5.0, precision: int = 64
) -> Array:
    """Return conduction velocities, timed by the first upward crossing of 0 mV.

    The spike is launched by 1 mA (or three thresholds, if that is more) for 0.1 ms from a point
    source 1 mm over node 5 in 0.3 S/m, and timed from node 20 to node 40.

    Args:
        model: membrane and material.
        fibres: sizes.
        dt_us: step; the velocity falls by some 7 % from 1 to 5 us. [us]
        precision: 64 or 32 bits.

    Returns:
        (n_fibres,) velocities. [m/s]

    Raises:
        BadInput: if a fibre does not conduct.
    """
    field = point_field(
        model,
        fibres,
        N_NODES,
        distance_mm=1.0,
        offset_mm=0.0,
        sigma_s_m=0.3,
        over_node=START,
    )
    shot = pulse(Shape.CATHODIC, 100.0, dt_us=dt_us)
    threshold = thresholds_ma(model, fibres, field, shot, tolerance=0.05, precision=precision)
    current = np.maximum(AT_LEAST_MA, OVER_THRESHOLD * threshold)
    trace = simulate(model, fibres, field, current, shot, watch_us=WATCH_US, precision=precision)
    passage_ms = _crossing_ms(trace[:, LAST], dt_us) - _crossing_ms(trace[:, FIRST], dt_us)
    return np.asarray((LAST - FIRST) * fibres.internode_um / 1000.0 / passage_ms)


def _crossing_ms(trace: Array, dt_us: float) -> Array:
    """Return (n_fibres,) time of the first crossing of 0 mV, interpolated. [ms]"""
    above = trace >= 0.0
    if not above.any(axis=0).all():
        raise BadInput(
            "A fibre does not conduct a spike. Its sizes are outside what the model can do."
        )
    k = above.argmax(axis=0)
    fibre = np.arange(trace.shape[1])
    before, after = trace[k - 1, fibre], trace[k, fibre]
    return np.asarray((k + 1 - after / (after - before)) * dt_us / 1000.0)
