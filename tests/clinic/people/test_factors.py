"""The second factor: staff have one before anything else; it is changed only by who has just shown who they are."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from rheobase.clinic.people import factors
from rheobase.clinic.people.models import AccessLog

RIGHT = "amber-fern-lark-19"


@pytest.fixture
def bare(ada):
    """Ada, invited just now: a password and nothing else."""
    Authenticator.objects.filter(user=ada).delete()
    return ada


def events():
    return list(AccessLog.objects.order_by("pk").values_list("username", "action"))


def set_up_an_app(client, app_shows):
    page = client.get("/account/app/").content.decode()
    key = re.search(r'class="copy">([A-Z2-7]+)<', page).group(1)
    return key, client.post("/account/app/", {"code": app_shows(key=key)})


@pytest.mark.parametrize("path", ["/", "/children/", "/book/calendar/", "/password/", "/accounts/"])
def test_staff_without_a_second_factor_are_led_to_setting_one_up(
    world, bare, attempt, client, path
):
    attempt("ada")
    assert client.get(path)["Location"] == "/account/"
    assert "Before anything else" in client.get("/account/").content.decode()


def test_nothing_of_a_child_is_shown_before_that(world, bare, attempt, client):
    attempt("ada")
    answer = client.get(reverse("people:child", kwargs={"child": world.mila.pk}))
    assert answer.status_code == 302
    assert not answer.content


def test_an_app_is_set_up_codes_are_shown_once_and_then_the_day_begins(
    bare, attempt, client, app_shows, django_capture_on_commit_callbacks
):
    attempt("ada")
    with django_capture_on_commit_callbacks(execute=True):
        _key, done = set_up_an_app(client, app_shows)
    assert done["Location"] == "/account/codes/"
    page = client.get("/account/codes/").content.decode()
    assert len(re.findall(r"<code>\d{8}</code>", page)) == 10
    assert not re.findall(r"<code>\d{8}</code>", client.get("/account/codes/").content.decode())
    assert client.get("/").status_code == 200
    assert ("ada", "add factor: app") in events()


def test_a_wrong_code_sets_nothing_up(bare, attempt, client):
    attempt("ada")
    client.get("/account/app/")
    assert client.post("/account/app/", {"code": "000000"}).status_code == 422
    assert not factors.has_one(bare)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_after_a_wrong_code_the_same_key_still_counts(bare, attempt, client, app_shows, steps):
    attempt("ada")
    page = client.get("/account/app/").content.decode()
    key = re.search(r'class="copy">([A-Z2-7]+)<', page).group(1)
    client.post("/account/app/", {"code": "000000"})
    assert client.post("/account/app/", {"code": app_shows(steps, key)}).status_code == 302


def test_the_key_of_an_app_is_kept_encrypted(bare, attempt, client, app_shows):
    attempt("ada")
    key, _done = set_up_an_app(client, app_shows)
    assert key not in str(Authenticator.objects.values_list("data", flat=True))


def test_a_recovery_code_works_once_without_the_phone(bare, attempt, client, app_shows):
    attempt("ada")
    set_up_an_app(client, app_shows)
    code = re.search(r"<code>(\d{8})</code>", client.get("/account/codes/").content.decode())[1]
    for answer in (302, 422):
        other = Client()
        attempt("ada", by=other)
        assert other.post("/sign-in/code/", {"code": code}).status_code == answer


def test_a_family_may_add_one_and_is_asked_for_it_then(sara, attempt, client, app_shows):
    attempt(sara.username)
    assert "up to you" in client.get("/account/").content.decode()
    set_up_an_app(client, app_shows)
    assert attempt(sara.username, by=Client())["Location"] == "/sign-in/code/"


def test_a_family_may_drop_it_again(sara, attempt, client, app_shows):
    attempt(sara.username)
    set_up_an_app(client, app_shows)
    client.post("/account/app/remove/")
    assert not Authenticator.objects.filter(user=sara).exists()


def test_staff_cannot_drop_the_last_one(ada, enter, said):
    client = enter(ada)
    assert "add another one first" in client.get("/account/app/remove/").content.decode().lower()
    client.post("/account/app/remove/")
    assert factors.has_one(ada)


@pytest.mark.parametrize(
    "path",
    ["/account/app/remove/", "/account/passkey/", "/account/codes/new/"],
)
def test_factors_are_changed_only_by_who_has_just_shown_who_they_are(ada, enter, path):
    client = enter(ada)
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 601
    session.save()
    asked = client.get(path)
    assert asked["Location"] == f"/account/confirm/?next={path.replace('/', '%2F')}"
    client.post("/account/confirm/", {"password": "wrong"})
    assert client.get(path).status_code == 302
    client.post("/account/confirm/", {"password": RIGHT})
    assert client.get(path).status_code == 200


def test_a_passkey_of_somebody_else_is_not_there(world, ada, enter):
    row = Authenticator.objects.create(
        user=world.lead, type="webauthn", data={"name": "Lena's key", "credential": {}}
    )
    client = enter(ada)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        answer = client.get(reverse(name, kwargs={"pk": row.pk}))
        assert answer.status_code == 404
        assert "Lena's key" not in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "{}", "[]", "null", '{"response": {}}', "no json"])
def test_a_made_up_passkey_signs_nobody_in(db, client, typed):
    answer = client.post("/sign-in/passkey/", {"credential": typed})
    assert answer["Location"] == "/sign-in/"
    assert client.get("/")["Location"].startswith("/sign-in/")
