"""Minutes of a running session: ticks stay punctual, updates are acknowledged, memory stays flat.

`RHEOBASE_SOAK_S` is how long it runs.
"""

import asyncio
import logging
import os
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

import pytest

from rheobase.home import signing_key
from rheobase.session.commands import Command
from rheobase.session.conductor import TICK_MS
from rheobase.session.link import start_supervisor
from rheobase.session.messages import Confirmed
from rheobase.session.realtime import ask_for_punctuality
from rheobase.session.room import Room
from rheobase.simulated import cast
from rheobase.stimulus import seal, to_plain

pytestmark = pytest.mark.slow

SOAK_S = float(os.environ.get("RHEOBASE_SOAK_S", "120"))
SCORE_S = 60.0
TICK_LATE_MS = 20.0  # p99; the heartbeat may be silent for 100
ACKNOWLEDGED_MS = 60.0  # p99: up to two beats of 10 ms, the unit, the way back
# In a minute and a half: one piece of memory. A journal kept in memory takes more.
SESSION_GROWS_MB = SUPERVISOR_GROWS_MB = 1.5


class Watched:
    """A link that notes when ticks leave and when what they asked for was acknowledged."""

    def __init__(self):
        self.gaps_ms, self.acknowledged_ms, self.link = [], [], None
        self._last_s, self._asked = None, {}

    @asynccontextmanager
    async def start(self):
        async with start_supervisor() as link:
            self.link, real = link, link.tick

            def tick(message):
                now_s = monotonic()
                if self._last_s is not None:
                    self.gaps_ms.append((now_s - self._last_s) * 1000.0)
                self._last_s = now_s
                for wish in message.wishes:
                    self._asked.setdefault((wish.slot, wish.amplitude_ma), now_s)
                real(message)

            link.tick = tick
            yield link

    def heard(self, event):
        """Pair a confirmation with the tick that first asked for it."""
        asked_s = self._asked.pop((event.slot, event.asked_ma), None)
        if asked_s is not None and event.asked_ma > 0.0:
            self.acknowledged_ms.append(event.monotonic_ns / 1e6 - asked_s * 1000.0)
        for key in [k for k in self._asked if k[0] == event.slot]:
            del self._asked[key]


def resident_mb(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def p99(values):
    return sorted(values)[int(0.99 * len(values))]


async def soaked(folder):
    """Play a session for a while; return what was measured."""
    watched, signed = Watched(), cast.quick(cast.mila(), on_s=2.0, off_s=1.0, repetitions=100)
    room = Room(folder, start=watched.start, today=signed.signed_at.date)
    live, _ = await room.open(
        {
            "session": str(uuid.uuid4()),
            "sealed": to_plain(seal(signed, signing_key())),
            "child": signed.child,
            "units": [{"slot": s, "make": "virtual", "address": f"soak-{s}"} for s in "ABC"],
            "interlocks": [],
        }
    )
    presses = iter(range(1000))

    async def press(do, slot="", **data):
        return await live.command(Command(key=str(next(presses)), do=do, slot=slot, data=data))

    try:
        await press("checklist")
        await press("skin", score=0)
        await press("pads")
        await press("behaviour", score=0)
        for slot in "ABC":
            await press("found", slot)
        for slot in "ABC":
            await press("louder", slot)
        await press("start")
        return await _measured(live, watched, press)
    finally:
        await room.close()


async def _measured(live, watched, press):
    began_s, seen = monotonic(), live.journal.seq
    before = None
    while (passed_s := monotonic() - began_s) < SOAK_S:
        live.present()
        await asyncio.sleep(0.25)
        for event in live.journal.read(seen):
            seen = event.seq
            if event.kind == Confirmed.__name__.lower():
                watched.heard(event)
        assert live.scene.progress.why == ""
        if live.now_ms - live.scene.progress.scored_ms > SCORE_S * 1000.0:
            await press("behaviour", score=0)
        if not live.scene.stand.running:
            await press("start")
        if before is None and passed_s > SOAK_S / 4:
            before = resident_mb(os.getpid()), resident_mb(watched.link.pid)
    return {
        "tick_late_ms": p99([gap - TICK_MS for gap in watched.gaps_ms]),
        "acknowledged_ms": p99(watched.acknowledged_ms),
        "updates": len(watched.acknowledged_ms),
        "session_mb": resident_mb(os.getpid()) - before[0],
        "supervisor_mb": resident_mb(watched.link.pid) - before[1],
    }


def test_for_minutes_ticks_are_punctual_updates_acknowledged_and_memory_flat(tmp_path, monkeypatch):
    monkeypatch.setenv("RHEOBASE_HOME", str(tmp_path))
    ask_for_punctuality()
    try:
        found = asyncio.run(soaked(tmp_path / "journals"))
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    logging.getLogger(__name__).info("%s", found)
    assert found["updates"] > SOAK_S, found
    assert found["tick_late_ms"] < TICK_LATE_MS, found
    assert found["acknowledged_ms"] < ACKNOWLEDGED_MS, found
    assert found["session_mb"] < SESSION_GROWS_MB, found
    assert found["supervisor_mb"] < SUPERVISOR_GROWS_MB, found
