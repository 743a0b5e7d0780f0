"""The numbers PyFibers' own tests assert for its MRG fibres.

Its waveform starts at +1 and its factor is negative: cathodic first, as our biphasic pulse. Its
bisection stops at 1 %, its end nodes are passive; the source over the middle does not feel them.
"""

from pathlib import Path

from csv_rows import rows
from verdict import Verdict, close

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.nerve.mrg_geometry import fitted, published
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.thresholds import thresholds_ma

N_NODES, TOLERANCE = 13, 0.01


def verdicts() -> list[Verdict]:
    """Return both comparisons."""
    asserted = {
        row["test"]: -float(row["threshold"])
        for row in rows(Path(__file__).parent / "thresholds.csv")
    }
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
        found.append(close(test, ours, asserted[test], TOLERANCE, unit="mA", note=note))
        if size is published:
            name = f"{test}, with its own bisection"
            found.append(close(name, _bisected(ours), asserted[test], 1e-9, unit="mA"))
    return found


def _bisected(threshold_ma: float) -> float:
    """Return what halving 0.01 to 1 until 1 % is left makes of a threshold: its upper end."""
    low, high = 0.01, 1.0
    while (high - low) / high > TOLERANCE:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if middle >= threshold_ma else (middle, high)
    return high
