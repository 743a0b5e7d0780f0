"""Exact MRG thresholds: our kernel, NEURON's own loop and PyFibers, side by side in one run.

Same fibre (10 um, 51 nodes), same field (point source at 1 mm), same pulse, same step (5 us).
NEURON is timed on 5 ms of its compiled loop (`continuerun`), without any Python in between;
PyFibers on 5 ms of its `run_sim`. Ratios per core are of processor time; what uses all cores is
timed by the clock on the wall, beside its processor time. `cost` grows one batch of drawn fibres.
Run: rheobase bench nerve     (needs NEURON, PyFibers and a C compiler; under a minute)
"""

import sys
import time
from pathlib import Path

import numpy as np

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes, polarisation
from rheobase.model.nerve.mrg_geometry import fitted, immature, published
from rheobase.model.nerve.mrg_launch import blocks
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.polarisation import predicted_thresholds_ma
from rheobase.model.nerve.pulse_samples import Phases, Shape, pulse
from rheobase.model.nerve.thresholds import thresholds_ma

N_NODES, DT_US, RUN_MS = 51, 5.0, 5.0
SHOT = pulse(Shape.CATHODIC, 100.0, dt_us=DT_US)
LIMB_FIBRES = 720
GROWING = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
HERE = Path(__file__).parents[1]


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


def drawn(n, seed=20261122):
    """Return n fibres of any size and maturity, each with its own source."""
    draw = np.random.default_rng(seed)
    adult = fitted(mrg2002_sizes(), draw.uniform(4.0, 16.0, n))
    fibres = immature(adult, 1.0, draw.uniform(0.5, 1.0, n), draw.uniform(0.5, 1.0, n))
    field = [
        point_field(
            mrg2002(),
            fibres.take([i]),
            N_NODES,
            distance_mm=float(np.exp(draw.uniform(np.log(0.5), np.log(20.0)))),
            offset_mm=draw.uniform(-0.5, 0.5),
            sigma_s_m=0.3,
            over_node=int(draw.integers(0, N_NODES)),
        )[0]
        for i in range(n)
    ]
    return fibres, np.array(field)


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
    shot = SHOT.followed_by_silence(RUN_MS * 1000.0 - SHOT.duration_us)
    below = np.full(lanes, 0.18)  # never fires; a trace is kept, so the run goes to its end
    return best_of(9, lambda: block.run(shot.wave, below, traced=True), time.thread_time) / lanes


def neuron_s_per_run():
    """Return the time of NEURON's compiled loop over the same 5 ms. [s]"""
    from neuron_fibre import NeuronFibre

    fibre, field = fibres_and_field(1)
    one = NeuronFibre(fibre, N_NODES)
    h = one.h
    one.run(field[0], 0.18, SHOT.wave, DT_US, 0.2)

    def work():
        h.t = 0.0
        h.continuerun(RUN_MS)

    return best_of(3, work, time.thread_time)


def pyfibers_s_per_run():
    """Return the time of PyFibers over the same 5 ms, after its 40 steps to rest. [s]"""
    from pyfibers_fibre import PyFibersFibre

    _, field = fibres_and_field(1)
    one = PyFibersFibre(10.0, N_NODES, tabulated=True)
    return best_of(1, lambda: one.run(field[0], SHOT, 0.18, RUN_MS), time.thread_time)


def cost_of_growth():
    """Return rows (fibres, wall s, processor s) of one batch, and the exponent of growth."""
    fibres, field = drawn(max(GROWING))
    rows = []
    for n in GROWING:
        part, along = fibres.take(range(n)), field[:n]

        def work(part=part, along=along):
            thresholds_ma(mrg2002(), part, along, SHOT)

        rows.append((n, best_of(1, work), best_of(1, work, time.process_time)))
    n, _, processor = np.array(rows).T
    return rows, float(np.polyfit(np.log(n), np.log(processor), 1)[0])


def _predict():
    z_mm = np.arange(0.0, 200.0)
    path = -1000.0 / (4 * np.pi * 0.3 * np.hypot(10.0, z_mm - 100.0))
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


def main():
    """Return what was measured: times, ratios per core, and how the cost grows."""
    sys.path[:0] = [str(HERE / "validation" / name) for name in ("mrg_neuron", "mrg_pyfibers")]
    double, single, neuron = ours_s_per_run(64), ours_s_per_run(32), neuron_s_per_run()
    theirs = pyfibers_s_per_run()
    del sys.path[:2]
    steps = round(RUN_MS * 1000.0 / DT_US) * N_NODES
    found = {
        "ours, 64 bits, ns per node and step": 1e9 * double / steps,
        "ours, 32 bits, ns per node and step": 1e9 * single / steps,
        "NEURON, ns per node and step": 1e9 * neuron / steps,
        "PyFibers, ns per node and step": 1e9 * theirs / steps,
        "times quicker than NEURON per core, 64 bits": neuron / double,
        "times quicker than NEURON per core, 32 bits": neuron / single,
        "times quicker than PyFibers per core, 64 bits": theirs / double,
        "times quicker than PyFibers per core, 32 bits": theirs / single,
    }
    for name, (fibres, field) in (
        ("equal", fibres_and_field(LIMB_FIBRES)),
        ("drawn", drawn(LIMB_FIBRES)),
    ):
        for bits in (64, 32):

            def work(fibres=fibres, field=field, bits=bits):
                thresholds_ma(mrg2002(), fibres, field, SHOT, precision=bits)

            what = f"720 exact thresholds, {name} fibres, {bits} bits"
            found[f"{what}, all cores, s"] = best_of(2, work)
            found[f"{what}, processor s"] = best_of(1, work, time.process_time)
    found["30000 predicted thresholds, biphasic, all cores, s"] = best_of(3, _predict)
    rows, exponent = cost_of_growth()
    for n, wall, processor in rows:
        found[f"cost of {n:>4} drawn thresholds, 64 bits: wall s"] = wall
        found[f"cost of {n:>4} drawn thresholds, 64 bits: processor s"] = processor
    found["cost grows with the number of fibres to the power"] = exponent
    return found


if __name__ == "__main__":
    for what, value in main().items():
        print(f"{what:<60} {value:.4g}")
