"""Laws of the exact fibre, its plain twin, and numbers of NEURON 9.0.2 (see validation/mrg_neuron)."""

import sys
from pathlib import Path

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.model.nerve.mrg_geometry import fitted, immature, published
from rheobase.model.nerve.pulse_samples import PulseSamples, Shape, pulse
from rheobase.model.nerve.thresholds import simulate, thresholds_ma
from rheobase.model.nerve.velocity import velocities_m_s

sys.path.insert(0, str(Path(__file__).parent))
from dense_cable import Cable

SHORT = pulse(Shape.CATHODIC, 100.0, dt_us=5.0)


def test_the_kernel_agrees_with_its_plain_twin(model, beside_a_point):
    fibres, field = beside_a_point(10.0, n_nodes=5)
    twin = Cable(5, *(float(x) for x in fibres.rows()[:, 0]))
    for _ in range(40):
        twin.step(np.zeros(field.shape[1]), 5.0)
    current = 0.5
    plain = [twin.step(current * w * field[0], 0.005) for w in np.append(SHORT.wave, np.zeros(60))]
    ours = simulate(model, fibres, field, np.array([current]), SHORT, watch_us=300.0)
    assert np.max(plain) > 0.0  # it fires: the gates are exercised
    np.testing.assert_allclose(ours[:, :, 0], plain, atol=1e-6)


def test_traces_are_those_of_neuron(model, beside_a_point):
    fibres, field = beside_a_point(10.0, n_nodes=51)
    v = simulate(model, fibres, field, np.array([0.1]), SHORT, watch_us=400.0)[:, :, 0]
    found = [v[19, 25], v[19, 24], v[19, 23], v[39, 25], v[99, 25]]
    neuron_mv = [-67.84888, -76.08205, -80.75543, -78.25065, -79.78717]
    np.testing.assert_allclose(found, neuron_mv, atol=1e-5)


@pytest.mark.parametrize("precision", [64, 32])
@pytest.mark.parametrize(
    ("distance_mm", "width_us", "neuron_ma"),
    [(1.0, 100.0, 0.18303), (1.0, 300.0, 0.10146), (10.0, 100.0, 16.970), (10.0, 300.0, 7.2989)],
)
def test_thresholds_are_those_of_neuron(
    model, beside_a_point, precision, distance_mm, width_us, neuron_ma
):
    fibres, field = beside_a_point(10.0, n_nodes=51, distance_mm=distance_mm)
    shot = pulse(Shape.CATHODIC, width_us, dt_us=5.0)
    found = thresholds_ma(model, fibres, field, shot, precision=precision)
    assert found[0] == pytest.approx(neuron_ma, rel=1e-3)


def test_velocities_are_those_of_neuron(model, sizes):
    found = velocities_m_s(model, published(sizes, [5.7, 10.0, 16.0]))
    np.testing.assert_allclose(found, [23.37, 51.35, 85.53], rtol=5e-3)


def test_a_longer_pulse_needs_less_current_and_more_charge(model, beside_a_point):
    fibres, field = beside_a_point(10.0)
    widths_us = np.array([20.0, 50.0, 100.0, 200.0, 500.0])
    found = np.array(
        [
            thresholds_ma(model, fibres, field, pulse(Shape.CATHODIC, w, dt_us=5.0))[0]
            for w in widths_us
        ]
    )
    assert np.all(np.diff(found) < 0.0)
    assert np.all(np.diff(found * widths_us) > 0.0)


def test_thresholds_scale_with_the_conductivity(model, beside_a_point):
    fibres, one = beside_a_point(10.0, sigma_s_m=0.2)
    _, twice = beside_a_point(10.0, sigma_s_m=0.4)
    low = thresholds_ma(model, fibres, one, SHORT, tolerance=1e-5)
    high = thresholds_ma(model, fibres, twice, SHORT, tolerance=1e-5)
    assert high / low == pytest.approx(2.0, rel=3e-5)


def test_a_batch_gives_what_each_fibre_gives_alone(model, beside_a_point):
    diameters = [5.7, 7.3, 8.7, 10.0, 11.5, 12.8, 14.0, 15.0, 16.0, 10.0, 5.7]
    fibres, field = beside_a_point(diameters)
    together = thresholds_ma(model, fibres, field, SHORT)
    for k in (0, 4, 10):
        alone = thresholds_ma(model, fibres.take([k]), field[k : k + 1], SHORT)
        assert alone[0] == together[k]


def test_single_precision_stays_within_a_thousandth(model, beside_a_point):
    fibres, field = beside_a_point([5.7, 10.0, 16.0], distance_mm=5.0)
    double = thresholds_ma(model, fibres, field, SHORT)
    single = thresholds_ma(model, fibres, field, SHORT, precision=32)
    np.testing.assert_allclose(single, double, rtol=1e-3)


def test_a_fibre_turned_round_is_the_same_fibre(model, beside_a_point):
    fibres, field = beside_a_point(10.0, offset_mm=0.4)
    there = simulate(model, fibres, field, np.array([0.3]), SHORT, watch_us=300.0)
    back = simulate(model, fibres, field[:, ::-1], np.array([0.3]), SHORT, watch_us=300.0)
    np.testing.assert_allclose(there, back[:, ::-1], atol=1e-9)


def test_taking_the_charge_back_never_lowers_the_threshold(model, beside_a_point):
    fibres, field = beside_a_point(10.0)
    alone = thresholds_ma(model, fibres, field, SHORT)[0]
    found = [
        thresholds_ma(model, fibres, field, pulse(Shape.BIPHASIC, 100.0, gap_us=gap, dt_us=5.0))[0]
        for gap in (0.0, 50.0, 500.0)
    ]
    assert found[0] > found[1] > found[2] >= alone * 0.999


def test_an_anode_needs_more_current_than_a_cathode(model, beside_a_point):
    fibres, field = beside_a_point(10.0)
    anode = thresholds_ma(model, fibres, field, pulse(Shape.ANODIC, 100.0, dt_us=5.0))
    assert anode[0] > 2.0 * thresholds_ma(model, fibres, field, SHORT)[0]


def test_watching_longer_does_not_change_a_threshold(model, beside_a_point):
    fibres, field = beside_a_point([5.7, 10.0], n_nodes=31, distance_mm=3.0)
    soon = thresholds_ma(model, fibres, field, SHORT)
    late = thresholds_ma(model, fibres, field, SHORT, watch_us=4000.0)
    np.testing.assert_allclose(soon, late, rtol=1e-3)


def test_a_good_guess_changes_nothing_but_the_time(model, beside_a_point):
    fibres, field = beside_a_point(10.0)
    plain = thresholds_ma(model, fibres, field, SHORT, tolerance=1e-4)
    helped = thresholds_ma(
        model, fibres, field, SHORT, tolerance=1e-4, guess_ma=np.array([1.07 * plain[0]])
    )
    assert helped == pytest.approx(plain, rel=2e-4)


def test_a_level_field_excites_nothing(model, sizes):
    fibres = published(sizes, 10.0)
    level = np.full((1, 11 * 20 + 1), 7.0)
    assert thresholds_ma(model, fibres, level, SHORT)[0] == np.inf


def test_halving_the_step_halves_the_error(model, beside_a_point):
    fibres, field = beside_a_point(10.0, n_nodes=11)
    at = [
        thresholds_ma(model, fibres, field, pulse(Shape.CATHODIC, 100.0, dt_us=dt), tolerance=1e-5)[
            0
        ]
        for dt in (10.0, 5.0, 2.5)
    ]
    assert (at[0] - at[1]) / (at[1] - at[2]) == pytest.approx(2.0, rel=0.1)


def test_less_myelin_and_shorter_internodes_slow_the_spike(model, sizes):
    adult = fitted(sizes, [10.0, 10.0, 10.0])
    child = immature(adult, 1.0, [1.0, 1.0, 0.6], [1.0, 0.6, 0.6])
    speeds = velocities_m_s(model, child)
    assert speeds[0] > speeds[1] > speeds[2]


def test_a_balanced_pulse_carries_no_charge_at_any_step():
    for dt in (5.0, 3.0, 7.0):
        shape = pulse(Shape.BIPHASIC, 100.0, gap_us=33.0, dt_us=dt)
        assert shape.charge_us() == pytest.approx(0.0, abs=1e-9)
        assert np.minimum(shape.wave, 0.0).sum() * dt == pytest.approx(-100.0)


def test_a_field_that_fits_no_fibre_is_refused(model, sizes):
    fibres = published(sizes, 10.0)
    with pytest.raises(BadInput, match="do not make a fibre"):
        thresholds_ma(model, fibres, np.zeros((1, 101)), SHORT)
    with pytest.raises(BadInput, match="not finite"):
        thresholds_ma(model, fibres, np.full((1, 221), np.nan), SHORT)


def test_a_diameter_outside_the_table_is_refused_with_a_remedy(sizes):
    with pytest.raises(BadInput, match="fitted sizes"):
        published(sizes, 9.1)
    with pytest.raises(BadInput, match="Choose one inside"):
        fitted(sizes, 40.0)


def test_a_waveform_of_nothing_is_refused():
    with pytest.raises(BadInput, match="not all zero"):
        PulseSamples(wave=np.zeros(5), dt_us=5.0)


@pytest.mark.parametrize("precision", [64, 32])
def test_a_node_pushed_far_below_rest_comes_back(model, beside_a_point, precision):
    fibres, field = beside_a_point(10.0)
    anode, far_ma = pulse(Shape.ANODIC, 50.0, dt_us=5.0), np.array([100.0])
    v = simulate(model, fibres, field, far_ma, anode, watch_us=2000.0, precision=precision)
    assert v.min() < -3000.0
    assert v[-1].max() < -60.0


def test_a_strong_pulse_is_the_same_in_single_precision(model, beside_a_point):
    fibres, field = beside_a_point(10.0)
    anode, strong_ma = pulse(Shape.ANODIC, 50.0, dt_us=5.0), np.array([20.0])
    double, single = (
        simulate(model, fibres, field, strong_ma, anode, watch_us=0.0, precision=precision)
        for precision in (64, 32)
    )
    assert double.min() < -520.0
    np.testing.assert_allclose(single, double, rtol=2e-3, atol=0.2)
