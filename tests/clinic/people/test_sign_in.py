"""Signing in: two steps for staff, slow for whoever guesses, silent about who exists."""

import pytest
from django.conf import settings
from django.core.cache import cache, caches
from django.test import Client

from rheobase.clinic import clock
from rheobase.clinic.people import throttle
from rheobase.clinic.people.models import SignInTry

RIGHT = "amber-fern-lark-19"
WINDOW, CODE_WINDOW = throttle.WINDOW, throttle.CODE_WINDOW


def is_in(client):
    return client.get("/").status_code == 200


def test_the_right_password_asks_staff_for_the_second_factor(ada, attempt, client, app_shows):
    assert attempt("ada")["Location"] == "/sign-in/code/"
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert client.post("/sign-in/code/", {"code": app_shows()})["Location"] == "/"
    assert is_in(client)


def test_a_family_signs_in_with_its_password_alone(sara, attempt, client):
    assert attempt(sara.username)["Location"] == "/"
    assert is_in(client)


def test_an_e_mail_address_does_for_a_name(sara, attempt, client):
    sara.email = "sara@example.org"
    sara.save()
    assert attempt("Sara@example.org")["Location"] == "/"


def test_a_page_that_was_asked_for_is_shown_after_both_steps(ada, client, app_shows):
    client.post("/sign-in/", {"login": "ada", "password": RIGHT, "next": "/children/"})
    assert client.post("/sign-in/code/", {"code": app_shows()})["Location"] == "/children/"


def test_a_wrong_code_opens_nothing(ada, attempt, client, app_shows):
    attempt("ada")
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 422
    assert not is_in(client)


def test_a_code_works_once(ada, enter, attempt, app_shows):
    enter(ada)
    other = Client()
    attempt("ada", by=other)
    assert other.post("/sign-in/code/", {"code": app_shows()}).status_code == 422
    assert other.post("/sign-in/code/", {"code": app_shows(1)}).status_code == 302


def test_a_code_older_than_one_that_was_used_does_not_work_any_more(ada, attempt, app_shows):
    for steps, answer in ((0, 302), (-1, 422)):
        other = Client()
        attempt("ada", by=other)
        assert other.post("/sign-in/code/", {"code": app_shows(steps)}).status_code == answer


def test_codes_cannot_be_guessed(ada, attempt, client, app_shows, said):
    attempt("ada")
    for n in range(5):
        client.post("/sign-in/code/", {"code": f"00000{n}"})
    refused = client.post("/sign-in/code/", {"code": app_shows()})
    assert "Too many wrong tries" in said(refused)


def test_wrong_codes_are_counted_for_every_web_worker_together(
    ada, attempt, client, app_shows, said, at
):
    attempt("ada")
    for n in range(5):
        client.post("/sign-in/code/", {"code": f"00000{n}"})
    cache.clear()  # as if another process were asked, that has counted nothing itself
    assert "Too many wrong tries" in said(client.post("/sign-in/code/", {"code": app_shows()}))
    at(clock.now() + CODE_WINDOW)
    cache.clear()
    assert client.post("/sign-in/code/", {"code": app_shows()}).status_code == 302


def test_what_is_counted_is_counted_in_the_database(db):
    cache.set("some-count", 1)
    assert caches.create_connection("default").get("some-count") == 1  # another process's


def test_a_device_speaks_the_language_its_person_has_chosen_elsewhere(sara, attempt, client):
    sara.language = "fr-ca"
    sara.save()
    attempt(sara.username)
    assert 'lang="fr-ca"' in client.get("/").content.decode()


def test_a_wrong_password_and_a_name_that_nobody_has_get_the_same_words(ada, attempt, said):
    assert said(attempt("ada", "wrong")) == said(attempt("nobody", "wrong"))


def test_an_account_that_is_closed_gets_the_same_words(ada, attempt, said):
    wrong = said(attempt("nobody", "wrong"))
    ada.is_active = False
    ada.save()
    assert said(attempt("ada")) == wrong


def test_after_five_wrong_tries_the_right_password_is_refused_too(ada, attempt, at, said):
    for _ in range(5):
        attempt("ada", "wrong")
    assert "Wait 15 minutes" in said(attempt("Ada"))


def test_a_name_that_nobody_has_is_slowed_down_just_the_same(ada, attempt, at, said):
    for _ in range(5):
        attempt("nobody", "wrong")
    assert "Wait 15 minutes" in said(attempt("nobody", "wrong"))


def test_after_fifteen_minutes_it_may_be_tried_again(sara, attempt, at):
    for _ in range(5):
        attempt(sara.username, "wrong")
    at(clock.now() + WINDOW)
    assert attempt(sara.username).status_code == 302


def test_somebody_elses_wrong_tries_from_elsewhere_do_not_lock_ada_out(ada, attempt, at):
    for _ in range(5):
        attempt("ada", "wrong", address="10.0.0.9")
    assert attempt("ada").status_code == 302


def test_a_device_that_has_signed_in_is_never_locked_out_by_others(sara, enter, attempt, at):
    """Neither by wrong tries beside it, nor by hundreds from everywhere."""
    tablet = enter(sara)
    tablet.post("/sign-out/")
    rows = [
        SignInTry(name=sara.username, address=a, at=clock.now(), succeeded=False)
        for a in ("10.0.0.1", *[f"10.1.0.{n}" for n in range(200)])
        for _ in range(5)
    ]
    SignInTry.objects.bulk_create(rows)
    assert attempt(sara.username, by=Client()).status_code == 422
    assert attempt(sara.username, by=tablet).status_code == 302


def test_even_a_known_device_waits_after_five_wrong_tries_of_its_own(sara, enter, attempt, at):
    tablet = enter(sara)
    tablet.post("/sign-out/")
    for _ in range(5):
        attempt(sara.username, "wrong", by=tablet)
    assert attempt(sara.username, by=tablet).status_code == 422


def test_a_device_is_known_only_for_the_names_that_signed_in_there(sara, ada, enter, attempt, at):
    tablet = enter(sara)
    tablet.post("/sign-out/")
    for n in range(throttle.WRONG_BY_NAME):
        attempt("ada", "wrong", address=f"10.2.0.{n}", by=Client())
    assert attempt("ada", by=tablet).status_code == 422


def test_many_names_from_one_place_wait_too(sara, attempt, at):
    rows = [
        SignInTry(name=f"n{n}", address="10.0.0.1", at=clock.now(), succeeded=False)
        for n in range(throttle.WRONG_BY_ADDRESS)
    ]
    SignInTry.objects.bulk_create(rows)
    assert attempt(sara.username).status_code == 422
    assert attempt(sara.username, address="10.0.0.2").status_code == 302


def test_a_made_up_device_cookie_is_as_good_as_none(sara, attempt, client, at):
    client.cookies[throttle.COOKIE] = "W10:made:up"
    assert attempt(sara.username).status_code == 302
    assert SignInTry.objects.get().device == ""


def test_no_password_is_kept_of_a_wrong_try(ada, attempt):
    attempt("ada", "my other password")
    assert "my other password" not in str(SignInTry.objects.values_list()[0])


def test_it_never_leads_to_another_site(sara, client):
    typed = {"login": sara.username, "password": RIGHT, "next": "https://evil.example/"}
    assert client.post("/sign-in/", typed)["Location"] == "/"


@pytest.mark.parametrize(
    "path",
    ["/signup/", "/accounts/signup/", "/accounts/login/", "/password/reset/", "/accounts/email/"],
)
def test_what_allauth_has_and_this_clinic_does_not_offer_has_no_address(db, client, path):
    assert client.get(path).status_code == 404


def test_a_new_password_must_be_a_good_one(ada, enter, client):
    enter(ada)
    assert client.post("/password/", {"old": RIGHT, "new": "12345678"}).status_code == 422
    assert client.post("/password/", {"old": "wrong", "new": "otter-juniper-7"}).status_code == 422
    assert client.post("/password/", {"old": RIGHT, "new": "otter-juniper-7"}).status_code == 302
    assert is_in(client)


def test_the_present_password_cannot_be_guessed_from_a_tablet_left_open(sara, enter, client):
    enter(sara)
    for _ in range(5):
        client.post("/password/", {"old": "wrong", "new": "sedge-otter-plum-7"})
    client.post("/password/", {"old": RIGHT, "new": "sedge-otter-plum-7"})
    sara.refresh_from_db()
    assert sara.check_password(RIGHT)


def test_passwords_are_kept_by_argon2():
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
