"""Booking as a family does it: one question per screen, from the child to the done page."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.booking import services
from rheobase.clinic.booking.models import Appointment

TUESDAY_10 = "2026-11-24T10:00"


@pytest.fixture
def mother(world, signed_in, at):
    return signed_in(world.milas_mother)


def address(name, child, **query):
    return reverse(f"booking:{name}", kwargs={"child": child.pk}, query=query or None)


def confirm(world, child=None, at=TUESDAY_10, service=None):
    query = {"service": (service or world.assessment).pk, "with": world.ada.pk, "at": at}
    return address("confirm", child or world.mila, **query)


def body(response):
    return response.content.decode()


def test_a_mother_of_one_child_is_not_asked_who(world, mother):
    assert mother.get("/book/")["Location"] == address("discipline", world.mila)


def test_a_mother_of_two_is(world, mother):
    from rheobase.clinic.people.services import entrust

    now = clock.now() - timedelta(days=1)
    entrust(child=world.jonas, user=world.milas_mother, relation="foster parent", now=now)
    assert "Jonas" in body(mother.get("/book/"))


def test_only_services_of_the_discipline_that_are_offered_online_are_shown(world, mother):
    world.nmes.online = False
    world.nmes.save()
    found = body(mother.get(address("service", world.mila, discipline="physiotherapy")))
    assert "First visit, physiotherapy" in found
    assert "occupational" not in found
    assert "Session with muscle stimulation" not in found


def test_the_question_about_stimulation_promises_nothing(world, mother):
    found = body(mother.get(address("stimulation", world.mila, service=world.assessment.pk)))
    assert "decided by the therapist after the assessment" in found
    for word in ("pacemaker", "Seizures", "skin", "Metal", "operation", "Botulinum"):
        assert word in found


def test_a_whole_booking_in_seven_screens(world, mother):
    path = address("stimulation", world.mila, service=world.assessment.pk)
    told = {"interested": "yes", "told": ["metal", "nonsense"], "more": "shy"}
    then = mother.post(path, told)["Location"]
    assert "metal" not in then
    assert "Ada Marsh" in body(mother.get(then))
    times = body(
        mother.get(address("times", world.mila, service=world.assessment.pk, **{"with": "any"}))
    )
    assert "Tuesday 24 November" in times
    assert "clinic time (America/Edmonton)" in times
    asked = body(mother.get(confirm(world)))
    assert "Metal in the body" in asked
    assert "please call the clinic" in asked
    done = mother.post(confirm(world), follow=True)
    assert "Your visit is booked" in body(done)
    assert "Undo the booking" in body(done)
    assert "Health questions before muscle stimulation" in body(done)
    visit = Appointment.objects.get()
    assert (visit.wall_start, visit.interested) == (TUESDAY_10, True)
    assert visit.told_us == {"ticked": ["metal"], "more": "shy"}


def test_the_soonest_times_come_first_and_none_before_the_notice(world, mother):
    found = body(
        mother.get(address("times", world.mila, service=world.assessment.pk, **{"with": "any"}))
    )
    assert "Monday 23 November" not in found
    assert found.index("Tuesday 24") < found.index("Wednesday 25")
    assert found.index("Morning") < found.index("Afternoon")


def test_later_times_are_one_tap_away(world, mother):
    path = address("times", world.mila, service=world.assessment.pk, **{"with": world.ada.pk})
    later = body(mother.get(path)).split("from=")[1][:10]
    assert later == "2026-12-01"
    assert "Tuesday 1 December" in body(mother.get(f"{path}&from={later}"))


def test_whoever_comes_second_is_told_and_shown_the_nearest_times(world, mother, signed_in):
    services.book(
        by=world.ben,
        child=world.jonas,
        service=world.assessment,
        therapist=world.ada,
        wall=datetime.fromisoformat(TUESDAY_10),
        now=clock.now(),
    )
    response = mother.post(confirm(world), follow=True)
    assert "has just been taken. The nearest free times are" in body(response)
    assert urlsplit(response.redirect_chain[0][0]).path == address("times", world.mila)
    assert Appointment.objects.count() == 1


def test_a_second_tap_on_book_leads_to_the_same_visit(world, mother):
    first, second = mother.post(confirm(world)), mother.post(confirm(world))
    assert first["Location"] == second["Location"]
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("wrong", ["yesterday", "2026-11-24T10:00+00:00", "2026-11-24T03:00", ""])
def test_a_time_that_is_none_leads_back_to_the_times(world, mother, wrong):
    response = mother.post(confirm(world, at=wrong))
    assert response.status_code == 302
    assert parse_qs(urlsplit(response["Location"]).query)["service"] == [str(world.assessment.pk)]
    assert not Appointment.objects.exists()


def test_the_child_comes_from_the_address_and_never_from_the_form(world, mother):
    mother.post(confirm(world), {"child": str(world.jonas.pk)})
    assert Appointment.objects.get().child == world.mila


def test_undo_within_three_minutes_and_a_plain_word_afterwards(world, mother, at):
    mother.post(confirm(world))
    undo = reverse("booking:undo", kwargs={"visit": Appointment.objects.get().pk})
    at(clock.now() + timedelta(minutes=4))
    assert "three minutes for undoing are over" in body(mother.post(undo, follow=True))
    at(clock.now() - timedelta(minutes=3))
    assert "Nobody was told" in body(mother.post(undo, follow=True))


def test_a_visit_can_be_moved_by_its_family(world, mother):
    visit = world.visit(world.mila, world.ada, datetime.fromisoformat("2026-11-26T10:00"))
    path = reverse("booking:move", kwargs={"visit": visit.pk})
    assert "Thursday 26 November, 10:00" in body(mother.get(path))
    mother.post(path, {"at": "2026-11-27T13:00"})
    visit.refresh_from_db()
    assert visit.wall_start == "2026-11-27T13:00"


def test_late_cancelling_says_call_the_clinic(world, mother):
    visit = world.visit(world.mila, world.ada, datetime.fromisoformat("2026-11-23T10:00"))
    path = reverse("booking:cancel", kwargs={"visit": visit.pk})
    assert "Please call the clinic" in body(mother.get(path))
    mother.post(path)
    visit.refresh_from_db()
    assert visit.status == "confirmed"


def test_ben_books_for_any_child_on_the_telephone(world, signed_in, at):
    client = signed_in(world.ben)
    assert "Noor" in body(client.get("/book/"))
    client.post(confirm(world, child=world.jonas, at="2026-11-23T09:00"))
    assert Appointment.objects.get().booked_by == world.ben


def test_what_the_family_told_first_is_shown_to_the_therapist_and_not_to_the_front_desk(
    world, signed_in, at
):
    visit = world.visit(world.mila, world.ada, datetime.fromisoformat(TUESDAY_10))
    Appointment.objects.filter(pk=visit.pk).update(
        told_us={"ticked": ["epilepsy"]}, interested=True
    )
    path = reverse("booking:visit", kwargs={"visit": visit.pk})
    assert "Seizures" in body(signed_in(world.ada).get(path))
    assert "Seizures" not in body(signed_in(world.ben).get(path))


def test_the_calendar_shows_a_day_of_all_and_a_week_of_one(world, signed_in, at):
    world.visit(world.mila, world.ada, datetime.fromisoformat("2026-11-24T10:00"))
    client = signed_in(world.ben)
    day = body(client.get("/book/calendar/", {"day": "2026-11-24"}))
    assert "Mila Lindqvist" in day
    assert "Olivia Stone" in day
    week = {"view": "week", "day": "2026-11-23", "of": world.ada.pk}
    assert "Mila Lindqvist" in body(client.get("/book/calendar/", week))
    assert "Mila" not in body(client.get("/book/calendar/", {**week, "of": world.olivia.pk}))


def test_a_therapist_sees_no_visit_of_the_other_discipline_in_the_calendar(world, signed_in, at):
    world.visit(world.noor, world.olivia, datetime.fromisoformat("2026-11-23T10:00"))
    assert "Noor" not in body(signed_in(world.ada).get("/book/calendar/"))


def test_ben_notes_that_a_child_has_arrived_and_then_it_is_done(world, signed_in, at):
    visit = world.visit(world.mila, world.ada, datetime.fromisoformat("2026-11-23T10:00"))
    path = reverse("booking:status", kwargs={"visit": visit.pk})
    client = signed_in(world.ben)
    for new, after in (("done", "confirmed"), ("arrived", "arrived"), ("done", "done")):
        client.post(path, {"new": new})
        visit.refresh_from_db()
        assert visit.status == after
