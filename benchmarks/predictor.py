"""Predicted thresholds: against exact ones in the same run, and how their cost grows.

    rheobase bench predictor

Montages of one child: 256 twins, twelve axons in every muscle the pads can reach, and an active pad
that is dragged to where it has not been, around and along the limb. Exact fibres: the same kernel as everywhere, 32 bits, on a path of the same
length. Processor time counts all threads; the clock on the wall is longer on a shared machine.
"""

import numpy as np
from chain import CHILD, best, turned

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.evidence.nerve import mrg2002, mrg2002_sizes, polarisation
from rheobase.model.nerve.mrg2002 import centres_mm
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.polarisation import predicted_thresholds_ma
from rheobase.model.nerve.pulse_samples import Phases, rectangular
from rheobase.model.nerve.thresholds import thresholds_ma
from rheobase.model.twins import twins_of
from rheobase.model.twins.recruitment import N_AXONS, Pulse, cast_of, recruitment
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Side
from rheobase.stimulus.pulse import Waveform

WIDTH_US, SCALE, DEPTH_MM, LENGTH_MM = 200.0, 0.8, 10.0, 200.0
N_EXACT = 64
PULSE = Pulse(waveform=Waveform.SYMMETRIC_BIPHASIC, pulse_width_us=300.0, gap_us=0.0)


def potential(z_mm):
    """Return mV/mA below a point source. [mV]"""
    return -1000.0 / (4.0 * np.pi * 0.3 * np.hypot(DEPTH_MM, z_mm - 0.5 * LENGTH_MM))


def predicted(n_lines: int, n_fibres: int):
    """Return a job: that many thresholds."""
    paths = np.tile(potential(np.arange(0.0, LENGTH_MM)), (n_lines, 1))
    return lambda: predicted_thresholds_ma(
        polarisation(), paths, spacing_mm=1.0,
        adult_diameter_um=np.linspace(7.0, 14.0, n_fibres), internode_scale=SCALE,
        myelin_scale=SCALE, phases=Phases.BIPHASIC, width_us=WIDTH_US,
    )  # fmt: skip


def exact():
    """Return a job: N_EXACT exact thresholds of such fibres."""
    d = np.linspace(7.0, 14.0, N_EXACT)
    fibres = immature(fitted(mrg2002_sizes(), d), 1.0, *np.full((2, N_EXACT), SCALE))
    n_nodes = int(LENGTH_MM / (fibres.internode_um.min() / 1000.0))
    at = centres_mm(mrg2002(), fibres, n_nodes)
    field = potential(at - 0.5 * at[:, -1:] + 0.5 * LENGTH_MM)
    pulse = rectangular(Phases.BIPHASIC, WIDTH_US, dt_us=5.0)
    return lambda: thresholds_ma(mrg2002(), fibres, field, pulse, precision=32, tolerance=4e-3)


def montages(n_twins: int, muscle: str):
    """Return jobs: thresholds under new montages, and what they find there."""
    p = chain_parameters()
    twins, it = twins_of(CHILD, p, n=n_twins), p.muscle(muscle)
    usual = usual_montage(twins, it, Side.LEFT)
    recruitment(twins, usual, PULSE, it, Side.LEFT)
    n = len(cast_of(twins, it, alone=False)[2]) * N_AXONS * n_twins
    jobs = [
        lambda k=k: recruitment(twins, turned(usual, 1.0 + k, 0.0, 0.002 * k), PULSE, it, Side.LEFT)
        for k in range(8)
    ]
    return n, jobs


def main() -> dict[str, float]:
    """Return what was measured."""
    found = {}

    def note(name: str, n: int, jobs) -> float:
        jobs[0]()
        processor, wall = best(jobs[1:])
        found[f"{name}, wall ms"] = 1e3 * wall
        found[f"{name}, processor us per threshold"] = 1e6 * processor / n
        return processor / n

    slow = note(f"{N_EXACT} exact thresholds", N_EXACT, [exact()] * 2)
    for n_lines, n_fibres in ((10, 30), (100, 30), (1000, 30), (1000, 3)):
        name = f"{n_lines * n_fibres} predicted, {n_lines} paths of {n_fibres} fibres"
        fast = note(name, n_lines * n_fibres, [predicted(n_lines, n_fibres)] * 5)
        if (n_lines, n_fibres) == (1000, 30):
            found["exact over predicted, processor time"] = slow / fast
    for n_twins, muscle in (
        (64, "quadriceps"),
        (256, "quadriceps"),
        (1024, "quadriceps"),
        (256, "tibialis_anterior"),
    ):
        n, jobs = montages(n_twins, muscle)
        note(f"montage, {muscle} and neighbours, {n_twins} twins, {n} thresholds", n, jobs)
    n, jobs = montages(256, "quadriceps")
    known = jobs[0]()
    axis_ma = np.linspace(0.0, 60.0, 41)
    processor, _ = best([lambda: known.target(axis_ma)] * 20)
    name = "from thresholds to recruitment, quadriceps, 256 twins, 41 currents"
    found[f"{name}, processor ms"] = 1e3 * processor
    return found


if __name__ == "__main__":
    for what, value in main().items():
        print(f"{what:<80} {value:.4g}")
