"""The converged solution and golden figures, computed elsewhere (own solver, steps of 5 us)."""

import numpy as np
import pytest
from tests.model.muscle.cast import ADULT, AFTER_INJURY, many

from rheobase.evidence import muscle_sets
from rheobase.model.muscle import ding2007, hmed2018
from rheobase.model.muscle.ding2003 import calcium
from rheobase.model.muscle.force import force_trains_n, simulate

PULSES_MS = np.arange(34) * 1000.0 / 33.0
AT_MS = PULSES_MS[[1, 5, 11, 22, 33]]


def test_ding_2003_meets_the_converged_solution():
    ours, _ = simulate(many(1), PULSES_MS, np.ones(1), AT_MS, fatigue=False)
    truth = [56.33750, 201.65958, 257.38095, 268.44645, 268.88183]
    np.testing.assert_allclose(ours[0], truth, atol=1e-2)


def test_ding_2007_meets_the_converged_solution():
    width_us = np.append(np.linspace(200.0, 600.0, 33), 600.0)
    fraction = ding2007.recruited(muscle_sets.pulse_width(), width_us)
    ours, _ = simulate(many(1, AFTER_INJURY), PULSES_MS, fraction[None], AT_MS, fatigue=False)
    truth = [22.80174, 81.52831, 126.52265, 171.70087, 193.86729]
    np.testing.assert_allclose(ours[0], truth, atol=1e-2)


GOLDEN = {
    "ding2003": (1.0, 99.475, 78.4, 70.6, 1.306, 0.320, 117.3),
    "ding2007": (0.911, 80.991, 47.4, 59.5, 1.333, 0.328, 71.7),
}


def trace(name, recruited, pulses_ms, last_ms=2000.0):
    muscles = many(1, muscle_sets.kinetics(name))
    return force_trains_n(muscles, np.array(pulses_ms), recruited, 0.1, last_ms, fatigue=False)[0]


def half_time(force, start):
    after = force[start:]
    return 0.1 * np.argmax(after <= 0.5 * after[0])


@pytest.mark.parametrize("name", GOLDEN)
def test_twitch_doublet_and_relaxation_have_the_golden_figures(name):
    _, twitch_n, rise_ms, half_ms, doublet, of_tetanus, relax_ms = GOLDEN[name]
    r = np.ones(1)
    if name == "ding2007":
        r = ding2007.recruited(muscle_sets.pulse_width(), np.array([600.0]))
    twitch = trace(name, r, [0.0])
    assert twitch.max() == pytest.approx(twitch_n, rel=1e-3)
    assert 0.1 * twitch.argmax() == pytest.approx(rise_ms, abs=0.1)
    assert half_time(twitch, twitch.argmax()) == pytest.approx(half_ms, abs=0.15)
    assert trace(name, r, [0.0, 5.0]).max() / twitch_n == pytest.approx(doublet, abs=1e-3)
    tetanus = trace(name, r, np.arange(100) * 10.0)
    assert twitch_n / tetanus.max() == pytest.approx(of_tetanus, abs=1e-3)
    assert half_time(trace(name, r, np.arange(50) * 20.0), 10_000) == pytest.approx(
        relax_ms, abs=1.0
    )


def test_peaks_over_frequency_have_the_golden_figures():
    golden = {5: 108.446, 10: 166.022, 12.5: 191.579, 20: 235.708, 100 / 3: 269.858}
    golden |= {50: 289.435, 80: 305.392, 100: 310.933}
    for rate_hz, peak_n in golden.items():
        pulses_ms = np.arange(0.0, 1000.0 - 1e-6, 1000.0 / rate_hz)
        assert trace("ding2003", np.ones(1), pulses_ms).max() == pytest.approx(peak_n, rel=1e-3)


def test_hmed_2018_has_its_threshold_and_its_published_factors():
    curve = muscle_sets.amplitude()
    assert curve.threshold_ma == pytest.approx(17.0285, abs=1e-4)
    factors = hmed2018.calcium_gain(curve, np.array([10.0, 63.1, 130.0]))
    np.testing.assert_allclose(factors, [0.0, 0.488, 1.039], atol=1e-3)


def test_calcium_solves_equation_1():
    h, pulses_ms = 1e-3, np.array([0.0, 5.0, 60.0, 200.0])
    r = np.r_[1.0, 1.0 + (ADULT.r0 - 1.0) * np.exp(-np.diff(pulses_ms) / ADULT.tau_c_ms)]
    t_ms = np.array([2.0, 30.0, 130.0, 300.0])
    cn = calcium(ADULT, pulses_ms, t_ms)
    slope = (calcium(ADULT, pulses_ms, t_ms + h) - calcium(ADULT, pulses_ms, t_ms - h)) / (2 * h)
    since = t_ms[:, None] - pulses_ms[None, :]
    source = (np.exp(-np.abs(since) / ADULT.tau_c_ms) * (since >= 0.0)) @ r
    np.testing.assert_allclose(slope, (source - cn) / ADULT.tau_c_ms, atol=1e-8)


def test_the_kernel_keeps_calcium_at_the_closed_form():
    pulses_ms = np.array([0.0, 5.0, 60.0, 200.0])
    _, state = simulate(many(1), pulses_ms, np.ones(1), np.array([233.0]), fatigue=False)
    exact = calcium(ADULT, pulses_ms, np.array([233.0]))
    np.testing.assert_allclose(state.cn, exact, rtol=1e-12)


@pytest.mark.parametrize("fatigue", [False, True])
def test_amplitudes_that_change_from_pulse_to_pulse_meet_the_converged_solution(fatigue):
    rng = np.random.default_rng(3)
    pulses_ms = np.cumsum(rng.uniform(3.0, 90.0, 40))
    gain = hmed2018.calcium_gain(muscle_sets.amplitude(), rng.uniform(10.0, 130.0, 40))
    at_ms = np.linspace(0.0, 2500.0, 60)
    ours, finest = (
        simulate(
            many(1), pulses_ms, np.ones(1), at_ms,
            fatigue=fatigue, calcium_gain=gain, step_ms=step_ms,
        )[0]
        for step_ms in (5.0, 0.05)
    )  # fmt: skip
    np.testing.assert_allclose(ours, finest, atol=1e-2)
