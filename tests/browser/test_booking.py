"""Booking in a real browser: without JavaScript on a phone, two families on one time, every size and scheme."""

import pytest

from tests.browser import looking
from tests.browser.conftest import SIZES, signs_in

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def sign_in(clinic, chromium):
    contexts = []

    def sign_in(name, **options):
        context = chromium.new_context(base_url=clinic.url, viewport=PHONE, **options)
        contexts.append(context)
        page = context.new_page()
        signs_in(page, clinic.url, name, clinic.passwords[name])
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


@pytest.mark.parametrize(
    ("who", "paths"),
    [
        ("amal", ["/", "/exchange/feeds/", "/password/"]),
        ("ben", ["/", "/book/", "/book/calendar/", "/book/calendar/?view=week", "/children/new/"]),
        ("lena", ["/access-log/?check=1", "/children/"]),
    ],
)
def test_pages_keep_wcag_22_aa_and_do_not_scroll_sideways_at_any_size(sign_in, who, paths):
    page = sign_in(who)
    links = page.eval_on_selector_all(
        "main a[href*='/book/'], main a[href*='/intake/'], main a[href*='/children/']",
        "all => all.map(a => a.getAttribute('href')).filter(h => !h.includes('.'))",
    )
    for path in dict.fromkeys([*paths, *links[:6]]):
        page.goto(path)
        for size in ("phone", "desk"):
            width, height = SIZES[size]
            page.set_viewport_size({"width": width, "height": height})
            assert looking.faults_of(page) == [], (path, size)
            assert looking.sideways_px(page, page.viewport_size) == 0, (path, size)
