"""One running session on a supervisor of straw: slow disks, refusals, presses that cross a stop."""

import asyncio
import itertools
import os
import threading
import time
from contextlib import asynccontextmanager

import pytest

from rheobase.errors import NotReady, Unavailable
from rheobase.session import live as live_module
from rheobase.session.commands import Command
from rheobase.session.journal import Journal
from rheobase.session.live import Live
from rheobase.session.messages import (
    Arm,
    CheckUnit,
    Done,
    OpenUnit,
    Pause,
    Refused,
    Run,
    Stage,
    Stop,
)
from rheobase.session.messages import UnitState as Report
from rheobase.session.rules import rules
from rheobase.session.scene import UnitAt, opened_scene
from rheobase.session.timetable import Plan
from rheobase.simulated import cast
from rheobase.stimulus import seal, to_plain

KEY = b"k" * 32
LEADS_TO = {
    OpenUnit: Stage.IDENTIFIED,
    CheckUnit: Stage.CHECKED,
    Arm: Stage.ARMED,
    Run: Stage.RUNNING,
    Pause: Stage.PAUSED,
    Stop: Stage.OFF,
}


class Straw:
    """A supervisor that agrees to everything, and remembers."""

    def __init__(self):
        self.alive, self.ticks, self.asked = True, [], []
        self.refuse, self.slow, self.halted = (), {}, {}
        self._ids, self._told = itertools.count(1), asyncio.Queue()

    def next_id(self):
        return next(self._ids)

    def tick(self, tick):
        self.ticks.append(tick)

    async def request(self, request):
        self.asked.append(type(request))
        await asyncio.sleep(self.slow.get(type(request), 0.0))
        if self.refuse:
            return Refused(id=request.id, reasons=self.refuse)
        stage = LEADS_TO.get(type(request))
        for slot in [getattr(request, "slot", "")] if getattr(request, "slot", "") else "ABC":
            if stage is not None:
                self._told.put_nowait(Report(slot=slot, stage=stage, why="", monotonic_ns=0))
        detail = self.halted if type(request) is Stop else {}
        return Done(id=request.id, detail=detail)

    async def stop(self):
        return await self.request(Stop(id=self.next_id()))

    async def reports(self):
        while True:
            yield await self._told.get()

    def kill(self):
        self.alive = False


def session(path, sync=os.fsync):
    prescription = cast.mila()
    plan = Plan(prescription=prescription, interlocks=(), rules=rules())
    units = tuple(UnitAt(slot=s, make="virtual", address=s) for s in "ABC")
    straw = Straw()

    @asynccontextmanager
    async def start():
        yield straw

    sealed = to_plain(seal(prescription, KEY))
    return Live(opened_scene("one", plan, units), sealed, Journal(path, sync=sync), start), straw


async def press(live, do, slot="", **data):
    key = f"{do}{slot}{time.monotonic_ns()}"
    return await live.command(Command(key=key, do=do, slot=slot, data=data))


async def prepared(live):
    await live.open()
    await press(live, "checklist")
    await press(live, "skin", score=0)
    await press(live, "pads")
    await press(live, "behaviour", score=0)
    for slot in "ABC":
        await press(live, "found", slot)
    await press(live, "louder", "A")


def test_a_stalled_disk_never_delays_a_stop_and_ramps_the_output_out(tmp_path, monkeypatch):
    monkeypatch.setattr(live_module, "RECEIPT_S", 0.2)
    gate = threading.Event()
    gate.set()

    def sync(handle):
        gate.wait(10.0)
        os.fsync(handle)

    async def play():
        live, straw = session(tmp_path / "one.journal", sync)
        await prepared(live)
        gate.clear()
        with pytest.raises(Unavailable, match="ramps down"):
            await press(live, "quieter", "A")
        await asyncio.sleep(0.05)
        assert Pause in straw.asked
        began = time.monotonic()
        await live.stop()
        assert time.monotonic() - began < 1.0  # the disk stands for 10 s
        assert straw.asked[-1] is Stop
        gate.set()
        await live.close()

    asyncio.run(play())


def test_output_that_the_disk_does_not_record_ramps_out_without_any_press(tmp_path, monkeypatch):
    monkeypatch.setattr(live_module, "RECEIPT_S", 0.2)
    gate = threading.Event()
    gate.set()

    def sync(handle):
        gate.wait(10.0)
        os.fsync(handle)

    async def play():
        live, straw = session(tmp_path / "one.journal", sync)
        await prepared(live)
        gate.clear()
        live.journal.append("contraction", "A")
        await asyncio.sleep(0.05)
        live.journal.append("contraction", "A")
        assert Pause not in straw.asked
        await asyncio.sleep(0.4)
        assert Pause in straw.asked
        gate.set()
        await live.close()
        eased = [event for event in live.journal.read() if event.kind == "eased"]
        assert [event.data["kind"] for event in eased] == ["journal"]

    asyncio.run(play())


def test_a_stop_is_confirmed_only_where_every_unit_has_confirmed_it(tmp_path):
    async def play():
        live, straw = session(tmp_path / "one.journal")
        await prepared(live)
        straw.halted = {"A": True, "B": False, "C": True}
        assert not (await live.stop())["confirmed"]
        assert live.journal.last.data == {"confirmed": False}
        straw.halted = dict.fromkeys("ABC", True)  # pressed again, it is tried again
        assert (await live.stop())["confirmed"]
        await live.close()

    asyncio.run(play())


def test_a_press_that_crosses_a_stop_is_refused_and_everything_stays_silent(tmp_path):
    async def play():
        live, straw = session(tmp_path / "one.journal")
        await prepared(live)
        await live.stop()
        straw.slow = {Arm: 0.2}
        again = asyncio.create_task(press(live, "checklist"))
        await asyncio.sleep(0.15)
        await live.stop()
        with pytest.raises(NotReady, match="Stop was pressed meanwhile"):
            await again
        assert straw.asked[-1] is Stop
        assert live.snapshot()["step"] == "stopped"
        await live.close()

    asyncio.run(play())


def test_a_press_the_supervisor_refuses_changes_nothing(tmp_path):
    async def play():
        live, straw = session(tmp_path / "one.journal")
        await live.open()
        await press(live, "checklist")
        await press(live, "skin", score=0)
        straw.refuse = ("Unit A has no pads.",)
        with pytest.raises(NotReady, match="no pads"):
            await press(live, "pads")
        assert live.snapshot()["step"] == "pads"
        assert live.journal.last.kind == "refused"
        straw.refuse = ()
        assert (await press(live, "pads"))["step"] == "twitch"
        await live.close()

    asyncio.run(play())


@pytest.mark.parametrize("where", ["beat", "report"])
def test_a_session_with_a_defect_is_silenced_says_so_and_can_be_armed_again(where, tmp_path):
    """A session that does not hear its supervisor would show what was true a while ago."""

    async def play():
        live, straw = session(tmp_path / "one.journal")
        await prepared(live)
        assert live.snapshot()["step"] == "ladder"
        if where == "beat":
            live.beat = lambda: 1 / 0
        else:
            straw._told.put_nowait("no report of ours")
        async with asyncio.timeout(5.0):
            while live.snapshot()["step"] != "stopped":
                await asyncio.sleep(0.01)
        assert straw.asked[-1] is Stop
        assert not straw.alive
        (event,) = [event for event in live.journal.read() if event.kind == "supervisor lost"]
        assert "has a defect" in event.reasons[0]
        assert all(one["level_ma"] == 0.0 for one in live.snapshot()["slots"])
        if where == "beat":
            del live.beat
        straw.alive = True  # the same straw serves as the next supervisor
        live._link = None
        assert (await press(live, "checklist"))["step"] == "ladder"
        await live.close()

    asyncio.run(play())


def test_whatever_breaks_while_it_is_opened_everything_is_closed_again(tmp_path):
    async def play():
        live, straw = session(tmp_path / "one.journal")
        straw.slow = {OpenUnit: 5.0}
        opening = asyncio.create_task(live.open())
        await asyncio.sleep(0.1)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert live.ended
        ticks = len(straw.ticks)
        await asyncio.sleep(0.1)
        assert len(straw.ticks) == ticks
        assert live.journal.last.kind == "ended"

    asyncio.run(play())


def test_the_heartbeat_always_names_every_slot_and_counts_up(tmp_path):
    async def play():
        live, straw = session(tmp_path / "one.journal")
        await prepared(live)
        await asyncio.sleep(0.3)
        await live.close()
        assert [tick.n for tick in straw.ticks] == list(range(1, len(straw.ticks) + 1))
        assert all([w.slot for w in tick.wishes] == ["A", "B", "C"] for tick in straw.ticks)
        assert len(straw.ticks) >= 8

    asyncio.run(play())


def test_stop_works_in_every_step_even_after_the_end(tmp_path):
    async def play():
        live, _ = session(tmp_path / "one.journal")
        await live.open()
        for do, data in (("checklist", {}), ("skin", {"score": 0}), ("pads", {})):
            assert (await live.stop())["confirmed"]
            await press(live, do, **data)
        await press(live, "behaviour", score=0)
        await press(live, "finish")
        assert live.ended
        assert (await live.stop())["confirmed"]
        assert live.journal.last.kind == "ended"

    asyncio.run(play())
