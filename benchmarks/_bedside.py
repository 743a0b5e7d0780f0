"""Parts of the benchmarks of delivery: a service, a session of three units, a crowd, the figures.

Every time is CLOCK_MONOTONIC of this machine, which all our processes and Chromium share.
"""

import contextlib
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
import uuid
from dataclasses import replace
from pathlib import Path

from rheobase.home import service_token, signing_key
from rheobase.session.client import Client
from rheobase.simulated import cast
from rheobase.stimulus import seal, to_plain

BUSY = 4
SLOTS = "ABC"
RHEOBASE = "from rheobase.cli import main; main()"
LONG_S = 240.0  # a contraction that lasts as long as a measurement


def order(child="mila", slots=SLOTS):
    """Return three units at work together for minutes, within what Mila may have."""
    chosen = [one for one in cast.mila().channels if one.slot in slots]
    signed = cast.quick(cast.mila(chosen), on_s=LONG_S, off_s=0.5, repetitions=1)
    return replace(signed, child=child)


class Bench:
    """One session, brought to output and silenced again and again.

    Args:
        client: of the session service.
        name: of the session.
        signed: prescription; the service is asked to open a session with it.
        places: make and address of units that are no plain virtual ones, by slot.
    """

    def __init__(self, client, name="", signed=None, places=None):
        self.client, self.session = client, name or str(uuid.uuid4())
        self.trips = self.seen = 0
        signed = signed or order()
        self.slots = cast.slots_of(signed)
        client.create(
            session=self.session,
            sealed=to_plain(seal(signed, signing_key())),
            child=signed.child,
            units=units(self.session, self.slots, places),
        )
        for do, more in (
            ("checklist", {}),
            ("skin", {"score": 0}),
            ("pads", {}),
            ("behaviour", {"score": 0}),
            *(("found", {"slot": slot}) for slot in self.slots),
        ):
            self.do(do, **more)

    def do(self, what, **more):
        return self.client.command(self.session, {"key": uuid.uuid4().hex, "do": what, **more})

    def shown(self):
        self.client.presence(self.session)
        return self.client.snapshot(self.session)

    def output(self):
        """Bring every unit to 1 mA; begin again where a busy machine missed a heartbeat."""
        for _ in range(10):
            if self._ready() and self._flows():
                return
            self.trips += 1
        raise RuntimeError("the machine is too busy for a heartbeat of 100 ms: no output")

    def _ready(self):
        shown = self.shown()
        if shown["step"] == "stopped":
            for step in (1, 2):
                self.do("clear_fault", step=step)
            until(lambda: all(one["stage"] != "FAULT" for one in self.shown()["slots"]))
            self.do("behaviour", score=0)
            self.do("checklist")
        try:
            for slot in self.slots:
                self.do("louder", slot=slot)
            self.do("start")
        except Exception:
            if self.shown()["step"] != "stopped":
                raise
            return False
        return True

    def _flows(self):
        end = time.monotonic() + 8.0
        while time.monotonic() < end:
            shown = self.shown()
            if all(one["confirmed_ma"] >= 0.9 for one in shown["slots"]):
                return True
            if shown["step"] == "stopped":
                return False
            time.sleep(0.02)
        raise RuntimeError(f"no output: {shown}")

    def events(self):
        """Return the events since this was last asked."""
        news = self.client.journal(self.session, self.seen)
        self.seen = news[-1]["seq"] if news else self.seen
        return news

    def silent_ns(self, after_ns):
        """Return when the last unit confirmed 0 mA, and every event since `after_ns`."""
        news, zero = [], {}
        for _ in range(400):
            news += self.events()
            for event in news:
                if event["kind"] == "confirmed" and event["monotonic_ns"] > after_ns:
                    if event["confirmed_ma"] == 0.0:
                        zero.setdefault(event["slot"], event["monotonic_ns"])
                    else:
                        zero.pop(event["slot"], None)
            if len(zero) == len(self.slots):
                return max(zero.values()), [e for e in news if e["monotonic_ns"] >= after_ns]
            time.sleep(0.02)
        raise RuntimeError("never silent")

    def finish(self):
        """Stop and end the session, whatever its state."""
        self.client.stop(self.session)
        self.do("finish")
        self.do("skin", score=0)
        self.do("finish")


def units(session, slots, places=None):
    """Return a unit for each slot: a virtual one, or what `places` says."""
    usual = {slot: ("virtual", f"{slot}-{session[:8]}") for slot in slots} | (places or {})
    return [{"slot": slot, "make": usual[slot][0], "address": usual[slot][1]} for slot in slots]


def until(so, seconds=8.0):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not so():
        if time.monotonic() > end:
            raise RuntimeError("it did not come about")
        time.sleep(0.02)


@contextlib.contextmanager
def program(*words, env=None, before=""):
    """Run `rheobase WORDS... --json` and yield the process and what it said first."""
    process = subprocess.Popen(
        [sys.executable, "-c", f"{before}\n{RHEOBASE}", *words, "--json"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(env or {})},
    )
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(10.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@contextlib.contextmanager
def service(before="", env=None):
    """Run a session service and yield its process and a client."""
    signing_key()
    with (
        program("bedside", "--port", "0", before=before, env=env) as (process, said),
        Client(said["url"], service_token()) as client,
    ):
        yield process, client


@contextlib.contextmanager
def crowd(number=BUSY):
    """Keep the machine busy with processes that never wait."""
    busy = [multiprocessing.Process(target=_busy, daemon=True) for _ in range(number)]
    for one in busy:
        one.start()
    try:
        yield
    finally:
        for one in busy:
            one.kill()
            one.join()


def _busy():
    while True:
        sum(range(10_000))


def as_hardware(pid):
    """Let an emulated unit answer as promptly as a real one would, where that is allowed."""
    with contextlib.suppress(PermissionError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setscheduler(int(thread.name), os.SCHED_FIFO, os.sched_param(5))


def scheduling(pid):
    """Return how the machine schedules a process, in a word."""
    names = {os.SCHED_OTHER: "ordinary", os.SCHED_FIFO: "real time", os.SCHED_RR: "real time"}
    kind = names.get(os.sched_getscheduler(pid), "other")
    nice = os.getpriority(os.PRIO_PROCESS, pid)
    return f"{kind}, nice {nice}" if kind == "ordinary" else kind


def figures(spent_ms):
    """Return median, p99 and worst of some times. [ms]"""
    ordered = sorted(spent_ms)
    p99 = ordered[max(0, -(-99 * len(ordered) // 100) - 1)]
    return {
        "n": len(ordered),
        "median_ms": round(statistics.median(ordered), 1),
        "p99_ms": round(p99, 1),
        "worst_ms": round(ordered[-1], 1),
    }
