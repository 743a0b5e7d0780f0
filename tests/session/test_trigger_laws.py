"""Whatever a sensor says, and whenever: no level rises, no repetition is added, no limit is passed."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.errors import BadInput, NotReady
from rheobase.safety import after, later, limits_for, prescription_violations, silent, violations
from rheobase.session import controls
from rheobase.session.commands import Command, perform
from rheobase.session.conductor import all_released, silenced, tick
from rheobase.session.listening import listened
from rheobase.session.rules import rules
from rheobase.session.scene import UnitAt, opened_scene
from rheobase.session.sense_rules import sense_rules
from rheobase.session.snapshot import snapshot
from rheobase.session.steps import Step
from rheobase.session.timetable import Plan, obstacles
from rheobase.session.trigger import Arrived, Sample, with_threshold
from rheobase.simulated import cast
from rheobase.stimulators import ChannelState
from rheobase.stimulus import Coordination, Trigger

QUICK = cast.quick(cast.mila(cast.mila().channels[:2]), on_s=2.0, off_s=2.0, repetitions=4)
SIGNED = cast.by_sensor(QUICK, replace(cast.SENSING, repetitions=3))
LEVEL_MA = 3.0


def scene_of(prescription, level_ma=LEVEL_MA, threshold=30.0):
    """A session with its levels set and its block about to begin."""
    plan = Plan(prescription=prescription, interlocks=(), rules=rules())
    units = tuple(
        UnitAt(slot=c.slot, make="virtual", address=c.slot) for c in prescription.channels
    )
    scene = opened_scene("one", plan, units)
    progress = replace(scene.progress, step=Step.BLOCKS, baseline=0, score=0)
    slots = tuple(replace(one, level_ma=level_ma) for one in scene.stand.slots)
    stand = replace(scene.stand, slots=slots)
    watch = scene.watch
    if watch is not None and threshold is not None:
        watch = with_threshold(prescription.sensing, watch, threshold)
    return replace(scene, progress=progress, stand=stand, watch=watch)


def heard(scene, now_ms, values):
    samples = tuple(Sample(stream_s=0.0, value=v) for v in values)
    arrived = Arrived(samples=samples, rate_hz=500.0, stream="test", why="")
    return listened(scene, sense_rules(), arrived, now_ms)


def begun(scene, now_ms=0.0):
    return replace(scene, stand=controls.begun(scene.plan, scene.stand, now_ms))


class Played:
    """A scene under a signal, tick by tick, with the guard's eyes on every wish."""

    def __init__(self, scene):
        self.scene, self.now_ms, self.facts, self.starts = scene, 0.0, [], 0
        self.limits = limits_for(scene.plan.prescription)
        self.before = {slot: silent(self.limits[slot], 0.0, 0.0, 0.0) for slot in self.limits}
        self._flip = itertools.cycle((1.0, -1.0))

    def tick(self, strength):
        """One beat; raw EMG as an alternating signal of a strength."""
        self.now_ms += 20.0
        values = [next(self._flip) * strength for _ in range(10)]
        self.scene, facts = heard(self.scene, self.now_ms, values)
        self.facts += facts
        stand, wishes, happened = tick(self.scene.plan, self.scene.stand, self.now_ms)
        self.scene = replace(self.scene, stand=stand)
        self.starts += sum(one.kind == "contraction" for one in happened)
        for wish in wishes:
            state = ChannelState(
                channel=1,
                amplitude_ma=wish.amplitude_ma,
                pulse_width_us=wish.pulse_width_us,
                gap_us=wish.gap_us,
                frequency_hz=wish.frequency_hz,
            )
            moment = later(self.before[wish.slot], self.limits[wish.slot], self.now_ms / 1e3)
            assert violations(state, moment, self.limits[wish.slot]) == ()
            assert wish.amplitude_ma <= LEVEL_MA
            self.before[wish.slot] = after(state, moment)

    def hold(self, strength, seconds):
        for _ in range(round(seconds * 50)):
            self.tick(strength)

    def kinds(self, kind):
        return [fact for fact in self.facts if fact.kind == kind]


def test_the_cast_may_be_armed_with_a_sensor():
    assert prescription_violations(SIGNED) == ()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from((0.0, 5.0, 60.0, 4000.0)), st.floats(0.02, 3.0)), max_size=25
    )
)
def test_no_signal_raises_a_level_adds_a_repetition_or_passes_a_limit(pieces):
    played = Played(begun(scene_of(SIGNED)))
    levels = [one.level_ma for one in played.scene.stand.slots]
    for strength, seconds in pieces:
        played.hold(strength, seconds)
    assert [one.level_ma for one in played.scene.stand.slots] == levels
    assert all(one.cycles <= 3 for one in played.scene.stand.slots)
    assert len(played.kinds("trigger")) <= 3
    assert played.starts <= 2 * len(played.kinds("trigger"))


def test_an_effort_starts_every_unit_of_the_plan_once():
    played = Played(begun(scene_of(SIGNED)))
    played.hold(2.0, 1.0)
    assert played.starts == 0
    played.hold(80.0, 1.0)
    played.hold(2.0, 5.0)
    assert played.starts == 2
    (fact,) = played.kinds("trigger")
    assert fact.data["source"] == "sensor"
    assert fact.data["level"] > fact.data["threshold"] == 30.0


def test_a_refused_effort_is_a_fact_with_its_reason():
    played = Played(begun(scene_of(SIGNED)))
    for _ in range(6):
        played.hold(2.0, 0.6)
        played.hold(80.0, 0.6)
    assert {fact.data["why"] for fact in played.kinds("trigger refused")} >= {"blanked"}
    for _ in range(5):
        played.hold(2.0, 5.0)
        played.hold(80.0, 0.6)
    assert "cap reached" in {fact.data["why"] for fact in played.kinds("trigger refused")}
    assert len(played.kinds("trigger")) == 3


def test_where_the_muscle_rests_longer_than_the_refractory_time_the_rest_counts():
    brief = cast.by_sensor(QUICK, replace(cast.SENSING, refractory_s=1.0, repetitions=3))
    played = Played(begun(scene_of(brief)))
    played.hold(2.0, 0.5)
    played.hold(80.0, 0.3)
    played.hold(2.0, 2.9)
    played.hold(80.0, 0.3)
    played.hold(2.0, 0.3)
    played.hold(80.0, 0.3)
    assert len(played.kinds("trigger")) == 1
    (refused,) = [f for f in played.kinds("trigger refused") if "works or rests" in f.data["why"]]
    assert refused.data["level"] > 30.0


@pytest.mark.parametrize("ended", ["stop", "pause", "never begun"])
def test_outside_a_block_no_effort_starts_anything(ended):
    scene = scene_of(SIGNED)
    if ended != "never begun":
        scene = begun(scene)
    if ended == "stop":
        scene = replace(scene, stand=silenced(scene.stand, 0.0))
    if ended == "pause":
        scene = replace(scene, stand=all_released(scene.plan, scene.stand, 0.0))
    played = Played(scene)
    for _ in range(4):
        played.hold(2.0, 1.0)
        played.hold(80.0, 1.0)
    assert played.starts == 0
    assert played.facts == []


def test_an_effort_does_not_begin_where_the_comfort_score_is_too_old():
    scene = begun(scene_of(SIGNED))
    played = Played(replace(scene, progress=replace(scene.progress, scored_ms=-400_000.0)))
    played.hold(2.0, 1.0)
    played.hold(80.0, 1.0)
    assert played.starts == 0
    assert "Score the child" in played.kinds("trigger refused")[0].data["why"]


def test_a_button_does_not_start_what_a_sensor_was_signed_for():
    scene = begun(scene_of(SIGNED))
    with pytest.raises(NotReady, match="Use the signed one"):
        perform(scene, press("trigger"), 100.0)


def test_nobody_can_speak_for_the_sensor():
    scene = begun(scene_of(SIGNED))
    with pytest.raises(BadInput, match="a sensor speaks for itself"):
        perform(scene, press("trigger", source="sensor"), 100.0)


def test_a_sensor_that_was_not_signed_starts_nothing():
    usual = replace(QUICK, coordination=Coordination.TRIGGERED)
    scene = scene_of(usual)
    assert scene.watch is None
    for do, data in (("rest", {}), ("threshold", {"value": 30.0})):
        with pytest.raises(NotReady, match="not started by a sensor"):
            perform(scene, press(do, **data), 0.0)


def test_a_plan_that_names_a_sensor_without_thresholds_cannot_be_run():
    channels = tuple(replace(c, trigger=Trigger.SENSOR) for c in QUICK.channels)
    with pytest.raises(BadInput, match="no thresholds were signed"):
        Plan(prescription=replace(QUICK, channels=channels), interlocks=(), rules=rules())
    assert obstacles(Plan(prescription=SIGNED, interlocks=(), rules=rules())) == ()


@pytest.mark.parametrize("value", [7.9, 121.0, float("nan"), "30", None, True])
def test_a_threshold_by_hand_outside_what_was_signed_is_refused(value):
    with pytest.raises(BadInput, match="threshold"):
        perform(scene_of(SIGNED), press("threshold", value=value), 0.0)


def test_rest_is_not_measured_while_a_block_runs_and_its_result_is_a_fact():
    scene = scene_of(SIGNED, threshold=None)
    with pytest.raises(NotReady, match="every unit is silent"):
        perform(begun(scene), press("rest"), 0.0)
    played = Played(perform(scene, press("rest"), 0.0).scene)
    played.hold(10.0, 5.5)
    (fact,) = played.kinds("rest")
    assert fact.data["threshold"] is not None
    assert played.scene.watch.threshold == fact.data["threshold"]


def test_the_console_is_told_in_one_word_where_the_sensor_stands():
    played = Played(scene_of(SIGNED, threshold=None))

    def word():
        return snapshot(played.scene, played.now_ms, 0)["trigger"]["sensor"]["state"]

    assert word() == "no signal"
    played.hold(2.0, 0.2)
    assert word() == "no threshold"
    played.scene = perform(played.scene, press("rest"), played.now_ms).scene
    assert word() == "measuring rest"
    played.scene = perform(played.scene, press("threshold", value=30.0), played.now_ms).scene
    assert word() == "idle"
    played.scene = begun(played.scene, played.now_ms)
    assert word() == "let go first"
    played.hold(2.0, 0.2)
    assert word() == "waiting"
    played.hold(80.0, 0.2)
    assert word() == "triggered"
    played.hold(2.0, 2.6)
    assert word() == "blanked"
    played.hold(2.0, 0.5)
    assert word() == "refractory"
    played.hold(2.0, 1.5)
    assert word() == "waiting"
    for _ in range(2):
        played.hold(80.0, 0.2)
        played.hold(2.0, 5.0)
    assert word() == "cap reached"


def test_the_console_is_told_where_a_button_stands():
    plan = replace(QUICK, coordination=Coordination.TRIGGERED)
    scene = begun(scene_of(plan))
    shown = snapshot(scene, 0.0, 0)["trigger"]
    assert (shown["buttons"], shown["pedal"], shown["sensor"]) == (
        ["therapist button"],
        "waiting",
        None,
    )
    assert snapshot(scene_of(plan), 0.0, 0)["trigger"]["pedal"] == "idle"
    assert snapshot(scene_of(QUICK), 0.0, 0)["trigger"] is None


def test_the_pedal_is_the_signed_button_and_the_journal_says_that_it_was_a_pedal():
    scene = begun(scene_of(replace(QUICK, coordination=Coordination.TRIGGERED)))
    outcome = perform(scene, press("trigger", by="pedal"), 100.0)
    assert outcome.facts[0].data == {"source": "therapist", "by": "pedal"}
    with pytest.raises(BadInput, match="by='elbow'"):
        perform(scene, press("trigger", by="elbow"), 100.0)


def press(do, **data):
    return Command(key="k", do=do, slot="", data=data)
