"""Whole sessions: the fast path equals the plain one; recruitment, rest and rate as expected."""

import time

import numpy as np
import pytest
from tests.model.muscle.cast import many, varied

from rheobase.errors import BadInput
from rheobase.model.muscle.force import fatigue_left, force_trains_n

ON_MS = np.arange(0.0, 3000.0, 1000.0 / 35.0)


def test_leaping_over_rests_changes_no_peak():
    muscles = varied(5)
    fast = fatigue_left(muscles, ON_MS, np.ones(5), 9000.0, 0.9)
    pulses_ms = np.concatenate([ON_MS + 9000.0 * k for k in range(6)])
    slow = force_trains_n(muscles, pulses_ms, np.ones(5), 0.5, 54_000.0)
    peaks = np.stack(
        [slow[:, int(18_000 * k) : int(18_000 * (k + 1))].max(axis=1) for k in range(6)]
    )
    np.testing.assert_allclose(fast.peak_n, peaks.T, rtol=1e-4)


def test_more_rest_leaves_more_force():
    left = [fatigue_left(many(1), ON_MS, np.ones(1), c, 10.0).left[0] for c in (6000.0, 12_000.0)]
    assert left[0] < left[1] < 1.0


def test_what_is_left_does_not_depend_on_how_much_is_recruited():
    """Each recruited fibre does the same work, however many there are."""
    left = fatigue_left(many(2), ON_MS, np.array([0.2, 0.9]), 9000.0, 5.0).left
    assert left[0] == pytest.approx(left[1], rel=1e-9)


def test_a_muscle_that_was_not_recruited_has_lost_nothing():
    assert fatigue_left(many(1), ON_MS, np.zeros(1), 9000.0, 5.0).left[0] == 1.0


def test_a_session_of_all_twins_takes_less_than_two_seconds():
    muscles = varied(768)
    pulses_ms = np.arange(0.0, 5000.0, 1000.0 / 35.0)
    fatigue_left(muscles, pulses_ms, np.ones(768), 15_000.0, 0.25)  # compile
    began = time.process_time()
    fatigue_left(muscles, pulses_ms, np.ones(768), 15_000.0, 20.0)
    assert time.process_time() - began < 2.0


def test_a_session_without_a_whole_cycle_is_refused():
    with pytest.raises(BadInput, match="at least one whole cycle"):
        fatigue_left(many(1), ON_MS, np.ones(1), 9000.0, 0.1)
