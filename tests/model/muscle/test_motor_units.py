"""Motor units: shape of the pool, order from outside, fatigue."""

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.evidence import muscle_sets
from rheobase.model.muscle.fuglevand1993 import fusion, recruited_units, units
from rheobase.model.muscle.potvin_fuglevand2017 import force_left

POOL = units(muscle_sets.pool_shape())
FATIGUE = muscle_sets.unit_fatigue()
AT_S = np.array([0.0, 30.0, 60.0, 120.0])
EVERY = np.ones(120, dtype=bool)


def test_the_pool_spans_the_published_ranges():
    assert POOL.twitch.size == 120
    assert POOL.twitch[[0, -1]] == pytest.approx([1.0, 100.0])
    assert POOL.threshold[[0, -1]] == pytest.approx([1.0, 50.0])
    assert POOL.contraction_ms[[0, -1]] == pytest.approx([90.0, 30.0])


def test_fusion_rises_with_rate_and_slow_units_fuse_first():
    rates = np.linspace(0.0, 100.0, 201)
    slow, fast = fusion(np.array(90.0), rates), fusion(np.array(30.0), rates)
    assert np.all(np.diff(slow) >= 0.0)
    assert np.all(slow >= fast)
    assert slow[0] == 0.0
    assert slow[-1] == pytest.approx(1.0, abs=1e-3)


def test_the_two_branches_of_fusion_meet():
    at = fusion(np.array(100.0), np.array([4.0 - 1e-9, 4.0 + 1e-9]))
    assert at[0] == pytest.approx(at[1], abs=1e-6)


def test_a_stronger_current_recruits_more_units_in_the_order_of_their_axons():
    threshold_ma = np.random.default_rng(3).permutation(np.linspace(8.0, 30.0, 120))
    few, many = (recruited_units(threshold_ma, np.array(a)) for a in (12.0, 20.0))
    assert few.sum() < many.sum()
    assert np.all(many[few])
    assert not recruited_units(threshold_ma, np.array(7.9)).any()


def test_each_twin_has_its_own_current():
    threshold_ma = np.tile(np.linspace(8.0, 30.0, 120), (2, 1))
    counts = recruited_units(threshold_ma, np.array([10.0, 40.0])).sum(axis=1)
    assert list(counts) == [11, 120]


def test_force_falls_and_falls_faster_at_a_higher_rate():
    slow, fast = (force_left(POOL, FATIGUE, EVERY, hz, AT_S) for hz in (20.0, 40.0))
    assert np.all(np.diff(slow) < 0.0)
    assert fast[-1] / fast[0] < slow[-1] / slow[0]
    assert np.all(fast >= 0.0)


def test_large_units_first_tires_sooner_than_small_units_first():
    """The same fresh force, recruited from either end of the pool."""
    small = POOL.twitch.cumsum() <= 0.3 * POOL.twitch.sum()
    large = POOL.twitch[::-1].cumsum()[::-1] <= 0.3 * POOL.twitch.sum()
    both = force_left(POOL, FATIGUE, np.stack([small, large]), 40.0, AT_S)
    left = both[:, -1] / both[:, 0]
    assert left[1] < left[0]


def test_units_that_rest_do_not_tire():
    none = force_left(POOL, FATIGUE, np.zeros(120, dtype=bool), 40.0, AT_S)
    assert np.all(none == 0.0)


def test_a_threshold_that_is_no_number_is_refused():
    with pytest.raises(BadInput, match="Use infinity"):
        recruited_units(np.array([np.nan]), np.array(5.0))
