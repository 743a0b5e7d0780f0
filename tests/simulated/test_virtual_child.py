"""The virtual child: feels, then moves, then complains, the same way every time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import BadInput
from rheobase.model.response import Band
from rheobase.simulated import cast
from rheobase.simulated.child import Muscle, at_quantile, invented

currents = st.floats(0.0, 60.0)


@given(seed=st.integers(0, 10_000), ma=currents)
def test_it_feels_before_it_twitches_and_twitches_before_it_moves(seed, ma):
    child = invented(cast.mila(), seed)
    for slot in "ABC":
        assert child.feels(slot, ma) or not child.contracts(slot, ma)
        assert child.contracts(slot, ma) or not child.moves(slot, ma)


@given(seed=st.integers(0, 10_000), ma=currents, more_ma=currents)
def test_more_current_never_feels_better(seed, ma, more_ma):
    child = invented(cast.mila(), seed)
    low, high = sorted((ma, more_ma))
    assert child.score({"A": low}) <= child.score({"A": high}) <= 10


@given(seed=st.integers(0, 10_000))
def test_every_useful_level_lies_under_the_signed_ceiling(seed):
    prescription = cast.mila()
    child = invented(prescription, seed)
    for order in prescription.channels:
        assert child.muscles[order.slot].functional_ma < order.ceiling_ma


def test_the_same_seed_is_the_same_child():
    assert invented(cast.mila(), 7) == invented(cast.mila(), 7)
    assert invented(cast.mila(), 7) != invented(cast.mila(), 8)


@given(quantile=st.floats(0.0, 1.0))
def test_a_drawn_threshold_lies_within_the_band_of_the_twins(quantile):
    assert 4.0 <= at_quantile(Band(low=4.0, middle=6.0, high=11.0), quantile) <= 11.0


def test_a_child_that_moves_before_it_feels_is_refused():
    with pytest.raises(BadInput, match="Order the four currents"):
        Muscle(sensory_ma=9.0, motor_ma=8.0, functional_ma=7.0, pain_ma=6.0)
