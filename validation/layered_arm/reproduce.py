"""Pads on a layered arm to the threshold of a fibre: field and nerve together, and the predictor.

The prototype behind the table shares the cable's scheme with ours and nothing of the field solver.
The predictor sees the same potentials, sampled every millimetre: fields it was not fitted on.
"""

from pathlib import Path

import numpy as np
from arm import along, arm
from csv_rows import rows
from verdict import Verdict, close

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes, polarisation
from rheobase.model.nerve.mrg2002 import centres_mm
from rheobase.model.nerve.mrg_geometry import fitted, published
from rheobase.model.nerve.polarisation import predicted_thresholds_ma
from rheobase.model.nerve.pulse_samples import Phases, Shape, pulse
from rheobase.model.nerve.thresholds import thresholds_ma


def verdicts() -> list[Verdict]:
    """Return all comparisons."""
    field, found, said = arm(), [], set()
    grid_mm = np.arange(0.0, 401.0)
    for row in rows(Path(__file__).parent / "thresholds.csv"):
        depth, d, width = (float(row[k]) for k in ("depth_mm", "diameter_um", "width_us"))
        where = f"{depth:g} mm deep"
        path = along(field, depth, grid_mm)
        if depth not in said:
            said.add(depth)
            peak = float(row["peak_mv_per_ma"])
            found.append(close(f"potential {where}", path.min(), peak, 0.01, unit="mV/mA"))
        fibre = published(mrg2002_sizes(), d)
        n_nodes = int(row["nodes"])
        at_mm = centres_mm(mrg2002(), fibre, n_nodes)[0]
        at_mm = at_mm - at_mm[11 * (n_nodes // 2)] + 200.0
        ve = along(field, depth, at_mm)[None]
        ours = thresholds_ma(mrg2002(), fibre, -ve, pulse(Shape.CATHODIC, width, dt_us=5.0))[0]
        name = f"threshold {d:g} um, {width:g} us, {where}"
        found.append(close(name, ours, float(row["threshold_ma"]), 0.01, unit="mA"))
        found.append(predicted(field, depth, d, width, path))
    return found


def predicted(field, depth_mm, diameter_um, width_us, path) -> Verdict:
    """Return the predictor against the exact fibre of fitted sizes, biphasic."""
    fibre = fitted(mrg2002_sizes(), diameter_um)
    n_nodes = int(380.0 / (fibre.internode_um[0] / 1000.0))
    at_mm = centres_mm(mrg2002(), fibre, n_nodes)[0] + 10.0
    pulse_ = pulse(Shape.BIPHASIC, width_us, dt_us=5.0)
    exact = thresholds_ma(mrg2002(), fibre, -along(field, depth_mm, at_mm)[None], pulse_)[0]
    fast = predicted_thresholds_ma(
        polarisation(),
        path[None],
        spacing_mm=1.0,
        adult_diameter_um=[diameter_um],
        internode_scale=1.0,
        myelin_scale=1.0,
        phases=Phases.BIPHASIC,
        width_us=width_us,
    )[0, 0]
    name = f"predictor {diameter_um:g} um, {width_us:g} us biphasic, {depth_mm:g} mm deep"
    return close(name, fast, exact, 0.06, unit="mA", note="reference is our exact model")
