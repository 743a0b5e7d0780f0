"""Pages, session service or supervisor killed at any instant, hundreds of times, in one run.

    rheobase bench chaos

Every session has three units: two emulated RehaMove 3 in processes of their own, which stand for the
hardware and are never killed, and a virtual one. A therapist presses through the served pages. After
each `kill -9`: no unit above 0 mA later than promised, no acknowledged press missing from the
journal, every journal readable. `RHEOBASE_KILLS` is their number (500), `RHEOBASE_CHAOS_SEED` repeats
a run, `RHEOBASE_CHAOS_WORKERS` clinics run side by side (4).
"""

import collections
import contextlib
import json
import multiprocessing
import os
import random
import signal
import tempfile
import threading
import time
import traceback
import uuid
from pathlib import Path

from _bedside import as_hardware, program

KILLS = int(os.environ.get("RHEOBASE_KILLS", "500"))
SEED = int(os.environ.get("RHEOBASE_CHAOS_SEED", "1"))
WORKERS = int(os.environ.get("RHEOBASE_CHAOS_WORKERS", "4"))
LATEST_S = 4.0  # after the session was opened; current flows from about 1.5 s on
PROMISED_S = {  # from the kill to the last current above 0 mA
    "session": 0.3,
    "supervisor": 2.15,  # the unit's own watchdog
    "session and supervisor": 2.15,
    "pages": 4.65,  # the ramp down begins within 3.5 s and lasts 1 s
}
SHARES = {"session": 3, "supervisor": 3, "session and supervisor": 3, "pages": 1}


class Place:
    """One clinic of its own, with two emulated units that outlive everything else."""

    def __init__(self, folder, stack):
        from stop_from_browser import Clinic

        self.stack, self.clinic = stack, Clinic()
        self.cookie = self.clinic.ticket()
        self.logs = {slot: folder / f"{slot}.log" for slot in "AB"}
        self.units = {slot: self._emulated(log) for slot, log in self.logs.items()}
        self.folder, self._running = folder, {}

    def _emulated(self, log):
        process, said = self.stack.enter_context(
            program("emulate", "sciencemode34", "--log", str(log))
        )
        as_hardware(process.pid)
        return process, said["port"]

    def running(self, name, *words):
        """Return process and first words of the pages or the session service; start it anew if it died."""
        process, said, closing = self._running.get(name, (None, None, None))
        if process is None or process.poll() is not None:
            if closing:
                closing.close()
            closing = contextlib.ExitStack()
            process, said = closing.enter_context(program(*words))
            self._running[name] = process, said, closing
        return process, said

    def service(self):
        return self.running("service", "bedside", "--port", "0")

    def pages(self):
        port = str(random.randrange(20_000, 32_000))
        return self.running("pages", "serve", "--no-bedside", "--port", port)

    def close(self):
        for _, _, closing in self._running.values():
            closing.close()


class Round:
    """One session in which something is killed."""

    def __init__(self, place, victim, after_s):
        import httpx

        from rheobase.home import service_token
        from rheobase.session.client import Client

        self.place, self.victim, self.after_s = place, victim, after_s
        self.process, said = place.service()
        self.pages, shown = place.pages()
        self.client = Client(said["url"], service_token())
        self.http = httpx.Client(
            base_url=shown["url"],
            cookies={"sessionid": place.cookie, "csrftoken": "c" * 32},
            headers={"X-CSRFToken": "c" * 32, "Accept": "application/json"},
            timeout=5.0,
            trust_env=False,
        )
        self.acknowledged, self.killed_s, self.problems = [], None, []
        self.session = self._opened()

    def _opened(self):
        from rheobase.clinic import clock
        from rheobase.clinic.live.models import Treatment
        from rheobase.home import signing_key
        from rheobase.stimulus import seal, to_plain

        clinic, session = self.place.clinic, uuid.uuid4()
        self.frames = self.place.folder / f"{session}-C"
        units = [
            {"slot": s, "make": "sciencemode34", "address": port}
            for s, (_, port) in self.place.units.items()
        ]
        address = f"{self.frames.name}?frames={self.frames}"
        units.append({"slot": "C", "make": "virtual", "address": address})
        row = Treatment(
            id=session,
            child=clinic.mila,
            plan=clinic.plan,
            therapist=clinic.ada,
            bedside=self.client.base_url,
            started=clock.now(),
        )
        row.units = [{**one, "name": f"Unit {one['slot']}"} for one in units]
        row.save(force_insert=True)
        self.client.create(
            session=str(session),
            sealed=to_plain(seal(clinic.signed, signing_key())),
            child=clinic.signed.child,
            units=units,
        )
        return str(session)

    def play(self):
        """Operate the session through the pages until something breaks."""
        timer = threading.Timer(self.after_s, self._kill)
        timer.start()
        with contextlib.suppress(OSError, ValueError, Broken):
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
        import httpx

        key = f"{do}-{len(self.acknowledged)}"
        try:
            answer = self.http.post(
                f"/live/{self.session}/command/", json={"key": key, "do": do, **more}
            )
        except httpx.HTTPError as error:
            raise Broken from error
        if answer.status_code != 200:
            if self.killed_s is None and answer.status_code != 422:
                self.problems.append(f"{do} was answered {answer.status_code}: {answer.text[:200]}")
            raise Broken
        self.acknowledged.append(key)

    def _kill(self):
        supervisors = children(self.process.pid)
        chosen = {
            "session": [self.process.pid],
            "supervisor": supervisors,
            "session and supervisor": [self.process.pid, *supervisors],
            "pages": [self.pages.pid],
        }[self.victim]
        self.killed_s = time.monotonic()
        for pid in chosen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def check(self):
        """Hold what happened against what was promised."""
        promise_s = self.killed_s + PROMISED_S[self.victim]
        time.sleep(max(0.0, promise_s + 0.05 - time.monotonic()))
        for slot, log in self.place.logs.items():
            late = output_since(log, promise_s)
            if late:
                self.problems.append(f"unit {slot} gave {late:g} mA after its promise")
        late = frames_after(self.frames, promise_s)
        if late:
            self.problems.append(f"unit C was sent {late} after its promise")
        for slot, (process, _) in self.place.units.items():
            if process.poll() is not None:
                self.problems.append(f"the emulated unit {slot} ended: {process.returncode}")
        self._check_journal()

    def _check_journal(self):
        from rheobase.home import home
        from rheobase.session.events import read

        for victim, process in (("session", self.process), ("pages", self.pages)):
            if victim in self.victim:
                process.wait(5.0)
        reading = read(home() / "journals" / f"{self.session}.journal")
        keys = {event.data["key"] for event in reading.events if event.kind == "command"}
        missing = sorted(set(self.acknowledged) - keys)
        if missing:
            self.problems.append(f"acknowledged, but not in the journal: {missing}")
        if reading.trouble and "Everything before is whole" not in reading.trouble:
            self.problems.append(reading.trouble)

    def leave(self):
        """Where the service lives, the session can be stopped and ended."""
        from rheobase.errors import RheobaseError

        if "session" not in self.victim:
            self.client.stop(self.session)
            with contextlib.suppress(RheobaseError):  # over already, or nothing was delivered yet
                for n, (do, more) in enumerate(
                    (("finish", {}), ("skin", {"score": 0}), ("finish", {}))
                ):
                    self.client.command(self.session, {"key": f"end-{n}", "do": do, **more})
        self.client.close()
        self.http.close()
        self.frames.unlink(missing_ok=True)


class Broken(Exception):
    """A press was not carried out."""


def children(pid):
    """Return the child processes of a process."""
    with contextlib.suppress(FileNotFoundError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
        return [int(one) for one in text.split()]
    return []


def _tail(path, size=400_000):
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - size))
        return file.read().rpartition(b"\n")[0].splitlines()


def output_since(log, at_s):
    """Return the highest output of an emulated unit from a moment on. [mA]"""
    before, since = 0.0, [0.0]
    for line in _tail(log):
        with contextlib.suppress(ValueError):  # the first line may be cut
            entry = json.loads(line)
            if entry["kind"] == "output" and entry["at_s"] <= at_s:
                before = entry["ma"]
            elif entry["kind"] == "output":
                since.append(entry["ma"])
    return max(before, *since)


def frames_after(path, at_s):
    """Return the frames above 0 mA that reached a virtual unit after a moment."""
    lines = [line.split() for line in _tail(path)] if path.exists() else []
    return [one for one in lines if one[1] == b"set" and float(one[0]) > at_s and float(one[2])]


def work(number, kills, folder, told):
    """Kill in one clinic, and tell of every round."""
    os.environ["RHEOBASE_HOME"] = str(folder / "home")
    (folder / "home").mkdir(parents=True)
    chance = random.Random(1000 * SEED + number)
    with contextlib.ExitStack() as stack:
        place = Place(folder, stack)
        stack.callback(place.close)
        for n in range(kills):
            victim = chance.choices(list(SHARES), SHARES.values())[0]
            after_s = chance.uniform(0.0, LATEST_S)
            told.put(_one(place, victim, after_s) | {"worker": number, "round": n})
    told.put(None)


def _one(place, victim, after_s):
    found = {"victim": victim, "after_s": round(after_s, 3), "flowed": False, "session": ""}
    try:
        one = Round(place, victim, after_s)
        found["session"] = one.session
        one.play()
        found["flowed"] = any(output_at(log, one.killed_s) > 0.0 for log in place.logs.values())
        one.check()
        one.leave()
        return found | {"problems": one.problems, "acknowledged": len(one.acknowledged)}
    except Exception:  # noqa: BLE001 - whatever it is, it belongs to the result
        return found | {"problems": [traceback.format_exc(limit=-4)], "acknowledged": 0}


def output_at(log, at_s):
    """Return what an emulated unit gave at a moment. [mA]"""
    entries = []
    for line in _tail(log):
        with contextlib.suppress(ValueError):
            entries.append(json.loads(line))
    given = [e["ma"] for e in entries if e["kind"] == "output" and e["at_s"] <= at_s]
    return given[-1] if given else 0.0


def main():
    """Kill, print what broke, and return the figures."""
    fork, began_s = multiprocessing.get_context("fork"), time.monotonic()
    told, rounds = fork.Queue(), []
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        shares = [KILLS // WORKERS + (n < KILLS % WORKERS) for n in range(WORKERS)]
        workers = [
            fork.Process(target=work, args=(n, share, Path(name) / str(n), told))
            for n, share in enumerate(shares)
        ]
        for worker in workers:
            worker.start()
        left = len(workers)
        while left and any(worker.is_alive() for worker in workers):
            with contextlib.suppress(Exception):
                one = told.get(timeout=30.0)
                left -= one is None
                rounds += [one] if one else []
                if one and one["problems"]:
                    print(json.dumps(one, indent=1), flush=True)
        for worker in workers:
            worker.join(30.0)
    victims = collections.Counter(one["victim"] for one in rounds)
    found = {
        "kills": len(rounds),
        **{f"of it, {victim}": n for victim, n in sorted(victims.items())},
        "current flowed when killed": sum(one["flowed"] for one in rounds),
        "acknowledged presses": sum(one["acknowledged"] for one in rounds),
        "broken promises": sum(bool(one["problems"]) for one in rounds),
        "minutes": round((time.monotonic() - began_s) / 60.0, 1),
    }
    found["kept"] = len(rounds) == KILLS and found["broken promises"] == 0
    return found


if __name__ == "__main__":
    print(json.dumps(main(), indent=1))
