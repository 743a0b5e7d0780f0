"""The promises of delivery, each broken on purpose and timed, idle and on a busy machine.

    rheobase bench delivery

Real processes; virtual units, and an emulated RehaMove 3 on a pseudo-terminal where the unit's own
watchdog or a vanishing port matters. All times are CLOCK_MONOTONIC, which every process shares.
Silence is the last unit's halt frame, its confirmation of 0 mA, or the end of its output.
`RHEOBASE_TIMES` repeats each breakage (10); stops are three times as many. The press in the browser
has its own benchmark: stop_from_browser.
"""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from _bedside import (
    BUSY,
    SLOTS,
    Bench,
    as_hardware,
    crowd,
    figures,
    order,
    program,
    scheduling,
    service,
)

from rheobase.errors import RheobaseError

TIMES = int(os.environ.get("RHEOBASE_TIMES", "10"))
ROWS = {}  # name of a row -> (promise [ms], how it is measured)
STALLING = """
import os, time
real, stalled = os.fsync, os.environ["STALLED"]
def sync(file):
    while os.path.exists(stalled):
        time.sleep(0.05)
    real(file)
os.fsync = sync
"""


def row(name, promised_ms):
    """Register what measures one line of the table."""

    def keep(measure):
        ROWS[name] = promised_ms, measure
        return measure

    return keep


@row("stop at the service: 0 mA confirmed", 150.0)
def stop(folder):
    with service() as (_, client):
        return _stopped(Bench(client), 3 * TIMES)


def _stopped(bench, number):
    spent = []
    for _ in range(number):
        bench.output()
        bench.events()
        began_ns = time.monotonic_ns()
        bench.client.stop(bench.session)
        spent.append((bench.silent_ns(began_ns)[0] - began_ns) / 1e6)
    bench.finish()
    return spent


@row("session killed: every unit halted", 300.0)
def session_killed(folder):
    spent = []
    for number in range(TIMES):
        with service() as (process, client):
            files = _files(folder, f"killed-{number}")
            Bench(client, places=_watched(files)).output()
            began_s = time.monotonic()
            process.kill()
            spent.append(_halted_ms(files.values(), began_s))
    return spent


@row("session frozen: every unit halted", 300.0)
def session_frozen(folder):
    spent = []
    with service() as (process, client):
        for number in range(TIMES):
            files = _files(folder, f"frozen-{number}")
            bench = Bench(client, places=_watched(files))
            bench.output()
            began_s = time.monotonic()
            process.send_signal(signal.SIGSTOP)
            spent.append(_halted_ms(files.values(), began_s))
            process.send_signal(signal.SIGCONT)
            bench.finish()
    return spent


@row("supervisor killed: the unit's watchdog (2.0 s) ends output", 2150.0)
def supervisor_killed(folder):
    spent = []
    with service() as (process, client):
        for number in range(max(3, TIMES // 2)):
            with emulated(folder / f"watchdog-{number}.log") as (_, port, log):
                bench = _on_emulated(client, port, "A")
                began_s = time.monotonic()
                os.kill(_supervisor(process.pid), signal.SIGKILL)
                spent.append(_ended_ms(log, began_s))
                bench.finish()
    return spent


@row("console gone: the ramp down starts", 3500.0)
def console_gone(folder):
    spent = []
    with service() as (_, client):
        for _ in range(max(3, TIMES // 3)):
            bench = Bench(client)
            bench.output()
            bench.client.presence(bench.session)
            began_ns = time.monotonic_ns()
            time.sleep(4.7)
            falls = [
                event["monotonic_ns"]
                for event in bench.events()
                if event["kind"] == "confirmed" and event["monotonic_ns"] > began_ns
            ]
            spent.append((falls[0] - began_ns) / 1e6)
            bench.finish()
    return spent


@row("port vanishes: the other units halted", 300.0)
def port_vanishes(folder):
    spent = []
    with service() as (_, client):
        for number in range(max(3, TIMES // 2)):
            files = _files(folder, f"vanished-{number}", "BC")
            with emulated(folder / f"vanished-{number}.log") as (unit, port, _):
                bench = _on_emulated(client, port, SLOTS, _watched(files))
                began_s = time.monotonic()
                unit.kill()
                spent.append(_halted_ms(files.values(), began_s))
                time.sleep(0.3)
                assert not any(_above_zero_after_halt(path, began_s) for path in files.values())
                with contextlib.suppress(RheobaseError):
                    bench.finish()
    return spent


@row("journal stalled: 0 mA confirmed after a stop", 150.0)
def journal_stalled(folder):
    stalled, spent = folder / "stalled", []
    with service(STALLING, {"STALLED": str(stalled)}) as (_, client):
        for _ in range(max(3, TIMES // 2)):
            bench = Bench(client)
            bench.output()
            bench.events()
            stalled.touch()
            time.sleep(0.3)
            began_ns = time.monotonic_ns()
            client.stop(bench.session)
            spent.append((bench.silent_ns(began_ns)[0] - began_ns) / 1e6)
            stalled.unlink()
            bench.finish()
    return spent


def disk_full(folder):
    """Return whether a session on a full disk is refused: a disk of 1 MB in memory."""
    small = folder / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        return "not measured: a small disk may not be mounted here"
    try:
        with _home(small), service() as (_, client):
            Bench(client)
        return "BROKEN: a session was opened"
    except RheobaseError as refusal:
        return f"kept: {refusal}"
    finally:
        subprocess.run(["umount", small], check=True)


# --- parts ----------------------------------------------------------------------------------------


def _files(folder, name, slots=SLOTS):
    return {slot: folder / f"{name}-{slot}" for slot in slots}


def _watched(files):
    return {slot: ("virtual", f"{path.name}?frames={path}") for slot, path in files.items()}


def _above_zero_after_halt(path, after_s):
    """Frames above 0 mA after the first halt that follows a moment; there must be none."""
    halted_s = _first_halt_s(path, after_s)
    lines = [line.split() for line in path.read_text("ascii").splitlines()]
    return [
        line for line in lines if float(line[0]) > halted_s and line[1] == "set" and float(line[2])
    ]


def _halted_ms(files, began_s):
    """Wait for the halt of every unit; the last one counts."""
    end = time.monotonic() + 3.0
    while True:
        halts = [_first_halt_s(path, began_s) for path in files]
        if None not in halts:
            return (max(halts) - began_s) * 1000.0
        if time.monotonic() > end:
            raise RuntimeError("a unit was never halted")
        time.sleep(0.01)


def _first_halt_s(path, after_s):
    for line in path.read_text("ascii").splitlines():
        at_s, what, *_ = line.split()
        if what == "halt" and float(at_s) > after_s:
            return float(at_s)
    return None


@contextlib.contextmanager
def emulated(log):
    """An emulated RehaMove 3 in a process of its own."""
    with program("emulate", "sciencemode34", "--log", str(log)) as (process, said):
        as_hardware(process.pid)
        yield process, said["port"], log


def _on_emulated(client, port, slots, places=None):
    """A session that delivers, with unit A on a port."""
    places = {"A": ("sciencemode34", port), **(places or {})}
    bench = Bench(client, signed=order(slots=slots), places=places)
    bench.output()
    return bench


def _ended_ms(log, began_s):
    end = time.monotonic() + 4.0
    while time.monotonic() < end:
        for line in log.read_text("utf-8").splitlines():
            with contextlib.suppress(ValueError):  # a line that is being written
                entry = json.loads(line)
                if entry["kind"] == "output" and entry["at_s"] > began_s and not entry["ma"]:
                    return (entry["at_s"] - began_s) * 1000.0
        time.sleep(0.02)
    raise RuntimeError("the emulated unit never ended its output")


def _supervisor(service_pid):
    found = Path(f"/proc/{service_pid}/task/{service_pid}/children").read_text("ascii").split()
    return int(found[-1])


@contextlib.contextmanager
def _home(folder):
    before = os.environ["RHEOBASE_HOME"]
    os.environ["RHEOBASE_HOME"] = str(folder)
    try:
        yield
    finally:
        os.environ["RHEOBASE_HOME"] = before


def _line(name, load, promised_ms, measured):
    kept = "kept" if measured["p99_ms"] <= promised_ms else "BROKEN"
    print(
        f"{name:60s} {load:5s} n {measured['n']:3d}  median {measured['median_ms']:7.1f}  "
        f"p99 {measured['p99_ms']:7.1f}  worst {measured['worst_ms']:7.1f}  "
        f"promised {promised_ms:6.0f} ms  {kept}",
        flush=True,
    )


def main():
    """Measure every row, print the table, and return it."""
    found = {}
    with tempfile.TemporaryDirectory(prefix="delivery-") as name:
        folder, os.environ["RHEOBASE_HOME"] = Path(name), name
        with service() as (process, client):
            client.health()  # now it has asked for what it may have
            print(f"session service: {scheduling(process.pid)}; load {os.getloadavg()[0]:.1f}")
        for load in ("idle", "busy"):
            with crowd(BUSY) if load == "busy" else contextlib.nullcontext():
                for title, (promised_ms, measure) in ROWS.items():
                    with tempfile.TemporaryDirectory(dir=folder) as own:
                        measured = figures(measure(Path(own)))
                    found[f"{title}, {load}"] = measured
                    _line(title, load, promised_ms, measured)
        found["disk full"] = disk_full(folder)
        print(f"{'disk full: refuses to start':60s} {found['disk full']}")
    found["clock jump"] = (
        "no figure; tests/session/test_clock_jump.py moves the clock under a running session"
    )
    print(f"{'clock jumps by an hour':60s} {found['clock jump']}")
    return found


if __name__ == "__main__":
    main()
