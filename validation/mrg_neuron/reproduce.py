"""Our MRG fibre against NEURON 9.0.2: traces, thresholds, velocities at the same step.

`neuron_fibre.py` runs NEURON itself; tests marked `oracle` use it. Here its recorded numbers count.
"""

from pathlib import Path

import numpy as np
from csv_rows import rows
from verdict import Verdict, close, within

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.nerve.mrg_geometry import published
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.thresholds import simulate, thresholds_ma
from rheobase.model.nerve.velocity import velocities_m_s

HERE = Path(__file__).parent
N_NODES = 51


def fibre_and_field(diameter_um: float, distance_mm: float):
    fibre = published(mrg2002_sizes(), diameter_um)
    field = point_field(
        mrg2002(),
        fibre,
        N_NODES,
        distance_mm=distance_mm,
        offset_mm=0.0,
        sigma_s_m=0.3,
        over_node=N_NODES // 2,
    )
    return fibre, field


def verdicts() -> list[Verdict]:
    """Return all comparisons."""
    found = []
    for row in rows(HERE / "thresholds.csv"):
        d, r, w = (float(row[k]) for k in ("diameter_um", "distance_mm", "width_us"))
        fibre, field = fibre_and_field(d, r)
        shot = pulse(Shape.CATHODIC, w, dt_us=5.0)
        ours = thresholds_ma(mrg2002(), fibre, field, shot, watch_us=4900.0 - w)
        name = f"threshold {d:g} um, {r:g} mm, {w:g} us"
        found.append(close(name, ours[0], float(row["threshold_ma"]), 1e-3, unit="mA"))
    for row in rows(HERE / "velocities.csv"):
        d, dt = float(row["diameter_um"]), float(row["dt_us"])
        ours = velocities_m_s(mrg2002(), published(mrg2002_sizes(), d), dt_us=dt)
        name = f"velocity {d:g} um, dt {dt:g} us"
        found.append(close(name, ours[0], float(row["velocity_m_s"]), 5e-3, unit="m/s"))
    fibre, field = fibre_and_field(10.0, 1.0)
    shot = pulse(Shape.CATHODIC, 100.0, dt_us=5.0)
    trace = simulate(mrg2002(), fibre, field, np.array([0.1]), shot, watch_us=400.0)
    off = [
        abs(
            trace[round(float(row["time_us"]) / 5.0) - 1, int(row["node"]), 0]
            - float(row["potential_mv"])
        )
        for row in rows(HERE / "traces.csv")
    ]
    found.append(within("largest distance of traces", max(off), 0.0, 1e-4, unit="mV"))
    return found
