"""Who may book what and when; what a booking reserves; how it ends."""

from datetime import datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from rheobase.clinic.booking import services
from rheobase.clinic.booking.availability import Wish, free_for
from rheobase.clinic.booking.models import (
    Allocation,
    Appointment,
    HoursException,
    Outbox,
    StatusChange,
)
from rheobase.errors import BadInput, Taken


def tuesday(world, hour, minute=0):
    return datetime.combine(world.monday + timedelta(days=1), time(hour, minute))


def test_a_visit_with_stimulation_reserves_therapist_room_child_and_three_units(world, book):
    visit = book(interested=True)
    kinds = sorted(a.resource.split(":")[0] for a in visit.allocations.all())
    assert kinds == ["child", "room", "stimulator", "stimulator", "stimulator", "therapist"]
    assert visit.stimulators.count() == 3
    assert {a.starts for a in visit.allocations.all()} == {visit.starts - timedelta(minutes=15)}
    assert visit.wall_start == "2026-11-24T10:00"
    assert visit.interested


def test_the_same_therapist_cannot_be_booked_twice_and_three_other_times_are_named(world, book):
    book()
    with pytest.raises(Taken, match=r"nearest free times are .*, .*, "):
        book(by=world.jonas_mother, child=world.jonas)
    assert Appointment.objects.count() == 1


def test_six_units_serve_two_visits_of_three_at_once_but_the_second_needs_another_therapist(
    world, book
):
    carl = type(world.ada).objects.create(
        username="carl", role="therapist", discipline="physiotherapy"
    )
    for rule in world.ada.hoursrule_set.all():
        rule.pk, rule.therapist = None, carl
        rule.save()
    first = book()
    second = book(by=world.jonas_mother, child=world.jonas, therapist=None)
    assert second.therapist == carl
    assert first.room != second.room
    assert not set(first.stimulators.all()) & set(second.stimulators.all())


@pytest.mark.parametrize(
    ("wall", "why"),
    [
        ("2026-11-20T10:00", "in the past"),
        ("2026-11-23T12:00", "12 hours ahead"),
        ("2027-03-01T10:00", "60 days ahead"),
        ("2026-11-24T17:00", "Choose one of the times shown"),
        ("2026-11-24T15:30", "Choose one of the times shown"),
        ("2026-11-24T10:05", "Choose one of the times shown"),
        ("2026-11-28T10:00", "Choose one of the times shown"),
    ],
)
def test_it_refuses_what_cannot_be_booked_and_says_what_to_do(book, wall, why):
    with pytest.raises(BadInput, match=why):
        book(wall=datetime.fromisoformat(wall))


def test_it_refuses_a_time_that_a_change_of_clocks_leaves_out(world, book, settings):
    settings.CLINIC_ZONE = "America/Toronto"
    with pytest.raises(BadInput, match="clocks jump"):
        book(wall=datetime.fromisoformat("2027-03-14T02:30"))


def test_it_refuses_a_therapist_of_the_other_discipline(world, book):
    with pytest.raises(BadInput, match="Choose another therapist"):
        book(therapist=world.olivia)


def test_it_refuses_a_day_on_which_the_therapist_is_away(world, book):
    HoursException.objects.create(therapist=world.ada, day=tuesday(world, 0).date())
    with pytest.raises(BadInput, match="outside the therapist's hours"):
        book()


def test_the_front_desk_may_book_at_short_notice(world, book):
    visit = book(by=world.ben, wall=datetime.combine(world.monday, time(9)))
    assert visit.booked_by == world.ben


def test_undoing_within_three_minutes_frees_everything_and_nobody_hears_of_it(world, book, now):
    visit = book()
    services.undo(visit=visit, by=world.milas_mother, now=now + timedelta(minutes=2))
    assert not Allocation.objects.filter(active=True).exists()
    assert not Outbox.objects.filter(withdrawn__isnull=True).exists()
    book()


def test_after_three_minutes_it_can_be_cancelled_but_not_undone(world, book, now):
    visit = book(wall=tuesday(world, 10) + timedelta(days=2))
    with pytest.raises(BadInput, match="Cancel the visit instead"):
        services.undo(visit=visit, by=world.milas_mother, now=now + timedelta(minutes=4))
    services.cancel(visit=visit, by=world.milas_mother, now=now + timedelta(minutes=4))
    assert [c.new for c in StatusChange.objects.order_by("pk")] == ["confirmed", "cancelled"]


def test_a_late_cancellation_is_for_the_telephone(world, book, now):
    visit = book()
    late = visit.starts - timedelta(hours=23)
    with pytest.raises(BadInput, match="call the clinic"):
        services.cancel(visit=visit, by=world.milas_mother, now=late)
    services.cancel(visit=visit, by=world.ben, now=late, reason="rang, has a fever")
    assert visit.changes.last().reason == "rang, has a fever"


def test_a_visit_cannot_be_cancelled_twice(world, book, now):
    visit = book()
    services.cancel(visit=visit, by=world.ben, now=now)
    with pytest.raises(BadInput, match="not open any more"):
        services.cancel(visit=visit, by=world.ben, now=now)


def test_two_people_who_cancel_the_same_visit_make_one_change(world, book, now):
    visit = book()
    as_ben_saw_it = Appointment.objects.get(pk=visit.pk)
    services.cancel(visit=visit, by=world.milas_mother, now=now + timedelta(minutes=1))
    with pytest.raises(BadInput, match="just changed"):
        services.cancel(visit=as_ben_saw_it, by=world.ben, now=now + timedelta(minutes=1))


def test_moving_gives_the_old_time_up_and_remembers_it(world, book, now):
    visit = book()
    moved = services.move(
        visit=visit,
        by=world.milas_mother,
        therapist=world.ada,
        wall=tuesday(world, 10, 15),
        now=now,
    )
    assert moved.pk == visit.pk
    assert moved.wall_start == "2026-11-24T10:15"
    assert moved.changes.last().reason == "moved from 2026-11-24T10:00"
    assert moved.allocations.filter(active=True).count() == 6


def test_a_move_to_a_taken_time_leaves_the_old_one(world, book, now):
    visit = book()
    book(by=world.jonas_mother, child=world.jonas, wall=tuesday(world, 13))
    with pytest.raises(Taken):
        services.move(
            visit=visit, by=world.ben, therapist=world.ada, wall=tuesday(world, 13), now=now
        )
    visit.refresh_from_db()
    assert visit.wall_start == "2026-11-24T10:00"
    assert visit.allocations.filter(active=True).count() == 6


def test_messages_name_the_clinic_time_and_never_the_child(world, book):
    book()
    for message in Outbox.objects.all():
        assert "clinic time, America/Edmonton" in message.body
        assert "Mila" not in message.subject + message.body


def test_the_father_without_notices_hears_nothing(world, book):
    world.milas_father.guardianship_set.update(gets_notices=False)
    book()
    assert set(Outbox.objects.values_list("to__username", flat=True)) == {"mother.lindqvist"}


def test_the_number_of_queries_does_not_grow_with_the_calendar(world, book, now):
    """One query reads the reservations; the others: hours, rooms, units and what is away, held times."""

    def ask():
        wish = Wish(
            by=world.ben, child=world.mila, service=world.nmes, therapist=world.ada, now=now
        )
        with CaptureQueriesContext(
            connection,
        ) as seen:
            free_for(wish, world.monday, world.monday + timedelta(days=30))
        return [q["sql"] for q in seen]

    empty = ask()
    for day in range(1, 5):
        book(by=world.ben, wall=tuesday(world, 10) + timedelta(days=7 * day))
    full = ask()
    assert len(full) == len(empty) == 7
    assert sum("booking_allocation" in sql for sql in full) == 1


def test_the_database_refuses_an_overlap_by_itself(world, book):
    visit = book()
    other = Allocation(
        visit=visit, resource=f"therapist:{world.ada.pk}", starts=visit.starts, ends=visit.ends
    )
    with pytest.raises(IntegrityError):
        other.save()


def test_the_database_refuses_an_overlap_made_by_a_change(world, book):
    visit = book()
    other = Allocation.objects.create(
        visit=visit,
        resource=f"therapist:{world.ada.pk}",
        starts=visit.starts,
        ends=visit.ends,
        active=False,
    )
    with pytest.raises(IntegrityError):
        Allocation.objects.filter(pk=other.pk).update(active=True)


@pytest.mark.parametrize("hours", [0, -1, 25])
def test_the_database_refuses_a_reservation_that_ends_before_it_starts_or_a_day_later(
    world, book, hours
):
    """The guard looks at the rows of one day only; so none may be longer."""
    visit = book()
    with pytest.raises(IntegrityError):
        Allocation.objects.create(
            visit=visit,
            resource="room:99",
            starts=visit.starts,
            ends=visit.starts + timedelta(hours=hours),
        )
