"""Laws of the Ding family, whatever the numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.model.muscle.cast import ADULT, FATIGUE, many, twin_force_n, varied

from rheobase.errors import BadInput
from rheobase.evidence import muscle_sets
from rheobase.model.muscle.force import STEP_MS, force_trains_n, simulate
from rheobase.model.muscle.muscles import batch

gaps_ms = st.lists(st.floats(5.0, 500.0), min_size=1, max_size=20)
TRAIN_MS = np.arange(0.0, 1000.0, 1000.0 / 35.0)
DOUBLETS_MS = np.sort(np.concatenate((TRAIN_MS, TRAIN_MS + 5.0)))


def force(muscles, pulses_ms, recruited=None, **more):
    r = np.ones(muscles.n_twins) if recruited is None else recruited
    return force_trains_n(muscles, pulses_ms, r, 5.0, 1500.0, **more)


def test_a_muscle_without_pulses_makes_no_force():
    assert np.all(force(varied(3), np.array([])) == 0.0)


def test_nothing_recruited_is_no_force():
    assert np.all(force(varied(3), TRAIN_MS, np.zeros(3)) == 0.0)


@settings(max_examples=30, deadline=None)
@given(gaps_ms)
def test_force_is_never_negative(gaps):
    assert np.all(force(varied(4), np.cumsum(gaps)) >= 0.0)


@settings(max_examples=20, deadline=None)
@given(gaps_ms, st.floats(0.05, 20.0))
def test_force_scales_with_strength_fresh_and_fatigued(gaps, factor):
    pulses_ms = np.cumsum(gaps)
    weak, strong = force(many(1), pulses_ms), force(many(1, factor=factor), pulses_ms)
    np.testing.assert_allclose(strong, factor * weak, rtol=1e-9, atol=1e-12)


def test_force_scales_with_constant_recruitment():
    whole = force(many(1), TRAIN_MS)
    part = force(many(1), TRAIN_MS, np.array([0.3]))
    np.testing.assert_allclose(part, 0.3 * whole, rtol=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.05, 1.0), min_size=5, max_size=5), st.integers(0, 4))
def test_more_recruitment_never_makes_less_force(fractions, which):
    pulses_ms = np.arange(5) * 30.0
    more = np.array(fractions)
    more[which] = min(1.0, more[which] + 0.2)
    a = force(many(1), pulses_ms, np.array([fractions]), fatigue=False)
    b = force(many(1), pulses_ms, more[None], fatigue=False)
    assert np.all(b >= a - 1e-9)


def test_a_pulse_that_recruits_nothing_is_no_pulse():
    silent = np.where(np.arange(TRAIN_MS.size) % 2, 0.0, 1.0)
    half = force(many(1), TRAIN_MS[::2])
    np.testing.assert_allclose(force(many(1), TRAIN_MS, silent[None]), half, atol=2e-2)


def test_each_muscle_of_a_batch_answers_as_if_alone():
    group = varied(70)
    together = force(group, TRAIN_MS)
    for i in (0, 31, 32, 69):
        alone = {k: getattr(group, k)[i : i + 1] for k in group.__slots__ if k != "r0_follows_km"}
        np.testing.assert_array_equal(force(replace(group, **alone), TRAIN_MS)[0], together[i])


@pytest.mark.parametrize("fatigue", [False, True])
def test_halving_the_step_gains_far_more_than_second_order_asks(fatigue):
    at_ms = np.arange(20.0, 1000.0, 20.0)

    def path(step_ms):
        return simulate(many(1), TRAIN_MS, np.ones(1), at_ms, step_ms=step_ms, fatigue=fatigue)[0]

    exact = path(0.02)
    usual, fine = (np.abs(path(step) - exact).max() for step in (STEP_MS, STEP_MS / 2.0))
    assert usual < 1e-2  # newtons, of 270
    assert usual / fine > 8.0


@pytest.mark.parametrize("name", ["ding2003", "ding2007", "marion2009"])
@pytest.mark.parametrize("gap_ms", [10.0, 25.0, 39.0, 41.0, 60.0, 100.0, 250.0])
def test_long_steps_stay_within_a_hundredth_of_a_newton_at_any_rate(name, gap_ms):
    muscle = many(1, muscle_sets.kinetics(name))
    pulses_ms = np.arange(0.0, 1000.0, gap_ms)
    at_ms = np.append(pulses_ms[1:], [1100.0, 1300.0])
    usual, _ = simulate(muscle, pulses_ms, np.ones(1), at_ms)
    exact, _ = simulate(muscle, pulses_ms, np.ones(1), at_ms, step_ms=0.1)
    np.testing.assert_allclose(usual, exact, atol=1e-2)


def test_a_long_rest_is_crossed_in_one_leap_as_in_small_steps():
    pulses_ms = np.array([0.0, 20.0, 40.0, 4000.0, 4020.0])
    at_ms = np.array([100.0, 1500.0, 3999.0, 4100.0])
    leaped, end = simulate(varied(40), pulses_ms, np.ones(40), at_ms)
    stepped, end_2 = simulate(
        varied(40), pulses_ms, np.ones(40), np.unique(np.append(at_ms, np.arange(10.0, 4100.0, 10)))
    )
    np.testing.assert_allclose(leaped[:, -1], stepped[:, -1], atol=2e-2)
    np.testing.assert_allclose(end.impulse_n_ms, end_2.impulse_n_ms, rtol=1e-4)


def test_a_muscle_with_silent_pulses_leaves_its_neighbours_alone():
    silent = np.ones((2, TRAIN_MS.size))
    silent[1, ::3] = 0.0
    together = force(many(2), TRAIN_MS, silent)
    np.testing.assert_array_equal(together[0], force(many(1), TRAIN_MS)[0])
    np.testing.assert_array_equal(together[1], force(many(1), TRAIN_MS, silent[1:])[0])


@pytest.mark.parametrize("follows", [True, False])
def test_the_compiled_kernel_equals_five_plain_equations(follows):
    muscle = replace(ADULT, r0_follows_km=follows)
    at_ms = np.array([3.0, 50.0, 400.0, 1000.0, 1300.0])
    ramp = np.linspace(0.2, 1.0, DOUBLETS_MS.size)
    ours, _ = simulate(
        batch(muscle, FATIGUE, np.ones(1)), DOUBLETS_MS, ramp[None], at_ms, step_ms=0.5
    )
    twin = twin_force_n(muscle, FATIGUE, DOUBLETS_MS, ramp, at_ms, h=0.25)
    np.testing.assert_allclose(ours[0], twin, atol=2e-3)


def test_stopping_and_going_on_changes_nothing():
    group, at_ms = varied(3), np.array([0.0, 500.0, 900.0])
    whole, end = simulate(group, TRAIN_MS, np.ones(3), at_ms)
    _, middle = simulate(group, TRAIN_MS[TRAIN_MS < 500.0], np.ones(3), np.array([500.0]))
    later = TRAIN_MS[TRAIN_MS >= 500.0] - 500.0
    rest, end_2 = simulate(group, later, np.ones(3), np.array([400.0]), start=middle)
    np.testing.assert_allclose(rest[:, -1], whole[:, -1], rtol=1e-6)
    np.testing.assert_allclose(end_2.impulse_n_ms, end.impulse_n_ms, rtol=1e-6)


def test_a_ramp_cut_in_two_tires_the_muscle_as_one_piece_does():
    ramp, at_ms = np.linspace(0.1, 0.8, TRAIN_MS.size)[None], np.array([1000.0])
    whole, end = simulate(many(1), TRAIN_MS, ramp, at_ms)
    first, most = TRAIN_MS < 500.0, np.array([0.8])
    early = simulate(many(1), TRAIN_MS[first], ramp[:, first], at_ms / 2, most_recruited=most)
    late = TRAIN_MS[~first] - 500.0
    rest, end_2 = simulate(many(1), late, ramp[:, ~first], at_ms / 2, start=early[1])
    np.testing.assert_allclose(end_2.impulse_n_ms, end.impulse_n_ms, rtol=1e-5)
    np.testing.assert_allclose(rest, whole, rtol=1e-5)


def test_fatigue_that_is_not_of_the_impulse_decays_freely():
    from rheobase.model.muscle.muscles import at_rest

    weak = replace(at_rest(1), free_a_n_per_ms=np.array([-1.0]), free_tau_1_ms=np.array([8.0]))
    at_ms = np.array([200.0, 700.0])
    ours, end = simulate(many(1), TRAIN_MS, np.ones(1), at_ms, start=weak, step_ms=0.5)
    twin = twin_force_n(
        ADULT, FATIGUE, TRAIN_MS, np.ones(TRAIN_MS.size), at_ms, (-1.0, 8.0, 0.0), 0.25
    )
    np.testing.assert_allclose(ours[0], twin, atol=2e-3)
    assert end.free_a_n_per_ms[0] == pytest.approx(-np.exp(-700.0 / FATIGUE.tau_fat_ms), rel=1e-9)


@pytest.mark.parametrize(
    ("pulses_ms", "recruited", "remedy"),
    [
        ([50.0, 20.0], [1.0], "Sort the times"),
        ([0.0, 0.0], [1.0], "drop repeats"),
        ([-5.0], [1.0], "start at 0"),
        ([np.nan], [1.0], "Give every time"),
        ([0.0], [1.5], "between 0 and 1"),
        ([0.0], [np.nan], "between 0 and 1"),
        ([0.0, 9.0], [[1.0, 1.0, 1.0]], r"Give \(1,\)"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_a_remedy(pulses_ms, recruited, remedy):
    with pytest.raises(BadInput, match=remedy):
        force(many(1), np.array(pulses_ms), np.array(recruited))
