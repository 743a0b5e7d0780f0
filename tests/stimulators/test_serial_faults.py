"""What breaks between computer and unit, and that it always ends in silence: on emulated units."""

import asyncio
import time
from contextlib import suppress

import pytest

from rheobase.errors import OutsideEnvelope, UnitFault
from rheobase.safety import BANDS
from rheobase.simulated.emulators import _sciencemode2 as emulated_2
from rheobase.simulated.emulators import _sciencemode34 as emulated_34
from rheobase.stimulators import Guard, Guarded, LeadOff, _sciencemode2, _sciencemode34
from tests.safety.cast import alone
from tests.stimulators.emulated import (
    DRIVERS,
    WATCHDOG_S,
    armed,
    asked_after_a_stop,
    kept_alive,
    pair,
    run,
    state,
    until,
)

LINE_FAULTS = ["reply lost", "request lost", "bit flip", "duplicate", "late", "reorder", "busy"]
LOSSES = ["vanish", "reboot"]
both = pytest.mark.parametrize("make", DRIVERS)


async def driven_until_it_breaks(driver, for_s=2.0):
    """Do what the supervisor does: states, signs of life, looks; return what stopped it."""
    end_s = time.monotonic() + for_s
    while time.monotonic() < end_s:
        for ma in (2.0, 4.0):
            try:
                await driver.set((state(ma),))
                await driver.renew()
                await driver.poll()
            except UnitFault as fault:
                return fault
            await asyncio.sleep(0.02)
    return None


async def broken(make, what):
    """Break one thing in a running unit; then see that it is silent, stays so, and can be armed."""
    async with pair(make) as (driver, unit):
        await armed(driver)
        await driver.set((state(2.0),))
        unit.happen(what)
        fault = await driven_until_it_breaks(driver)
        assert fault is not None, what
        broke_s = time.monotonic()
        await driver.halt()
        assert time.monotonic() - broke_s < WATCHDOG_S[make] + 0.5, what
        with pytest.raises(UnitFault, match="arm it again"):
            await driver.set((state(2.0),))
        await asyncio.sleep(0.55)  # what comes late, or comes back, changes nothing
        assert unit.log.output_ma() == 0.0, what
        await armed(driver)
        assert unit.log.output_ma() == 0.0, what
        assert asked_after_a_stop(unit) == 0.0, what
        await driver.set((state(2.0),))
        assert unit.log.output_ma() == 2.0, what
        await driver.halt()


@both
def test_whatever_breaks_it_halts_asks_for_no_current_and_begins_anew_in_silence(make):
    async def story():  # all at once, each on its own emulated unit: most of it is waiting
        await asyncio.gather(*(broken(make, what) for what in (*LINE_FAULTS, *LOSSES)))

    run(story())


@both
def test_a_stop_overtakes_a_command_that_is_not_answered(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            await driver.set((state(2.0),))
            unit.happen("reply lost")
            waiting = asyncio.create_task(driver.set((state(4.0),)))
            await asyncio.sleep(0.05)
            began_s = time.monotonic()
            await driver.halt()
            assert time.monotonic() - began_s < 0.2
            assert unit.log.output_ma() == 0.0
            with pytest.raises(UnitFault):
                await waiting
            assert asked_after_a_stop(unit) == 0.0

    run(story())


def test_a_stop_between_two_answers_is_the_last_word(monkeypatch):
    """A RehaStim 2 is told channels and period, then currents: nothing follows a stop in between."""

    async def story():
        async with pair("sciencemode2") as (driver, unit):
            await armed(driver)
            ask = driver._line.ask

            async def stopped_after_the_first(command, answer, data=b"", **more):
                told = await ask(command, answer, data, **more)
                if command == _sciencemode2.Command.INIT_LIST:
                    await driver.halt()
                return told

            monkeypatch.setattr(driver._line, "ask", stopped_after_the_first)
            with pytest.raises(UnitFault, match="halted"):
                await driver.set((state(2.0),))
            await asyncio.sleep(0.1)
            assert unit.log.asked_after(0.0) == 0.0
            assert unit.log.output_ma() == 0.0

    run(story())


@both
def test_a_lost_confirmation_of_the_stop_is_asked_for_again(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            await driver.set((state(2.0),))
            unit.happen("reply lost", count=2)
            await driver.halt()
            assert unit.log.output_ma() == 0.0
            stops = [e for e in unit.log.of("heard") if "top" in e.what]
            assert len(stops) > 2

    run(story())


@both
def test_who_guards_it_learns_whether_it_has_halted(make):
    async def story():
        async with pair(make) as (driver, unit):
            guarded = Guarded("A", driver, 1, Guard(time.monotonic))
            await armed(driver)
            await guarded.halt()
            assert guarded.halted
            await driver.arm("digest")
            await driver.set((state(2.0),))
            unit.happen("vanish", for_s=9.0)
            await until(lambda: unit.log.of("fault"))
            await guarded.halt()
            assert not guarded.halted  # nobody can tell: the unit must be switched off by hand

    run(story())


@both
def test_a_unit_that_speaks_without_being_asked_is_told_to_stop_at_once(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            await driver.set((state(2.0),))
            unit.happen("duplicate")
            with suppress(UnitFault):
                await driver.renew()
            await until(lambda: unit.log.output_ma() == 0.0, within_s=0.5)  # nobody has called halt
            with pytest.raises(UnitFault, match="late, twice or unasked"):
                await driver.renew()

    run(story())


def test_another_unit_on_the_same_port_is_not_armed(monkeypatch):
    async def story():
        async with pair("sciencemode34") as (driver, unit):
            await driver.open()
            monkeypatch.setattr(unit._device, "_id", b"RM3-OTHER1")
            with pytest.raises(UnitFault, match="Another unit answers"):
                await driver.arm("digest")
            with pytest.raises(UnitFault, match="not armed"):
                await driver.set((state(2.0),))
            assert (await driver.open()).serial_number == "RM3-OTHER1"
            await driver.arm("digest")
            await driver.halt()
        async with pair("sciencemode2") as (driver, _):
            await driver.open()
            monkeypatch.setattr(_sciencemode2, "usb_serial_number", lambda port: f"not {port}")
            with pytest.raises(UnitFault, match="Another unit answers"):
                await driver.arm("digest")

    run(story())


@pytest.mark.parametrize(
    ("make", "words"),
    [("sciencemode2", "speaks version 2"), ("sciencemode34", "speaks ScienceMode 5")],
)
def test_a_unit_of_another_generation_is_refused(make, words, monkeypatch):
    monkeypatch.setattr(emulated_2, "VERSION", 2)
    monkeypatch.setitem(emulated_34.PROFILES, "rehamove3", (4, (5, 0, 0), b"RM5-EMUL01"))

    async def story():
        async with pair(make) as (driver, unit):
            with pytest.raises(UnitFault, match=words):
                await driver.open()
            with pytest.raises(UnitFault, match="not opened"):
                await driver.arm("digest")
            assert unit.log.asked_after(0.0) == 0.0

    run(story())


# --- RehaStim 2 -----------------------------------------------------------------------------------


def test_a_pressed_stop_switch_ends_it_and_is_told():
    async def story():
        async with pair("sciencemode2") as (driver, unit):
            await armed(driver)
            await driver.set((state(2.0),))
            unit.happen("stop switch")
            await until(lambda: not driver._lease.armed)
            assert unit.log.output_ma() == 0.0
            assert (await driver.poll()).stop_pressed
            with pytest.raises(UnitFault, match="stop switch was pressed"):
                await driver.set((state(2.0),))

    run(story())


def test_a_rehastim_2_sees_a_lost_pad_at_2_ma():
    async def story():
        async with pair("sciencemode2") as (driver, unit):
            await armed(driver)
            await driver.set((state(2.0),))
            unit.happen("pad off")
            await until(lambda: not driver._lease.armed)
            assert not (await driver.poll()).electrodes_ok[0]
            await driver.halt()
            assert unit.log.output_ma() == 0.0

    run(story())


def test_a_failed_module_is_a_fault():
    async def story():
        async with pair("sciencemode2") as (driver, unit):
            await armed(driver)
            await driver.set((state(2.0),))
            unit.happen("module")
            with pytest.raises(UnitFault, match="module failed"):
                await kept_alive(driver, 1.0)
            with pytest.raises(UnitFault, match="module failed"):
                await driver.poll()

    run(story())


def test_its_gap_is_what_it_is():
    async def story():
        async with pair("sciencemode2") as (driver, _):
            await armed(driver)
            with pytest.raises(Exception, match="Sign a gap of 100 us"):
                await driver.set((state(2.0, gap_us=0.0),))

    run(story())


def test_all_its_channels_have_one_rate():
    async def story():
        async with pair("sciencemode2") as (driver, _):
            await armed(driver)
            with pytest.raises(Exception, match="one rate for all"):
                await driver.set((state(2.0), state(2.0, channel=2, hz=30.0)))

    run(story())


def test_its_steps_are_too_coarse_for_any_child():
    assert all(band.step_max_ma < _sciencemode2.REHASTIM_2.amplitude_step_ma for band in BANDS)

    async def story():
        async with pair("sciencemode2") as (driver, _):
            guard = Guard(time.monotonic)
            Guarded("A", driver, 1, guard)
            with pytest.raises(OutsideEnvelope, match=r"moves in steps of 2 mA.*use a finer unit"):
                guard.sign(alone())

    run(story())


# --- RehaMove 3 and P24 ---------------------------------------------------------------------------


def test_a_rehamove_3_does_not_see_a_lost_pad_below_15_ma():
    async def story():
        async with pair("sciencemode34") as (driver, unit):
            await armed(driver)
            unit.happen("pad off")
            await driver.set((state(8.0),))
            await kept_alive(driver, 0.3)
            assert (await driver.poll()).electrodes_ok[0]  # silent: nobody may rely on it
            await driver.set((state(15.0),))
            await asyncio.sleep(0.05)
            assert unit.log.output_ma() == 0.0
            await driver.renew()
            telemetry = await driver.poll()
            assert telemetry.electrodes_ok == (False, *(True,) * 7)
            with pytest.raises(UnitFault, match="channel 1: electrode"):
                await driver.set((state(15.0),))

    run(story())


def test_a_current_that_cannot_be_reached_is_told():
    async def story():
        async with pair("sciencemode34") as (driver, unit):
            await armed(driver)
            await driver.set((state(8.0, channel=2),))
            unit.happen("low current", channel=2)
            await asyncio.sleep(0.05)
            await driver.renew()
            assert (await driver.poll()).compliance_ok == (True, False, *(True,) * 6)
            await driver.halt()
            assert unit.log.output_ma() == 0.0

    run(story())


def test_a_p24_is_refused_without_the_words_and_taken_with_them():
    async def story():
        async with pair("sciencemode34", profile="p24") as (driver, unit):
            with pytest.raises(UnitFault, match="for research only, not for treatment"):
                await driver.open()
            with pytest.raises(UnitFault, match="not opened"):
                await driver.arm("digest")
        words = "?channel=8&research=acknowledged"
        async with pair("sciencemode34", options=words, profile="p24") as (driver, unit):
            assert (await driver.open()).make == "P24"
            assert driver.capabilities is _sciencemode34.P24
            await driver.arm("digest")
            await driver.set((state(2.0, channel=8),))
            assert unit.log.output_ma() == 2.0
            await driver.halt()

    run(story())


def test_the_words_do_not_make_a_rehamove_3_a_p24():
    async def story():
        options = "?research=acknowledged"
        async with pair("sciencemode34", options=options) as (driver, _):
            assert (await driver.open()).make == "RehaMove 3"
            assert driver.capabilities is _sciencemode34.REHAMOVE_3

    run(story())


def test_a_rehamove_3_has_four_channels():
    async def story():
        async with pair("sciencemode34", options="?channel=5") as (driver, _):
            with pytest.raises(UnitFault, match="channels 1 to 4, not 5"):
                await driver.open()

    run(story())


def test_an_old_amplitude_never_comes_back_after_a_pause():
    """The unit itself would: after its pause of 2 s any update brings the output back."""

    async def story():
        async with pair("sciencemode34") as (driver, unit):
            await armed(driver)
            await driver.set((state(2.0),))
            last_s = time.monotonic()
            await until(lambda: unit.log.output_ma() == 0.0)
            with pytest.raises(UnitFault, match="watchdog"):
                await driver.set((state(2.0),))
            assert unit.log.asked_after(last_s) == 0.0

    run(story())


def test_what_the_makers_say_is_said():
    two, three, p24 = _sciencemode2.REHASTIM_2, _sciencemode34.REHAMOVE_3, _sciencemode34.P24
    assert two.label_min_age_years == 18.0
    assert two.amplitude_step_ma == 2.0
    assert two.stop_input
    assert two.lead_off is LeadOff.TEST_PULSE
    assert not three.stop_input
    assert three.lead_off is p24.lead_off is LeadOff.ABOVE_CURRENT
    assert three.lead_off_min_ma == p24.lead_off_min_ma == 15.0
    assert "not intended to be used for medical purposes" in p24.medical_status
    assert p24.power == "bus"


@both
def test_a_port_that_was_let_go_can_be_opened_again_at_once(make):
    async def story():
        async with pair(make) as (driver, unit):
            for _ in range(200):
                driver._line.open()
                driver._line.close()
            await armed(driver)
            await driver.set((state(2.0),))
            assert unit.log.output_ma() == 2.0
            await driver.halt()

    run(story())


@both
def test_an_answer_that_was_there_in_time_counts_however_late_this_computer_looks(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            await driver.set((state(2.0),))
            asked = asyncio.create_task(driver.renew())
            await asyncio.sleep(0.0)
            time.sleep(0.4)
            await asked
            assert unit.log.output_ma() == 2.0
            await driver.halt()

    run(story())
