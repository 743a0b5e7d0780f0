"""STOP reaches the bedside before the clinic does anything else, and whatever the clinic does."""

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing

import pytest
from tests.session.served import Hand, any_output, make_key

from rheobase.clinic.live.stop_first import StopFirst
from rheobase.errors import Unavailable
from rheobase.session.client import Client
from rheobase.simulated import cast

RHEOBASE = (sys.executable, "-c", "from rheobase.cli import main; main()")
SESSION = "2d6f3a1e-0000-4000-8000-000000000001"
JSON = [(b"accept", b"application/json")]


class Service:
    def __init__(self, order, answer):
        self.order, self.answer = order, answer

    async def stop(self, session):
        self.order.append(f"stop {session}")
        if self.answer is None:
            raise Unavailable("Nobody answers.")
        return self.answer


def press(app, services, headers=JSON, path=f"/live/{SESSION}/stop/"):
    """Send one POST; return what came back."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message):
        sent.append(message)

    async def whole():
        front = StopFirst(app, lambda: services)
        scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
        async with asyncio.timeout(1.0):
            await front(scope, receive, send)
        for _ in range(5):
            await asyncio.sleep(0)

    asyncio.run(whole())
    return sent


RUNS = {"session": SESSION, "runs_here": True, "confirmed": True}
ELSEWHERE = {"session": SESSION, "runs_here": False, "confirmed": True}


def test_the_bedside_hears_before_the_clinic_and_the_clinic_notes_afterwards():
    order = []

    async def clinic(scope, receive, send):
        order.append(("noted", scope["stopped"], (await receive())["body"]))

    sent = press(clinic, [Service(order, RUNS)])
    assert order == [f"stop {SESSION}", ("noted", RUNS, b"{}")]
    assert sent[0]["status"] == 200
    assert json.loads(sent[1]["body"]) == RUNS


def test_a_clinic_that_hangs_does_not_hold_up_the_answer():
    async def hangs(scope, receive, send):
        await asyncio.Event().wait()

    assert press(hangs, [Service([], RUNS)])[0]["status"] == 200


@pytest.mark.parametrize("answers", [[None], [ELSEWHERE], [None, ELSEWHERE], []])
def test_where_no_service_has_the_session_the_clinic_says_so(answers):
    seen = []

    async def clinic(scope, receive, send):
        seen.append("stopped" in scope)

    press(clinic, [Service([], answer) for answer in answers])
    assert seen == [False]


def test_a_service_that_is_away_does_not_hide_the_one_that_answers():
    async def clinic(scope, receive, send):
        return

    sent = press(clinic, [Service([], None), Service([], ELSEWHERE), Service([], RUNS)])
    assert json.loads(sent[1]["body"]) == RUNS


def test_a_press_without_javascript_is_silenced_first_and_then_sees_a_page():
    seen = []

    async def clinic(scope, receive, send):
        seen.append(scope["stopped"])

    press(clinic, [Service([], RUNS)], headers=[(b"accept", b"text/html")])
    assert seen == [RUNS]


def test_everything_else_goes_straight_to_the_clinic():
    order = []

    async def clinic(scope, receive, send):
        order.append("clinic")

    press(clinic, [Service(order, RUNS)], path=f"/live/{SESSION}/presence/")
    assert order == ["clinic"]


def test_a_write_lock_on_the_records_does_not_delay_a_stop(tmp_path):
    home = tmp_path / "home"
    make_key(home)
    with served(home) as said, Client(said["bedside"], token(home)) as client:
        hand = Hand(client, home, cast.quick(cast.mila(), on_s=30.0, off_s=0.5, repetitions=1))
        hand.open()
        hand.prepare()
        hand.do("louder", "A")
        hand.until(any_output)
        with closing(sqlite3.connect(home / "clinic.sqlite3", isolation_level=None)) as base:
            base.execute("BEGIN IMMEDIATE")  # somebody writes, for longer than anybody waits
            pressed_ns = time.monotonic_ns()
            answer = stop(said["url"], hand.session)
            base.execute("ROLLBACK")
        assert answer["runs_here"]
        # A request that waits for the lock takes 20 s. How quick a stop is, the benchmark tells.
        assert (answer["stopped_at_monotonic_ns"] - pressed_ns) / 1e9 < 5.0
        assert not any_output(hand.shown())
        hand.do("finish")


class served:  # noqa: N801 - reads as a word
    def __init__(self, home):
        self.home = home

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = str(free.getsockname()[1])
        self.process = subprocess.Popen(
            (*RHEOBASE, "serve", "--port", port, "--json"),
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "RHEOBASE_HOME": str(self.home)},
        )
        said = json.loads(self.process.stdout.readline())
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{said['url']}/sign-in/").close()  # noqa: S310 - ours
                break
            except OSError:
                time.sleep(0.1)
        return said

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(15.0)
        self.process.stdout.close()


def token(home):
    return (home / "service.token").read_text()


def stop(url, session):
    ask = urllib.request.Request(  # noqa: S310 - our own address
        f"{url}/live/{session}/stop/",
        data=b"{}",
        headers={"Accept": "application/json", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(ask, timeout=5.0) as answer:  # noqa: S310
        return json.load(answer)
