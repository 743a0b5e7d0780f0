"""Every state a unit can reach, explored exhaustively: stage x event x both heartbeats x signature."""

from dataclasses import replace
from itertools import product

import pytest

from rheobase.session.messages import Stage
from rheobase.session.states import Event, Situation, Unit, follows, may_output, move

SIGNATURES = ("", "digest", "another")
SITUATIONS = [
    Situation(session_fresh=session, console_fresh=console, signed=signed)
    for session, console, signed in product((True, False), (True, False), SIGNATURES)
]
GOOD = Situation(session_fresh=True, console_fresh=True, signed="digest")
ARMED = Unit(stage=Stage.ARMED, armed="digest")
RUNNING = Unit(stage=Stage.RUNNING, armed="digest")
EASING = Unit(stage=Stage.RUNNING, armed="digest", easing=True)
PAUSED = Unit(stage=Stage.PAUSED, armed="digest")
FAULT = Unit(stage=Stage.FAULT)


def explore():
    """Breadth first from OFF: every unit that any events in any situations can lead to."""
    reached = edge = {Unit()}
    while edge:
        edge = {
            after
            for unit, event, now in product(edge, Event, SITUATIONS)
            if (after := move(unit, event, now)) is not None and after not in reached
        }
        reached = reached | edge
    return sorted(reached, key=str)


REACHED = explore()
EVERYTHING = list(product(REACHED, Event, SITUATIONS))


def test_the_exploration_finds_every_stage_and_ends():
    assert {unit.stage for unit in REACHED} == set(Stage)
    assert len(REACHED) == 14  # 5 plain, 4 per signature, and FAULT seen or not (one is plain)


def test_output_means_running_fresh_heartbeats_and_the_signed_prescription():
    for unit, now in product(REACHED, SITUATIONS):
        if may_output(unit, now):
            assert unit.stage is Stage.RUNNING
            assert now.session_fresh
            assert now.console_fresh or unit.easing  # else only the second of ramping down
            assert unit.armed == now.signed
            assert now.signed


def test_output_is_possible_where_all_of_that_holds():
    assert may_output(RUNNING, GOOD)
    assert may_output(EASING, GOOD)
    assert may_output(EASING, replace(GOOD, console_fresh=False))


@pytest.mark.parametrize(
    ("unit", "now"),
    [
        (RUNNING, replace(GOOD, session_fresh=False)),
        (RUNNING, replace(GOOD, console_fresh=False)),
        (RUNNING, replace(GOOD, signed="another")),
        (RUNNING, replace(GOOD, signed="")),
        (Unit(stage=Stage.RUNNING), replace(GOOD, signed="")),
        (EASING, replace(GOOD, session_fresh=False)),
        (ARMED, GOOD),
        (PAUSED, GOOD),
        (FAULT, GOOD),
    ],
)
def test_output_is_impossible_where_one_thing_is_missing(unit, now):
    assert not may_output(unit, now)


def test_a_stop_silences_from_every_state_and_ends_in_two_steps():
    for unit, now in product(REACHED, SITUATIONS):
        stopping = move(unit, Event.STOP, now)
        assert stopping is not None  # never refused
        assert not may_output(stopping, now)
        off = move(stopping, Event.STOPPED, now) or stopping
        assert off.stage in (Stage.OFF, Stage.FAULT)
        assert (off.stage is Stage.FAULT) is (unit.stage is Stage.FAULT)
        assert off.armed == ""


def test_a_hard_fault_silences_from_every_state_and_is_latched():
    for unit, now in product(REACHED, SITUATIONS):
        broken = move(unit, Event.BREAK, now)
        assert broken is not None
        assert not may_output(broken, now)
        assert broken == (unit if unit.stage is Stage.OFF else FAULT)


def test_a_fault_is_left_by_two_actions_and_nothing_else():
    for event, now in product(Event, SITUATIONS):
        after = move(FAULT, event, now)
        assert after is None or after.stage is Stage.FAULT
        after = move(replace(FAULT, seen=True), event, now)
        if after is not None and after.stage is not Stage.FAULT:
            assert event is Event.RELEASED
            assert after == Unit(stage=Stage.IDENTIFIED)


def test_releasing_a_fault_needs_that_it_was_seen():
    assert move(FAULT, Event.RELEASED, GOOD) is None
    seen = move(FAULT, Event.SEEN, GOOD)
    assert seen == replace(FAULT, seen=True)
    assert move(seen, Event.RELEASED, GOOD) == Unit(stage=Stage.IDENTIFIED)
    assert move(seen, Event.BREAK, GOOD) == FAULT  # a new fault must be seen again


def test_running_is_reached_only_from_armed_or_paused_with_everything_fresh():
    for unit, event, now in EVERYTHING:
        after = move(unit, event, now)
        if after is not None and after.stage is Stage.RUNNING and unit.stage is not Stage.RUNNING:
            assert event is Event.RUN
            assert unit.stage in (Stage.ARMED, Stage.PAUSED)
            assert now.session_fresh
            assert now.console_fresh
            assert unit.armed == now.signed


def test_only_a_signed_prescription_arms():
    for unit, event, now in EVERYTHING:
        after = move(unit, event, now)
        if after is not None and after.armed != unit.armed and after.armed:
            assert (unit.stage, event, after.stage) == (Stage.CHECKED, Event.ARM, Stage.ARMED)
            assert after.armed == now.signed != ""
            assert now.session_fresh


def test_a_unit_that_is_not_armed_is_bound_to_nothing():
    for unit in REACHED:
        bound = unit.stage in (Stage.ARMED, Stage.RUNNING, Stage.PAUSED)
        assert bool(unit.armed) is bound
        assert not (unit.easing and unit.stage is not Stage.RUNNING)
        assert not (unit.seen and unit.stage is not Stage.FAULT)


def test_time_alone_silences_what_is_not_fresh():
    for unit, now in product(REACHED, SITUATIONS):
        event = follows(unit, now)
        bound = unit.stage in (Stage.ARMED, Stage.RUNNING, Stage.PAUSED)
        if bound and not now.session_fresh:
            assert event is Event.BREAK
        elif unit.stage is Stage.RUNNING and not now.console_fresh and not unit.easing:
            assert event is Event.EASE
        else:
            assert event is None


def test_after_what_follows_output_is_off_or_ending():
    for unit, now in product(REACHED, SITUATIONS):
        event = follows(unit, now)
        after = unit if event is None else move(unit, event, now)
        if may_output(after, now):
            assert now.session_fresh
            assert now.console_fresh or after.easing


def test_the_whole_way_there_and_back():
    way = [
        (Event.IDENTIFIED, Unit(stage=Stage.IDENTIFIED)),
        (Event.CONFIRMED, Unit(stage=Stage.CHECKED)),
        (Event.ARM, ARMED),
        (Event.RUN, RUNNING),
        (Event.EASE, EASING),
        (Event.EASE, EASING),
        (Event.EASED, PAUSED),
        (Event.RUN, RUNNING),
        (Event.STOP, Unit(stage=Stage.STOPPING)),
        (Event.STOPPED, Unit()),
    ]
    unit = Unit()
    for event, expected in way:
        unit = move(unit, event, GOOD)
        assert unit == expected


ALLOWED = {
    Event.IDENTIFIED: {Stage.OFF},
    Event.CONFIRMED: {Stage.IDENTIFIED},
    Event.ARM: {Stage.CHECKED},
    Event.RUN: {Stage.ARMED, Stage.PAUSED},
    Event.EASE: {Stage.RUNNING},
    Event.EASED: {Stage.RUNNING},
    Event.STOPPED: {Stage.STOPPING},
    Event.SEEN: {Stage.FAULT},
    Event.RELEASED: {Stage.FAULT},
}


@pytest.mark.parametrize("event", ALLOWED)
def test_each_event_is_refused_everywhere_else(event):
    allowed = {unit.stage for unit in REACHED if move(unit, event, GOOD) is not None}
    assert allowed == ALLOWED[event]


def test_only_what_eases_can_have_eased():
    assert move(RUNNING, Event.EASED, GOOD) is None


def test_the_console_is_not_needed_to_arm():
    checked = Unit(stage=Stage.CHECKED)
    assert move(checked, Event.ARM, replace(GOOD, console_fresh=False)) == ARMED
    assert move(checked, Event.ARM, replace(GOOD, session_fresh=False)) is None
    assert move(checked, Event.ARM, replace(GOOD, signed="")) is None


def test_a_fresh_unit_is_off():
    assert Unit() == Unit(stage=Stage.OFF, easing=False, seen=False, armed="")
