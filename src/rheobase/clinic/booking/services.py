"""The rules of booking: who may have which time, and what follows from a booking or its end."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from rheobase.clinic import clock
from rheobase.clinic.booking import holds, messages
from rheobase.clinic.booking.availability import Wish, free_at, refuse, taken
from rheobase.clinic.booking.engine import Free
from rheobase.clinic.booking.models import (
    Allocation,
    Appointment,
    Service,
    Status,
    StatusChange,
)
from rheobase.clinic.booking.records import key_of, name_of, need_of
from rheobase.clinic.database import wait_turn
from rheobase.clinic.people.models import Child, Role, User
from rheobase.errors import BadInput, Taken

UNDO = timedelta(minutes=3)
BOOKING_LOCK = holds.BOOKING_LOCK
TRIES = 4  # somebody may take the room or the units we picked; another pick may still do
OPEN = (Status.HELD, Status.REQUESTED, Status.CONFIRMED)
NEXT: dict[str, tuple[str, ...]] = {
    str(Status.CONFIRMED): (str(Status.ARRIVED), str(Status.NO_SHOW)),
    str(Status.ARRIVED): (str(Status.DONE),),
}
CHANGED_MEANWHILE = "Somebody else has just changed this visit. Look at it again."


def services_for(user: User, discipline: str) -> list[Service]:
    """Return what this person can book; families see only what is offered online."""
    found = Service.objects.filter(active=True, discipline=discipline).order_by("stimulators", "pk")
    return list(found.filter(online=True) if user.role == Role.GUARDIAN else found)


def book(
    *,
    by: User,
    child: Child,
    service: Service,
    therapist: User | None,
    wall: datetime,
    now: datetime,
    interested: bool = False,
    told_us: Mapping[str, Any] | None = None,
    hold_until: datetime | None = None,
) -> Appointment:
    """Book one visit and reserve all it needs, in one transaction.

    Args:
        by: who books.
        child: who comes.
        service: what for.
        therapist: whom to, or None for anybody of the discipline.
        wall: when, on the clinic's wall.
        now: the present moment. [UTC]
        interested: whether the family is interested in muscle stimulation.
        told_us: answers to "please tell us first".
        hold_until: only hold the time, until this moment [UTC]; nobody is told of a visit yet.

    Raises:
        BadInput: if that time cannot be booked by this person at all; it says what to do.
        Taken: if somebody was first; it names the nearest free times.
    """
    wish = Wish(by=by, child=child, service=service, therapist=therapist, now=now)
    starts = clock.to_utc(wall, settings.CLINIC_ZONE)
    refuse(wish, starts)

    def reserve() -> Appointment:
        free = free_at(wish, starts)
        visit = Appointment.objects.create(
            child=child,
            service=service,
            zone=settings.CLINIC_ZONE,
            interested=interested,
            told_us=dict(told_us or {}),
            booked_by=by,
            booked_at=now,
            status=Status.HELD if hold_until else Status.CONFIRMED,
            held_until=hold_until,
            **_when_and_who(free, service),
        )
        _allocate(visit, free)
        _note_change(visit, old="", new=str(visit.status), by=by, at=now)
        if hold_until is None:
            messages.booked(visit, now)
        return visit

    return _first_come(reserve, wish, starts)


def booked_just_now(
    *, by: User, child: Child, service: Service, wall: datetime, now: datetime
) -> Appointment | None:
    """Return the visit that the same person booked a moment ago: they tapped twice."""
    return Appointment.objects.filter(
        booked_by=by,
        child=child,
        service=service,
        wall_start=wall.isoformat(timespec="minutes"),
        status=Status.CONFIRMED,
        booked_at__gt=now - UNDO,
    ).first()


def move(
    *, visit: Appointment, by: User, therapist: User | None, wall: datetime, now: datetime
) -> Appointment:
    """Move a visit to another time, giving up the old one only if the new one is free.

    Raises:
        BadInput: if it can no longer be moved, or not to that time.
        Taken: if somebody was first; the old time stays.
    """
    _still_changeable(visit, by, now, "moved")
    wish = Wish(
        by=by, child=visit.child, service=visit.service, therapist=therapist, now=now, moving=visit
    )
    starts = clock.to_utc(wall, settings.CLINIC_ZONE)
    refuse(wish, starts)
    was = visit.wall_start

    def reserve() -> Appointment:
        free = free_at(wish, starts)
        as_read = Appointment.objects.filter(pk=visit.pk, wall_start=was, status=visit.status)
        if not as_read.update(zone=settings.CLINIC_ZONE, **_when_and_who(free, visit.service)):
            raise BadInput(CHANGED_MEANWHILE)
        Allocation.objects.filter(visit=visit, active=True).update(active=False)
        fresh = Appointment.objects.get(pk=visit.pk)
        _allocate(fresh, free)
        _note_change(fresh, fresh.status, fresh.status, by=by, at=now, reason=f"moved from {was}")
        messages.moved(fresh, now)
        return fresh

    return _first_come(reserve, wish, starts)


def cancel(*, visit: Appointment, by: User, now: datetime, reason: str = "") -> None:
    """End a visit and free what it reserved.

    Raises:
        BadInput: if it is too late for the family to do this online, or it is not open any more.
    """
    _still_changeable(visit, by, now, "cancelled")
    _end(visit, by, now, reason)
    messages.cancelled(visit, now)


def undo(*, visit: Appointment, by: User, now: datetime) -> None:
    """Take a booking back within three minutes: nobody hears of it.

    Raises:
        BadInput: if the three minutes are over.
    """
    if not can_undo(visit, now):
        raise BadInput("The three minutes for undoing are over. Cancel the visit instead.")
    _end(visit, by, now, "undone")


def set_status(*, visit: Appointment, new: str, by: User, now: datetime) -> None:
    """Note that a child has arrived, did not come, or is done.

    Raises:
        BadInput: if that does not follow from where the visit is.
    """
    old = visit.status
    if new not in NEXT.get(old, ()):
        raise BadInput(f"A visit that is {old!r} cannot become {new!r}. Reload the page.")
    if not Appointment.objects.filter(pk=visit.pk, status=old).update(status=new):
        raise BadInput(CHANGED_MEANWHILE)
    _note_change(visit, old, new, by=by, at=now)


def can_undo(visit: Appointment, now: datetime) -> bool:
    """Return whether the booking is younger than three minutes."""
    return visit.status == Status.CONFIRMED and now - visit.booked_at <= UNDO


def why_not_online(visit: Appointment, by: User, now: datetime) -> str:
    """Return why this person cannot cancel or move it here, "" if they can."""
    if visit.status not in OPEN:
        return "This visit is not open any more."
    if visit.status == Status.HELD:
        return "This time is only offered: answer the offer, or let it pass."
    if by.role != Role.GUARDIAN or can_undo(visit, now):
        return ""
    if visit.starts <= now:
        return "This visit has begun or is over."
    if visit.starts - now < timedelta(hours=visit.service.cancel_hours):
        return (
            f"It is less than {visit.service.cancel_hours} hours until this visit. "
            "Please call the clinic."
        )
    return ""


def _still_changeable(visit: Appointment, by: User, now: datetime, verb: str) -> None:
    if reason := why_not_online(visit, by, now):
        raise BadInput(f"The visit cannot be {verb} here. {reason}")


def _when_and_who(free: Free, service: Service) -> dict[str, Any]:
    return {
        "therapist_id": int(key_of(free.therapists[0])),
        "room_id": int(key_of(free.rooms[0])),
        "wall_start": free.wall.isoformat(timespec="minutes"),
        "starts": free.starts,
        "ends": free.starts + timedelta(minutes=service.minutes),
    }


def _allocate(visit: Appointment, free: Free) -> None:
    """Insert the reservations; sorted, so that two bookings do not wait for each other in a circle."""
    units = free.units[: visit.service.stimulators]
    resources = [free.therapists[0], free.rooms[0], name_of(visit.child), *units]
    starts, ends = need_of(visit.service).around(free.starts)
    for resource in sorted(resources):
        Allocation.objects.create(visit=visit, resource=resource, starts=starts, ends=ends)
    visit.stimulators.set([int(key_of(unit)) for unit in units])


def _first_come(reserve: Callable[[], Appointment], wish: Wish, starts: datetime) -> Appointment:
    """Try to reserve; the database decides who was first.

    Bookings take turns, so that a loser sees the winner's rows instead of waiting for them in a
    circle (without, PostgreSQL broke 61 such circles in 1600 attempts, each after a second). The
    guarantee is the database's constraint, not this order.
    """
    for _ in range(TRIES):
        try:
            with transaction.atomic():
                wait_turn(BOOKING_LOCK)
                holds.release_expired(wish.now)
                return reserve()
        except Taken:
            break
        except (IntegrityError, OperationalError):
            continue  # another client took one of the resources between our look and our insert
    raise taken(wish, starts) from None


def _end(visit: Appointment, by: User, now: datetime, reason: str) -> None:
    old = visit.status
    with transaction.atomic():
        as_read = Appointment.objects.filter(pk=visit.pk, status=old, wall_start=visit.wall_start)
        if not as_read.update(status=Status.CANCELLED):
            raise BadInput(CHANGED_MEANWHILE)
        Allocation.objects.filter(visit=visit, active=True).update(active=False)
        _note_change(visit, old, str(Status.CANCELLED), by=by, at=now, reason=reason)
        messages.withdraw(visit, now)
    visit.status = Status.CANCELLED


def _note_change(
    visit: Appointment, old: str, new: str, *, by: User, at: datetime, reason: str = ""
) -> None:
    StatusChange.objects.create(visit=visit, old=old, new=new, by=by, at=at, reason=reason)
