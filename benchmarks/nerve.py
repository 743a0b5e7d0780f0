"""Thresholds of one MRG fibre: our kernel on one core against NEURON's own loop on one core.

Same fibre (10 um, 51 nodes), same field (point source at 1 mm), same pulse, same step (5 us).
NEURON is timed on 5 ms runs of its compiled loop (`continuerun`), without any Python in between.
Ratios per core are of processor time; what uses all cores is timed by the clock on the wall.
Run: rheobase bench nerve     (needs NEURON and a C compiler; some twenty seconds)
"""

import sys
import time
from pathlib import Path

import numpy as np

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes, polarisation
from rheobase.model.nerve.mrg_geometry import published
from rheobase.model.nerve.mrg_launch import blocks
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.polarisation import predicted_thresholds_ma
from rheobase.model.nerve.pulse_samples import Phases, Shape, pulse
from rheobase.model.nerve.thresholds import thresholds_ma

N_NODES, DT_US, RUN_MS = 51, 5.0, 5.0
SHOT = pulse(Shape.CATHODIC, 100.0, dt_us=DT_US)
LIMB_FIBRES = 720


def fibres_and_field(n):
    """Return n equal fibres beside a point source."""
    fibres = published(mrg2002_sizes(), np.full(n, 10.0))
    field = point_field(
        mrg2002(),
        fibres,
        N_NODES,
        distance_mm=1.0,
        offset_mm=0.0,
        sigma_s_m=0.3,
        over_node=N_NODES // 2,
    )
    return fibres, field


def best_of(n, work, clock=time.perf_counter):
    """Return the shortest of n timings after one run for warmth. [s]"""
    work()
    times = []
    for _ in range(n):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def ours_s_per_run(precision):
    """Return the time of one fibre over 5 ms on one core. [s]"""
    lanes = 512 // precision
    fibres, field = fibres_and_field(lanes)
    (block,) = blocks(mrg2002(), fibres, field, DT_US, precision)
    wave = np.append(SHOT.wave, np.zeros(round(RUN_MS * 1000.0 / DT_US) - len(SHOT.wave)))
    below = np.full(lanes, 0.18)  # never fires: the run goes to its end
    return best_of(9, lambda: block.run(wave, below), time.thread_time) / lanes


def neuron_s_per_run():
    """Return the time of NEURON's compiled loop over the same 5 ms. [s]"""
    sys.path.insert(0, str(Path(__file__).parents[1] / "validation/mrg_neuron"))
    from neuron_fibre import NeuronFibre

    del sys.path[0]
    fibre, field = fibres_and_field(1)
    one = NeuronFibre(fibre, N_NODES)
    h = one.h
    one.run(field[0], 0.18, SHOT.wave, DT_US, 0.2)

    def work():
        h.t = 0.0
        h.continuerun(RUN_MS)

    return best_of(3, work, time.thread_time)


def main():
    """Return what was measured: times, and ratios per core."""
    double, single, neuron = ours_s_per_run(64), ours_s_per_run(32), neuron_s_per_run()
    fibres, field = fibres_and_field(LIMB_FIBRES)
    exact = {
        p: best_of(2, lambda p=p: thresholds_ma(mrg2002(), fibres, field, SHOT, precision=p))
        for p in (64, 32)
    }
    z_mm = np.arange(0.0, 200.0)
    path = -1000.0 / (4 * np.pi * 0.3 * np.hypot(10.0, z_mm - 100.0))

    def predict():
        predicted_thresholds_ma(
            polarisation(),
            np.tile(path, (1000, 1)),
            spacing_mm=1.0,
            adult_diameter_um=np.linspace(7.0, 14.0, 30),
            internode_scale=0.8,
            myelin_scale=0.8,
            phases=Phases.BIPHASIC,
            width_us=200.0,
        )

    steps = round(RUN_MS * 1000.0 / DT_US) * N_NODES
    return {
        "ours, 64 bits, ns per node and step": 1e9 * double / steps,
        "ours, 32 bits, ns per node and step": 1e9 * single / steps,
        "NEURON, ns per node and step": 1e9 * neuron / steps,
        "ratio per core, 64 bits": neuron / double,
        "ratio per core, 32 bits": neuron / single,
        "720 exact thresholds, 64 bits, all cores, s": exact[64],
        "720 exact thresholds, 32 bits, all cores, s": exact[32],
        "30000 predicted thresholds, biphasic, all cores, s": best_of(3, predict),
    }


if __name__ == "__main__":
    for what, value in main().items():
        print(f"{what:<52} {value:.4g}")
