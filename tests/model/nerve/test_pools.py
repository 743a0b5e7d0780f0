"""Axon pools by age and what a current recruits of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.errors import BadInput
from rheobase.evidence.nerve import axon_course
from rheobase.model.nerve.pools import axon_pool
from rheobase.model.nerve.recruitment import recruited_fraction, rheobase_and_chronaxie

MOTOR = axon_course("motor")
thresholds = st.lists(st.floats(0.1, 200.0), min_size=1, max_size=40).map(np.array)


def test_a_younger_child_has_less_mature_axons():
    pools = [axon_pool(MOTOR, age, 1) for age in (0.3, 1.0, 2.0, 6.0, 12.0, 30.0)]
    for name in ("internode_scale", "myelin_scale"):
        values = [getattr(pool, name)[0, 0] for pool in pools]
        assert np.all(np.diff(values) > 0.0) or values[-1] == values[-2] == 1.0
        assert values[-1] == 1.0


def test_axon_calibre_is_full_by_five_years_and_myelin_is_not():
    five, adult = axon_pool(MOTOR, 5.0, 1), axon_pool(MOTOR, 30.0, 1)
    assert five.adult_diameter_um[0, 0] >= adult.adult_diameter_um[0, 0]
    assert five.myelin_scale[0, 0] < 0.85


def test_below_two_years_a_pool_says_that_it_is_extrapolated():
    assert axon_pool(MOTOR, 0.75, 5).extrapolated
    assert not axon_pool(MOTOR, 6.0, 5).extrapolated


def test_a_pool_has_the_mean_and_the_spread_of_its_course():
    sizes = axon_pool(MOTOR, 6.0, 2000).adult_diameter_um[0]
    mean = np.interp(6.0, MOTOR.age_years, MOTOR.adult_diameter_um)
    assert sizes.mean() == pytest.approx(mean, rel=1e-6)
    assert sizes.std() == pytest.approx(MOTOR.calibre_spread * mean, rel=0.01)


def test_twins_differ_around_the_median_child():
    z = np.array([-1.0, 0.0, 1.0])
    pool = axon_pool(MOTOR, 6.0, 7, calibre_z=z, internode_z=z, myelin_z=z)
    assert pool.adult_diameter_um.shape == (3, 7)
    assert np.all(np.diff(pool.adult_diameter_um, axis=0) > 0.0)
    assert np.all(np.diff(pool.myelin_scale[:, 0]) > 0.0)
    assert np.all(pool.internode_scale < 1.0)


@pytest.mark.parametrize("kind", ["motor", "sensory"])
@given(z=st.floats(-3.0, 3.0), years=st.tuples(st.floats(0.0, 20.0), st.floats(0.0, 20.0)))
def test_no_child_loses_internode_or_myelin_as_it_grows(kind, z, years):
    course = axon_course(kind)
    before, after = (axon_pool(course, age, 1, internode_z=z, myelin_z=z) for age in sorted(years))
    assert after.internode_scale[0, 0] >= before.internode_scale[0, 0] - 1e-12
    assert after.myelin_scale[0, 0] >= before.myelin_scale[0, 0] - 1e-12


def test_maturity_is_reached_without_a_leap():
    z = np.array([-3.0, 0.0, 3.0])
    for name, years in (("internode_scale", 14.0), ("myelin_scale", 18.0)):
        almost = axon_pool(MOTOR, years - 0.001, 1, internode_z=z, myelin_z=z)
        assert np.all(getattr(almost, name) > 0.99)


def test_an_impossible_age_is_refused():
    with pytest.raises(BadInput, match="age_years"):
        axon_pool(MOTOR, -1.0, 5)
    with pytest.raises(BadInput, match="motor, sensory"):
        axon_course("autonomic")


@settings(deadline=None)  # the first call compiles
@given(thresholds, st.sampled_from([0.0, 0.1]))
def test_recruitment_never_falls_and_ends_with_everyone(threshold_ma, softness):
    amplitudes = np.linspace(0.0, 1000.0, 60)
    share = recruited_fraction(threshold_ma, amplitudes, softness=softness)
    assert share[0] == 0.0
    assert np.all(np.diff(share) >= 0.0)
    assert share[-1] == pytest.approx(1.0)


def test_an_axon_that_never_fires_is_never_counted():
    share = recruited_fraction(np.array([1.0, np.inf]), np.array([0.5, 2.0, 1e6]), softness=0.05)
    np.testing.assert_allclose(share, [0.0, 0.5, 0.5], atol=1e-9)


def test_weiss_finds_the_numbers_a_curve_was_made_of():
    width_us = np.array([50.0, 100.0, 300.0, 500.0])
    found = rheobase_and_chronaxie(width_us, 4.0 * (1.0 + 220.0 / width_us))
    assert found == pytest.approx((4.0, 220.0))


def test_negative_currents_are_refused():
    with pytest.raises(BadInput, match="size of the current"):
        recruited_fraction(np.array([1.0]), np.array([-1.0]))
