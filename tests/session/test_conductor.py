"""The conductor on a clock that jumps: what every unit is asked to do, and what it never is."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.errors import BadInput, NotReady
from rheobase.session import controls
from rheobase.session.conductor import TICK_MS, all_released, silenced, tick
from rheobase.session.rules import rules
from rheobase.session.stand import Mode, at_rest
from rheobase.session.timetable import Plan
from rheobase.simulated import cast
from rheobase.stimulus import Coordination, Override, Posture, Segment, Trigger
from tests.session.hands import HANDS, perform


def plan_of(prescription, interlocks=()):
    return Plan(prescription=prescription, interlocks=tuple(interlocks), rules=rules())


def with_levels(plan, level_ma, now_ms=0.0):
    """Levels already set and felt, as they are after the ladder."""
    stand = at_rest(plan, now_ms)
    for one in stand.slots:
        stand = stand.with_slot(
            replace(one, level_ma=level_ma, reached_ma=level_ma, touched_ms=now_ms)
        )
    return stand


def play(plan, stand, from_ms, seconds, hands=None):
    """Tick through some seconds; `hands` maps a time in ms to a control."""
    told, times = [], []
    now = from_ms
    pending = sorted((hands or {}).items())
    while now < from_ms + seconds * 1000.0:
        now += TICK_MS
        while pending and pending[0][0] <= now:
            stand = pending.pop(0)[1](stand, now)
        stand, wishes, _ = tick(plan, stand, now)
        told.append({wish.slot: wish.amplitude_ma for wish in wishes})
        times.append(now)
    return stand, times, told


def rises(times, told, slot):
    """Times at which a unit leaves silence. [ms]"""
    before = 0.0
    found = []
    for at, wishes in zip(times, told, strict=True):
        if before == 0.0 and wishes[slot] > 0.0:
            found.append(at)
        before = wishes[slot]
    return found


def test_a_session_that_has_not_begun_wishes_silence():
    plan = plan_of(cast.mila())
    _, _, told = play(plan, at_rest(plan, 0.0), 0.0, 2.0)
    assert all(ma == 0.0 for wishes in told for ma in wishes.values())


def test_a_unit_follows_its_ramp_holds_its_level_and_rests():
    plan = plan_of(cast.mila())
    stand = controls.begun(plan, with_levels(plan, 8.0), 0.0)
    _, times, told = play(plan, stand, 0.0, 22.0)
    at = dict(zip(times, told, strict=True))
    assert at[500.0]["A"] == pytest.approx(4.0, abs=0.3)
    assert at[2000.0]["A"] == 8.0
    assert at[4500.0]["A"] == pytest.approx(4.0, abs=0.3)
    assert at[8000.0]["A"] == 0.0
    # the common cycle is the longest: offset of the last unit plus its 11 s
    assert rises(times, told, "A")[1] - rises(times, told, "A")[0] == pytest.approx(11600, abs=40)


def test_units_that_work_together_start_one_after_the_other():
    plan = plan_of(cast.mila())
    _, times, told = play(plan, controls.begun(plan, with_levels(plan, 8.0), 0.0), 0.0, 3.0)
    a, b, c = (rises(times, told, slot)[0] for slot in "ABC")
    assert b - a >= 300.0 - TICK_MS
    assert c - b >= 300.0 - TICK_MS


@given(offset_s=st.floats(0.3, 3.0))
@settings(max_examples=10, deadline=None)
def test_a_sequence_keeps_its_signed_offset_in_every_cycle(offset_s):
    knee = cast.order("A", "quadriceps", Segment.THIGH)
    hip = cast.order("B", "gluteus_maximus", Segment.PELVIS)
    hip = replace(hip, pattern=replace(hip.pattern, offset_s=offset_s))
    plan = plan_of(cast.mila((knee, hip), Coordination.SEQUENCE))
    _, times, told = play(plan, controls.begun(plan, with_levels(plan, 6.0), 0.0), 0.0, 40.0)
    pairs = list(zip(rises(times, told, "A"), rises(times, told, "B"), strict=False))
    assert len(pairs) >= 3
    for a, b in pairs:
        assert b - a == pytest.approx(1000.0 * offset_s, abs=1.5 * TICK_MS)


@given(on_s=st.floats(1.0, 5.0), off_s=st.floats(0.0, 5.0), down_s=st.floats(0.0, 2.0))
@settings(max_examples=12, deadline=None)
def test_alternating_units_are_never_on_together(on_s, off_s, down_s):
    prescription = cast.mila(coordination=Coordination.ALTERNATING)
    pattern = replace(cast.PATTERN, on_s=on_s, off_s=off_s, ramp_down_s=down_s)
    channels = tuple(replace(c, pattern=pattern) for c in prescription.channels)
    plan = plan_of(replace(prescription, channels=channels))
    _, _, told = play(plan, controls.begun(plan, with_levels(plan, 8.0), 0.0), 0.0, 30.0)
    assert all(sum(ma > 0.0 for ma in wishes.values()) <= 1 for wishes in told)
    assert all(any(wishes[slot] > 0.0 for wishes in told) for slot in "ABC")


@given(
    acts=st.lists(
        st.tuples(st.sampled_from(HANDS), st.sampled_from("ABC"), st.floats(20.0, 3000.0)),
        min_size=1,
        max_size=40,
    ),
    coordination=st.sampled_from(list(Coordination)),
)
@settings(max_examples=40, deadline=None)
def test_no_wish_ever_passes_its_level_or_rises_by_more_than_a_step(acts, coordination):
    plan = plan_of(cast.mila(coordination=coordination))
    stand, now = at_rest(plan, 0.0), 0.0
    last = dict.fromkeys("ABC", 0.0)
    for act, slot, pause_ms in acts:
        levels = {one.slot: one.level_ma for one in stand.slots}
        try:
            stand = perform(plan, stand, act, slot, now)
        except NotReady:
            assert levels == {one.slot: one.level_ma for one in stand.slots}
        if act == "stop":
            assert all(one.level_ma == one.wish_ma == 0.0 for one in stand.slots)
            last = dict.fromkeys("ABC", 0.0)
        after = {one.slot: one.level_ma for one in stand.slots}
        assert act == "louder" or all(after[s] <= levels[s] for s in after)
        end = now + pause_ms
        while now < end:
            now += TICK_MS
            stand, wishes, _ = tick(plan, stand, now)
            for wish, one in zip(wishes, stand.slots, strict=True):
                order = plan.prescription.channel(wish.slot)
                ceiling = min(one.level_ma, order.ceiling_ma)
                if one.mode is not Mode.RELEASE:
                    assert wish.amplitude_ma <= ceiling
                assert wish.amplitude_ma - last[wish.slot] <= order.step_ma
                last[wish.slot] = wish.amplitude_ma
        assert {one.slot: one.level_ma for one in stand.slots} == after, "a level moved by itself"


def test_after_a_stop_everything_is_zero_and_stays_so():
    plan = plan_of(cast.mila())
    stand = controls.begun(plan, with_levels(plan, 8.0), 0.0)
    stand, _, told = play(plan, stand, 0.0, 2.0)
    assert max(told[-1].values()) > 0.0
    _, _, told = play(plan, silenced(stand, 2000.0), 2000.0, 20.0)
    assert all(ma == 0.0 for wishes in told for ma in wishes.values())


def test_quieter_takes_effect_in_the_next_tick():
    plan = plan_of(cast.mila())
    stand, _, told = play(plan, controls.begun(plan, with_levels(plan, 8.0), 0.0), 0.0, 2.0)
    assert told[-1]["A"] == 8.0
    _, wishes, _ = tick(plan, controls.quieter(plan, stand, "A", 2000.0), 2020.0)
    assert wishes[0].amplitude_ma == 7.0


def test_an_increase_is_locked_after_twenty_seconds_until_down_is_pressed():
    plan = plan_of(cast.mila())
    stand = with_levels(plan, 5.0)
    with pytest.raises(NotReady, match="Press down once"):
        controls.louder(plan, stand, "A", 20_100.0)
    stand = controls.quieter(plan, stand, "A", 20_200.0)
    assert controls.louder(plan, stand, "A", 21_000.0).slot("A").level_ma == 5.0


def test_a_key_held_down_does_not_race_upward():
    plan = plan_of(cast.mila())
    stand = controls.louder(plan, at_rest(plan, 0.0), "A", 100.0)
    with pytest.raises(NotReady, match="Wait a moment"):
        controls.louder(plan, stand, "A", 300.0)


def test_no_press_passes_the_signed_ceiling():
    plan = plan_of(cast.mila())
    with pytest.raises(NotReady, match="signed ceiling of 20 mA"):
        controls.louder(plan, with_levels(plan, 20.0), "A", 1000.0)


def test_the_signed_minutes_of_a_muscle_end_its_output():
    prescription = cast.mila()
    short = replace(prescription.channels[0], minutes_max=0.5)
    plan = plan_of(replace(prescription, channels=(short, *prescription.channels[1:])))
    stand = controls.begun(plan, with_levels(plan, 8.0), 0.0)
    stand, _, _ = play(plan, stand, 0.0, 100.0)
    assert stand.slot("A").mode is Mode.SILENT
    assert stand.slot("A").stimulated_ms <= 30_000.0  # the ramp out included
    assert stand.slot("B").mode is Mode.BLOCK


def test_the_signed_session_ends_every_output():
    plan = plan_of(replace(cast.mila(), session_min=1.0))
    stand = controls.begun(plan, with_levels(plan, 8.0), 0.0)
    _, times, told = play(plan, stand, 0.0, 80.0)
    late = [w for at, w in zip(times, told, strict=True) if at > 60_000.0]
    assert all(ma == 0.0 for wishes in late for ma in wishes.values())


def test_an_infants_first_block_has_one_unit():
    plan = plan_of(replace(cast.mila(), units_at_first=1))
    stand = controls.begun(plan, with_levels(plan, 4.0), 0.0)
    stand, _, told = play(plan, stand, 0.0, 20.0)
    assert {slot for wishes in told for slot, ma in wishes.items() if ma > 0.0} == {"A"}
    stand = replace(all_released(plan, stand, 20_000.0), block_left_ms=0.0)
    stand, _, _ = play(plan, stand, 20_000.0, 2.0)
    _, _, told = play(plan, controls.begun(plan, stand, 22_000.0), 22_000.0, 10.0)
    assert {slot for wishes in told for slot, ma in wishes.items() if ma > 0.0} == {"A", "B", "C"}


def test_signed_repetitions_end_a_block():
    plan = plan_of(cast.quick(cast.mila(), on_s=1.0, off_s=0.5, repetitions=3))
    stand = controls.begun(plan, with_levels(plan, 4.0), 0.0)
    stand, times, told = play(plan, stand, 0.0, 20.0)
    assert not stand.running
    assert [len(rises(times, told, slot)) for slot in "ABC"] == [3, 3, 3]


def triggered_plan():
    prescription = cast.mila(coordination=Coordination.TRIGGERED)
    channels = tuple(replace(c, trigger=Trigger.CHILD_BUTTON) for c in prescription.channels)
    return plan_of(replace(prescription, channels=channels))


def test_a_triggered_unit_waits_for_its_button_and_plays_one_cycle():
    plan = triggered_plan()
    stand = controls.begun(plan, with_levels(plan, 6.0), 0.0)
    stand, _, told = play(plan, stand, 0.0, 5.0)
    assert all(ma == 0.0 for wishes in told for ma in wishes.values())
    stand = controls.triggered(plan, stand, Trigger.CHILD_BUTTON, 5000.0)
    _, times, told = play(plan, stand, 5000.0, 40.0)
    assert [len(rises(times, told, slot)) for slot in "ABC"] == [1, 1, 1]


def test_a_button_does_nothing_while_the_muscle_works_or_rests():
    plan = triggered_plan()
    stand = controls.begun(plan, with_levels(plan, 6.0), 0.0)
    stand = controls.triggered(plan, stand, Trigger.CHILD_BUTTON, 100.0)
    with pytest.raises(NotReady, match="works or rests"):
        controls.triggered(plan, stand, Trigger.CHILD_BUTTON, 9000.0)
    assert controls.triggered(plan, stand, Trigger.CHILD_BUTTON, 12_500.0).turn == 2


def test_only_the_signed_button_starts_a_cycle():
    plan = triggered_plan()
    stand = controls.begun(plan, with_levels(plan, 6.0), 0.0)
    with pytest.raises(NotReady, match="Use the signed one"):
        controls.triggered(plan, stand, Trigger.SENSOR, 100.0)


def opponents(coordination):
    quadriceps = cast.order("A", "quadriceps", Segment.THIGH)
    hamstrings = cast.order("B", "hamstrings", Segment.THIGH)
    return cast.mila((quadriceps, hamstrings), coordination)


PAIR = (("quadriceps", "hamstrings"),)


def test_antagonists_together_are_refused_unless_co_contraction_is_signed():
    together = opponents(Coordination.TOGETHER)
    with pytest.raises(BadInput, match="work against each other"):
        plan_of(together, PAIR)
    signed = Override(rule="co-contraction", reason="Knee stability in stance.")
    assert plan_of(replace(together, overrides=(signed,)), PAIR)
    assert plan_of(opponents(Coordination.ALTERNATING), PAIR)


def test_a_first_exposure_is_never_standing():
    with pytest.raises(BadInput, match="lying or sitting"):
        plan_of(replace(cast.mila(), first_exposure=True, posture=Posture.STANDING))


def test_a_ramp_too_steep_for_the_age_is_refused():
    knee = cast.order("A", "quadriceps", Segment.THIGH)
    knee = replace(knee, pattern=replace(knee.pattern, ramp_up_s=0.5))
    with pytest.raises(BadInput, match="ramp of at least 1 s"):
        plan_of(cast.mila((knee,)))


def test_a_rate_of_pulses_changes_only_in_silence():
    plan = plan_of(cast.mila())
    stand = controls.louder(plan, at_rest(plan, 0.0), "A", 0.0)
    stand = controls.pulsing(plan, stand, "A", 0.0, 5.0)
    stand, _, told = play(plan, stand, 0.0, 2.0)
    assert told[-1]["A"] == 1.0
    stand = controls.on_ladder(plan, stand, "A", 2000.0)
    silent_s, now = 0.0, 2000.0
    while silent_s == 0.0 or stand.slot("A").wish_ma == 0.0:
        now += TICK_MS
        before = stand.slot("A").wish_hz
        stand, wishes, _ = tick(plan, stand, now)
        assert wishes[0].frequency_hz == before or stand.slot("A").wish_ma == 0.0
        silent_s += TICK_MS / 1000.0
    assert silent_s >= 0.2
    assert stand.slot("A").wish_hz == 30.0


@given(late_ms=st.floats(20.0, 5000.0))
@settings(max_examples=30, deadline=None)
def test_a_late_tick_never_makes_a_jump_larger_than_a_step(late_ms):
    plan = plan_of(cast.mila())
    stand = controls.begun(plan, with_levels(plan, 12.0), 0.0)
    _, wishes, _ = tick(plan, stand, late_ms)
    assert all(wish.amplitude_ma <= 1.0 for wish in wishes)
