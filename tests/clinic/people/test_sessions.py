"""When a sign-in ends, and what it leaves alone in the middle of a session with a child."""

from datetime import timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.people import sessions

RIGHT = "amber-fern-lark-19"


class Bedside:
    """A room whose session service answers everything."""

    def command(self, *_):
        return {}

    presence = command


@pytest.fixture
def running(world, at, monkeypatch):
    """Ada is in the middle of a session with Mila."""
    monkeypatch.setattr("rheobase.clinic.live.bedside.client", lambda *_: Bedside())
    row = Treatment.objects.get(pk=world.records(world.mila)["treatment"])
    Treatment.objects.filter(pk=row.pk).update(ended=None, started=clock.now(), how_it_ended="")
    return row


def later(at, **span):
    at(clock.now() + timedelta(**span))


def console(row):
    return reverse("live:console", kwargs={"treatment": row.pk})


def presses(client, row):
    path = f"{console(row)}command/"
    return client.post(path, "{}", content_type="application/json").status_code


@pytest.mark.parametrize(("who", "minutes"), [("ada", 15), ("milas_mother", 30)])
def test_a_silent_session_ends(world, signed_in, at, who, minutes):
    client = signed_in(getattr(world, who))
    assert client.get("/").status_code == 200
    later(at, minutes=minutes - 1)
    assert client.get("/").status_code == 200
    later(at, minutes=minutes + 1)
    assert client.get("/")["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("who", ["ada", "milas_mother"])
def test_even_a_busy_session_ends_after_its_longest_time(world, signed_in, at, who, settings):
    user = getattr(world, who)
    limits = settings.SESSION_LIMITS_MIN
    _, longest_min = limits.get(user.role, limits[""])
    client = signed_in(user)
    client.get("/password/")
    session = client.session
    session["began"] = (clock.now() - timedelta(minutes=longest_min, seconds=-30)).timestamp()
    session.save()
    assert client.get("/password/").status_code == 200
    later(at, seconds=31)
    assert client.get("/password/")["Location"].startswith("/sign-in/")


def test_the_console_of_a_running_session_never_asks_who_its_therapist_is(
    world, running, signed_in, at
):
    client = signed_in(world.ada)
    assert presses(client, running) == 200
    later(at, minutes=90)
    assert client.post(f"{console(running)}presence/").status_code == 200
    assert presses(client, running) == 200


def test_every_other_page_asks_her_to_confirm_and_does_not_sign_her_out(
    world, running, signed_in, at
):
    client = signed_in(world.ada)
    client.get("/")
    later(at, minutes=20)
    asked = client.get("/children/")
    assert asked["Location"] == "/account/confirm/?next=%2Fchildren%2F"
    assert client.get("/account/confirm/").status_code == 200
    assert presses(client, running) == 200


def test_what_the_console_sends_by_itself_is_no_sign_of_a_person(world, running, signed_in, at):
    client = signed_in(world.ada)
    client.get("/")
    for _ in range(4):
        later(at, minutes=5)
        client.post(f"{console(running)}presence/")
    assert client.get("/")["Location"].startswith("/account/confirm/")


def test_a_press_on_the_console_is_a_sign_of_a_person(world, running, signed_in, at):
    client = signed_in(world.ada)
    client.get("/")
    for _ in range(4):
        later(at, minutes=5)
        assert presses(client, running) == 200
    assert client.get("/").status_code == 200


def test_whoever_confirms_goes_on(world, ada, running, enter, at, monkeypatch):
    client = enter(ada)
    start = clock.now()
    client.get("/")
    at(start + timedelta(minutes=20))
    monkeypatch.setattr("time.time", (start + timedelta(minutes=20)).timestamp)
    typed = {"password": RIGHT, "next": "/children/"}
    assert client.post("/account/confirm/", typed)["Location"] == "/children/"
    assert client.get("/children/").status_code == 200


def test_when_the_session_with_the_child_has_ended_the_limits_hold_again(
    world, running, signed_in, at
):
    client = signed_in(world.ada)
    client.get("/")
    later(at, minutes=20)
    Treatment.objects.update(ended=clock.now())
    assert client.get(console(running))["Location"].startswith("/sign-in/")


def test_a_session_whose_end_nobody_noted_keeps_no_sign_in_open(world, running, signed_in, at):
    client = signed_in(world.ada)
    client.get("/")
    later(at, hours=4, minutes=1)
    assert client.get(console(running))["Location"].startswith("/sign-in/")


def test_another_therapists_session_keeps_nobody_signed_in(world, running, signed_in, at):
    client = signed_in(world.lead)
    client.get("/")
    later(at, minutes=20)
    assert client.get(console(running))["Location"].startswith("/sign-in/")


def test_sign_ins_are_ended_everywhere_but_here(world, at, client):
    from django.test import Client

    here, there = client, Client()
    for one in (here, there):
        one.force_login(world.milas_mother)
        one.get("/")
    later(at, seconds=1)
    here.post("/account/elsewhere/")
    assert here.get("/").status_code == 200
    assert there.get("/")["Location"].startswith("/sign-in/")


def test_who_signs_in_after_that_stays(world, at, client):
    sessions.end_all(world.milas_mother, clock.now())
    later(at, seconds=1)
    client.force_login(world.milas_mother)
    assert client.get("/").status_code == 200
