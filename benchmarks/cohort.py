"""Studies over virtual cohorts: children x doses a second, on one worker and two, few children and more.

    rheobase bench cohort

One muscle with a neighbour, eight doses a child (four currents, two pulse widths), 64 twins. Wall
clock, start of the worker processes included: that is what a study waits for. Before it is measured
the kernels have run once, so that nothing is compiled.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rheobase.cohort import Doses, Group, Measured, Placement, Population, Study, run
from rheobase.model import Condition, Posture, Quantity, Sex, Side, Waveform

FEW, MORE = 32, 128


def study(children: int) -> Study:
    """Return a study of so many children from two to ten years."""
    return Study(
        title="benchmark",
        population=Population(
            children=children, seed=1, from_months=24.0, to_months=120.0,
            sexes=(Sex.FEMALE, Sex.MALE),
            groups=(Group(condition=Condition.SPASTIC_BILATERAL, gmfcs=2, share=1.0),),
            measures=(Measured(quantity=Quantity.HEIGHT_CM, error=0.5),),
        ),
        doses=Doses(
            placements=(Placement(name="usual", muscle="tibialis_anterior", side=Side.LEFT),),
            amplitude_ma=(5.0, 10.0, 15.0, 20.0), pulse_width_us=(200.0, 300.0),
            frequency_hz=(35.0,), waveform=Waveform.SYMMETRIC_BIPHASIC, gap_us=0.0,
            posture=Posture.SITTING, voluntary=0.0, on_s=5.0, off_s=10.0, minutes=10.0,
        ),
        twins=64,
    )  # fmt: skip


def measured(children: int, workers: int) -> tuple[float, float]:
    """Return children x doses a second, and kilobytes of the table a child."""
    asked = study(children)
    with TemporaryDirectory() as folder:
        began = time.perf_counter()
        report = run(asked, Path(folder), workers=workers)
        took_s = time.perf_counter() - began
        size_kb = report.file.stat().st_size / 1000.0
    assert (report.rows, report.refused) == (children * asked.doses.count, {})
    return report.rows / took_s, size_kb / children


def main() -> dict[str, float]:
    """Return what was measured."""
    measured(2, 1)
    found = {}
    for workers in (1, 2):
        for children in (FEW, MORE):
            rate, size_kb = measured(children, workers)
            name = f"{children} children, {workers} worker{'s' if workers > 1 else ''}"
            found[f"{name}: children x doses a second"] = rate
    found["table, kB a child"] = size_kb
    return found


if __name__ == "__main__":
    for what, value in main().items():
        print(f"{what:<60} {value:.3g}")
