"""What every unit on a serial line does, whatever its make: one suite, on emulated units."""

import asyncio
import time

import pytest

from rheobase.errors import BadInput, UnitFault
from rheobase.stimulators import Address, Stimulator
from rheobase.stimulators._lease import period_ms
from tests.stimulators.emulated import (
    DRIVERS,
    WATCHDOG_S,
    armed,
    kept_alive,
    pair,
    run,
    state,
    until,
)

pytestmark = pytest.mark.parametrize("make", DRIVERS)


def test_it_names_itself_and_gives_nothing(make):
    async def story():
        async with pair(make) as (driver, unit):
            identity = await driver.open()
            assert identity.make == driver.capabilities.make
            assert identity.serial_number
            assert unit.log.of("output") == ()
            assert unit.log.asked_after(0.0) == 0.0

    run(story())


def test_it_is_a_stimulator_with_abilities_that_make_sense(make):
    driver: Stimulator = DRIVERS[make].make(Address.read("/dev/none"), time.monotonic)
    can = driver.capabilities
    assert 0.0 < can.amplitude_step_ma <= can.amplitude_max_ma <= 130.0
    assert 0.0 < can.pulse_width_min_us < can.pulse_width_max_us <= 500.0
    assert 0.0 < can.frequency_min_hz < can.frequency_max_hz <= 100.0
    assert can.watchdog_ms == 1000.0 * WATCHDOG_S[make]
    assert can.onboard_timing
    assert can.medical_status
    assert "[" in can.source


def test_it_takes_nothing_before_it_is_armed(make):
    async def story():
        async with pair(make) as (driver, unit):
            with pytest.raises(UnitFault, match="not opened"):
                await driver.arm("digest")
            await driver.open()
            for what in (driver.set((state(2.0),)), driver.renew(), driver.poll(), driver.zero()):
                with pytest.raises(UnitFault, match="not armed"):
                    await what
            assert unit.log.asked_after(0.0) == 0.0

    run(story())


def test_it_confirms_what_was_sent_and_gives_it(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            assert unit.log.output_ma() == 0.0
            for ma in (0.0, 2.0, 4.0, 2.0, 0.0, 2.0):
                (confirmed,) = (await driver.set((state(ma),))).states
                assert confirmed == state(ma)
                assert unit.log.output_ma() == ma
            assert unit.log.of("flag") == ()

    run(story())


def test_the_same_state_twice_is_the_same_state(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            assert await driver.set((state(2.0),)) == await driver.set((state(2.0),))
            assert unit.log.output_ma() == 2.0

    run(story())


def test_a_state_is_the_whole_state(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            await driver.set((state(2.0, channel=3), state(4.0, channel=1)))
            assert unit.log.output_ma() == 6.0
            await driver.set((state(2.0, channel=3),))
            assert unit.log.output_ma() == 2.0
            await driver.set(())
            assert unit.log.output_ma() == 0.0

    run(story())


def test_silence_needs_no_width_and_no_rate(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            silence = state(0.0, hz=0.0, width_us=0.0, gap_us=0.0)
            assert (await driver.set((silence,))).states == (silence,)
            await driver.set((state(2.0),))
            assert (await driver.set((silence,))).states == (silence,)
            assert unit.log.output_ma() == 0.0

    run(story())


WRONG = [
    (state(2.0, channel=9),),
    (state(2.0, channel=0),),
    (state(2.0), state(4.0)),
    (state(-2.0),),
    (state(200.0),),
    (state(2.3),),
    (state(float("nan")),),
    (state(2.0, hz=0.0),),
    (state(2.0, hz=900.0),),
    (state(2.0, hz=float("nan")),),
    (state(2.0, width_us=10.0),),
    (state(2.0, width_us=200.5),),
    (state(2.0, gap_us=5.0),),
]


def test_what_the_wire_cannot_carry_is_refused_before_anything_is_sent(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            began_s = time.monotonic()
            for wrong in WRONG:
                with pytest.raises(BadInput, match=r"cannot be sent|Nothing was sent"):
                    await driver.set(wrong)
            await asyncio.sleep(0.05)
            assert [e for e in unit.log.of("heard") if e.at_s > began_s] == []
            await driver.set((state(2.0),))  # a refusal by the driver alone disarms nothing

    run(story())


@pytest.mark.parametrize("hz", [1.0, 2.9, 10.0, 12.5, 30.0, 33.3, 35.0, 40.0])
def test_a_rate_becomes_the_next_longer_period_and_is_never_faster(make, hz):
    can = DRIVERS[make].make(Address.read("/dev/none"), time.monotonic).capabilities
    period = period_ms(hz, 0.5, can)
    assert (2 * period).is_integer()
    assert 1000.0 / hz - 1e-9 <= period < 1000.0 / hz + 0.5


def test_the_confirmed_rate_is_the_one_that_is_given(make):
    async def story():
        async with pair(make) as (driver, _):
            await armed(driver)
            (confirmed,) = (await driver.set((state(2.0, hz=35.0),))).states
            assert confirmed.frequency_hz == pytest.approx(
                1000.0 / 29.0
            )  # 28.57 ms is not on the grid
            (confirmed,) = (await driver.set((state(2.0, hz=40.0),))).states
            assert confirmed.frequency_hz == 40.0

    run(story())


def test_another_rate_can_be_asked_for(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            for hz in (2.0, 30.0, 1.0):
                await driver.set((state(2.0, hz=hz),))
                assert unit.log.output_ma() == 2.0
                await driver.zero()
                assert unit.log.output_ma() == 0.0

    run(story())


def test_it_halts_from_every_state_and_stays_disarmed(make):
    async def story():
        async with pair(make) as (driver, unit):
            await driver.halt()
            await driver.open()
            await driver.halt()
            await driver.arm("digest")
            await driver.halt()
            await driver.arm("digest")
            await driver.set((state(2.0),))
            began_s = time.monotonic()
            await driver.halt()
            assert unit.log.output_ma() == 0.0
            await driver.halt()
            for what in (driver.set((state(2.0),)), driver.renew(), driver.poll()):
                with pytest.raises(UnitFault, match="halted"):
                    await what
            assert unit.log.asked_after(began_s) == 0.0
            await driver.arm("digest")
            assert unit.log.output_ma() == 0.0
            await driver.set((state(2.0),))
            assert unit.log.output_ma() == 2.0
            await driver.halt()

    run(story())


def test_renewing_keeps_it_alive_and_looking_does_not(make):
    watchdog_s = WATCHDOG_S[make]

    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            await driver.set((state(2.0),))
            await kept_alive(driver, watchdog_s + 0.1)
            assert unit.log.output_ma() == 2.0
            last_s = time.monotonic()
            while time.monotonic() < last_s + watchdog_s + 0.2:
                if time.monotonic() < last_s + watchdog_s - 0.2:
                    await driver.poll()
                await asyncio.sleep(0.1)
            (ended,) = [e for e in unit.log.of("output") if e.at_s > last_s]
            assert ended.ma == 0.0
            assert watchdog_s - 0.15 < ended.at_s - last_s < watchdog_s + 0.15
            for what in (driver.set((state(2.0),)), driver.renew(), driver.poll()):
                with pytest.raises(UnitFault, match="watchdog"):
                    await what
            assert unit.log.asked_after(last_s) == 0.0
            await driver.arm("digest")
            assert unit.log.output_ma() == 0.0

    run(story())


def test_a_port_that_is_not_there_is_a_fault_with_advice(make):
    async def story():
        driver = DRIVERS[make].make(Address.read("/dev/no-such-port"), time.monotonic)
        with pytest.raises(UnitFault, match="Check cable and power"):
            await driver.open()
        await driver.halt()

    run(story())


def test_a_port_has_one_owner(make):
    async def story():
        async with pair(make) as (driver, unit):
            await armed(driver)
            second = DRIVERS[make].make(Address.read(unit.port), time.monotonic)
            with pytest.raises(UnitFault, match="belongs to another unit"):
                await second.open()
            await driver.halt()
            await second.open()  # the first one is disarmed: its port can be taken over
            with pytest.raises(UnitFault):
                await driver.renew()
            second._line.close()

    run(story())


@pytest.mark.parametrize(
    "address", ["", "p?channel=9", "p?channel=0", "p?channel=1.5", "p?chanel=1", "p?research=yes"]
)
def test_an_address_with_a_typo_is_refused(make, address):
    with pytest.raises(BadInput):
        DRIVERS[make].make(Address.read(address), time.monotonic)


def test_a_silent_port_is_no_unit(make):
    async def story():
        async with pair(make, {"what": "reboot", "at_s": 0.0, "for_s": 99.0}) as (driver, unit):
            await until(lambda: unit.log.of("fault"))
            began_s = time.monotonic()
            with pytest.raises(UnitFault, match="No Reha"):
                await driver.open()
            assert time.monotonic() - began_s < 3.0

    run(story())
