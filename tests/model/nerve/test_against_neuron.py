"""NEURON itself, run beside our kernel: the oracle of the exact fibre."""

import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from rheobase.model.nerve.mrg_geometry import fitted, immature, published
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.pulse_samples import PulseSamples, Shape, pulse
from rheobase.model.nerve.thresholds import simulate, thresholds_ma

pytestmark = [pytest.mark.oracle, pytest.mark.slow]
N_NODES = 21


@pytest.fixture(scope="module")
def neuron_fibre():
    import_module("neuron")
    sys.path.insert(0, str(Path(__file__).parents[3] / "validation/mrg_neuron"))
    try:
        import neuron_fibre

        yield neuron_fibre.NeuronFibre
    finally:
        del sys.path[0]


@pytest.mark.parametrize("scales", [(1.0, 1.0, 1.0), (0.8, 0.5, 0.6)])
@pytest.mark.parametrize("shape", [Shape.CATHODIC, Shape.BIPHASIC])
def test_a_spike_of_ours_is_neurons_spike(model, sizes, neuron_fibre, scales, shape):
    fibre = immature(fitted(sizes, 9.3), *scales)
    field = point_field(
        model,
        fibre,
        N_NODES,
        distance_mm=1.5,
        offset_mm=0.2,
        sigma_s_m=0.3,
        over_node=N_NODES // 2,
    )
    shot = pulse(shape, 100.0, dt_us=5.0)
    current = 1.3 * thresholds_ma(model, fibre, field, shot)[0]
    ours = simulate(model, fibre, field, np.array([current]), shot, watch_us=600.0)[:, :, 0]
    theirs = neuron_fibre(fibre, N_NODES).run(field[0], current, shot.wave, 5.0, len(ours) * 0.005)
    assert theirs.max() > 0.0
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_a_threshold_of_ours_is_neurons_threshold(model, sizes, neuron_fibre):
    fibre = immature(fitted(sizes, 8.0), 1.0, 0.7, 0.8)
    field = point_field(
        model,
        fibre,
        N_NODES,
        distance_mm=3.0,
        offset_mm=0.0,
        sigma_s_m=0.3,
        over_node=N_NODES // 2,
    )
    shot = pulse(Shape.CATHODIC, 200.0, dt_us=5.0)
    ours = thresholds_ma(model, fibre, field, shot)[0]
    theirs = neuron_fibre(fibre, N_NODES).threshold_ma(field[0], shot.wave, 5.0, ours, stop_ms=2.0)
    assert ours == pytest.approx(theirs, rel=1e-3)


def _drawn_pulse(draw):
    """Return a named shape of any width, or one with a shape of its own."""
    kind = draw.choice(["cathodic", "anodic", "biphasic", "decaying", "triangle"])
    width_us = 5.0 * draw.integers(6, 81)
    t = np.arange(5.0, width_us, 5.0) / width_us
    if kind == "decaying":
        return PulseSamples(wave=-np.exp(-4.0 * t), dt_us=5.0)
    if kind == "triangle":
        return PulseSamples(wave=np.abs(2.0 * t - 1.0) - 1.0, dt_us=5.0)
    gap_us = float(draw.integers(0, 100)) if kind == "biphasic" else 0.0
    return pulse(Shape(kind), width_us, gap_us=gap_us, dt_us=5.0)


@pytest.mark.parametrize("seed", range(8))
def test_a_threshold_drawn_from_table_place_and_pulse_is_neurons(model, sizes, neuron_fibre, seed):
    draw = np.random.default_rng(seed)
    fibre = published(sizes, draw.choice(sizes.rows[0][2:]))
    field = point_field(
        model,
        fibre,
        N_NODES,
        distance_mm=float(np.exp(draw.uniform(np.log(0.5), np.log(10.0)))),
        offset_mm=draw.uniform(-0.7, 0.7),
        sigma_s_m=0.3,
        over_node=int(draw.integers(0, N_NODES)),  # the ends as well
    )
    shot = _drawn_pulse(draw)
    ours = thresholds_ma(model, fibre, field, shot)[0]
    stop_ms = shot.duration_us / 1000.0 + 1.5
    theirs = neuron_fibre(fibre, N_NODES).threshold_ma(
        field[0], shot.wave, 5.0, ours, stop_ms=stop_ms, tolerance=2e-4, within=1.15
    )
    assert ours == pytest.approx(theirs, rel=1e-3)
