"""A supervisor in its own process, our drivers in it, and emulated units: the whole path to the wire."""

import asyncio
import os
import signal
import time
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from tests.safety.cast import plan
from tests.session.bench import KEY, bench

from rheobase.session.messages import (
    Arm,
    CheckContact,
    CheckUnit,
    ContactFound,
    Done,
    OpenUnit,
    Pause,
    Refused,
    Stage,
    Trouble,
)
from rheobase.simulated.emulators import Scenario, emulator
from rheobase.stimulus import seal, to_plain

pytestmark = pytest.mark.usefixtures("punctually")


@asynccontextmanager
async def session(tmp_path):
    """Two emulated units under one supervisor, running at 1 mA."""
    for slot in "AB":
        (tmp_path / slot).mkdir()
    with (
        emulator("sciencemode34", Scenario(), tmp_path / "A") as a,
        emulator("sciencemode34", Scenario(), tmp_path / "B") as b,
    ):
        async with bench() as one:
            signed = replace(plan(), first_exposure=False)
            for slot, unit in (("A", a), ("B", b)):
                opened = await one.ask(OpenUnit, slot=slot, make="sciencemode34", address=unit.port)
                assert isinstance(opened, Done), opened
                assert opened.detail["identity"]["make"] == "RehaMove 3"
                await one.ask(CheckUnit, slot=slot)
            armed = await one.ask(Arm, sealed=to_plain(seal(signed, KEY)))
            assert isinstance(armed, Done), armed
            await one.run_up_to(1.0)
            await one.until(lambda: a.log.output_ma() == b.log.output_ma() == 1.0)
            yield one, a, b


def zero_at_s(unit):
    """Return when the output ended. [s]"""
    last = unit.log.of("output")[-1]
    assert last.ma == 0.0
    return last.at_s


def test_stop_silences_both_units(tmp_path):
    async def story():
        async with session(tmp_path) as (one, a, b):
            stopped_s = time.monotonic()
            await one.link.stop()
            for unit in (a, b):
                assert zero_at_s(unit) - stopped_s < 0.15
                assert unit.log.asked_after(zero_at_s(unit)) == 0.0
                assert unit.log.of("flag") == ()

    asyncio.run(story())


def test_a_killed_supervisor_leaves_the_output_to_the_units_watchdog(tmp_path):
    async def story():
        async with session(tmp_path) as (one, a, b):
            killed_s = time.monotonic()
            os.kill(one.link.pid, signal.SIGKILL)
            await asyncio.sleep(2.3)
            for unit in (a, b):
                assert 1.5 < zero_at_s(unit) - killed_s < 2.15
                assert unit.log.asked_after(zero_at_s(unit)) == 0.0

    asyncio.run(story())


@pytest.mark.slow
def test_a_frozen_supervisor_leaves_the_output_to_the_units_watchdog(tmp_path):
    async def story():
        async with session(tmp_path) as (one, a, b):
            frozen_s = time.monotonic()
            os.kill(one.link.pid, signal.SIGSTOP)
            await asyncio.sleep(2.3)
            os.kill(one.link.pid, signal.SIGCONT)
            await asyncio.sleep(0.5)
            for unit in (a, b):
                assert zero_at_s(unit) - frozen_s < 2.15
                assert unit.log.asked_after(zero_at_s(unit)) == 0.0  # nothing when it wakes, either

    asyncio.run(story())


OFTEN = ["vanish"]
ALSO = ["reply lost", "bit flip", "duplicate", "late", "reboot", "request lost", "reorder", "busy"]


@pytest.mark.parametrize(
    "what", [*OFTEN, *(pytest.param(what, marks=pytest.mark.slow) for what in ALSO)]
)
def test_a_fault_of_one_line_silences_both_units(what, tmp_path):
    async def story():
        async with session(tmp_path) as (one, a, b):
            a.happen(what)
            await one.until(lambda: one.stage("A") is Stage.FAULT)
            fault_s = a.log.of("fault")[0].at_s
            await asyncio.sleep(0.8)
            (trouble, *_) = [t for t in one.of(Trouble) if t.hard]
            assert trouble.slot == "A"
            assert trouble.reasons[0].endswith((".", ". "))
            for unit in (a, b):
                assert unit.log.output_ma() == 0.0
                assert zero_at_s(unit) - fault_s < 1.2
                assert unit.log.asked_after(zero_at_s(unit)) == 0.0
            assert one.stage("B") in (Stage.OFF, Stage.STOPPING)

    asyncio.run(story())


# --- the contact check ----------------------------------------------------------------------------


def check(one, slot="A", ma=0.5):
    pulse = {"pulse_width_us": 50.0, "frequency_hz": 2.0, "gap_us": 0.0}
    return one.ask(CheckContact, slot=slot, amplitude_ma=ma, **pulse)


async def quiet(one, a, b):
    one.wishes = {}
    await one.until(lambda: a.log.output_ma() == b.log.output_ma() == 0.0)
    await asyncio.sleep(0.5)


def test_a_check_gives_one_pulse_on_one_unit_and_both_go_on(tmp_path):
    async def story():
        async with session(tmp_path) as (one, a, b):
            await quiet(one, a, b)
            began_s = time.monotonic()
            assert isinstance(await check(one), Done)
            await one.until(lambda: one.of(ContactFound))
            (found,) = one.of(ContactFound)
            assert (found.slot, found.amplitude_ma) == ("A", 0.5)
            assert 200.0 < found.low_ohm < found.resistance_ohm < found.high_ohm < 5000.0
            assert [e.ma for e in a.log.of("output") if e.at_s > began_s] == [0.5, 0.0]
            assert not [e for e in b.log.of("output") if e.at_s > began_s]
            await asyncio.sleep(2.2)  # both are kept alive
            assert not one.troubles()
            assert one.stage("A") is one.stage("B") is Stage.RUNNING
            one.wishes = {"A": 0.5}
            await one.until(lambda: a.log.output_ma() == 0.5)

    asyncio.run(story())


@pytest.mark.parametrize("ma", [1.5, 90.0])
def test_a_check_above_the_first_signed_current_silences_both_units(ma, tmp_path):
    async def story():
        async with session(tmp_path) as (one, a, b):
            one.wishes = {"B": 1.0}
            await one.until(lambda: a.log.output_ma() == 0.0)
            asked_s = time.monotonic()
            assert isinstance(await check(one, ma=ma), Refused)
            await one.until(lambda: one.stage("A") is one.stage("B") is Stage.FAULT)
            await one.until(lambda: a.log.output_ma() == b.log.output_ma() == 0.0)
            assert a.log.asked_after(asked_s) == 0.0

    asyncio.run(story())


def test_a_check_on_a_unit_that_delivers_or_does_not_run_is_refused(tmp_path):
    async def story():
        async with session(tmp_path) as (one, a, b):
            await one.ask(Pause)
            await one.until(lambda: one.stage("A") is one.stage("B") is Stage.PAUSED)
            one.wishes = {}
            refused = await check(one)
            assert "may not deliver. Run first" in refused.reasons[0]
            await asyncio.sleep(0.1)
            await one.run_up_to(0.5)
            assert isinstance(await check(one), Refused)  # it delivers: a limit, so all are silent
            await one.until(lambda: a.log.output_ma() == b.log.output_ma() == 0.0)

    asyncio.run(story())
