"""A driver and an emulated unit on one pseudo-terminal, and a story of the two."""

import asyncio
import tempfile
import time
from contextlib import asynccontextmanager
from pathlib import Path

from rheobase.simulated.emulators import Fault, Scenario, emulator
from rheobase.stimulators import Address, ChannelState, _sciencemode2, _sciencemode34
from tests.session.bench import punctual

DRIVERS = {"sciencemode2": _sciencemode2, "sciencemode34": _sciencemode34}
WATCHDOG_S = {"sciencemode2": 1.2, "sciencemode34": 2.0}
GAP_US = {"sciencemode2": 100.0, "sciencemode34": 100.0}


def state(ma, channel=1, hz=20.0, width_us=200.0, gap_us=100.0):
    return ChannelState(
        channel=channel, amplitude_ma=ma, pulse_width_us=width_us, gap_us=gap_us, frequency_hz=hz
    )


@asynccontextmanager
async def pair(make, *faults, options="", clock=time.monotonic, **scenario):
    """An emulated unit that is switched on, and a driver that has not opened it yet."""
    behaviour = Scenario(faults=tuple(Fault(**fault) for fault in faults), **scenario)
    with (
        tempfile.TemporaryDirectory() as folder,
        emulator(make, behaviour, Path(folder)) as unit,
    ):
        driver = DRIVERS[make].make(Address.read(unit.port + options), clock)
        try:
            yield driver, unit
        finally:
            driver._line.close()


def run(story):
    """Run a story; a crowded machine must not starve the emulated unit, which shares its process."""
    with punctual():
        return asyncio.run(story)


async def armed(driver):
    await driver.open()
    await driver.arm("digest")


async def until(true, within_s=3.0):
    async with asyncio.timeout(within_s):
        while not true():
            await asyncio.sleep(0.005)


def asked_after_a_stop(unit):
    """The highest current that was asked for after the first stop behind a fault. [mA]

    In the order in which the unit heard it: what was sent before the stop may be heard late.
    """
    entries = iter(unit.log.entries)
    any(entry.kind == "fault" for entry in entries)
    any(entry.kind == "heard" and "top" in entry.what for entry in entries)
    return max((entry.ma for entry in entries if entry.kind == "heard"), default=0.0)


async def kept_alive(driver, for_s):
    """Renew as the supervisor does."""
    end_s = time.monotonic() + for_s
    while time.monotonic() < end_s:
        await driver.renew()
        await asyncio.sleep(0.1)
