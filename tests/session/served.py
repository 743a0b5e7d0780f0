"""A real session service in its own process, on a port the machine chooses, with its own home."""

import itertools
import json
import os
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager

from rheobase.session.client import Client
from rheobase.stimulus import seal, to_plain

START = "import sys; sys.argv = ['rheobase', 'bedside', '--port', '0', '--json']; " + (
    "from rheobase.cli import main; main()"
)


@contextmanager
def service(home):
    """Yield (client, process) of a running service."""
    process = subprocess.Popen(
        [sys.executable, "-c", START],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "RHEOBASE_HOME": str(home)},
    )
    try:
        url = json.loads(process.stdout.readline())["url"]
        client = Client(url, token_of(home))
        yield client, process
        client.close()
    finally:
        process.terminate()
        try:
            process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def token_of(home):
    path = home / "service.token"
    for _ in range(100):
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.02)
    raise AssertionError("the service made no token")


def sealed(prescription, home):
    key = bytes.fromhex((home / "signing.key").read_text())
    return to_plain(seal(prescription, key))


def make_key(home):
    home.mkdir(exist_ok=True)
    (home / "signing.key").write_text("17" * 32)


class Hand:
    """A therapist at the console of one session."""

    def __init__(self, client, home, prescription, slots="ABC"):
        self.client, self.session = client, str(uuid.uuid4())
        self._keys = itertools.count()
        self.opening = {
            "session": self.session,
            "sealed": sealed(prescription, home),
            "child": prescription.child,
            "units": [
                {"slot": s, "make": "virtual", "address": f"{s.lower()}-{self.session[:8]}"}
                for s in slots
            ],
            "interlocks": [],
        }
        self.slots = slots

    def open(self):
        return self.client.create(**self.opening)

    def do(self, what, slot="", **data):
        command = {"key": str(next(self._keys)), "do": what, **data}
        return self.client.command(self.session, {**command, "slot": slot} if slot else command)

    def shown(self):
        return self.client.snapshot(self.session)

    def until(self, condition, seconds=15.0):
        """Wait, present at the console, until a snapshot meets a condition."""
        return self.watch(condition, seconds, present=True)

    def watch(self, condition, seconds=15.0, present=False):
        """The same without a word that somebody is there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if present:
                self.client.presence(self.session)
            shown = self.shown()
            if condition(shown):
                return shown
            time.sleep(0.03)
        raise AssertionError(f"it did not come about: {shown}")

    def prepare(self):
        """Up to the ladder, the quick way."""
        self.do("checklist")
        self.do("skin", score=0)
        self.do("pads")
        self.do("behaviour", score=0)
        for slot in self.slots:
            self.do("found", slot, position="as planned")

    def climb(self, level_ma=1.0):
        """Every unit up to one step on the ladder."""
        for slot in self.slots:
            self.do("louder", slot)
            self.until(lambda shown, s=slot: of(shown, s)["now_ma"] >= level_ma - 0.01)
            self.do("ladder", slot, level="functional")

    def kinds(self):
        return [event["kind"] for event in self.client.journal(self.session)]


def of(shown, slot):
    return next(one for one in shown["slots"] if one["slot"] == slot)


def any_output(shown):
    return any(one["confirmed_ma"] > 0.0 for one in shown["slots"])
