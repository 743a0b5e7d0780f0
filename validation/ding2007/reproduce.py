"""Ding 2007, widths from 200 to 600 us: our solver against a converged one, and CocoFEST's numbers."""

from pathlib import Path

import numpy as np
from compat import trajectory_n, worst_of
from csv_rows import rows
from verdict import Verdict, close

from rheobase.evidence import muscle_sets
from rheobase.model.muscle.ding2007 import recruited
from rheobase.model.muscle.force import simulate
from rheobase.model.muscle.muscles import batch

HERE = Path(__file__).parent


def verdicts() -> list[Verdict]:
    muscle = muscle_sets.kinetics("ding2007")
    muscles = batch(muscle, muscle_sets.fatigue(), np.ones(1))
    pulses_ms = np.arange(34) * 1000.0 / 33.0
    width_us = np.append(np.linspace(200.0, 600.0, 33), 600.0)
    fraction = recruited(muscle_sets.pulse_width(), width_us)
    found = []
    for row in rows(HERE / "converged.csv"):
        k, truth = int(row["pulse"]), float(row["force_n"])
        at_ms = pulses_ms[[k]]
        ours, _ = simulate(muscles, pulses_ms, fraction[None], at_ms, fatigue=False)
        note = "independent solver, 5 us steps"
        name = f"force at pulse {k}, widths rising"
        found.append(close(name, float(ours[0, 0]), truth, 1e-2 / truth, unit="N", note=note))
    asserted_n = [float(row["force_n"]) for row in rows(HERE / "cocofest_trajectory.csv")]
    found.append(worst_of(asserted_n, trajectory_n(muscle, fraction)))
    return found
