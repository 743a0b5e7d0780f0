"""The clock on the wall jumps by an hour, forth and back, while a session runs: nothing changes.

libfaketime stands between our processes and the clock on the wall, and leaves the monotonic one alone.
"""

import itertools
import os
import time
from datetime import datetime
from pathlib import Path

import pytest

from rheobase.session.events import read
from rheobase.simulated import cast
from tests.session.served import Hand, make_key, service

pytestmark = pytest.mark.slow

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
ORDER = cast.quick(cast.mila(), on_s=60.0, off_s=0.5, repetitions=1)
JUMPS = ("+3600s", "+0", "-3600s", "+0")
BETWEEN_S = 1.5
SAME_S = 0.25  # two readings of the same moment, on a busy machine


def test_a_clock_that_jumps_by_an_hour_changes_nothing_that_is_delivered(tmp_path, monkeypatch):
    assert LIBRARIES, "libfaketime is missing: apt-get install faketime"
    home, wall = tmp_path / "home", tmp_path / "wall"
    make_key(home)
    wall.write_text("+0")
    monkeypatch.setenv("LD_PRELOAD", str(LIBRARIES[0]))
    monkeypatch.setenv("FAKETIME_TIMESTAMP_FILE", str(wall))
    monkeypatch.setenv("FAKETIME_NO_CACHE", "1")
    monkeypatch.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    with service(home) as (client, _):
        monkeypatch.delenv("LD_PRELOAD")
        hand = Hand(client, home, ORDER)
        hand.open()
        hand.prepare()
        hand.climb()
        hand.do("start")
        hand.until(lambda shown: all(one["confirmed_ma"] >= 0.9 for one in shown["slots"]))
        marks = []
        for jump in JUMPS:
            wall.write_text(jump)
            marks.append(time.monotonic())
            hand.do("note", text=jump)
            steady(hand, until_s=marks[-1] + BETWEEN_S)
        pressed_s = time.monotonic()
        assert client.stop(hand.session)["confirmed"]
        shown = hand.until(lambda s: all(one["confirmed_ma"] == 0.0 for one in s["slots"]))
        assert shown["step"] == "stopped"
    events = read(home / "journals" / f"{hand.session}.journal").events
    check_labels(events)
    check_time(events, marks, pressed_s)
    assert not [event for event in events if event.kind in ("trouble", "eased", "refused")]


def steady(hand, until_s):
    """Every unit goes on delivering, as confirmed."""
    while time.monotonic() < until_s:
        hand.client.presence(hand.session)
        shown = hand.shown()
        assert [one["confirmed_ma"] for one in shown["slots"]] == [1.0, 1.0, 1.0], shown
        assert shown["step"] == "blocks"
        time.sleep(0.05)


def check_labels(events):
    """The labels did jump: otherwise nothing was tested."""
    labels = [datetime.fromisoformat(event.wall) for event in events if event.kind == "note"]
    jumps = [(after - before).total_seconds() for before, after in itertools.pairwise(labels)]
    assert jumps == pytest.approx([-3600.0, -3600.0, 3600.0], abs=5.0)


def check_time(events, marks, pressed_s):
    """The journal's own time is that of the monotonic clock, and goes forward."""
    noted_s = [event.monotonic_ns / 1e9 for event in events if event.kind == "note"]
    assert noted_s == pytest.approx(marks, abs=SAME_S)
    stop = next(event for event in events if event.kind == "stop")
    assert stop.monotonic_ns / 1e9 == pytest.approx(pressed_s, abs=SAME_S)
    silent = [e.monotonic_ns for e in events if e.kind == "confirmed" and e.confirmed_ma == 0.0]
    assert max(silent) / 1e9 - pressed_s < 0.3
    ours = [event.monotonic_ns for event in events if event.kind != "confirmed"]
    assert all(after >= before - 200_000_000 for before, after in itertools.pairwise(ours))
    assert os.environ.get("LD_PRELOAD") is None
