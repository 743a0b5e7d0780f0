"""A served demo clinic and three people's browsers: Debian's Chromium, driven by Playwright.

Every page that is looked at is kept as a picture at phone, tablet and desk size in the folder of
test artefacts (`RHEOBASE_ARTEFACTS`).
"""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser import looking

SIZES = {"phone": (390, 844), "tablet": (1024, 768), "desk": (1440, 900)}
ARTEFACTS = Path(os.environ.get("RHEOBASE_ARTEFACTS", "test-artefacts")) / "pages"
RHEOBASE = Path(sys.executable).with_name("rheobase")
START_S = 60.0
NEW_CODES_S = 100.0  # two codes in half a minute; several people may have come just now


class Clinic:
    """A served demo clinic.

    Attributes:
        url: where it is.
        home: its folder.
        passwords: by name.
    """

    def __init__(self, url, home, passwords):
        self.url, self.home, self.passwords = url, home, passwords


def signs_in(page, url, name, password):
    """Name and password; for staff then the code that the page shows in a demo, each of them once."""
    page.goto(f"{url}/sign-in/")
    page.fill("#username", name)
    page.fill("#password", password)
    page.click("form:has(#password) button[type=submit]")
    page.wait_for_url(lambda at: not at.endswith("/sign-in/"))
    enters_codes(page)


def enters_codes(page):
    """Type the code that the page shows until one of them signs in."""
    end = time.monotonic() + NEW_CODES_S
    while page.url.endswith("/sign-in/code/"):
        assert time.monotonic() < end, "No code signs in."
        if page.locator("#demo-code").count():
            page.fill("#code", page.inner_text("#demo-code"))
            page.click("form:has(#code) button[type=submit]")
            page.wait_for_load_state()
        else:  # both codes of this half minute are used
            page.wait_for_timeout(1000)
            page.reload()


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, page, clinic, name):
        self.page, self.clinic, self.name = page, clinic, name
        self.said = []
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.said.append(line.text))

    def signs_in(self):
        signs_in(self.page, self.clinic.url, self.name, self.clinic.passwords[self.name])
        return self

    def signs_in_with_what_is_shown(self):
        enters_codes(self.page)

    def goes(self, path):
        answer = self.page.goto(path if path.startswith("http") else self.clinic.url + path)
        assert answer.status < 400, f"{path}: {answer.status}"

    def presses(self, words, within="main"):
        place = self.page.locator(within)
        pattern = re.compile(words, re.IGNORECASE)
        found = place.get_by_role("button", name=pattern).or_(
            place.get_by_role("link", name=pattern)
        )
        found.first.click()

    def follows(self, part):
        """Press the first link whose address holds a part."""
        self.page.locator(f"a[href*='{part}']").first.click()

    def sees(self, words):
        self.page.get_by_text(re.compile(words)).first.wait_for()

    def text(self, selector="main"):
        return self.page.inner_text(selector)

    def keeps(self, name):
        """Keep the page at every size, and in the dark; check it as it stands (WCAG 2.2 AA), by Tab too."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        usual = self.page.viewport_size
        for size, (width, height) in SIZES.items():
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.screenshot(path=ARTEFACTS / f"{name}-{size}.png", full_page=True)
            wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{name} is {wide} px wider than a {size}"
        self.page.set_viewport_size(usual)
        self.page.emulate_media(color_scheme="dark")
        self.page.screenshot(path=ARTEFACTS / f"{name}-dark.png", full_page=True)
        self.page.emulate_media(color_scheme="light")
        assert looking.faults_of(self.page) == []
        assert looking.sideways_px(self.page, looking.NARROW) == 0, f"{name} is wider than 320 px"
        if self.page.locator("#console").count() == 0:  # it has a test of its own, and a level
            assert looking.keyboard_faults(self.page) == []


def pytest_collection_modifyitems(items):
    """The tests of the walked clinic come last: it is being walked meanwhile."""
    items.sort(key=needs_walked)


def needs_walked(item):
    return "walked" in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def clinic(tmp_path_factory):
    """A demo clinic as a newcomer finds it, before anybody walked the pathway."""
    home = tmp_path_factory.mktemp("clinic")
    with started(home, "--no-pathway") as process:
        yield served(process, home)


@pytest.fixture(scope="session", autouse=True)
def walking(request, tmp_path_factory):
    """Begin early what takes a minute: a clinic in which the pathway is walked once."""
    if not any(needs_walked(item) for item in request.session.items):
        yield None
        return
    home = tmp_path_factory.mktemp("walked")
    with started(home) as process:
        yield process, home


@pytest.fixture(scope="session")
def walked(walking):
    """A clinic where the pathway was walked: charts, a signed plan, a session and its note."""
    return served(*walking)


@contextmanager
def started(home, *options):
    """Begin to serve a demo clinic from an empty folder; it ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [RHEOBASE, "demo", *options, "--port", str(port)],
        env={**os.environ, "RHEOBASE_HOME": str(home), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def served(process, home):
    """Wait until a clinic says where it is, and return it with the passwords it printed."""
    passwords = {}
    for line in process.stdout:
        cells = [cell.strip() for cell in re.split(r"[│┃|]", line)]
        if len(cells) > 4 and re.fullmatch(r"[a-z]+-[a-z]+-\d{4}", cells[3]):
            passwords[cells[2]] = cells[3]
        if "The clinic is at" in line:
            url = re.search(r"http://\S+", line).group()
            _wait_for(url)
            return Clinic(url, home, passwords)
    return pytest.fail("The demo clinic ended before it served a page.")


def _wait_for(url):
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/sign-in/") as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"No page at {url} within {START_S:.0f} s")


@pytest.fixture
def person(chromium, clinic):
    """Open a browser for somebody and sign in."""
    opened = []

    def open_for(name):
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        one = Person(context.new_page(), clinic, name)
        opened.append((context, one))
        return one.signs_in()

    yield open_for
    for context, one in opened:
        context.close()
        assert [line for line in one.said if "422" not in line] == []
