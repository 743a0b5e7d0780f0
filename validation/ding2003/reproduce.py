"""Ding 2003: our solver against a converged one, and our equations against CocoFEST's numbers."""

from pathlib import Path

import numpy as np
from compat import trajectory_n, worst_of
from csv_rows import rows
from verdict import Verdict, close

from rheobase.evidence import muscle_sets
from rheobase.model.muscle.force import force_trains_n, simulate
from rheobase.model.muscle.muscles import batch

HERE = Path(__file__).parent


def verdicts() -> list[Verdict]:
    muscle = muscle_sets.kinetics("ding2003")
    muscles = batch(muscle, muscle_sets.fatigue(), np.ones(1))
    pulses_ms = np.arange(34) * 1000.0 / 33.0
    found = []
    for row in rows(HERE / "converged.csv"):
        k, truth = int(row["pulse"]), float(row["force_n"])
        ours, _ = simulate(muscles, pulses_ms, np.ones(1), pulses_ms[[k]], fatigue=False)
        note = "independent solver, 5 us steps"
        name = f"force at pulse {k}, 33 Hz"
        found.append(close(name, float(ours[0, 0]), truth, 1e-2 / truth, unit="N", note=note))
    asserted_n = [float(row["force_n"]) for row in rows(HERE / "cocofest_trajectory.csv")]
    found.append(worst_of(asserted_n, trajectory_n(muscle, np.ones(33))))
    for row in rows(HERE / "frequency.csv"):
        rate_hz, truth = float(row["frequency_hz"]), float(row["peak_n"])
        train_ms = np.arange(0.0, 1000.0 - 1e-6, 1000.0 / rate_hz)
        force = force_trains_n(muscles, train_ms, np.ones(1), 0.5, 1300.0, fatigue=False)
        found.append(close(f"peak at {rate_hz:.4g} Hz", float(force.max()), truth, 1e-3, unit="N"))
    return found
