"""Real pages in a real browser: booking without JavaScript, two people on one slot, accessibility."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from tests.browser.conftest import signs_in

pytestmark = pytest.mark.browser

FILL = """
import json, django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from rheobase.clinic import clock, demo
print(json.dumps({a.username: a.password for a in demo.fill(clock.now())}))
"""
SERVE = "from rheobase.cli import main; main()"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def clinic(tmp_path_factory):
    """The demo clinic, served by `rheobase serve`: its address and the passwords."""
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "RHEOBASE_HOME": str(home), "DATABASE_URL": ""}
    filled = subprocess.run(
        [sys.executable, "-c", FILL], env=environment, capture_output=True, text=True, check=True
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-c", SERVE, "serve", "--port", str(port), "--no-bedside"]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    _wait_for(f"{address}/sign-in/")
    yield address, json.loads(filled.stdout)
    server.terminate()
    server.wait(10)


def _wait_for(address):
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")


@pytest.fixture
def sign_in(clinic, chromium):
    address, passwords = clinic
    contexts = []

    def sign_in(name, **options):
        context = chromium.new_context(base_url=address, **{"viewport": PHONE, **options})
        contexts.append(context)
        page = context.new_page()
        signs_in(page, address, name, passwords[name])
        return page

    yield sign_in
    for context in contexts:
        context.close()


def to_the_times(page, service="First visit, physiotherapy"):
    page.click("text=Book a visit")
    page.click("text=Physiotherapy")
    page.click(f"text={service}")
    page.check("input[name=interested][value=yes]")
    page.check("input[name=told][value=botulinum]")
    page.click("text=Continue")
    page.click("text=Any therapist")


def test_a_family_books_on_a_phone_without_javascript(sign_in):
    page = sign_in("sara", java_script_enabled=False)
    to_the_times(page)
    page.click(".times button >> nth=0")
    assert "Is this right?" in page.inner_text("h1")
    assert "Botulinum toxin" in page.inner_text("main")
    page.click("text=Book this visit")
    assert "Your visit is booked" in page.inner_text("h1")
    with page.expect_download() as download:
        page.click("text=Add to calendar")
    assert "BEGIN:VCALENDAR" in download.value.path().read_text()
    page.click("text=Undo the booking")
    assert "undone" in page.inner_text("[role=status]")


def test_two_families_tap_the_same_time_and_one_of_them_gets_it(sign_in):
    pages = [sign_in("sara"), sign_in("ruth")]
    for page in pages:
        to_the_times(page)
    times = [page.get_attribute(".times button >> nth=2", "value") for page in pages]
    assert times[0] == times[1]
    for page in pages:
        page.goto(page.url.replace("with=any", "with=1"))
    for page in pages:
        page.click(f".times button[value='{times[0]}']")
    assert "has just been taken" in pages[1].inner_text("[role=status]")
    assert "held for you until" in pages[0].inner_text("main")
    pages[0].click("text=Book this visit")
    assert "Your visit is booked" in pages[0].inner_text("h1")


def test_a_family_comes_every_week_without_javascript(sign_in):
    page = sign_in("sara", java_script_enabled=False)
    to_the_times(page)
    page.click(".times button >> nth=0")
    page.click("text=Come every week at this time")
    page.fill("#count", "3")
    page.click("text=Look at these weeks")
    assert page.locator("main select").count() == 3
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.click("text=Book these visits")
    assert "Your visits are booked" in page.inner_text("h1")
    page.click("button:has-text('Undo all of them')")
    assert "Nobody was told" in page.inner_text("[role=status]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("amal", ["/", "/exchange/feeds/", "/password/"]),
        ("ben", ["/", "/book/", "/book/calendar/", "/book/calendar/?view=week", "/children/new/"]),
        ("lena", ["/access-log/?check=1", "/children/", "/book/hours/", "/book/hours/week/"]),
        (
            "max",
            [
                "/setup/",
                "/setup/services/",
                "/setup/services/new/",
                "/setup/units/",
                "/setup/rooms/",
            ],
        ),
    ],
)
def test_pages_keep_wcag_22_aa_and_do_not_scroll_sideways(sign_in, who, paths, viewport, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = sign_in(who, viewport=viewport, color_scheme=scheme)
    links = page.eval_on_selector_all(
        "main a[href*='/book/'], main a[href*='/intake/'], main a[href*='/children/']",
        "all => all.map(a => a.getAttribute('href')).filter(h => !h.includes('.'))",
    )
    for path in dict.fromkeys([*paths, *links[:6]]):
        page.goto(path)
        found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
        assert not found, [(path, v["id"], v["nodes"][0]["html"]) for v in found]
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not page.evaluate(wide), path
