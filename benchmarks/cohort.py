"""Studies over virtual cohorts: children x doses a second, on one worker and two, few children and more.

    rheobase bench cohort

One muscle with a neighbour, eight doses a child (four currents, two pulse widths), 64 twins. On the
wall, start of the worker processes included, is what a study waits for; processor time, of workers too,
is what it costs, whatever else the machine does. Before it is measured the kernels have run once, so
that nothing is compiled.
"""

import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rheobase.cohort import Doses, Group, Measured, Placement, Population, Study, run
from rheobase.model import Condition, Posture, Quantity, Sex, Side, Waveform

FEW, MORE = 16, 64


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


def processor_s() -> float:
    """Return processor time of this process and of those it has waited for. [s]"""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def measured(children: int, workers: int) -> dict[str, float]:
    """Return what one study took."""
    asked = study(children)
    with TemporaryDirectory() as folder:
        began, spent_s = time.perf_counter(), processor_s()
        report = run(asked, Path(folder), workers=workers)
        took_s, spent_s = time.perf_counter() - began, processor_s() - spent_s
        size_kb = report.file.stat().st_size / 1000.0
    assert (report.rows, report.refused) == (children * asked.doses.count, {})
    return {
        "children x doses a second": report.rows / took_s,
        "processor, ms a child and dose": 1000.0 * spent_s / report.rows,
        "table, kB a child": size_kb / children,
    }


def main() -> dict[str, float]:
    """Return what was measured."""
    measured(2, 1)
    return {
        f"{children} children, {workers} worker{'s' if workers > 1 else ''}: {what}": value
        for workers in (1, 2)
        for children in (FEW, MORE)
        for what, value in measured(children, workers).items()
    }


if __name__ == "__main__":
    for what, value in main().items():
        print(f"{what:<60} {value:.3g}")
