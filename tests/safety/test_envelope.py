"""Every command is judged: what passes is inside every limit, and every reason is said."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.safety import after, later, rms_ma, silent, violations
from rheobase.safety.envelope import BUNCH_S, TOLERANCE_MA
from rheobase.stimulus import Train, Waveform
from rheobase.stimulus.charge import current_rms_ma
from tests.safety.cast import LIMITS, felt, state


def refused(asked, before=None, limits=LIMITS):
    return violations(asked, felt(20.0) if before is None else before, limits)


def around(bound, steps=8, width=1e-4):
    """Values dense around a bound: from just below to just above."""
    return [bound + width * i / steps for i in range(-steps, steps + 1) if i]


def test_what_lies_inside_every_limit_passes():
    assert refused(state(5.0)) == ()
    assert refused(state(20.0)) == ()


# --- bounds, swept densely ---------------------------------------------------------------------


@pytest.mark.parametrize("ma", around(20.0))
def test_the_amplitude_is_bounded(ma):
    assert (refused(state(ma, pulse_width_us=100.0)) == ()) is (ma <= 20.0)


@pytest.mark.parametrize("width_us", around(50.0))
def test_the_pulse_is_not_shorter_than_the_limit(width_us):
    assert (refused(state(5.0, pulse_width_us=width_us)) == ()) is (width_us >= 50.0)


@pytest.mark.parametrize("width_us", around(250.0))
def test_the_pulse_is_not_longer_than_the_limit(width_us):
    assert (refused(state(5.0, pulse_width_us=width_us)) == ()) is (width_us <= 250.0)


@pytest.mark.parametrize("ma", around(20.0))
def test_the_charge_of_a_phase_is_bounded(ma):
    limits = replace(LIMITS, amplitude_max_ma=100.0, phase_charge_max_uc=5.0)
    asked = state(ma, pulse_width_us=250.0)  # 20 mA for 250 us is 5 uC
    assert (refused(asked, felt(100.0), limits) == ()) is (ma <= 20.0)


@pytest.mark.parametrize("hz", around(10.0))
def test_the_rate_is_not_lower_than_the_limit(hz):
    assert (refused(state(1.0, frequency_hz=hz), felt(20.0, 0.0)) == ()) is (hz >= 10.0)


@pytest.mark.parametrize("hz", around(40.0))
def test_the_rate_is_not_higher_than_the_limit(hz):
    assert (refused(state(1.0, frequency_hz=hz), felt(20.0, 0.0)) == ()) is (hz <= 40.0)


@pytest.mark.parametrize("hz", around(0.5))
def test_a_search_is_not_slower_than_half_a_pulse_a_second(hz):
    assert (refused(state(1.0, frequency_hz=hz), felt(20.0, 0.0)) == ()) is (hz >= 0.5)


@pytest.mark.parametrize("hz", around(3.0))
def test_a_search_is_not_faster_than_three_pulses_a_second(hz):
    assert (refused(state(1.0, frequency_hz=hz), felt(20.0, 0.0)) == ()) is (hz <= 3.0)


@pytest.mark.parametrize("edge", [0.5, 3.0, 10.0, 40.0])
def test_the_edges_of_the_rates_are_allowed(edge):
    assert refused(state(1.0, frequency_hz=edge), felt(20.0, 0.0)) == ()


@pytest.mark.parametrize("gap_us", [*around(100.0), *around(0.0), 0.0, 100.0])
def test_the_gap_is_bounded(gap_us):
    assert (refused(state(5.0, gap_us=gap_us)) == ()) is (0.0 <= gap_us <= 100.0)


@pytest.mark.parametrize("edge_us", [50.0, 250.0])
def test_the_edges_of_the_pulse_are_allowed(edge_us):
    assert refused(state(5.0, pulse_width_us=edge_us)) == ()


def test_a_density_that_is_reached_is_refused_already():
    asked = state(10.0, pulse_width_us=200.0, frequency_hz=25.0)  # sqrt(2 * 200e-6 * 25) = 0.1
    area = rms_ma(asked)
    assert area == pytest.approx(1.0)
    assert (
        refused(asked, felt(20.0, frequency_hz=25.0), replace(LIMITS, contact_cm2=area * 1.0001))
        == ()
    )
    for factor in (1.0, 0.9999):
        (reason,) = refused(
            asked, felt(20.0, frequency_hz=25.0), replace(LIMITS, contact_cm2=area * factor)
        )
        assert "use larger pads" in reason


def test_the_time_with_output_is_bounded():
    assert refused(state(5.0), felt(20.0, stimulated_s=600.0)) == ()
    (reason,) = refused(state(5.0), felt(20.0, stimulated_s=600.1))
    assert reason == "stimulated time 600.1 s exceeds 600 s"


def test_the_session_is_bounded():
    assert refused(state(5.0), felt(20.0, elapsed_s=1200.0)) == ()
    (reason,) = refused(state(5.0), felt(20.0, elapsed_s=1200.1))
    assert reason == "session time 1200.1 s exceeds 1200 s"


# --- steps and ramps ---------------------------------------------------------------------------


@pytest.mark.parametrize("step_ma", around(0.5))
def test_a_step_beyond_what_was_felt_is_small(step_ma):
    assert (refused(state(5.0 + step_ma), felt(5.0)) == ()) is (step_ma <= 0.5)


def test_a_large_step_is_refused_with_every_reason():
    reasons = refused(state(7.0), felt(5.0))
    assert reasons == (
        "step up 2 mA exceeds 0.5 mA",
        "step up so soon after the last 2 mA exceeds 0.5 mA",
        "rise along the ramp 2 mA exceeds 0.75 mA",
    )


def test_steps_that_follow_too_fast_are_refused():
    before = felt(5.0)
    before = after(state(5.5), before)
    (reason,) = refused(state(6.0), later(before, LIMITS, 100.2))  # 0.4 mA earned in 0.2 s
    assert reason == "step up so soon after the last 0.5 mA exceeds 0.4 mA"
    assert refused(state(6.0), later(before, LIMITS, 100.25)) == ()


def test_a_ramp_back_to_what_was_felt_is_no_step():
    before = felt(20.0, 0.0)
    for tick in range(1, 101):  # 20 mA in 2 s, 50 ticks a second
        before = later(before, LIMITS, 100.0 + 0.02 * tick)
        asked = state(0.2 * tick)
        assert violations(asked, before, LIMITS) == ()
        before = after(asked, before)
    assert before.amplitude_ma == pytest.approx(20.0)


def test_a_ramp_faster_than_the_signed_one_is_refused():
    before = felt(20.0, 0.0)
    reasons = ()
    for tick in range(1, 101):
        before = later(before, LIMITS, 100.0 + 0.02 * tick)
        asked = state(0.3 * tick)  # 15 mA/s instead of 10
        reasons = violations(asked, before, LIMITS)
        if reasons:
            break
        before = after(asked, before)
    assert reasons[0].startswith("rise along the ramp")
    assert before.amplitude_ma < 6.0


def test_a_jump_to_what_was_felt_is_refused():
    (reason,) = refused(state(20.0, pulse_width_us=100.0), felt(20.0, 0.0))
    assert reason == "rise along the ramp 20 mA exceeds 1.5 mA"  # one step and 0.1 s of 10 mA/s


def test_a_first_ramp_may_be_no_faster_than_a_level_may_rise():
    fresh = silent(LIMITS, 0.0, 0.0, 0.0)
    assert violations(state(0.5), fresh, LIMITS) == ()
    assert violations(state(0.51), fresh, LIMITS)
    later_on = later(after(state(0.5), fresh), LIMITS, 10.0)
    assert later_on.ramp_left_ma == pytest.approx(0.7)  # one step and 0.1 s of 2 mA/s


def test_down_is_allowed_at_once():
    assert refused(state(0.1), felt(20.0)) == ()
    assert refused(state(0.0), felt(20.0)) == ()


def test_silence_is_allowed_whatever_else_is_wrong():
    asked = state(0.0, pulse_width_us=9999.0, frequency_hz=9999.0, gap_us=9999.0)
    assert refused(asked, felt(20.0, stimulated_s=1e9)) == ()


def test_the_rate_changes_only_in_silence():
    (reason,) = refused(state(5.0, frequency_hz=20.0), felt(5.0))
    assert reason == "frequency changes from 30 to 20 Hz while output is on; go to 0 mA first"
    assert refused(state(0.5, frequency_hz=20.0), felt(5.0, 0.0)) == ()
    assert len(refused(state(0.5, frequency_hz=20.0), felt(5.0, 0.001))) == 1


def test_the_pulse_may_become_shorter_while_output_is_on():
    assert refused(state(5.0, pulse_width_us=150.0), felt(5.0)) == ()


@pytest.mark.parametrize("between_ma", [5.0, 0.0])
def test_the_pulse_does_not_become_longer_at_a_level_felt_with_a_shorter_one(between_ma):
    """From 100 to 250 us the charge of every pulse would jump to two and a half times as much."""
    before = after(state(0.5, pulse_width_us=100.0), felt(5.0))
    before = after(state(between_ma, pulse_width_us=100.0 if between_ma else 0.0), before)
    before = later(before, LIMITS, 200.0)
    (reason,) = refused(state(0.4, pulse_width_us=100.1), before)
    assert reason == (
        "pulse width rises from 100 to 100.1 us at a level that was felt with the shorter pulse; "
        "stop and arm first"
    )
    assert refused(state(0.4, pulse_width_us=100.0), before) == ()
    fresh = silent(LIMITS, 300.0, 0.0, 0.0)  # armed again: the level is gone as well
    assert refused(state(0.5, pulse_width_us=250.0), fresh) == ()


# --- what is no number --------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["amplitude_ma", "pulse_width_us", "gap_us", "frequency_hz"])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, None, "5", True])
def test_what_is_no_finite_number_is_refused(field, value):
    (reason,) = refused(replace(state(5.0), **{field: value}))
    assert reason.startswith(f"{field} is {value!r}")


def test_whole_numbers_are_numbers():
    assert refused(state(5, pulse_width_us=200, gap_us=0, frequency_hz=30)) == ()


def test_a_negative_amplitude_is_refused():
    assert refused(state(-0.5)) == ("amplitude below zero, by which 0.5 mA exceeds 0 mA",)


def test_a_broken_limit_refuses():
    broken = replace(LIMITS, amplitude_max_ma=math.nan)
    assert refused(state(5.0), limits=broken) == ("amplitude 5 mA exceeds nan mA",)
    broken = replace(LIMITS, density_max_ma_per_cm2=math.nan)
    assert len(refused(state(5.0), limits=broken)) == 1


def test_every_reason_is_said_with_numbers_and_units():
    asked = state(40.0, pulse_width_us=500.0, frequency_hz=90.0, gap_us=200.0)
    reasons = refused(asked, felt(5.0, stimulated_s=900.0, elapsed_s=2000.0))
    assert reasons == (
        "amplitude 40 mA exceeds 20 mA",
        "step up 35 mA exceeds 0.5 mA",
        "step up so soon after the last 35 mA exceeds 0.5 mA",
        "rise along the ramp 35 mA exceeds 0.75 mA",
        "charge per phase 20 uC exceeds 5 uC",
        "r.m.s. current density 1.5 mA/cm2 at 8 cm2 of contact reaches 1 mA/cm2: use larger pads",
        "stimulated time 900 s exceeds 600 s",
        "session time 2000 s exceeds 1200 s",
        "pulse width 500 us lies outside 50 to 250 us",
        "gap 200 us lies outside 0 to 100 us",
        "frequency 90 Hz lies outside 10 to 40 Hz (search: 0.5 to 3 Hz)",
        "frequency changes from 30 to 90 Hz while output is on; go to 0 mA first",
    )


# --- time ---------------------------------------------------------------------------------------


def test_time_with_output_counts_and_silence_does_not():
    before = later(after(state(0.5), silent(LIMITS, 10.0, 3.0, 7.0)), LIMITS, 14.0)
    assert (before.at_s, before.stimulated_s, before.elapsed_s) == (14.0, 7.0, 11.0)
    before = later(after(state(0.0), before), LIMITS, 20.0)
    assert (before.at_s, before.stimulated_s, before.elapsed_s) == (20.0, 7.0, 17.0)


def test_the_session_counts_from_the_first_output():
    before = later(silent(LIMITS, 0.0, 0.0, 0.0), LIMITS, 50.0)
    assert (before.stimulated_s, before.elapsed_s) == (0.0, 0.0)
    before = later(after(state(0.5), before), LIMITS, 50.5)
    assert (before.stimulated_s, before.elapsed_s) == (0.5, 0.5)


@pytest.mark.parametrize("at_s", [99.0, -math.inf, math.nan])
def test_a_clock_that_goes_back_gives_nothing(at_s):
    before = after(state(20.0, pulse_width_us=100.0), felt(19.5, stimulated_s=3.0))
    assert later(before, LIMITS, at_s) == before


def test_starting_again_begins_at_zero():
    before = silent(LIMITS, 5.0, 60.0, 90.0)
    assert (before.amplitude_ma, before.level_ma, before.frequency_hz) == (0.0, 0.0, 0.0)
    assert (before.raise_left_ma, before.ramp_left_ma) == (0.5, 0.5)
    assert (before.at_s, before.stimulated_s, before.elapsed_s) == (5.0, 60.0, 90.0)


def test_what_was_felt_is_the_highest_current():
    before = after(state(6.0), felt(5.0))
    assert (before.level_ma, before.amplitude_ma, before.frequency_hz) == (6.0, 6.0, 30.0)
    before = after(state(2.0), before)
    assert (before.level_ma, before.amplitude_ma) == (6.0, 2.0)


def test_budgets_are_spent_by_rising_only():
    full = felt(5.0, 4.0)
    up = after(state(5.3), full)
    assert up.raise_left_ma == pytest.approx(0.5 - 0.3)
    assert up.ramp_left_ma == pytest.approx(0.75 - 1.3)
    down = after(state(3.0), full)
    assert (down.raise_left_ma, down.ramp_left_ma) == (0.5, 0.75)


def test_the_rms_current_is_that_of_the_arithmetic():
    train = Train(
        waveform=Waveform.SYMMETRIC_BIPHASIC,
        amplitude_ma=5.0,
        pulse_width_us=200.0,
        frequency_hz=30.0,
        gap_us=0.0,
    )
    assert rms_ma(state(5.0)) == pytest.approx(current_rms_ma(train))
    assert rms_ma(state(5.0, pulse_width_us=-1.0)) == 0.0


# --- whatever passes is inside -------------------------------------------------------------------

finite = st.floats(-10.0, 700.0)


@settings(max_examples=300, deadline=None)
@given(
    ma=st.floats(-1.0, 30.0),
    width_us=finite,
    gap_us=st.floats(-10.0, 200.0),
    hz=st.floats(-1.0, 120.0),
    level_ma=st.floats(0.0, 20.0),
    contact_cm2=st.floats(0.5, 50.0),
)
def test_whatever_passes_is_inside_every_limit(ma, width_us, gap_us, hz, level_ma, contact_cm2):
    limits = replace(LIMITS, contact_cm2=contact_cm2)
    before = felt(level_ma, 0.0, limits)
    asked = state(ma, pulse_width_us=width_us, gap_us=gap_us, frequency_hz=hz)
    if violations(asked, before, limits) or ma == 0.0:
        return
    slack = 2e-6
    assert 0.0 < ma <= 20.0 + slack
    assert ma <= level_ma + 0.5 + slack
    assert 50.0 <= width_us <= 250.0
    assert 0.0 <= gap_us <= 100.0
    assert 0.5 <= hz <= 3.0 or 10.0 <= hz <= 40.0
    assert ma * width_us / 1000.0 <= 5.0 + slack
    assert ma * math.sqrt(2.0 * width_us * 1e-6 * hz) / contact_cm2 < 1.0


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.floats(0.0, 0.3), st.floats(0.0, 25.0)), min_size=1, max_size=60))
def test_no_sequence_of_commands_climbs_faster_than_its_budget(commands):
    before, at_s = silent(LIMITS, 0.0, 0.0, 0.0), 0.0
    for wait_s, ma in commands:
        at_s += wait_s
        before = later(before, LIMITS, at_s)
        asked = state(ma, pulse_width_us=50.0)
        if not violations(asked, before, LIMITS):
            before = after(asked, before)
        assert before.level_ma <= 0.5 + 2.0 * at_s + 1e-4


def test_only_rises_have_a_tolerance_and_it_is_a_nanoampere():
    assert TOLERANCE_MA == 1e-6
    assert BUNCH_S == 0.1
