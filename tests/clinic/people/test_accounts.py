"""Accounts: by invitation, with links that work once; a lost factor is the administrator's to reset."""

import json
import os
import subprocess
import sys

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.people import factors, invitations
from rheobase.clinic.people.models import AccessLog, DemoClinic, User
from rheobase.errors import BadInput

NEW = {"username": "iris", "first_name": "Iris", "last_name": "Lane"}
THERAPIST = {**NEW, "role": "therapist", "discipline": "physiotherapy"}
WHY = {"reason": "Phone lost; she stands beside me"}


def page(name, user):
    return reverse(f"people:{name}", kwargs={"account": user.pk})


def invited(client, **changes):
    response = client.post(reverse("people:new_account"), {**THERAPIST, **changes})
    return response.context["link"].removeprefix("http://testserver")


def last_line():
    return AccessLog.objects.order_by("-pk").first()


def test_the_lead_invites_a_therapist_who_chooses_a_password_and_then_a_factor(
    world, signed_in, attempt, client, quick
):
    link = invited(signed_in(world.lead))
    client.logout()
    assert client.post(link, {"password": "otter-juniper-77"})["Location"] == "/sign-in/"
    assert attempt("iris", "otter-juniper-77")["Location"] == "/"
    assert client.get("/children/")["Location"] == "/account/"


def test_an_invitation_is_in_the_log(world, signed_in):
    invited(signed_in(world.lead))
    line = AccessLog.objects.get(action="invite")
    assert (line.username, line.path) == ("lena", "invitation of iris as therapist")


def test_a_link_works_once(world, signed_in, client, quick):
    link = invited(signed_in(world.lead))
    client.logout()
    client.post(link, {"password": "otter-juniper-77"})
    assert client.get(link).status_code == 404


def test_a_link_is_over_after_three_days(world, signed_in, monkeypatch):
    from datetime import timedelta

    link = invited(signed_in(world.lead))
    late = invitations.LINKS._now() + timedelta(days=3, seconds=1)
    monkeypatch.setattr(invitations.LINKS, "_now", lambda: late)
    assert signed_in(world.lead).get(link).status_code == 404


def test_a_weak_password_is_refused(world, signed_in):
    assert (
        signed_in(world.lead)
        .post(invited(signed_in(world.lead)), {"password": "12345678"})
        .status_code
        == 422
    )


@pytest.mark.parametrize("link", ["/first/MQ/made-up/", "/first/x/y/", "/first/OTk5OQ/a-b/"])
def test_a_made_up_link_is_over(world, client, link):
    assert client.get(link).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [{"username": "Ada"}, {"role": "guardian"}, {"discipline": ""}, {"role": "administrator"}],
)
def test_what_does_not_fit_makes_no_account(world, signed_in, changes):
    before = User.objects.count()
    asked = {**THERAPIST, **changes}
    assert signed_in(world.lead).post(reverse("people:new_account"), asked).status_code == 422
    assert User.objects.count() == before


def test_nobody_real_is_invited_into_a_demo(world, at):
    DemoClinic.objects.create(since=clock.now())
    with pytest.raises(BadInput, match="demo clinic"):
        invitations.invite(THERAPIST, by=world.lead)


def test_the_front_desk_renews_families_and_nobody_else(world, signed_in):
    ben = signed_in(world.ben)
    body = ben.get("/accounts/").content.decode()
    assert "Sara Lindqvist" in body
    assert "Ada Marsh" not in body
    assert ben.post(page("new_link", world.milas_mother)).status_code == 200
    assert last_line().action == "sign-in link: mother.lindqvist"
    for user in (world.ada, world.lead, world.ben):
        assert ben.post(page("new_link", user)).status_code == 404
        assert ben.get(page("account", user)).status_code == 404


@pytest.mark.parametrize("who", ["ben", "lead", "ada", "milas_mother"])
def test_only_an_administrator_takes_factors_away(world, signed_in, who):
    answer = signed_in(getattr(world, who)).post(page("forget_factors", world.olivia), WHY)
    assert answer.status_code == 404
    assert factors.has_one(world.olivia)


def test_an_administrator_does_it_with_a_reason_and_it_is_in_the_log(world, signed_in, client):
    from django.test import Client

    olivia = Client()
    olivia.force_login(world.olivia)
    olivia.get("/")
    boss = signed_in(world.admin)
    boss.post(page("forget_factors", world.olivia), {"reason": "lost"})
    assert factors.has_one(world.olivia)
    boss.post(page("forget_factors", world.olivia), WHY)
    assert not factors.has_one(world.olivia)
    line = AccessLog.objects.get(action="reset factors")
    assert (line.username, line.path) == ("max", f"factors of olivia: {WHY['reason']}")
    assert olivia.get("/")["Location"].startswith("/sign-in/")


def test_not_in_the_middle_of_a_session_with_a_child(world, signed_in, at):
    world.records(world.mila)
    Treatment.objects.update(ended=None, started=clock.now())
    signed_in(world.admin).post(page("forget_factors", world.ada), WHY)
    assert factors.has_one(world.ada)


def test_nobody_does_anything_to_their_own_account_here(world, signed_in):
    boss = signed_in(world.admin)
    for name in ("new_link", "forget_factors", "set_open"):
        assert boss.post(page(name, world.admin), WHY).status_code == 404


def test_a_lead_does_nothing_to_an_administrator(world, signed_in):
    lead = signed_in(world.lead)
    for name in ("new_link", "set_open"):
        assert lead.post(page(name, world.admin)).status_code == 404


def test_a_closed_account_is_signed_out_at_once(world, signed_in):
    from django.test import Client

    ada = Client()
    ada.force_login(world.ada)
    assert ada.get("/").status_code == 200
    signed_in(world.lead).post(page("set_open", world.ada), {"open": "no"})
    assert ada.get("/")["Location"].startswith("/sign-in/")
    assert last_line().action == "close account: ada"


@pytest.mark.slow
def test_the_first_account_is_made_on_the_command_line(tmp_path):
    def rheobase(*words):
        done = subprocess.run(
            [sys.executable, "-c", "from rheobase.cli import main; main()", *words, "--json"],
            env={**os.environ, "RHEOBASE_HOME": str(tmp_path), "DATABASE_URL": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, json.loads(done.stdout)

    code, said = rheobase("account", "add", "max", "--given", "Max", "--family", "Field")
    assert code == 0
    assert said["link"].startswith("/first/")
    code, said = rheobase("account", "reset-factors", "max", "--reason", "phone lost, beside me")
    assert code == 2
    assert "no second factor" in said["error"]
