"""Signing in: slow for whoever guesses, silent about who exists, and over after a while."""

from datetime import timedelta

import pytest
from django.conf import settings

from rheobase.clinic import clock
from rheobase.clinic.people.models import SignInTry

RIGHT = "amber-fern-lark-19"


@pytest.fixture
def ada(world, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    world.ada.set_password(RIGHT)
    world.ada.save()
    return world.ada


@pytest.fixture
def attempt(client):
    def attempt(name, password, address="10.0.0.1"):
        return client.post(
            "/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=address
        )

    return attempt


def words(response):
    return response.content.decode().split('role="alert">')[1].split("<")[0]


def test_the_right_password_opens_the_start_page(ada, attempt, client):
    assert attempt("ada", RIGHT)["Location"] == "/"
    assert client.get("/").status_code == 200


def test_a_wrong_password_and_a_name_that_nobody_has_get_the_same_words(ada, attempt):
    assert words(attempt("ada", "wrong")) == words(attempt("nobody", "wrong"))


def test_an_account_that_is_closed_gets_the_same_words(ada, attempt):
    wrong = words(attempt("nobody", "wrong"))
    ada.is_active = False
    ada.save()
    assert words(attempt("ada", RIGHT)) == wrong


def test_after_five_wrong_tries_the_right_password_is_refused_too(ada, attempt, at):
    for _ in range(5):
        attempt("ada", "wrong")
    assert "Wait 15 minutes" in words(attempt("Ada", RIGHT))


def test_a_name_that_nobody_has_is_slowed_down_just_the_same(ada, attempt, at):
    for _ in range(5):
        attempt("nobody", "wrong")
    assert "Wait 15 minutes" in words(attempt("nobody", "wrong"))


def test_after_fifteen_minutes_it_may_be_tried_again(ada, attempt, at):
    for _ in range(5):
        attempt("ada", "wrong")
    at(clock.now() + timedelta(minutes=15, seconds=1))
    assert attempt("ada", RIGHT).status_code == 302


def test_somebody_elses_wrong_tries_from_elsewhere_do_not_lock_ada_out(ada, attempt, at):
    for _ in range(5):
        attempt("ada", "wrong", address="10.0.0.9")
    assert attempt("ada", RIGHT).status_code == 302


def test_no_password_is_kept_of_a_wrong_try(ada, attempt):
    attempt("ada", "my other password")
    assert "my other password" not in str(SignInTry.objects.values_list()[0])


def test_it_never_leads_to_another_site(ada, client):
    response = client.post(
        "/sign-in/", {"username": "ada", "password": RIGHT, "next": "https://evil.example/"}
    )
    assert response["Location"] == "/"


@pytest.mark.parametrize(("who", "minutes"), [("ada", 15), ("milas_mother", 30)])
def test_a_silent_session_ends(world, signed_in, at, who, minutes):
    begin = clock.now()
    client = signed_in(getattr(world, who))
    assert client.get("/").status_code == 200
    at(begin + timedelta(minutes=minutes - 1))
    assert client.get("/").status_code == 200
    at(begin + timedelta(minutes=2 * minutes))
    assert client.get("/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("who", ["ada", "milas_mother"])
def test_even_a_busy_session_ends_after_its_longest_time(world, signed_in, at, who):
    begin = clock.now()
    user = getattr(world, who)
    _, longest_min = settings.SESSION_LIMITS_MIN.get(user.role, settings.SESSION_LIMITS_MIN[""])
    client = signed_in(user)
    client.get("/password/")
    session = client.session
    session["began"] = (begin - timedelta(minutes=longest_min, seconds=-30)).timestamp()
    session.save()
    assert client.get("/password/").status_code == 200
    at(begin + timedelta(seconds=31))
    assert client.get("/password/")["Location"].startswith("/sign-in/")


def test_a_new_password_must_be_a_good_one(ada, attempt, client):
    attempt("ada", RIGHT)
    assert client.post("/password/", {"old": RIGHT, "new": "12345678"}).status_code == 422
    assert client.post("/password/", {"old": "wrong", "new": "otter-juniper-7"}).status_code == 422
    assert client.post("/password/", {"old": RIGHT, "new": "otter-juniper-7"}).status_code == 302
    assert client.get("/").status_code == 200
