"""How long until silence, measured at a running session service with real processes.

    python benchmarks/stop_latency.py [stops]

Stop: from the moment the POST is sent to the first confirmation of 0 mA by the unit that was on
(one clock: the machine's monotonic one, read in both processes). Idle, and with four busy processes.
Frozen: SIGSTOP of the service to silence. Console gone: last presence to the first step down.
"""

import itertools
import json
import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path

from rheobase.home import service_token, signing_key
from rheobase.session.client import Client
from rheobase.simulated import cast
from rheobase.stimulus import Segment, seal, to_plain

BUSY = 4
SERVE = (
    "import sys; sys.argv = ['rheobase', 'bedside', '--port', '0', '--json']; "
    "from rheobase.cli import main; main()"
)


class Bench:
    """One session of one virtual unit, ready to be stopped again and again."""

    def __init__(self, client):
        self.client, self.session = client, str(uuid.uuid4())
        self.keys = itertools.count()
        self.trips = 0
        knee = cast.order("A", "quadriceps", Segment.THIGH)
        order = cast.quick(cast.mila((knee,)), on_s=600.0, off_s=0.5, repetitions=1)
        client.create(
            session=self.session,
            sealed=to_plain(seal(order, signing_key())),
            child=order.child,
            units=[{"slot": "A", "make": "virtual", "address": self.session}],
        )
        for do, more in (
            ("checklist", {}),
            ("skin", {"score": 0}),
            ("pads", {}),
            ("behaviour", {"score": 0}),
            ("found", {"slot": "A"}),
        ):
            self.do(do, **more)

    def do(self, what, **more):
        return self.client.command(self.session, {"key": str(next(self.keys)), "do": what, **more})

    def output(self):
        """Bring the unit to 1 mA."""
        shown = self.client.snapshot(self.session)
        if shown["step"] == "stopped":
            for fault in {fault["slot"] for fault in shown["faults"] if fault["hard"]} | {
                one["slot"] for one in shown["slots"] if one["stage"] == "FAULT"
            }:
                self.do("clear_fault", slot=fault or "A", step=1)
                self.do("clear_fault", slot=fault or "A", step=2)
            self.do("behaviour", score=0)
            self.do("checklist")
        self.do("louder", slot="A")
        for _ in range(200):
            self.client.presence(self.session)
            shown = self.client.snapshot(self.session)
            if shown["slots"][0]["confirmed_ma"] >= 0.9:
                return
            if shown["step"] == "stopped":
                self.trips += 1  # the machine was too busy for the heartbeat: silence, start again
                return self.output()
            time.sleep(0.02)
        raise RuntimeError("no output")

    def silent_ns(self, after_ns):
        """Time of the first confirmed 0 mA after a moment."""
        for _ in range(200):
            for event in self.client.journal(self.session):
                late = event["kind"] == "confirmed" and event["monotonic_ns"] > after_ns
                if late and event["confirmed_ma"] == 0.0:
                    return event["monotonic_ns"]
            time.sleep(0.02)
        raise RuntimeError("never silent")


def stops(client, count):
    bench, spent, trips = Bench(client), [], 0
    for n in range(count):
        if n % 20 == 19:
            trips += bench.trips
            bench = renewed(bench)
        bench.output()
        asked_ns = time.monotonic_ns()
        client.stop(bench.session)
        spent.append((bench.silent_ns(asked_ns) - asked_ns) / 1e6)
    finish(bench)
    print(f"  heartbeats missed: {trips + bench.trips}")
    return spent


def renewed(bench):
    finish(bench)
    return Bench(bench.client)


def finish(bench):
    bench.client.stop(bench.session)
    bench.do("finish")
    bench.do("skin", score=0)
    bench.do("finish")


def frozen(client, pid, count):
    spent = []
    for _ in range(count):
        bench = Bench(client)
        bench.output()
        began_ns = time.monotonic_ns()
        os.kill(pid, signal.SIGSTOP)
        time.sleep(0.5)
        os.kill(pid, signal.SIGCONT)
        spent.append((bench.silent_ns(began_ns) - began_ns) / 1e6)
        finish(bench)
    return spent


def console_gone(client):
    bench = Bench(client)
    bench.output()
    client.presence(bench.session)
    gone_ns = time.monotonic_ns()
    time.sleep(5.0)
    falls = [
        (event["monotonic_ns"] - gone_ns) / 1e6
        for event in client.journal(bench.session)
        if event["kind"] == "confirmed" and event["monotonic_ns"] > gone_ns
    ]
    finish(bench)
    return falls[0], falls[-1]


def supervisor_killed(client, service_pid):
    bench = Bench(client)
    bench.output()
    child = Path(f"/proc/{service_pid}/task/{service_pid}/children").read_text().split()[-1]
    began_ns = time.monotonic_ns()
    os.kill(int(child), signal.SIGKILL)
    time.sleep(0.5)
    lost = [e for e in client.journal(bench.session) if e["kind"] == "supervisor lost"]
    bench.do("finish")
    return (lost[0]["monotonic_ns"] - began_ns) / 1e6


def busy():
    while True:
        sum(range(10_000))


def told(name, spent):
    spent = sorted(spent)
    p99 = spent[min(len(spent) - 1, int(0.99 * len(spent)))]
    print(
        f"{name:28s} n {len(spent):3d}   median {statistics.median(spent):6.1f} ms   "
        f"p99 {p99:6.1f} ms   worst {spent[-1]:6.1f} ms",
        flush=True,
    )


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    os.environ["RHEOBASE_HOME"] = tempfile.mkdtemp(prefix="stop-latency-")
    signing_key()
    process = subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True)
    try:
        client = Client(json.loads(process.stdout.readline())["url"], service_token())
        scheduler = os.sched_getscheduler(process.pid)
        names = {os.SCHED_OTHER: "ordinary", os.SCHED_FIFO: "SCHED_FIFO", os.SCHED_RR: "SCHED_RR"}
        print(
            f"service scheduling: {names.get(scheduler, scheduler)}, load {os.getloadavg()[0]:.1f}"
        )
        told("stop, idle", stops(client, count))
        crowd = [multiprocessing.Process(target=busy, daemon=True) for _ in range(BUSY)]
        for one in crowd:
            one.start()
        told(f"stop, {BUSY} busy processes", stops(client, count))
        told("service frozen, busy", frozen(client, process.pid, 10))
        for one in crowd:
            one.kill()
        first, last = console_gone(client)
        print(f"console gone                 first step down {first:.0f} ms, silent {last:.0f} ms")
        print(
            f"supervisor killed            noticed after {supervisor_killed(client, process.pid):.1f} ms"
        )
    finally:
        process.terminate()
        process.wait(5.0)


if __name__ == "__main__":
    main()
