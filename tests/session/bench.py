"""A session at the bench: a real supervisor process, virtual units, ticks 50 times a second.

As a program (`python -m tests.session.bench FRAMES`) it runs until it is killed.
"""

import asyncio
import os
import sys
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from rheobase.errors import Unavailable
from rheobase.session.link import start_supervisor
from rheobase.session.messages import (
    Arm,
    CheckUnit,
    Confirmed,
    Done,
    OpenUnit,
    Run,
    Tick,
    Trouble,
    UnitState,
    Wish,
)
from rheobase.stimulus import seal, to_plain
from tests.safety.cast import plan

KEY = b"a key for the bench, 32 bytes...."


class Bench:
    def __init__(self, link):
        self.link = link
        self.wishes = {}
        self.reports = []
        self.console_s = time.monotonic()
        self.ticking = True
        self.console = True
        self.hz = 20.0
        self.n = 0

    async def tick_for_ever(self):
        while True:
            if self.console:
                self.console_s = time.monotonic()
            if self.ticking:
                with suppress(Unavailable):
                    self.tick()
            await asyncio.sleep(0.02)

    def tick(self):
        self.n += 1
        age_ms = (time.monotonic() - self.console_s) * 1000.0
        self.link.tick(Tick(n=self.n, wishes=self.all_wishes(), console_age_ms=age_ms))

    def all_wishes(self):
        return tuple(
            Wish(slot=slot, amplitude_ma=ma, pulse_width_us=50.0, frequency_hz=self.hz, gap_us=0.0)
            for slot, ma in self.wishes.items()
        )

    async def listen(self):
        async for report in self.link.reports():
            self.reports.append(report)

    async def ask(self, kind, **fields):
        return await self.link.request(kind(id=self.link.next_id(), **fields))

    async def ready(self, signed=None, **options):
        """Open, check and arm every unit of a plan."""
        signed = plan() if signed is None else signed
        for order in signed.channels:
            address = f"{order.slot}?" + "&".join(f"{k}={v}" for k, v in options.items())
            assert isinstance(
                await self.ask(OpenUnit, slot=order.slot, make="virtual", address=address), Done
            )
            assert isinstance(await self.ask(CheckUnit, slot=order.slot), Done)
        return await self.ask(Arm, sealed=to_plain(seal(signed, KEY)))

    async def run_up_to(self, ma, slots="AB"):
        """Run, and climb to a level by what a level may rise."""
        answer = await self.ask(Run)
        assert isinstance(answer, Done), answer
        self.wishes = dict.fromkeys(slots, 0.0)
        began = time.monotonic()
        while self.wishes[slots[0]] < ma:
            risen = min(ma, 1.8 * (time.monotonic() - began))
            self.wishes = dict.fromkeys(slots, risen)
            await asyncio.sleep(0.02)
        await self.until(lambda: self.last_ma("A") >= ma - 0.1)

    async def until(self, true, within_s=15.0):  # a busy machine is no fault of the code
        try:
            async with asyncio.timeout(within_s):
                while not true():
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(f"It did not come about; troubles: {self.of(Trouble)}.") from None

    def last_ma(self, slot):
        known = [r.confirmed_ma for r in self.of(Confirmed) if r.slot == slot]
        return known[-1] if known else 0.0

    def of(self, kind):
        return [report for report in self.reports if isinstance(report, kind)]

    def stage(self, slot):
        return [r.stage for r in self.of(UnitState) if r.slot == slot][-1]

    def troubles(self):
        return [(t.slot, t.kind, t.hard) for t in self.of(Trouble)]


@contextmanager
def punctual():
    """On a crowded machine a test's own ticks come late; ask to be heard first, where allowed."""
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(2))
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@asynccontextmanager
async def bench(**options):
    with punctual():
        async with start_supervisor(key=KEY, **options) as link:
            one = Bench(link)
            tasks = [asyncio.create_task(one.tick_for_ever()), asyncio.create_task(one.listen())]
            try:
                yield one
            finally:
                for task in tasks:
                    task.cancel()


async def until_killed(frames):
    async with bench() as one:
        signed = replace(plan(), first_exposure=False)
        await one.ready(signed, frames=frames)
        await one.run_up_to(1.0)
        Path(f"{frames}.pid").write_text(str(one.link.pid), "ascii")
        await asyncio.sleep(60.0)


def frames_of(path):
    """What a virtual unit was told: (time in seconds, what, current in mA or None)."""
    lines = [line.split() for line in Path(path).read_text("ascii").splitlines()]
    return [(float(t), what, float(ma[0]) if ma else None) for t, what, *ma in lines]


def after_halt(frames):
    """What reached the units from the first halt on."""
    first = next(i for i, (_, what, _) in enumerate(frames) if what == "halt")
    return frames[first:]


if __name__ == "__main__":
    asyncio.run(until_killed(sys.argv[1]))
