"""On, off and ramps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import BadInput
from rheobase.stimulus import Pattern

patterns = st.builds(
    Pattern,
    on_s=st.floats(2.5, 20.0),
    off_s=st.floats(0.0, 60.0),
    ramp_up_s=st.floats(0.0, 2.0),
    ramp_down_s=st.floats(0.0, 3.0),
    offset_s=st.floats(0.0, 5.0),
    repetitions=st.integers(1, 50),
)


@given(patterns, st.floats(-10.0, 5000.0))
def test_the_level_never_leaves_zero_to_one(pattern, t):
    assert 0.0 <= pattern.level_at(t) <= 1.0


@given(patterns)
def test_nothing_is_delivered_before_the_offset_or_after_the_last_cycle(pattern):
    end = pattern.offset_s + pattern.repetitions * pattern.cycle_s
    assert pattern.level_at(pattern.offset_s - 1e-6) == 0.0
    assert pattern.level_at(end + 1e-6) == 0.0


@given(patterns.filter(lambda p: p.ramp_up_s > 0.01))
def test_the_ramp_rises_in_a_straight_line(pattern):
    half = pattern.offset_s + pattern.ramp_up_s / 2.0
    assert pattern.level_at(half) == pytest.approx(0.5, abs=1e-6)


@given(patterns)
def test_the_plateau_is_the_whole_level(pattern):
    middle = pattern.offset_s + (pattern.ramp_up_s + pattern.on_s) / 2.0
    assert pattern.level_at(middle) == 1.0


def test_a_ramp_longer_than_the_on_time_is_refused():
    with pytest.raises(BadInput, match="Shorten the ramp"):
        Pattern(on_s=1.0, off_s=1.0, ramp_up_s=2.0, ramp_down_s=0.0, offset_s=0.0, repetitions=1)
