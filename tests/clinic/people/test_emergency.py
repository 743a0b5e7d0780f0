"""Breaking the glass: named exactly, with a reason, for an hour, to read; and the lead sees it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock, policy
from rheobase.clinic.people import report
from rheobase.clinic.people.models import AccessLog, BreakGlass

EMERGENCY = "/emergency/"
WHY = {"reason": "Fell in the waiting room; allergies needed"}
MILA = {"given_name": "mila", "family_name": "Lindqvist", "born": "2020-05-04", **WHY}


@pytest.fixture
def broken(world, at, signed_in):
    """Olivia, of the other discipline, has opened Mila's record."""
    client = signed_in(world.olivia)
    response = client.post(EMERGENCY, MILA)
    assert response.status_code == 302
    return client


def pages(world):
    keys = {"child": world.mila.pk}
    return [reverse(name, kwargs=keys) for name in ("people:child", "booking:visits")]


def test_the_record_opens_for_an_hour_and_closes_again(world, broken, at):
    for page in pages(world):
        assert broken.get(page).status_code == 200
    at(clock.now() + timedelta(hours=1))
    broken.logout()  # the session itself has been idle too long
    broken.force_login(world.olivia)
    for page in pages(world):
        assert broken.get(page).status_code == 404


def test_it_opens_for_reading_this_child_and_nothing_else(world, broken):
    may = {a for a in policy.RULES if policy.may(world.olivia, a, world.mila)} - {"public"}
    assert may == policy.IN_AN_EMERGENCY
    assert not policy.may(world.olivia, "see child", world.jonas)
    assert not policy.IN_AN_EMERGENCY & {"write chart", "sign plan", "run session", "export child"}


def test_it_opens_for_nobody_else(world, broken, signed_in):
    other = signed_in(world.jonas_mother)
    assert other.get(pages(world)[0]).status_code == 404


def test_the_lead_sees_who_why_and_until_when(world, broken, signed_in):
    broken.get(pages(world)[0])
    page = signed_in(world.lead).get(
        reverse("people:child_access", kwargs={"child": world.mila.pk})
    )
    body = page.content.decode()
    assert "Olivia Stone" in body
    assert WHY["reason"] in body
    assert "break the glass" in body


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"born": "2020-05-05"}, "No child of this name"),
        ({"given_name": "Mil"}, "No child of this name"),
        ({"reason": "because"}, "at least 15"),
        ({"reason": " " * 40}, "required"),
    ],
)
def test_without_the_exact_child_or_a_reason_nothing_opens(world, at, signed_in, changes, said):
    response = signed_in(world.olivia).post(EMERGENCY, {**MILA, **changes})
    assert said in response.content.decode()
    assert not BreakGlass.objects.exists()


def test_names_cannot_be_tried_out(world, at, signed_in):
    client = signed_in(world.olivia)
    for n in range(5):
        client.post(EMERGENCY, {**MILA, "given_name": f"Try{n}"})
    assert AccessLog.objects.filter(action="break the glass", allowed=False).count() == 5
    response = client.post(EMERGENCY, MILA)
    assert "Too many wrong tries" in response.content.decode()
    assert not BreakGlass.objects.exists()


def test_a_therapist_of_the_childs_discipline_breaks_nothing(world, at, signed_in):
    world.visit(world.mila, world.ada, clock.to_wall(clock.now(), world.zone))
    assert signed_in(world.ada).post(EMERGENCY, MILA).status_code == 302
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("who", ["ben", "lead", "admin", "milas_mother"])
def test_only_therapists_break_the_glass(world, signed_in, who):
    assert signed_in(getattr(world, who)).post(EMERGENCY, MILA).status_code == 404


def test_the_report_counts_looks_and_refusals_of_the_days_asked_for(world, at, signed_in):
    page = pages(world)[0]
    for user in (world.lead, world.lead, world.olivia):
        signed_in(user).get(page)
    at(clock.now() + timedelta(days=1))
    signed_in(world.lead).get(page)
    monday = report.of_child(world.mila, world.monday, world.monday)
    assert [(p.name, p.looks, p.refused) for p in monday.people] == [
        ("Olivia Stone", 0, 1),
        ("Lena Brook", 2, 0),
    ]
    assert monday.people[1].what == ("see child",)
    whole = report.of_child(world.mila, world.monday, date(2026, 11, 24))
    assert [(p.name, p.looks) for p in whole.people] == [("Lena Brook", 3), ("Olivia Stone", 0)]
    assert report.of_child(world.mila, date(2026, 11, 25), date(2026, 11, 25)).people == ()
