"""What no page offers and somebody sends anyway: each answer says what is wrong, and none breaks."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from tests.clinic.conftest import MONDAY_8

from rheobase.clinic import typed
from rheobase.clinic.booking import services, units
from rheobase.clinic.booking.models import Appointment
from rheobase.clinic.live import services as sessions
from rheobase.clinic.people.models import Child
from rheobase.errors import BadInput

ODD_NUMBERS = ["²", "٣", "9" * 5000, "-1", "9223372036854775808", "1e3", ""]
ODD_DAYS = ["9999-12-31", "0001-01-01", "2026-02-30", "W53", "²"]
ODD_TIMES = ["9999-12-31T23:59", "0001-01-01T00:00", "2026-11-24T09:00+00:00", "25:00", "²"]


@pytest.mark.parametrize("text", ODD_NUMBERS)
def test_an_odd_number_of_an_address_is_the_key_of_nothing(text):
    assert typed.whole_number(text) == 0


@pytest.mark.parametrize("text", ODD_TIMES)
def test_an_odd_time_of_an_address_is_no_time(text):
    with pytest.raises(BadInput, match="not a time"):
        typed.wall_of(text)


@pytest.mark.parametrize("text", ODD_DAYS)
def test_an_odd_day_of_an_address_is_the_day_it_would_be_without(text, world):
    assert typed.day_from(text, world.monday) == world.monday


@pytest.mark.parametrize("text", [*ODD_NUMBERS[::2][:2], *ODD_DAYS[:2], *ODD_TIMES[:2]])
def test_no_odd_address_breaks_a_page(world, at, signed_in, text):
    visit = world.records(world.mila)["visit"]
    of_mila = {"child": world.mila.pk}
    client = signed_in(world.lead)
    for name, keys in (
        ("booking:times", of_mila),
        ("booking:confirm", of_mila),
        ("booking:series", of_mila),
        ("booking:move", {"visit": visit}),
        ("booking:move_rest", {"visit": visit}),
        ("booking:freed", {}),
        ("booking:calendar", {}),
        ("people:child_access", of_mila),
        ("people:access_log", {}),
    ):
        odd = dict.fromkeys(("at", "from", "to", "day", "count", "with", "page"), text)
        for query in (odd | {"service": world.assessment.pk}, odd | {"service": text}):
            page = reverse(name, kwargs=keys, query=query)
            assert client.get(page).status_code < 500, page
            assert client.post(page, odd).status_code < 500, page


def test_days_beyond_the_lives_of_people_are_refused_where_they_are_typed(world, at, signed_in):
    client, page = signed_in(world.lead), reverse("booking:hours")
    for day in ("9999-12-31", "0001-01-01"):
        answer = client.post(page, {"day": day})
        assert "That year cannot be right" in answer.content.decode()


def test_a_text_that_no_database_keeps_is_refused_in_words(world, at, signed_in):
    client = signed_in(world.ben)
    answer = client.get("/children/", {"name": "Mi\0la"})
    assert answer.status_code == 400
    assert "cannot be kept" in answer.content.decode()
    assert client.post("/children/new/", {"given_name": "A\0"}).status_code == 400


def test_a_refusal_that_no_page_expects_is_said_on_one_of_its_own(world, at, signed_in):
    world.assessment.online = False
    world.assessment.save()
    page = reverse("booking:times", kwargs={"child": world.mila.pk})
    answer = signed_in(world.milas_mother).get(page, {"service": world.assessment.pk})
    assert answer.status_code == 422
    assert "cannot be booked here. Call the clinic." in answer.content.decode()


def test_a_booked_visit_can_be_moved_although_its_service_is_not_offered_any_more(world, at):
    tuesday = datetime.fromisoformat("2026-11-24T10:00")
    visit = world.visit(world.mila, world.ada, tuesday)
    world.assessment.active = False
    world.assessment.save()
    visit = Appointment.objects.get(pk=visit.pk)
    wish = {"by": world.ben, "therapist": world.ada, "now": MONDAY_8}
    moved = services.move(visit=visit, wall=tuesday + timedelta(days=1), **wish)
    assert moved.wall_start == "2026-11-25T10:00"
    with pytest.raises(BadInput, match="cannot be booked here"):
        services.book(child=world.jonas, service=visit.service, wall=tuesday, **wish)


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"do": "start"}},  # a form
        {"data": "not JSON", "content_type": "application/json"},
        {"data": "[1]", "content_type": "application/json"},
        {"data": b"\xff\xfe", "content_type": "application/json"},
    ],
)
def test_a_command_that_is_no_json_object_is_refused_in_words(world, at, signed_in, sent):
    treatment = world.records(world.mila)["treatment"]
    page = reverse("live:command", kwargs={"treatment": treatment})
    answer = signed_in(world.ada).post(page, **sent)
    assert answer.status_code == 400
    assert "not JSON" in answer.json()["error"]


def test_a_service_longer_than_any_calendar_is_refused(world, at, signed_in):
    page = reverse("setup:new_service")
    answer = signed_in(world.lead).post(page, {"name": "x", "buffer_after_min": "9" * 30})
    assert answer.status_code == 422


@pytest.mark.parametrize("back", ["²", "yes", "//elsewhere.example", "9999-12-31T23:59"])
def test_choosing_a_language_leads_back_to_no_other_place(client, db, back):
    answer = client.post("/language/", {"language": "fr-ca", "back": back})
    assert answer.status_code == 302
    assert "elsewhere" not in answer["Location"]


ABOUT = {
    "given_name": "Ines",
    "family_name": "Moreau",
    "born": "2019-03-14",
    "sex": "female",
    "condition": "other",
    "guardian-username": "claire",
    "guardian-first_name": "Claire",
    "guardian-last_name": "Moreau",
    "guardian-relation": "mother",
}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"given_name": "Ines\u202e<b>"}, "right-to-left override"),
        ({"family_name": "<script>alert(1)</script>"}, "The family name holds"),
        ({"guardian-first_name": "=1+1"}, "The given name holds"),
        ({"born": "2031-01-01"}, "is in the future"),
        ({"born": "1900-01-01"}, "is too long ago"),
    ],
)
def test_a_child_is_registered_under_a_name_and_a_birthday(world, at, signed_in, wrong, said):
    client, before = signed_in(world.ben), Child.objects.count()
    answer = client.post("/children/new/", ABOUT | wrong)
    assert said in answer.content.decode()
    assert Child.objects.count() == before
    client.post("/children/new/", ABOUT)
    assert Child.objects.count() == before + 1


def test_a_unit_that_is_away_is_not_offered_at_the_bedside(world, at):
    gone = world.units[0]
    units.take_out(
        unit=gone,
        reason="One socket is loose",
        starts=MONDAY_8 - timedelta(days=1),
        ends=None,
        by=world.lead,
        now=MONDAY_8,
    )
    assert gone not in sessions.free_units(None)
    assert len(sessions.free_units(None)) == len(world.units) - 1
