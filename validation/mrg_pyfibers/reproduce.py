"""PyFibers beside our kernel: thresholds of the same fibre, field, pulse and step, found by its own search.

`cases.csv` is run live (needs PyFibers, NEURON and a C compiler). `thresholds.csv` is what PyFibers'
own tests assert: bisection to 1 %, end nodes passive; the source over the middle does not feel them.
Its waveform starts at +1 and its factor is negative: cathodic first, as our biphasic pulse.
"""

from pathlib import Path

import numpy as np
from csv_rows import rows
from pyfibers_fibre import PyFibersFibre
from verdict import Verdict, close

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.nerve.mrg_geometry import fitted, published
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.thresholds import thresholds_ma

HERE = Path(__file__).parent
SIZES = {"tabulated": published, "fitted": fitted}
N_NODES, TOLERANCE = 13, 0.01
TRAVEL_MS = 1.5  # for the spike to reach 90 % of the fibre, where PyFibers counts it


def live(row: dict[str, str]) -> Verdict:
    """Return one comparison with PyFibers as it runs now."""
    d, nodes, r, offset, width, gap = (
        float(row[k])
        for k in ("diameter_um", "nodes", "distance_mm", "offset_mm", "width_us", "gap_us")
    )
    fibre, n_nodes = SIZES[row["sizes"]](mrg2002_sizes(), d), int(nodes)
    field = point_field(
        mrg2002(),
        fibre,
        n_nodes,
        distance_mm=r,
        offset_mm=offset,
        sigma_s_m=0.3,
        over_node=n_nodes // 2,
    )
    shot = pulse(Shape(row["shape"]), width, gap_us=gap, dt_us=5.0)
    ours = thresholds_ma(mrg2002(), fibre, field, shot)[0]
    low = 1.3 ** np.floor(
        np.log(ours) / np.log(1.3)
    )  # round bounds: the search knows no more of us
    theirs = PyFibersFibre(d, n_nodes, tabulated=row["sizes"] == "tabulated").threshold_ma(
        field[0],
        shot,
        low_ma=low,
        high_ma=1.3 * low,
        stop_ms=shot.duration_us / 1000.0 + TRAVEL_MS,
    )
    where = f"{r:g} mm, {row['shape']} {width:g} us"
    name = f"live: {d:g} um {row['sizes']}, {n_nodes} nodes, {where}"
    return close(name, ours, theirs, 1e-3, unit="mA")


def asserted() -> list[Verdict]:
    """Return the numbers in PyFibers' own tests."""
    theirs = {row["test"]: -float(row["threshold"]) for row in rows(HERE / "thresholds.csv")}
    made = {"test_mrg_discrete": published, "test_mrg_interpolation": fitted}
    found = []
    for test, size in made.items():
        fibre = size(mrg2002_sizes(), 5.7)
        field = point_field(
            mrg2002(),
            fibre,
            N_NODES,
            distance_mm=0.1,
            offset_mm=0.0,
            sigma_s_m=10.0,
            over_node=N_NODES // 2,
        )
        shot = pulse(Shape.BIPHASIC, 200.0, dt_us=1.0)
        ours = thresholds_ma(mrg2002(), fibre, field, shot, watch_us=5000.0)[0]
        note = "PyFibers stops at 1 %; ours at 0.02 %"
        found.append(close(test, ours, theirs[test], TOLERANCE, unit="mA", note=note))
        if size is published:
            name = f"{test}, with its own bisection"
            found.append(close(name, _bisected(ours), theirs[test], 1e-9, unit="mA"))
    return found


def verdicts() -> list[Verdict]:
    """Return all comparisons."""
    return [live(row) for row in rows(HERE / "cases.csv")] + asserted()


def _bisected(threshold_ma: float) -> float:
    """Return what halving 0.01 to 1 until 1 % is left makes of a threshold: its upper end."""
    low, high = 0.01, 1.0
    while (high - low) / high > TOLERANCE:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if middle >= threshold_ma else (middle, high)
    return high
