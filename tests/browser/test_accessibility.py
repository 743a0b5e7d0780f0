"""Every page of every role: WCAG 2.2 AA in both colour schemes, 320 px, keyboard; booking without JavaScript."""

import re
import time

import pytest
from django.urls import get_resolver, resolve

from rheobase.clinic.exchange import research
from tests.browser import lived, looking
from tests.browser.conftest import Person

pytestmark = pytest.mark.browser

PEOPLE = ["ada", "lena", "ben", "max", "sara"]  # therapist, lead, front desk, administrator, family
FRENCH = "fr-ca"
NO_PAGES = {  # answers to a press, files, streams
    *("account_logout", "end_others", "language", "mfa_login_webauthn", "plan:sign", "diary:open"),
    *(f"assessment:{name}" for name in ("clear", "copm", "new_goal", "open", "rate")),
    *(f"booking:{name}" for name in ("answer_request", "end_wait", "offer_time", "status", "undo")),
    *(f"exchange:{name}" for name in ("clinic_tables", "feed", "fhir", "hold", "ics")),
    *(f"exchange:{t}_{kind}" for t in research.TABLES for kind in ("csv", "parquet")),
    *(f"live:{name}" for name in ("command", "events", "finished", "presence", "stop")),
    *(f"outcomes:{name}" for name in ("end_item", "home_pdf", "report")),
    *(f"people:{name}" for name in ("end_guardianship", "forget_factors", "set_open", "sign_out")),
    *(f"setup:{name}" for name in ("bring_back", "replace_all", "take_out")),
}
ELSEWHERE = {  # test_sign_in.py keeps these, one person after the other
    *("account_login", "account_reauthenticate", "people:sign_in"),
    *("mfa_authenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    *("mfa_edit_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes"),
    *("people:first_password", "people:new_link"),
}


@pytest.fixture
def somebody(chromium, walked):
    """Open a browser for somebody of the walked clinic."""
    contexts = []

    def open_for(name, **options):
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 900}, **options))
        return Person(contexts[-1].new_page(), walked, name)

    yield open_for
    for context in contexts:
        context.close()


def test_one_of_everything_is_made_by_those_whose_work_it_is(somebody, tmp_path):
    ada, max_, sara, ben = (somebody(name).signs_in() for name in ("ada", "max", "sara", "ben"))
    mila = lived.child_called(ada, "Mila")
    lived.sets_up(max_)
    lived.asks_for_a_visit(sara)
    lived.sees_the_request(ben)
    lived.comes_every_week(sara)
    lived.waits(sara, mila)
    lived.offers_a_time(ben, mila)
    lived.is_offered_a_time(sara, mila)
    lived.registers(ben)
    lived.imports(somebody("lena").signs_in(), tmp_path)
    lived.fills_the_sheet(ada, mila)
    jonas = lived.child_called(ada, "Jonas")
    lived.is_refused_a_plan(ada, jonas)
    lived.decides_itself(ada, jonas)


@pytest.fixture(scope="module")
def shapes():
    """What pages were made of that have been checked: the next person's are the same."""
    return set()


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_is_for_everybody(somebody, walked, shapes, name):
    one, faults, met, titles = somebody(name).signs_in(), [], [], {}
    for route in looking.pages_of(one.page, walked.url + "/"):
        met.append(route)
        wide = looking.sideways_px(one.page, looking.NARROW)
        said = [f"{wide} px wider than 320 px"] if wide else []
        if (shape := one.page.evaluate(looking.SHAPE)) not in shapes:
            shapes.add(shape)
            said += looking.faults_of(one.page)
            said += looking.keyboard_faults(one.page)
        said += [] if one.page.locator("h1").count() == 1 else ["not one h1"]
        titles.setdefault(one.page.title(), []).append(route)
        faults += [f"{route}: {fault}" for fault in said]
    assert not faults, "\n".join(faults)
    assert len(met) > 3
    assert [routes for routes in titles.values() if len(set(routes)) > 1] == []


@pytest.mark.parametrize("name", ["sara", "ada"])
def test_every_page_of_families_and_therapists_speaks_french(somebody, walked, name):
    one, faults, met = somebody(name, locale="fr-CA").signs_in(), [], 0
    for route in looking.pages_of(one.page, walked.url + "/"):
        met += 1
        said = looking.language_faults(one.page, FRENCH) + looking.faults_of(one.page)
        wide = looking.sideways_px(one.page, looking.NARROW)
        said += [f"{wide} px wider than 320 px"] if wide else []
        faults += [f"{route}: {fault}" for fault in said]
    assert not faults, "\n".join(faults)
    assert met > 10


def test_the_sign_in_page_and_a_missing_page_are_for_everybody(somebody, walked):
    page = somebody("nobody").page
    for path in ("/sign-in/", "/no-such-page/"):
        page.goto(walked.url + path)
        assert looking.faults_of(page) + looking.keyboard_faults(page) == []
        assert looking.sideways_px(page, looking.NARROW) == 0


def test_the_first_tab_leads_past_the_navigation(somebody):
    page = somebody("ada").signs_in().page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_console_has_stop_in_sight_and_obeys_the_keyboard(somebody):
    page = opens_a_console(somebody("ada").signs_in())
    assert looking.faults_of(page) == []
    assert looking.sideways_px(page, looking.NARROW) == 0
    for size in ((320, 640), (390, 844), (1024, 768), (1440, 900)):
        stop_is_in_sight(page, *size)
    assert looking.keyboard_faults(page) == []
    boxes = page.locator("#now input[type=checkbox]")
    for box in boxes.all():
        box.focus()
        page.keyboard.press("Space")
        assert box.is_checked()
    assert page.locator("#console").get_attribute("data-stop-pressed-at") is None
    page.get_by_role("button", name="All confirmed").focus()
    page.keyboard.press("Enter")
    skin = page.get_by_role("button", name=re.compile("^clear"))
    skin.wait_for()
    skin.focus()
    stops_by(page, "Space")  # on a button too: the space bar presses nothing here
    assert looking.faults_of(page) == []
    stops_by(page, "Escape")


def opens_a_console(ada):
    ada.goes("/children/?name=Lindqvist")
    ada.page.locator("main tbody a", has_text="Mila").first.click()
    child = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", ada.page.url).group()
    ada.goes(f"/live/child/{child}/")
    ada.presses("Prepare a session")
    ada.presses("Open the console")
    ada.page.locator("#now form").wait_for()
    return ada.page


def stop_is_in_sight(page, width, height):
    page.set_viewport_size({"width": width, "height": height})
    for share in (0.0, 0.5, 1.0):
        page.evaluate(f"scrollTo(0, document.documentElement.scrollHeight * {share})")
        box = page.locator("#stop").bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height
        assert box["height"] >= 64
        middle = f"{box['x'] + box['width'] / 2}, {box['y'] + box['height'] / 2}"
        assert page.evaluate(f"document.elementFromPoint({middle}).closest('#stop') !== null")


def stops_by(page, key):
    before = page.locator("#console").get_attribute("data-stop-pressed-at")
    page.keyboard.press(key)
    end = time.monotonic() + 5.0
    while page.locator("#console").get_attribute("data-stop-pressed-at") == before:
        assert time.monotonic() < end, f"{key} is not STOP"
        page.wait_for_timeout(50)


def test_a_visit_is_booked_without_scripts(somebody):
    sara = somebody("sara", java_script_enabled=False).signs_in()
    sara.presses("Book a visit")
    sara.presses("Physiotherapy")
    sara.presses("three muscle groups")
    sara.page.check("text=Seizures or epilepsy")
    sara.presses("Continue")
    sara.presses("Any therapist")
    sara.page.click(".times button >> nth=0")
    sara.presses("Book this visit")
    sara.sees("Your visit is booked")


@pytest.mark.usefixtures("walked")
def test_no_page_of_the_product_was_left_out():
    """Comes last: by now every page has been looked at, but for the keys of somebody who signs in."""
    met = {resolve(path).view_name for path in looking.LOOKED_AT if path != "/no-such-page/"}
    assert names_of(get_resolver()) - NO_PAGES - ELSEWHERE - met == set()


def names_of(resolver, within=""):
    """Return the name of every address of the product."""
    found = set()
    for one in resolver.url_patterns:
        if hasattr(one, "url_patterns"):
            found |= names_of(one, f"{one.namespace}:" if one.namespace else within)
        else:
            found.add(within + one.name)
    return found
