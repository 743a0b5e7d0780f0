"""Minutes of a session of three units on a busy machine: punctual, acknowledged, flat, and it stops.

    rheobase bench delivery --soak 10

A virtual unit and two emulated RehaMove 3 in processes of their own (the guard arms a RehaStim 2 for
no child, its steps being 2 mA; its driver is driven beside the session, alone, on an emulated unit).
A tick is late by what passes between the moment it was due and the moment it left. An update counts
from the first tick that wished for it to the unit's acknowledgement. STOP is pressed every 20 s; one
is missed if any unit is above 0 mA a second later, or asked for current without a new start. Memory
is what the process holds in RAM; its slope is the best line through the last three quarters. Python
takes memory in pieces of 1 MB: one piece in ten minutes is a slope of 0.15 and no growth.
"""

import asyncio
import contextlib
import json
import multiprocessing
import os
import struct
import tempfile
import threading
import time
from pathlib import Path

from _bedside import BUSY, Bench, as_hardware, crowd, figures, program, scheduling, service

from rheobase.simulated import cast

MINUTES = float(os.environ.get("RHEOBASE_SOAK_MIN", "10"))
STOP_EVERY_S, PER_SESSION_S = 20.0, 1200.0
LIMITS = {  # what was promised
    "tick late p99 [ms]": 20.0,
    "update acknowledged p99 [ms]": 100.0,
    "RehaStim 2 alone, acknowledged p99 [ms]": 100.0,
    "missed stops": 0,
    "session service [MB/min]": 0.2,
    "supervisor [MB/min]": 0.2,
}
RECORD = struct.Struct("<dcd")  # time [s], slot or "." for the tick itself, current [mA]
WATCHING = """
import os, struct, time
from rheobase.session.link import SupervisorLink
record, file = struct.Struct("<dcd"), open(os.environ["WATCHED"], "ab", buffering=0)
asked, real = {}, SupervisorLink.tick
def tick(self, message):
    now_s = time.monotonic()
    file.write(record.pack(now_s, b".", 0.0))
    for wish in message.wishes:
        if asked.get(wish.slot) != wish.amplitude_ma:
            asked[wish.slot] = wish.amplitude_ma
            file.write(record.pack(now_s, wish.slot.encode(), wish.amplitude_ma))
    real(self, message)
SupervisorLink.tick = tick
"""


def soak(minutes=MINUTES):
    """Run, print what was measured beside what was promised, and return it."""
    with tempfile.TemporaryDirectory(prefix="soak-") as name, contextlib.ExitStack() as open_:
        folder, os.environ["RHEOBASE_HOME"] = Path(name), name
        logs = [folder / f"{slot}.log" for slot in "AB"]
        ports = [open_.enter_context(emulated("sciencemode34", log)) for log in logs]
        alone = open_.enter_context(emulated("sciencemode2", folder / "2.log"))
        watched = folder / "ticks"
        process, client = open_.enter_context(service(WATCHING, {"WATCHED": str(watched)}))
        open_.enter_context(crowd(BUSY))
        print(f"session service: {scheduling(process.pid)}; {BUSY} busy processes", flush=True)
        with rehastim_2(alone) as spent_ms:
            found = _soaked(client, process.pid, ports, logs, 60.0 * minutes)
        process.terminate()
        process.wait(10.0)
        ticks, asked = _ticks(watched)
        late, updates = figures(_late_ms(ticks)), figures(_updates_ms(asked, found.pop("events")))
        stops, two = figures(found.pop("stops")), figures(spent_ms)
    found |= {
        "ticks": late["n"],
        "tick late median [ms]": late["median_ms"],
        "tick late p99 [ms]": late["p99_ms"],
        "tick late worst [ms]": late["worst_ms"],
        "updates": updates["n"],
        "update acknowledged median [ms]": updates["median_ms"],
        "update acknowledged p99 [ms]": updates["p99_ms"],
        "update acknowledged worst [ms]": updates["worst_ms"],
        "RehaStim 2 alone, updates": two["n"],
        "RehaStim 2 alone, acknowledged p99 [ms]": two["p99_ms"],
        "stops": stops["n"],
        "stop to 0 mA p99 [ms]": stops["p99_ms"],
        "stop to 0 mA worst [ms]": stops["worst_ms"],
    }
    for key, most in LIMITS.items():
        kept = "kept" if found[key] <= most else "BROKEN"
        print(f"{key:42s} {found[key]:8.3f}   promised {most:6g}   {kept}", flush=True)
    found["kept"] = all(found[key] <= most for key, most in LIMITS.items())
    return found


main = soak


def _soaked(client, pid, ports, logs, seconds):
    places = {slot: ("sciencemode34", port) for slot, port in zip("AB", ports, strict=True)}
    began_s, samples, events, stops = time.monotonic(), [], [], []
    missed = trips = 0
    while (left_s := seconds - (time.monotonic() - began_s)) > 0.0:
        bench = Bench(client, signed=_order(), places=places)
        supervisor = children(pid)[-1]
        end_s = time.monotonic() + min(left_s, PER_SESSION_S)
        while time.monotonic() < end_s:
            bench.output()
            pause_s = time.monotonic() + min(STOP_EVERY_S, max(2.0, end_s - time.monotonic()))
            while time.monotonic() < pause_s:
                bench.client.presence(bench.session)
                samples.append(
                    ((time.monotonic() - began_s) / 60.0, resident_mb(pid), resident_mb(supervisor))
                )
                time.sleep(1.0)
            events += _confirmed(bench.events())
            pressed_ns = time.monotonic_ns()
            missed += not _stopped(bench, logs, pressed_ns, stops, events)
        trips += bench.trips
        bench.finish()
    late = [sample for sample in samples if sample[0] > samples[-1][0] / 4.0]
    return {
        "minutes": round((time.monotonic() - began_s) / 60.0, 2),
        "missed stops": missed,
        "heartbeats missed": trips,
        "session service [MB]": round(samples[-1][1], 1),
        "session service [MB/min]": round(slope([(s[0], s[1]) for s in late]), 4),
        "supervisor [MB/min]": round(slope([(s[0], s[2]) for s in late]), 4),
        "events": events,
        "stops": stops,
    }


def _stopped(bench, logs, pressed_ns, stops, events):
    """Press stop; return whether everything was silent a second later, and stays so."""
    answer = bench.client.stop(bench.session)
    time.sleep(1.0)
    news = _confirmed(bench.events())
    events += news
    after = [e for e in news if e["monotonic_ns"] > pressed_ns]
    if after:
        stops.append((after[-1]["monotonic_ns"] - pressed_ns) / 1e6)
    silent = all(
        one["confirmed_ma"] == 0.0 for one in bench.client.snapshot(bench.session)["slots"]
    )
    quiet = [output_ma(log) == 0.0 for log in logs]
    return answer["confirmed"] and silent and all(quiet)


def _order():
    return cast.quick(cast.mila(), on_s=2.0, off_s=1.0, repetitions=200)


def _confirmed(events):
    """What a figure needs of some events, and no more: memory here should be flat as well."""
    kept = ("slot", "monotonic_ns", "asked_ma", "confirmed_ma")
    return [{key: e[key] for key in kept} for e in events if e["kind"] == "confirmed"]


# --- the RehaStim 2, alone -------------------------------------------------------------------------


@contextlib.contextmanager
def rehastim_2(port):
    """Drive a RehaStim 2 fifty times a second in a process of its own; yield its times at the end."""
    ours, theirs = multiprocessing.Pipe()
    spent_ms = []
    driving = multiprocessing.Process(target=_drive, args=(port, theirs), daemon=True)
    driving.start()
    ears = threading.Thread(target=_hear, args=(ours, spent_ms), daemon=True)
    ears.start()
    yield spent_ms
    ours.send("end")
    ears.join(10.0)
    driving.join(10.0)


def _hear(pipe, spent_ms):
    while (spent := pipe.recv()) is not None:
        spent_ms.append(spent)


def _drive(port, pipe):
    from rheobase.session.realtime import ask_for_punctuality

    ask_for_punctuality()
    asyncio.run(_driven(port, pipe))
    pipe.send(None)


async def _driven(port, pipe):
    from rheobase.stimulators import Address, ChannelState, _sciencemode2

    unit = _sciencemode2.make(Address.read(port), time.monotonic)
    await unit.open()
    await unit.arm("soak")
    level = 0
    while not pipe.poll():
        level = (level + 1) % 4
        state = ChannelState(
            channel=1,
            amplitude_ma=2.0 * level,
            pulse_width_us=200.0,
            gap_us=100.0,
            frequency_hz=30.0,
        )
        began_s = time.monotonic()
        await unit.set((state,))
        pipe.send((time.monotonic() - began_s) * 1000.0)
        await asyncio.sleep(0.1)
    await unit.halt()


# --- figures --------------------------------------------------------------------------------------


@contextlib.contextmanager
def emulated(make, log):
    """Yield the port of an emulated unit in a process of its own."""
    with program("emulate", make, "--log", str(log)) as (process, said):
        as_hardware(process.pid)
        yield said["port"]


def output_ma(log):
    """Return what an emulated unit gives now. [mA]"""
    ma = 0.0
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 200_000))
        for line in file.read().splitlines():
            with contextlib.suppress(ValueError, KeyError):  # a line that is cut
                entry = json.loads(line)
                ma = entry["ma"] if entry["kind"] == "output" else ma
    return ma


def children(pid):
    """Return the child processes of a process."""
    return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def resident_mb(pid):
    """Return what a process holds in RAM. [MB]"""
    pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def slope(points):
    """Return the slope of the best line through points, 0 where there are too few."""
    n = len(points)
    mean_x, mean_y = (sum(p[i] for p in points) / max(n, 1) for i in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


def _ticks(path):
    """Return the times of all ticks, and by slot when each current was first wished for."""
    raw = path.read_bytes()
    ticks, asked = [], {}
    for at_s, slot, ma in RECORD.iter_unpack(raw[: len(raw) // RECORD.size * RECORD.size]):
        if slot == b".":
            ticks.append(at_s)
        else:
            asked.setdefault(slot.decode(), []).append((at_s, ma))
    return ticks, asked


def _late_ms(ticks, every_s=0.02):
    """Return how late each tick left; one that misses its time by a period begins a new count.

    A pause of seconds is the end of a session.
    """
    late, due_s = [], None
    for at_s in ticks:
        if due_s is None or at_s - due_s > 2.0:
            due_s = at_s
        late.append(max(0.0, at_s - due_s) * 1000.0)
        due_s = max(due_s + every_s, at_s)
    return late


def _updates_ms(asked, events):
    """Pair every acknowledgement with the tick that first wished for it."""
    at, spent = dict.fromkeys(asked, 0), []
    for event in sorted(events, key=lambda one: one["monotonic_ns"]):
        slot, done_s = event["slot"], event["monotonic_ns"] / 1e9
        if not event["asked_ma"] or not event["confirmed_ma"]:
            continue
        wishes = asked[slot]
        while at[slot] < len(wishes) and wishes[at[slot]][0] <= done_s:
            at[slot] += 1
        back = wishes[max(0, at[slot] - 50) : at[slot]][::-1]
        spent += [(done_s - when_s) * 1000.0 for when_s, ma in back if ma == event["asked_ma"]][:1]
    return spent


if __name__ == "__main__":
    soak()
