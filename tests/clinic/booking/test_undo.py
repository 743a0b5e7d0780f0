"""Three minutes: a booking, a move and a cancellation are taken back, and nobody hears of them."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from rheobase.clinic.booking import services
from rheobase.clinic.booking.models import Allocation, Appointment, Outbox
from rheobase.errors import BadInput, Taken

FRIDAY_10 = datetime.fromisoformat("2026-11-27T10:00")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def visit(book, now):
    """Booked yesterday, so that only what comes now can be undone."""
    return book(wall=FRIDAY_10, now=now - timedelta(days=1))


def messages():
    rows = Outbox.objects.filter(withdrawn__isnull=True).order_by("pk")
    return [(row.kind, row.to.username, row.not_before, row.body) for row in rows]


def test_a_cancelled_visit_comes_back_with_everything_it_had(world, visit, now):
    before = messages()
    services.cancel(visit=visit, by=world.milas_mother, now=now)
    assert [kind for kind, *_ in messages()] == ["cancelled"] * 2
    assert services.undo(visit=visit, by=world.milas_mother, now=now + MINUTE) == "cancelled"
    visit.refresh_from_db()
    assert visit.status == "confirmed"
    assert visit.allocations.filter(active=True).count() == 6
    assert visit.stimulators.count() == 3
    assert messages() == before


def test_a_cancelled_visit_whose_time_is_taken_does_not_come_back(world, book, visit, now):
    services.cancel(visit=visit, by=world.milas_mother, now=now)
    book(by=world.jonas_mother, child=world.jonas, service=world.assessment, wall=FRIDAY_10)
    with pytest.raises(Taken):
        services.undo(visit=visit, by=world.milas_mother, now=now + MINUTE)
    visit.refresh_from_db()
    assert visit.status == "cancelled"


def test_a_moved_visit_goes_back(world, visit, now):
    before = messages()
    moved = services.move(
        visit=visit,
        by=world.milas_mother,
        therapist=world.ada,
        wall=FRIDAY_10 + timedelta(hours=3),
        now=now,
    )
    assert services.undo(visit=moved, by=world.milas_mother, now=now + MINUTE) == "moved"
    visit.refresh_from_db()
    assert visit.wall_start == "2026-11-27T10:00"
    assert messages() == before
    assert Allocation.objects.filter(active=True).count() == 6
    assert [c.what for c in visit.changes.all()] == ["booked", "moved", "undone"]


def test_what_was_undone_cannot_be_undone_again(world, visit, now):
    services.cancel(visit=visit, by=world.milas_mother, now=now)
    services.undo(visit=visit, by=world.milas_mother, now=now + MINUTE)
    visit.refresh_from_db()
    assert services.can_undo(visit, now + MINUTE) == ""


@pytest.mark.parametrize("what", ["move", "cancel"])
def test_after_three_minutes_nothing_is_undone(world, visit, now, what):
    if what == "move":
        later = FRIDAY_10 + timedelta(hours=3)
        visit = services.move(visit=visit, by=world.ben, therapist=world.ada, wall=later, now=now)
    else:
        services.cancel(visit=visit, by=world.ben, now=now)
    with pytest.raises(BadInput, match="three minutes"):
        services.undo(visit=visit, by=world.ben, now=now + 4 * MINUTE)


def test_the_family_sees_what_it_can_undo(world, visit, now, signed_in):
    services.cancel(visit=visit, by=world.milas_mother, now=now)
    client = signed_in(world.milas_mother)
    page = client.get(reverse("booking:visit", kwargs={"visit": visit.pk})).content.decode()
    assert "Undo the cancellation" in page
    undo = reverse("booking:undo", kwargs={"visit": visit.pk})
    assert "It is as before" in client.post(undo, follow=True).content.decode()
    assert Appointment.objects.get().status == "confirmed"
