"""Visits on request: the family's wish keeps its time until the clinic answers."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from rheobase.clinic.booking import services
from rheobase.clinic.booking.models import Allocation, Appointment, Outbox
from rheobase.errors import BadInput, Taken

TUESDAY_10 = datetime.fromisoformat("2026-11-24T10:00")


@pytest.fixture
def wanted(world, wanted):
    """The same session, which the clinic now books on request."""
    world.nmes.on_request = True
    world.nmes.save()
    return wanted


def kinds():
    return {row.kind for row in Outbox.objects.filter(withdrawn__isnull=True)}


def test_what_a_family_books_on_request_is_no_visit_yet_and_blocks_its_time(world, wanted):
    visit = services.book(**wanted)
    assert visit.status == "requested"
    assert kinds() == {"requested"}
    with pytest.raises(Taken):
        services.book(**{**wanted, "by": world.jonas_mother, "child": world.jonas})


def test_what_the_front_desk_books_is_a_visit(world, wanted):
    assert services.book(**{**wanted, "by": world.ben}).status == "confirmed"


def test_a_yes_makes_it_a_visit_and_says_so(world, wanted, now):
    visit = services.book(**wanted)
    services.answer_request(visit=visit, accept=True, by=world.ben, now=now + timedelta(hours=1))
    visit.refresh_from_db()
    assert visit.status == "confirmed"
    assert kinds() == {"booked"}


def test_a_no_frees_the_time_and_says_so(world, wanted, now):
    visit = services.book(**wanted)
    services.answer_request(
        visit=visit, accept=False, by=world.ben, now=now, reason="Ada is at a course"
    )
    assert not Allocation.objects.filter(active=True).exists()
    assert kinds() == {"declined"}
    assert "course" not in Outbox.objects.get(kind="declined", to=world.milas_mother).body


def test_a_request_is_answered_once(world, wanted, now):
    visit = services.book(**wanted)
    as_lena_saw_it = Appointment.objects.get(pk=visit.pk)
    services.answer_request(visit=visit, accept=True, by=world.ben, now=now)
    with pytest.raises(BadInput, match="just changed"):
        services.answer_request(visit=as_lena_saw_it, accept=False, by=world.lead, now=now)


def test_the_front_desk_finds_it_and_answers_on_the_page(world, wanted, signed_in):
    visit = services.book(**wanted)
    client = signed_in(world.ben)
    assert "One request waits" in client.get(reverse("booking:calendar")).content.decode()
    assert "Mila" in client.get(reverse("booking:requests")).content.decode()
    page = client.get(reverse("booking:visit", kwargs={"visit": visit.pk})).content.decode()
    assert "Make it a visit" in page
    answer = reverse("booking:answer_request", kwargs={"visit": visit.pk})
    assert (
        "It is a visit now" in client.post(answer, {"answer": "yes"}, follow=True).content.decode()
    )


@pytest.mark.parametrize("who", ["milas_mother", "ada", "admin"])
def test_nobody_else_answers(world, wanted, signed_in, who):
    visit = services.book(**wanted)
    client = signed_in(getattr(world, who))
    answer = reverse("booking:answer_request", kwargs={"visit": visit.pk})
    assert client.post(answer, {"answer": "yes"}).status_code == 404
    assert client.get(reverse("booking:requests")).status_code == 404
    visit.refresh_from_db()
    assert visit.status == "requested"


def test_the_family_is_told_that_it_asked_and_not_that_it_booked(world, wanted, signed_in):
    client = signed_in(world.milas_mother)
    query = {"service": world.nmes.pk, "with": world.ada.pk, "at": "2026-11-24T10:00"}
    path = reverse("booking:confirm", kwargs={"child": world.mila.pk}, query=query)
    assert "Ask for this visit" in client.get(path).content.decode()
    page = client.post(path, follow=True).content.decode()
    assert "We have your request" in page
    assert "Your visit is booked" not in page
    for name, keys in (("booking:visits", {"child": world.mila.pk}), ("people:start", {})):
        assert "asked for, no answer yet" in client.get(reverse(name, kwargs=keys)).content.decode()
