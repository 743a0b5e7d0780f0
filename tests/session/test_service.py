"""A treatment room over HTTP, with real processes: the whole session, and what happens when it breaks."""

import itertools
import json
import os
import signal
import threading
import time
from dataclasses import replace
from datetime import date

import httpx
import pytest

from rheobase.errors import BadInput, NotAllowed, Taken, Unavailable
from rheobase.session.beats import BEATS
from rheobase.session.client import Client
from rheobase.session.events import read
from rheobase.simulated import cast
from rheobase.stimulus import Segment
from tests.session.served import Hand, any_output, make_key, of, service


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    make_key(home)
    with service(home) as (client, _):
        yield client, home


KNEE = cast.order("A", "quadriceps", Segment.THIGH)
QUICK = cast.quick(cast.mila(), on_s=2.0, off_s=0.5, repetitions=1)


def events_of(client, session, found, stop):
    with httpx.stream(
        "GET",
        f"{client.base_url}/sessions/{session}/events?after=0",
        headers=client._http.headers,
        timeout=10.0,
        trust_env=False,
    ) as answer:
        for line in answer.iter_lines():
            if line.startswith("event: "):
                found.append((line.removeprefix("event: "), time.monotonic()))
            if stop.is_set():
                return


def test_a_whole_session_of_three_units_from_screen_to_done(room):
    client, home = room
    hand = Hand(client, home, QUICK)
    assert hand.open()["step"] == "screen"
    seen, stop = [], threading.Event()
    watcher = threading.Thread(target=events_of, args=(client, hand.session, seen, stop))
    watcher.start()
    hand.prepare()
    assert hand.shown()["step"] == "ladder"
    hand.climb()
    hand.do("start")
    shown = hand.until(lambda s: all(one["confirmed_ma"] == 1.0 for one in s["slots"]))
    assert shown["stage"] == "RUNNING"
    assert shown["cues"]["name"] == "sit-to-stand"
    shown = hand.until(lambda s: not s["block_running"] and not any_output(s))
    assert [one["contractions"] for one in shown["slots"]] == [1, 1, 1]
    hand.do("finish")
    hand.until(lambda s: s["step"] == "skin after")
    hand.do("skin", score=1)
    hand.do("note", text="Mila stood up three times.")
    assert hand.do("finish")["ended"]
    watcher.join(5.0)
    stop.set()
    ended = hand.shown()
    assert ended["summary"]["how_it_ended"] == "finished"
    assert all(one["highest_ma"] == 1.0 for one in ended["summary"]["slots"])
    assert all(one["charge_uc"] > 0.0 for one in ended["summary"]["slots"])
    assert "Mila stood up three times." in ended["summary"]["note"]
    kinds = [kind for kind, _ in seen]
    beats = sum(event["kind"] == BEATS for event in client.journal(hand.session))
    assert beats > 1
    assert kinds.count("journal") == ended["journal_seq"] - beats
    shots = [at for kind, at in seen if kind == "snapshot"]
    assert max(b - a for a, b in itertools.pairwise(shots)) < 1.5
    reading = read(home / "journals" / f"{hand.session}.journal")
    assert not reading.interrupted
    assert not reading.trouble


def test_stop_needs_no_token_no_body_and_no_running_session(room):
    client, home = room
    hand = Hand(client, home, QUICK, "ABC")
    hand.open()
    bare = httpx.Client(base_url=client.base_url, trust_env=False)
    assert bare.post("/sessions/nobody/stop").status_code == 200
    answer = bare.post(f"/sessions/{hand.session}/stop").json()
    assert answer["confirmed"]
    assert answer["stopped_at_monotonic_ns"] >= answer["asked_at_monotonic_ns"]
    assert bare.get(f"/sessions/{hand.session}").status_code == 401
    bare.close()
    hand.prepare()  # a stop before any current leads back to where it was
    assert hand.shown()["step"] == "ladder"
    hand.do("finish")


def test_a_stop_silences_and_every_level_starts_again_from_zero(room):
    client, home = room
    hand = Hand(client, home, cast.quick(cast.mila((KNEE,)), 2.0, 0.5, 1), "A")
    hand.open()
    hand.prepare()
    hand.climb()
    hand.do("start")
    hand.until(any_output)
    client.stop(hand.session)
    shown = hand.shown()
    assert shown["step"] == "stopped"
    assert not any_output(shown)
    assert all(one["level_ma"] == one["now_ma"] == 0.0 for one in shown["slots"])
    with pytest.raises(BadInput, match="does not belong"):
        hand.do("louder", "A")
    assert hand.do("checklist")["step"] == "ladder"
    with pytest.raises(BadInput, match="stands at 0 mA"):
        hand.do("start")
    assert hand.do("finish")["step"] in ("ramp out", "skin after")
    hand.until(lambda s: s["step"] == "skin after")
    hand.do("skin", score=0)
    hand.do("finish")
    assert hand.shown()["summary"]["stops"][0]["silent_after_ms"] < 150.0


def test_pain_silences_every_unit(room):
    client, home = room
    hand = Hand(client, home, QUICK)
    hand.open()
    hand.prepare()
    hand.do("louder", "A")
    hand.until(any_output)
    shown = hand.do("behaviour", score=4)  # a rise of four over the baseline
    assert shown["step"] == "stopped"
    assert "rose from 0 to 4" in shown["why"]
    assert not any_output(hand.until(lambda s: not any_output(s)))
    with pytest.raises(BadInput, match="Comfort the child"):
        hand.do("checklist")
    hand.do("behaviour", score=1)
    assert hand.do("checklist")["step"] == "ladder"
    client.stop(hand.session)
    hand.do("finish")


def test_no_current_flows_before_comfort_was_scored_without_it(room):
    client, home = room
    hand = Hand(client, home, QUICK)
    hand.open()
    hand.do("checklist")
    hand.do("skin", score=0)
    hand.do("pads")
    with pytest.raises(BadInput, match="Score the child first"):
        hand.do("search_up", "A")
    hand.do("finish")


def test_the_same_key_is_carried_out_once(room):
    client, home = room
    hand = Hand(client, home, QUICK)
    hand.open()
    hand.prepare()
    press = {"key": "same", "do": "louder", "slot": "A"}
    for _ in range(3):
        assert of(client.command(hand.session, press), "A")["level_ma"] == 1.0
    with pytest.raises(BadInput, match="another command"):
        client.command(hand.session, {**press, "slot": "B"})
    client.stop(hand.session)
    hand.do("finish")


def test_only_what_was_signed_here_for_this_child_is_opened(room):
    client, home = room
    good = Hand(client, home, QUICK)

    def refused(match, **changes):
        with pytest.raises(BadInput, match=match):
            client.create(**{**good.opening, **changes})

    edited = json.loads(json.dumps(good.opening["sealed"]))
    edited["prescription"]["channels"][0]["ceiling_ma"] = 19.0
    refused("changed after it was signed", sealed=edited)
    refused("not signed in this clinic", sealed={**good.opening["sealed"], "seal": "0" * 64})
    refused("another child", child="jonas")
    refused("Name one unit for each", units=good.opening["units"][:1])
    stale = replace(QUICK, valid_until=date(2026, 1, 1))
    refused("Check the plan and sign it again", sealed=Hand(client, home, stale).opening["sealed"])
    with pytest.raises(BadInput):
        client.create(
            **{
                **good.opening,
                "units": [{**unit, "make": "toaster"} for unit in good.opening["units"]],
            }
        )
    other = Hand(client, home, QUICK)
    assert other.open()["session"] == other.session
    assert other.open()["session"] == other.session  # the same again is no error
    with pytest.raises(Taken):
        client.create(**{**other.opening, "interlocks": [["quadriceps", "hamstrings"]]})
    other.do("finish")


def test_nobody_without_the_token_is_served(room):
    client, _ = room
    with Client(client.base_url, "wrong") as stranger, pytest.raises(NotAllowed, match="token"):
        stranger.snapshot("any")


def test_a_client_says_when_nobody_answers():
    with Client("http://127.0.0.1:9", "x") as client, pytest.raises(Unavailable, match="bedside"):
        client.health()


def test_a_killed_service_leaves_a_readable_journal_and_an_interrupted_session(tmp_path):
    home = tmp_path / "home"
    make_key(home)
    with service(home) as (client, process):
        hand = Hand(client, home, QUICK)
        hand.open()
        hand.prepare()
        hand.do("louder", "A")
        hand.until(any_output)
        acknowledged = hand.do("note", text="last words")["journal_seq"]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    reading = read(home / "journals" / f"{hand.session}.journal")
    assert reading.interrupted
    assert len(reading.events) >= acknowledged
    assert any(event.data.get("text") == "last words" for event in reading.events)
    with service(home) as (client, _):
        assert {"session": hand.session, "step": "interrupted"} in client.health()["sessions"]
        shown = client.snapshot(hand.session)
        assert shown["step"] == "interrupted"
        assert shown["summary"]["how_it_ended"] == "interrupted"
        assert len(client.journal(hand.session)) == len(reading.events)
