"""Any process killed at any instant: output ends in time, nothing acknowledged is lost.

Three units, one of them an emulated RehaMove 3 whose own watchdog is real. `RHEOBASE_CHAOS` is the
number of kills, `RHEOBASE_CHAOS_SEED` repeats a run.
"""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from rheobase.errors import RheobaseError
from rheobase.session.events import read
from rheobase.simulated import cast
from tests.session.served import Hand, make_key, service

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("RHEOBASE_CHAOS", "20"))
SEED = int(os.environ.get("RHEOBASE_CHAOS_SEED", "1"))
LATEST_S = 3.5  # after the session was opened; current flows from about 1 s on
HALTED_S = 0.3  # the session's end to the last frame above 0 mA
WATCHDOG_S = 2.15  # the supervisor's end to the end of output, by the unit itself
RHEOBASE = (sys.executable, "-c", "from rheobase.cli import main; main()")
ORDER = cast.quick(cast.mila(), on_s=60.0, off_s=0.5, repetitions=1)


@pytest.fixture(scope="module")
def unit(tmp_path_factory):
    """A unit outside all our processes: its port and what it gives."""
    log = tmp_path_factory.mktemp("unit") / "log"
    words = (*RHEOBASE, "emulate", "sciencemode34", "--json", "--log", log)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        port = json.loads(process.stdout.readline())["port"]
        as_hardware(process.pid)
        yield port, log
        process.terminate()


def as_hardware(pid):
    """An emulated unit answers as promptly as a real one would, where that is allowed."""
    with contextlib.suppress(PermissionError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setscheduler(int(thread.name), os.SCHED_FIFO, os.sched_param(5))


class Round:
    """One session in which something is killed."""

    def __init__(self, client, process, home, port, victim, after_s):
        self.client, self.process, self.victim, self.after_s = client, process, victim, after_s
        self.hand = Hand(client, home, ORDER)
        self.frames = [home / f"{self.hand.session}-{slot}" for slot in "BC"]
        places = self.hand.opening["units"]
        places[0] |= {"make": "sciencemode34", "address": port}
        for place, path in zip(places[1:], self.frames, strict=True):
            place["address"] = f"{path.name}?frames={path}"
        self.acknowledged, self.killed_s = [], None

    def play(self):
        """Operate the session until it breaks."""
        self.hand.open()
        timer = threading.Timer(self.after_s, self._kill)
        timer.start()
        with contextlib.suppress(RheobaseError, AssertionError):
            self._press_everything()
        timer.join()

    def _press_everything(self):
        for do, more in (
            ("checklist", {}),
            ("skin", {"score": 0}),
            ("pads", {}),
            ("behaviour", {"score": 0}),
            *(("found", {"slot": slot}) for slot in "ABC"),
            *(("louder", {"slot": slot}) for slot in "ABC"),
            ("start", {}),
        ):
            self._press(do, **more)
        while self.killed_s is None:
            self._press("note", text="still here")
            time.sleep(0.05)

    def _press(self, do, **more):
        key = f"{do}-{len(self.acknowledged)}"
        self.client.command(self.hand.session, {"key": key, "do": do, **more})
        self.acknowledged.append(key)

    def _kill(self):
        supervisors = _children(self.process.pid)
        chosen = {
            "session": [self.process.pid],
            "supervisor": supervisors,
            "both": [self.process.pid, *supervisors],
        }[self.victim]
        self.killed_s = time.monotonic()
        for pid in chosen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def above_zero_after(self, moment_s):
        """Frames above 0 mA that reached a virtual unit after a moment."""
        lines = [line.split() for path in self.frames if path.exists() for line in _whole(path)]
        return [
            one for one in lines if one[1] == "set" and float(one[0]) > moment_s and float(one[2])
        ]

    def keys(self, home):
        """Every command in the journal, read from the disk."""
        reading = read(home / "journals" / f"{self.hand.session}.journal")
        return {event.data["key"] for event in reading.events if event.kind == "command"}


def _children(pid):
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
    return [int(one) for one in text.split()]


def _whole(path):
    return path.read_text("utf-8").rpartition("\n")[0].splitlines()


def output_ma(log, at_s=float("inf")):
    """Output of the emulated unit at a moment, or now. [mA]"""
    entries = [json.loads(line) for line in _whole(log)]
    given = [one["ma"] for one in entries if one["kind"] == "output" and one["at_s"] <= at_s]
    return given[-1] if given else 0.0


def test_whatever_is_killed_output_ends_in_time_and_no_acknowledged_event_is_lost(unit, tmp_path):
    port, log = unit
    home = tmp_path / "home"
    make_key(home)
    chance = random.Random(SEED)
    done = flowed = 0
    while done < KILLS:
        with service(home) as (client, process):
            while done < KILLS and process.poll() is None:
                victim = chance.choice(("session", "supervisor", "both"))
                one = Round(client, process, home, port, victim, chance.uniform(0.0, LATEST_S))
                one.play()
                flowed += output_ma(log, one.killed_s) > 0.0
                check(one, home, log)
                done += 1
                if victim == "supervisor":
                    leave(one)
                else:
                    process.wait(5.0)
    assert flowed > KILLS // 5, "current must flow in a good part of the rounds"


def check(one, home, log):
    """What was promised, for this kill."""
    told = f"{one.victim} killed after {one.after_s:.3f} s in {one.hand.session}"
    promise_s = HALTED_S if one.victim == "session" else WATCHDOG_S
    time.sleep(max(0.0, one.killed_s + promise_s + 0.05 - time.monotonic()))
    assert output_ma(log, one.killed_s + promise_s) == 0.0, told
    assert output_ma(log) == 0.0, told
    assert one.above_zero_after(one.killed_s + HALTED_S) == [], told
    assert set(one.acknowledged) <= one.keys(home), told
    if one.victim != "supervisor":
        one.process.wait(5.0)
        assert read(home / "journals" / f"{one.hand.session}.journal").interrupted, told


def leave(one):
    """The service lives: it knows that the supervisor has gone, and the session can be ended."""
    shown = one.hand.until(
        lambda s: s["faults"] or s["step"] in ("stopped", "screen", "skin", "pads")
    )
    assert all(slot["now_ma"] == 0.0 for slot in shown["slots"])
    one.client.stop(one.hand.session)
    with contextlib.suppress(RheobaseError):  # already over, or nothing was delivered yet
        one.hand.do("finish")
        one.hand.do("skin", score=0)
        one.hand.do("finish")
