"""Signing in as staff and families do it: the code of a demo, a passkey, an app, a link to begin with."""

import pytest
from allauth.mfa.totp.internal import auth as totp

from tests.browser.conftest import Person, signs_in

pytestmark = pytest.mark.browser


@pytest.fixture
def visitor(chromium, clinic):
    """Open a browser with nobody signed in; it can hold passkeys."""
    contexts = []

    def visit(name):
        contexts.append(chromium.new_context(viewport={"width": 1280, "height": 900}))
        page = contexts[-1].new_page()
        device = contexts[-1].new_cdp_session(page)
        device.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return Person(page, clinic, name)

    yield visit
    for context in contexts:
        context.close()


def test_a_newcomer_of_the_demo_is_in_with_what_the_pages_show(visitor):
    ada = visitor("ada")
    ada.goes("/sign-in/")
    ada.keeps("sign-in")
    ada.page.fill("#username", "ada")
    ada.page.fill("#password", ada.clinic.passwords["ada"])
    ada.page.click("form:has(#password) button[type=submit]")
    ada.sees("Only in this demo")
    ada.keeps("sign-in-code")
    ada.signs_in_with_what_is_shown()
    ada.sees("Today")
    assert ada.said == []


def test_a_passkey_is_added_signs_in_alone_and_confirms(visitor):
    lena = visitor("lena").signs_in()
    lena.goes("/account/")
    lena.keeps("account")
    lena.presses("Add a passkey")
    lena.page.fill("#name", "Tablet in the blue room")
    lena.keeps("account-add-passkey")
    lena.presses("Add it")
    lena.sees("Recovery codes")
    lena.keeps("account-codes")
    lena.presses("I have kept them")
    lena.page.click(".me button")
    lena.presses("Sign in with a passkey")
    lena.page.wait_for_url(lambda at: "/sign-in/" not in at)
    lena.goes("/account/confirm/passkey/")
    lena.keeps("account-confirm-passkey")
    lena.presses("Use your passkey")
    lena.page.wait_for_url(lambda at: "confirm" not in at)
    lena.goes("/account/")
    lena.sees("Tablet in the blue room")
    lena.keeps("account-with-passkey")
    lena.presses("Rename")
    lena.keeps("account-rename-passkey")
    lena.page.fill("#name", "Lena's tablet")
    lena.presses("Save")
    lena.presses("Remove Lena's tablet")
    lena.keeps("account-remove-passkey")
    lena.presses("Remove it")
    assert "Lena's tablet" not in lena.text()
    assert lena.said == []


def test_a_passkey_is_the_second_factor_after_a_password(visitor):
    paul = visitor("paul").signs_in()
    paul.goes("/account/passkey/")
    paul.presses("Add it")
    paul.sees("Recovery codes")
    paul.page.click(".me button")
    paul.page.fill("#username", "paul")
    paul.page.fill("#password", paul.clinic.passwords["paul"])
    paul.page.click("form:has(#password) button[type=submit]")
    paul.presses("Use your passkey")
    paul.sees("Today")


def test_a_family_sets_up_an_app_and_is_asked_for_it(visitor):
    amal = visitor("amal").signs_in()
    amal.goes("/account/")
    amal.keeps("account-family")
    amal.presses("Set up an app")
    amal.page.click("summary")
    key = amal.page.inner_text("code.copy").strip()
    amal.keeps("account-add-app")
    amal.page.fill("#code", "000000")
    amal.presses("Use this app")
    amal.sees("does not fit")
    amal.page.fill("#code", shown(key))
    amal.presses("Use this app")
    amal.sees("Recovery codes")
    amal.page.click(".me button")
    amal.page.fill("#username", "amal")
    amal.page.fill("#password", amal.clinic.passwords["amal"])
    amal.page.click("form:has(#password) button[type=submit]")
    amal.page.fill("#code", shown(key))
    amal.presses("Go on")
    amal.sees("Hello Amal")
    amal.goes("/account/app/remove/")
    amal.keeps("account-remove-app")


def test_the_front_desk_makes_a_link_and_a_family_chooses_a_password_with_it(visitor):
    ben, ruth = visitor("ben").signs_in(), visitor("ruth")
    ben.goes("/accounts/?name=ruth")
    ben.keeps("accounts")
    ben.presses("Ruth Okafor")
    ben.keeps("account-of-a-family")
    ben.presses("Make a link")
    link = ben.page.inner_text("code.copy").strip()
    ben.keeps("account-link")
    ruth.goes(link)
    ruth.keeps("first-password")
    ruth.page.fill("#password", "otter-juniper-77")
    ruth.presses("Use this password")
    signs_in(ruth.page, ruth.clinic.url, "ruth", "otter-juniper-77")
    ruth.sees("Hello Ruth")
    ruth.page.goto(link)
    ruth.sees("This link is over")
    ruth.keeps("link-over")


def test_an_administrator_sees_whom_to_invite_and_whose_phone_is_lost(visitor):
    boss = visitor("max").signs_in()
    boss.goes("/accounts/new/")
    boss.keeps("account-new")
    boss.goes("/accounts/?name=olivia")
    boss.presses("Olivia Stone")
    boss.keeps("account-of-staff")
    boss.page.fill("#reason", "Phone lost; she stands beside me")
    boss.presses("Take away the second factors")
    olivia = visitor("olivia")
    olivia.goes("/sign-in/")
    olivia.page.fill("#username", "olivia")
    olivia.page.fill("#password", olivia.clinic.passwords["olivia"])
    olivia.page.click("form:has(#password) button[type=submit]")
    olivia.sees("Before anything else")
    olivia.keeps("account-needed")
    olivia.goes("/account/confirm/")
    olivia.keeps("account-confirm")


def shown(key):
    now = sorted(totp.yield_hotp_counters_from_time())[1]
    return totp.format_hotp_value(totp.hotp_value(key, now))
