"""The steps of a session as a table: what belongs where, and what is refused with a remedy."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import BadInput, NotReady
from rheobase.session import commands, steps
from rheobase.session.commands import Command, perform
from rheobase.session.conductor import tick
from rheobase.session.messages import Confirmed
from rheobase.session.rules import rules
from rheobase.session.scene import UnitAt, heard, opened_scene
from rheobase.session.steps import Step
from rheobase.session.timetable import Plan
from rheobase.simulated import cast

PLAN = Plan(prescription=cast.mila(), interlocks=(), rules=rules())
UNITS = tuple(UnitAt(slot=slot, make="virtual", address=slot.lower()) for slot in "ABC")


def scene_at(step):
    scene = opened_scene("one", PLAN, UNITS)
    return replace(scene, progress=replace(scene.progress, step=step))


def press(scene, do, slot="", now_ms=1000.0, **data):
    return perform(scene, Command(key="k", do=do, slot=slot, data=data), now_ms)


def scored(scene, score=0):
    return press(scene, "behaviour", now_ms=0.0, score=score).scene


def played(scene, from_ms, to_ms):
    now = from_ms
    while now < to_ms:
        now += 20.0
        stand, wishes, _ = tick(scene.plan, scene.stand, now)
        scene = replace(scene, stand=stand)
        for wish in wishes:
            if wish.amplitude_ma > 0.0:
                scene = heard(scene, confirmed(wish.slot, wish.amplitude_ma))
    return scene


def confirmed(slot, ma):
    return Confirmed(
        slot=slot,
        asked_ma=ma,
        allowed_ma=ma,
        confirmed_ma=ma,
        pulse_width_us=200.0,
        frequency_hz=30.0,
        monotonic_ns=0,
    )


def test_every_command_of_every_step_has_its_function():
    assert set(commands.TABLE) == steps.ALL_COMMANDS


@given(step=st.sampled_from(list(Step)), do=st.sampled_from(sorted(steps.ALL_COMMANDS)))
def test_a_command_of_another_step_is_refused_and_what_is_possible_is_named(step, do):
    progress = replace(steps.beginning(("A",)), step=step)
    belongs = do in steps.COMMANDS[step] or (do in steps.ANYTIME and step is not Step.DONE)
    if belongs:
        steps.check_allowed(progress, do)
    else:
        with pytest.raises(NotReady, match="Possible now"):
            steps.check_allowed(progress, do)


def test_a_session_does_not_begin_with_an_open_point():
    with pytest.raises(NotReady, match="No fever"):
        press(scene_at(Step.SCREEN), "checklist", items={"well": False})


def test_broken_skin_gets_no_current_but_is_recorded_afterwards():
    with pytest.raises(NotReady, match="marked or broken"):
        press(scene_at(Step.SKIN), "skin", score=2)
    assert press(scene_at(Step.SKIN_AFTER), "skin", score=2).scene.progress.step is Step.MEASURE


def test_pads_check_each_unit_and_the_last_pad_arms():
    first = press(scene_at(Step.PADS), "pads", "A")
    assert first.before == (("check", "A"),)
    assert first.scene.progress.step is Step.PADS
    rest = press(first.scene, "pads")
    assert rest.before == (("check", "B"), ("check", "C"), ("arm", ""))
    assert rest.scene.progress.step is Step.TWITCH


def test_a_twitch_of_every_unit_leads_to_the_search_and_every_place_to_the_ladder():
    scene = scored(scene_at(Step.TWITCH))
    for slot in "ABC":
        scene = press(scene, "twitch", slot, seen=True).scene
    assert scene.progress.step is Step.SEARCH
    for slot in "ABC":
        scene = press(scene, "found", slot, position={"u": 0.4}).scene
    assert scene.progress.step is Step.LADDER
    assert scene.progress.found["B"] == {"u": 0.4}


def test_a_search_sends_slow_pulses_to_one_unit_alone():
    scene = scored(scene_at(Step.SEARCH))
    scene = press(scene, "search_up", "A").scene
    scene = played(scene, 1000.0, 2000.0)
    scene = press(scene, "search_up", "B", now_ms=2000.0).scene
    scene = played(scene, 2000.0, 4000.0)
    assert scene.stand.slot("A").wish_ma == 0.0
    assert scene.stand.slot("B").wish_ma == 1.0
    assert scene.stand.slot("B").wish_hz == 2.0


def test_a_search_ends_after_two_minutes_on_one_muscle():
    scene = scored(scene_at(Step.SEARCH))
    scene = press(scene, "search_up", "A").scene
    scene = played(scene, 1000.0, 125_000.0)
    assert scene.stand.slot("A").wish_ma == 0.0
    scene = press(scene, "behaviour", now_ms=125_000.0, score=0).scene
    scene = press(scene, "search_down", "A", now_ms=125_000.0).scene
    with pytest.raises(NotReady, match="most for one muscle"):
        press(scene, "search_up", "A", now_ms=126_000.0)


def test_what_is_found_is_offered_to_the_model_with_its_error():
    scene = scored(scene_at(Step.LADDER))
    for n in range(4):
        scene = press(scene, "louder", "A", now_ms=1000.0 * (n + 1)).scene
        scene = played(scene, 1000.0 * (n + 1), 1000.0 * (n + 2))
    outcome = press(scene, "ladder", "A", now_ms=5000.0, level="motor")
    seen = next(fact.data for fact in outcome.facts if fact.kind == "observation")
    assert seen["seen"] == "motor threshold"
    assert seen["value"] == 3.5  # between 3 mA, not seen, and 4 mA, seen
    assert seen["error"] == pytest.approx(0.289, abs=1e-3)


def test_a_level_that_was_not_played_yet_was_not_seen():
    scene = press(scored(scene_at(Step.LADDER)), "louder", "A").scene
    with pytest.raises(NotReady, match="Wait for its next contraction"):
        press(scene, "ladder", "A", level="motor")


def test_a_stale_comfort_score_keeps_the_next_block_from_starting():
    scene = scored(scene_at(Step.LADDER))
    scene = press(scene, "louder", "A").scene
    with pytest.raises(NotReady, match="too old"):
        press(scene, "start", now_ms=301_000.0)


@given(baseline=st.integers(0, 10), score=st.integers(0, 10))
def test_pain_or_a_rise_over_the_childs_own_baseline_closes_the_gate(baseline, score):
    gate = PLAN.prescription.gate
    progress = replace(steps.beginning(("A",)), baseline=baseline, score=score)
    closed = score >= gate.stop_at or score - baseline >= gate.stop_at_rise
    assert bool(steps.gate_closed(progress, gate)) is closed


def test_the_baseline_is_the_score_before_any_current():
    scene = scored(scene_at(Step.LADDER), 3)
    scene = heard(scene, confirmed("A", 1.0))
    assert scored(scene, 5).progress.baseline == 3


def test_the_look_at_the_skin_cannot_be_left_out():
    scene = heard(scene_at(Step.LADDER), confirmed("A", 1.0))
    assert press(scene, "finish").scene.progress.step is Step.RAMP_OUT
    with pytest.raises(NotReady, match="Possible now: skin"):
        press(scene_at(Step.SKIN_AFTER), "finish")


def test_an_unknown_command_or_unit_is_refused_with_the_known_ones():
    with pytest.raises(BadInput, match="louder"):
        press(scene_at(Step.LADDER), "more")
    with pytest.raises(BadInput, match="A, B, C"):
        press(scene_at(Step.LADDER), "louder", "Z")
    with pytest.raises(BadInput, match="needs a unit"):
        press(scene_at(Step.LADDER), "louder")
