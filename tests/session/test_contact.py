"""The contact check from the therapist's press to the unit: what is refused, kept, shown and run again."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import NotReady
from rheobase.evidence.load import Standing, numbers
from rheobase.session.asks import request_for
from rheobase.session.contact import Verdict, contact_pulse, contact_rules, verdict
from rheobase.session.course import told
from rheobase.session.events import read
from rheobase.session.journal import Journal
from rheobase.session.link import start_supervisor
from rheobase.session.live import Live
from rheobase.session.messages import ContactFound, Stage
from rheobase.session.replay import replayed
from rheobase.session.rules import rules
from rheobase.session.scene import UnitAt, opened_scene
from rheobase.session.snapshot import snapshot
from rheobase.session.steps import Step
from rheobase.session.timetable import Plan
from rheobase.simulated import cast
from rheobase.simulated.emulators import Fault, Scenario, emulator
from rheobase.stimulus import seal, to_plain
from tests.session.bench import punctual
from tests.session.test_live import press as pressed
from tests.session.test_steps import PLAN, UNITS, played, press, scene_at, scored

KEY = b"k" * 32
CAN = {"capabilities": {"contact_check": True, "amplitude_step_ma": 0.5}}


def ready(step=Step.TWITCH):
    """Units A and B can measure their pads, C cannot; a calm score was given."""
    scene = scored(scene_at(step))
    for slot in "AB":
        scene = scene.with_unit(slot, detail=CAN)
    return scene


def met(ohm, slot="A"):
    return ContactFound(
        slot=slot,
        amplitude_ma=1.0,
        voltage_v=ohm / 1000.0,
        resistance_ohm=ohm,
        low_ohm=0.8 * ohm,
        high_ohm=1.3 * ohm,
        monotonic_ns=0,
    )


# --- what a resistance means --------------------------------------------------------------------------


@given(st.floats(contact_rules().least_ohm, 1e6), st.floats(contact_rules().least_ohm, 1e6))
def test_a_higher_resistance_is_never_judged_more_kindly(a, b):
    worse = [Verdict.GOOD, Verdict.POOR, Verdict.OPEN]
    assert worse.index(verdict(min(a, b))) <= worse.index(verdict(max(a, b)))


@pytest.mark.parametrize(
    ("ohm", "word"),
    [(0.0, "poor"), (700.0, "good"), (1300.0, "good"), (3000.0, "poor"), (86e3, "open")],
)
def test_pads_that_touch_fresh_pads_worn_pads_and_a_hanging_lead_have_their_words(ohm, word):
    assert verdict(ohm).value == word
    assert verdict(float("nan")) is Verdict.POOR


def test_what_is_no_measured_fact_is_shown_as_a_proposed_default():
    assert {number.standing for number in numbers("contact").values()} == {Standing.DEFAULT}


# --- the press ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [Step.TWITCH, Step.SEARCH, Step.LADDER])
def test_a_check_runs_the_units_and_asks_for_one_pulse_of_the_first_press(step):
    outcome = press(ready(step), "contact", "A")
    assert outcome.before == (("run", ""),)
    assert outcome.after == (("contact", "A"),)
    asked = request_for("contact", "A", 7, outcome.scene, {})
    first = PLAN.prescription.channel("A")
    assert asked.amplitude_ma == min(first.step_ma, first.start_ma or first.step_ma)
    assert (asked.slot, asked.pulse_width_us) == ("A", first.pulse_width_us)
    assert outcome.scene.stand.silent


def test_a_unit_that_cannot_measure_says_so():
    with pytest.raises(NotReady, match="Unit C cannot measure its pads"):
        press(ready(), "contact", "C")


def test_a_check_needs_a_comfort_score_like_any_current():
    scene = scene_at(Step.TWITCH).with_unit("A", detail=CAN)
    with pytest.raises(NotReady, match="Score the child first"):
        press(scene, "contact", "A")


def test_a_check_waits_until_every_unit_is_silent():
    scene = press(ready(), "louder", "B").scene
    with pytest.raises(NotReady, match="while every unit is silent"):
        press(scene, "contact", "A")
    scene = played(scene, 1000.0, 1400.0)
    with pytest.raises(NotReady, match="while every unit is silent"):
        press(scene, "contact", "A", now_ms=1400.0)


def test_a_check_that_was_made_just_now_is_not_made_again():
    scene = told(ready(), met(800.0), 1000.0)
    again_ms = 1000.0 * contact_rules().again_s
    with pytest.raises(NotReady, match="checked just now"):
        press(scene, "contact", "A", now_ms=999.0 + again_ms)
    press(scene, "contact", "A", now_ms=1000.0 + again_ms)
    press(scene, "contact", "B", now_ms=1001.0)


def test_a_first_current_below_the_units_step_cannot_be_used():
    fine = {"capabilities": {"contact_check": True, "amplitude_step_ma": 2.0}}
    with pytest.raises(NotReady, match="less than the 2 mA"):
        contact_pulse(ready().with_unit("A", detail=fine), "A")


@pytest.mark.parametrize("do", ["twitch", "search_up", "louder"])
@pytest.mark.parametrize("step", [Step.TWITCH, Step.SEARCH, Step.LADDER])
def test_through_a_pad_that_is_off_nothing_is_sent_until_a_check_finds_it_on(step, do):
    if step is Step.LADDER and do != "louder":
        return
    scene = told(ready(step), met(86e3), 1000.0)
    with pytest.raises(NotReady, match=r"met 86 kΩ: a pad or a lead is off\. Put both pads"):
        press(scene, do, "A", now_ms=2000.0)
    assert press(scene, do, "B", now_ms=2000.0)
    assert press(told(scene, met(2500.0), 2500.0), do, "A", now_ms=3000.0)  # poor: her decision


def test_after_a_stop_a_check_counts_no_more():
    scene = told(ready(), met(86e3), 1000.0)
    stopped = replace(scene, progress=replace(scene.progress, step=Step.STOPPED))
    after = press(stopped, "checklist", now_ms=2000.0).scene
    assert after.units["A"].contact is None


def test_a_check_is_current_so_the_next_score_is_no_baseline_and_the_skin_is_looked_at():
    scene = told(ready(), met(800.0), 1000.0)
    assert scene.progress.delivered
    assert press(scene, "behaviour", now_ms=2000.0, score=2).scene.progress.baseline == 0


def test_the_console_is_shown_what_was_met_and_what_it_means():
    scene = told(ready(), met(3000.0), 1000.0)
    a, b, c = snapshot(scene, 2000.0, 1)["slots"]
    assert (a["contact"]["resistance_ohm"], a["contact"]["verdict"]) == (3000.0, "poor")
    assert a["contact_check"]
    assert b["contact"] is c["contact"] is None
    assert not c["contact_check"]
    assert opened_scene("one", PLAN, UNITS).units["A"].contact is None


# --- through the supervisor to an emulated unit ----------------------------------------------------------


@asynccontextmanager
async def at_the_bedside(tmp_path, *faults):
    """Mila with one emulated RehaMove 3, armed, scored; not a pulse yet."""
    (order,) = cast.mila().channels[:1]
    prescription = cast.mila(channels=(order,))
    with punctual(), emulator("sciencemode34", Scenario(faults=faults), tmp_path) as unit:
        units = (UnitAt(slot="A", make="sciencemode34", address=unit.port),)
        plan = Plan(prescription=prescription, interlocks=(), rules=rules())
        live = Live(
            opened_scene("one", plan, units),
            to_plain(seal(prescription, KEY)),
            Journal(tmp_path / "one.journal"),
            lambda: start_supervisor(key=KEY),
        )
        await live.open()
        await pressed(live, "checklist")
        await pressed(live, "skin", score=0)
        await pressed(live, "pads")
        await pressed(live, "behaviour", score=0)
        present = asyncio.create_task(stay(live))
        try:
            yield live, unit
        finally:
            present.cancel()
            await live.close()


async def stay(live):
    while True:
        live.present()
        await asyncio.sleep(0.2)


async def until(true):
    async with asyncio.timeout(3.0):
        while not true():
            await asyncio.sleep(0.01)


def test_a_press_gives_one_pulse_and_its_finding_is_kept_shown_and_run_again(tmp_path):
    async def story():
        async with at_the_bedside(tmp_path) as (live, unit):
            await pressed(live, "contact", "A")
            await until(lambda: live.scene.units["A"].contact is not None)
            shown = live.snapshot()["slots"][0]["contact"]
            assert shown["verdict"] == "good"
            assert [e.ma for e in unit.log.of("output") if e.ma > 0.0] == [1.0]
            await pressed(live, "twitch", "A")  # and the session goes on as ever
            await until(lambda: unit.log.output_ma() == 1.0)

    asyncio.run(story())
    events = read(tmp_path / "one.journal").events
    (kept,) = [event for event in events if event.kind == "contact"]
    assert kept.slot == "A"
    assert kept.data["verdict"] == "good"
    assert kept.data["voltage_v"] == pytest.approx(kept.data["resistance_ohm"] / 1000.0)
    assert replayed(events).differences == ()


def test_a_lifted_pad_is_found_before_the_first_twitch_and_the_twitch_is_refused(tmp_path):
    async def story():
        async with at_the_bedside(tmp_path, Fault(what="pad off", at_s=0.0)) as (live, unit):
            await pressed(live, "contact", "A")
            await until(lambda: live.scene.units["A"].contact is not None)
            with pytest.raises(NotReady, match="a pad or a lead is off"):
                await pressed(live, "twitch", "A")
            assert [e.ma for e in unit.log.of("output") if e.ma > 0.0] == [1.0]

    asyncio.run(story())


def test_a_check_that_breaks_is_a_fault_with_silence(tmp_path):
    async def story():
        async with at_the_bedside(tmp_path) as (live, unit):
            unit.happen("reply lost")
            with pytest.raises(NotReady):
                await pressed(live, "contact", "A")
            await until(lambda: live.scene.units["A"].stage is Stage.FAULT)
            assert unit.log.output_ma() == 0.0

    asyncio.run(story())


def test_a_stop_in_the_middle_of_a_check_is_a_stop(tmp_path):
    async def story():
        async with at_the_bedside(tmp_path) as (live, unit):
            checking = asyncio.create_task(pressed(live, "contact", "A"))
            await asyncio.sleep(0.1)
            assert (await live.stop())["confirmed"]
            with pytest.raises(NotReady):
                await checking
            assert unit.log.output_ma() == 0.0
            assert live.scene.progress.step is Step.STOPPED

    asyncio.run(story())
