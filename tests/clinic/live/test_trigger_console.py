"""The console and whatever starts a contraction: one word, one bar, and a pedal that counts once.

The page and the snapshots are real; a small server stands in for the relay and remembers the posts.
"""

import json
import queue
import threading
import time
import uuid
from dataclasses import replace
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse
from tests.browser.looking import faults_of
from tests.session.test_trigger_laws import QUICK, SIGNED, Played, begun, scene_of

import rheobase.clinic
from rheobase.clinic.live import bedside, services
from rheobase.clinic.live.trigger_words import PEDAL_KEYS
from rheobase.home import signing_key
from rheobase.session import course
from rheobase.session.messages import Trouble
from rheobase.session.snapshot import snapshot
from rheobase.stimulus import Coordination, seal, to_plain

STATIC = Path(rheobase.clinic.__file__).parent / "static"
KINDS = {".js": "text/javascript", ".css": "text/css"}
BY_BUTTON = replace(QUICK, coordination=Coordination.TRIGGERED)


class Name(SimpleNamespace):
    """Somebody with a name, without a database: Playwright and Django's do not share a thread."""

    def __str__(self):
        return f"{self.given_name} {self.family_name}"


MILA = Name(given_name="Mila", family_name="Lindqvist", born=date(2020, 5, 4))


def console_of(prescription):
    """The console's page of a prescription."""
    request = RequestFactory().get("/live/")
    request.user, request.session = AnonymousUser(), {}
    units = [{"slot": slot, "name": f"Unit {slot}"} for slot in "ABC"]
    context = {
        "child": MILA,
        "treatment": SimpleNamespace(pk=uuid.UUID(int=7), units=units),
        "plan": SimpleNamespace(version=1),
        "prescription": prescription,
        "steps": services.STEP_LABELS.items(),
        "guide": services.guide(prescription),
        "pedal_keys": PEDAL_KEYS.items(),
    }
    return render_to_string("live/console.html", context, request)


def test_the_console_speaks_about_triggers_only_where_there_are_any():
    assert 'id="trigger"' not in console_of(QUICK)


def test_the_console_of_a_sensor_has_its_bar_and_its_signed_range():
    page = console_of(SIGNED)
    assert 'role="meter"' in page
    assert "8–120 µV" in page
    assert 'id="pedal-key"' in page


def test_a_plan_with_a_sensor_asks_where_it_comes_from(world, signed_in, monkeypatch):
    sealed = to_plain(seal(SIGNED, signing_key()))
    rows = world.records(world.mila, sealed=sealed)
    address = reverse("live:prepare", args=[rows["plan"]])
    assert "an LSL stream" in signed_in(world.ada).get(address).content.decode()
    asked = {}

    class Client:
        base_url = ""

        def create(self, **body):
            asked.update(body)

    monkeypatch.setattr(bedside, "client", lambda *_: Client())
    monkeypatch.setattr("rheobase.clinic.live.services.missing_for", lambda *_: [])
    units = {f"unit-{slot}": str(unit.pk) for slot, unit in zip("AB", world.units, strict=False)}
    signed_in(world.ada).post(address, {**units, "sensor": "lsl", "stream": " name=Left leg "})
    assert asked["sensor"] == "lsl:name=Left leg"


# --- in a browser -------------------------------------------------------------------------------


class Relay:
    """Serves one page, its static files and a stream of snapshots; remembers what is posted."""

    def __init__(self, page):
        self.page, self.posts, self.news = page, [], queue.Queue()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/"

    def say(self, scene, now_ms):
        self.news.put(snapshot(scene, now_ms, 0))

    def commands(self):
        return [(body.get("do"), body.get("by")) for path, body in self.posts if "do" in body]

    def stops(self):
        return sum(path.endswith("/stop/") for path, _ in self.posts)

    def _handler(relay):  # noqa: N805 - the inner class has the other self
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = self.path.partition("?")[0]
                if path.endswith("/events/"):
                    self._answer(b"", "text/event-stream", close=False)
                    while True:
                        news = json.dumps(relay.news.get())
                        self.wfile.write(f"event: snapshot\ndata: {news}\n\n".encode())
                elif path.startswith("/static/"):
                    name = path.removeprefix("/static/")
                    found = next((p for p in STATIC.rglob("*") if str(p).endswith(name)), None)
                    body = found.read_bytes() if found else b""
                    self._answer(body, KINDS.get(Path(name).suffix, "image/svg+xml"))
                else:
                    self._answer(relay.page.encode(), "text/html; charset=utf-8")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                relay.posts.append((self.path, json.loads(body or b"{}")))
                self._answer(b"{}", "application/json")

            def _answer(self, body, kind, close=True):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                if close:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler


@pytest.fixture
def opened(chromium):
    contexts = []

    def open_for(prescription):
        relay = Relay(console_of(prescription))
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        contexts.append((context, relay))
        page = context.new_page()
        page.goto(relay.url)
        return relay, page

    yield open_for
    for context, relay in contexts:
        context.close()
        relay.server.shutdown()


def said(page, words):
    page.locator("#trigger-word", has_text=words).wait_for()


def until(page, is_so, longest_s=15.0):
    """Wait until what was pressed has arrived; then for what should not follow."""
    end = time.monotonic() + longest_s
    while not is_so():
        assert time.monotonic() < end
        page.wait_for_timeout(20)
    page.wait_for_timeout(200)


@pytest.mark.browser
def test_a_pedal_counts_once_while_the_block_waits_and_stop_always_wins(opened):
    relay, page = opened(BY_BUTTON)
    relay.say(scene_of(BY_BUTTON), 0.0)
    said(page, "once a block runs")
    page.keyboard.press("PageDown")
    played = Played(begun(scene_of(BY_BUTTON)))
    relay.say(played.scene, 0.0)
    said(page, "Waiting for the button")
    page.evaluate("window.scrollTo(0, 0)")
    page.keyboard.down("PageDown")
    for _ in range(5):
        page.keyboard.down("PageDown")  # a foot that rests on the pedal
    page.keyboard.up("PageDown")
    until(page, relay.commands)
    assert page.evaluate("window.scrollY") == 0
    page.focus("#note-text")
    page.keyboard.press("PageDown")  # somebody who types turns no pages and starts nothing
    page.evaluate("document.activeElement.blur()")
    page.select_option("#pedal-key", "b")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("PageDown")
    page.keyboard.press("b")
    until(page, lambda: len(relay.commands()) > 1)
    assert relay.commands() == [("trigger", "pedal"), ("trigger", "pedal")]
    page.get_by_role("button", name="Now!").click()
    until(page, lambda: len(relay.commands()) > 2)
    _, body = next(post for post in reversed(relay.posts) if post[1].get("do"))
    assert (body["do"], body["source"]) == ("trigger", "therapist")
    page.keyboard.press(" ")
    page.keyboard.press("b")
    until(page, relay.stops)
    assert relay.stops() == 1
    assert len(relay.commands()) == 3
    keys = page.eval_on_selector_all("#pedal-key option", "all => all.map((one) => one.value)")
    assert not {"Escape", " ", "Enter", "Tab"} & set(keys)


@pytest.mark.browser
def test_the_console_shows_the_sensor_in_words_and_with_a_line(opened, tmp_path):
    relay, page = opened(SIGNED)
    page.emulate_media(reduced_motion="reduce")
    played = Played(scene_of(SIGNED, threshold=None))
    relay.say(played.scene, 0.0)
    said(page, "No signal")
    played.hold(5.0, 0.2)
    relay.say(played.scene, played.now_ms)
    said(page, "No threshold yet")
    page.fill("#trigger-threshold", "30")
    page.press("#trigger-threshold", "Enter")
    page.click("#trigger-rest")
    played = Played(begun(scene_of(SIGNED)))
    played.hold(5.0, 1.0)
    relay.say(played.scene, played.now_ms)
    said(page, "Waiting for the child")
    assert "threshold 30 µV" in page.inner_text("#trigger-numbers")
    line = page.evaluate("document.querySelector('.trigger-line').style.left")
    assert float(line.rstrip("%")) == pytest.approx(100.0 / 3.0, abs=0.1)
    assert "threshold 30 µV" in page.get_attribute("#trigger-bar", "aria-valuetext")
    assert page.locator("#now button", has_text="Now!").count() == 0
    page.screenshot(path=tmp_path / "waiting.png", full_page=True)
    played.hold(80.0, 0.2)
    relay.say(played.scene, played.now_ms)
    said(page, "Triggered")
    page.keyboard.press("PageDown")  # no pedal was signed
    until(page, lambda: len(relay.commands()) > 1)
    assert relay.commands() == [("threshold", None), ("rest", None)]
    assert faults_of(page) == []
    for width in (390, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.browser
def test_the_console_does_not_call_a_unit_silent_that_did_not_confirm_it(opened):
    relay, page = opened(BY_BUTTON)
    words = ("Unit A did not confirm that it halted.",)
    scene = begun(scene_of(BY_BUTTON)).with_unit("A", confirmed_ma=3.0)
    trouble = Trouble(slot="A", kind="link", hard=True, reasons=words, monotonic_ns=0)
    scene = course.told(scene, trouble, 0.0)
    relay.say(scene, 0.0)
    page.get_by_text("unit A did not confirm that it is silent. Switch it off").wait_for()
    assert "Every unit is silent" not in page.inner_text("#now")
    relay.say(scene.with_unit("A", confirmed_ma=0.0), 0.0)
    page.get_by_text("Stopped. Every unit is silent").wait_for()
