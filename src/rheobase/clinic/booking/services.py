"""The rules of booking: who may have which time, and what follows from a booking or its end."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rheobase.clinic import clock
from rheobase.clinic.booking import holds, messages
from rheobase.clinic.booking.availability import Wish, free_at, refuse, taken
from rheobase.clinic.booking.engine import Free
from rheobase.clinic.booking.models import (
    Allocation,
    Appointment,
    Series,
    Service,
    Status,
    StatusChange,
    What,
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
CHANGED_MEANWHILE = noop("Somebody else has just changed this visit. Look at it again.")
NOT_HERE = {
    "moved": noop("The visit cannot be moved here. %(why)s"),
    "cancelled": noop("The visit cannot be cancelled here. %(why)s"),
}
UNDONE = noop("undone")


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
    series: Series | None = None,
) -> Appointment:
    """Book one visit and reserve all it needs, in one transaction.

    A time that the same person holds for this child is given up in the same turn, so that it becomes
    the visit and nobody comes in between. What a family books on request waits for the clinic's yes.

    Args:
        by: who books.
        child: who comes.
        service: what for.
        therapist: whom to, or None for anybody of the discipline.
        wall: when, on the clinic's wall.
        now: the present moment. [UTC]
        interested: whether the family is interested in muscle stimulation.
        told_us: answers to "please tell us first".
        hold_until: only offer the time, until this moment [UTC]; nobody is told of a visit yet.
        series: the visits it is booked together with.

    Raises:
        BadInput: if that time cannot be booked by this person at all; it says what to do.
        Taken: if somebody was first; it names the nearest free times.
    """
    wish = Wish(by=by, child=child, service=service, therapist=therapist, now=now)
    asked = Status.REQUESTED if service.on_request and wish.family else Status.CONFIRMED
    status = str(Status.HELD if hold_until else asked)
    told = {"interested": interested, "told_us": dict(told_us or {}), "series": series}

    def reserve(starts: datetime) -> Appointment:
        holds.let_go(by, child)
        visit = _created(wish, starts, status, held_until=hold_until, **told)
        what = What.OTHER if hold_until else What.BOOKED
        _note_change(visit, old="", new=status, by=by, at=now, what=what)
        if status == str(Status.CONFIRMED):
            messages.booked(visit, now)
        elif status == str(Status.REQUESTED):
            messages.requested(visit, now)
        return visit

    return _at(wish, wall, reserve)


def hold(
    *,
    by: User,
    child: Child,
    service: Service,
    therapist: User | None,
    wall: datetime,
    now: datetime,
) -> Appointment:
    """Keep one time free for somebody who makes up their mind; the one they held before is let go.

    Raises:
        BadInput: if that time cannot be booked by this person at all.
        Taken: if somebody was first.
    """
    wish = Wish(by=by, child=child, service=service, therapist=therapist, now=now)

    def reserve(starts: datetime) -> Appointment:
        holds.let_go(by, child)
        return _created(wish, starts, str(Status.HELD), held_until=now + holds.HELD_FOR)

    return _at(wish, wall, reserve)


def booked_just_now(
    *, by: User, child: Child, service: Service, wall: datetime, now: datetime
) -> Appointment | None:
    """Return the visit that the same person booked a moment ago: they tapped twice."""
    return Appointment.objects.filter(
        booked_by=by,
        child=child,
        service=service,
        wall_start=wall.isoformat(timespec="minutes"),
        status__in=(Status.CONFIRMED, Status.REQUESTED),
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
    wish = Wish.to_change(visit, by=by, therapist=therapist, now=now)

    def reserve(starts: datetime) -> Appointment:
        return rebook(visit, free_at(wish, starts), by, now)

    return _at(wish, wall, reserve)


def rebook(visit: Appointment, free: Free, by: User, now: datetime) -> Appointment:
    """Give one visit another time, with everything it reserves; to be called in turn.

    Raises:
        BadInput: if somebody changed the visit since it was read.
    """
    was = {"wall": visit.wall_start, "therapist": visit.therapist_id}
    fresh = _placed(visit, free, status=visit.status)
    reason = f"moved from {visit.wall_start}"
    status = str(fresh.status)
    _note_change(fresh, status, status, by=by, at=now, reason=reason, what=What.MOVED, was=was)
    messages.moved(fresh, now)
    return fresh


def cancel(*, visit: Appointment, by: User, now: datetime, reason: str = "") -> None:
    """End a visit and free what it reserved.

    Raises:
        BadInput: if it is too late for the family to do this online, or it is not open any more.
    """
    _still_changeable(visit, by, now, "cancelled")
    with transaction.atomic():
        _end(visit, by, now, reason, str(What.CANCELLED))
        messages.cancelled(visit, now)


def answer_request(
    *, visit: Appointment, accept: bool, by: User, now: datetime, reason: str = ""
) -> None:
    """Make a request a visit, or free its time and tell the family.

    Raises:
        BadInput: if somebody answered it before, or it was withdrawn.
    """
    if visit.status != Status.REQUESTED:
        raise BadInput(_(CHANGED_MEANWHILE))
    if not accept:
        _end(visit, by, now, reason, str(What.OTHER))
        messages.declined(visit, now)
        return
    with transaction.atomic():
        as_read = Appointment.objects.filter(pk=visit.pk, status=Status.REQUESTED)
        if not as_read.update(status=Status.CONFIRMED):
            raise BadInput(_(CHANGED_MEANWHILE))
        visit.status = Status.CONFIRMED
        _note_change(visit, str(Status.REQUESTED), str(Status.CONFIRMED), by=by, at=now)
        messages.moved(visit, now)  # instead of "we have your request", if that is not yet sent


def undo(*, visit: Appointment, by: User, now: datetime) -> str:
    """Take the last thing that was done to a visit back within three minutes: nobody hears of it.

    Returns:
        what was taken back.

    Raises:
        BadInput: if the three minutes are over.
        Taken: if somebody has booked the time that a moved or cancelled visit had.
    """
    change = _undoable(visit, now)
    if change is None:
        if visit.status == Status.CANCELLED:
            raise BadInput(_("The three minutes for undoing are over. Book it again instead."))
        raise BadInput(_("The three minutes for undoing are over. Cancel the visit instead."))
    what = str(change.what)
    if what == str(What.BOOKED):
        _end(visit, by, now, UNDONE, str(What.UNDONE))
        return what
    wall = datetime.fromisoformat(change.was.get("wall", visit.wall_start))
    before = User.objects.get(pk=change.was.get("therapist", visit.therapist_id))
    wish = Wish.to_change(visit, by=by, therapist=before, now=now, restoring=True)

    def reserve(starts: datetime) -> Appointment:
        fresh = _placed(visit, free_at(wish, starts), status=change.old)
        old, new = str(visit.status), str(change.old)
        _note_change(fresh, old, new, by=by, at=now, reason=UNDONE, what=What.UNDONE)
        messages.as_before(fresh, change.at, now)
        return fresh

    _at(wish, wall, reserve)
    return what


def set_status(*, visit: Appointment, new: str, by: User, now: datetime) -> None:
    """Note that a child has arrived, did not come, or is done.

    Raises:
        BadInput: if that does not follow from where the visit is.
    """
    old = visit.status
    if new not in NEXT.get(old, ()):
        raise BadInput(
            _("A visit that is '%(old)s' cannot become '%(new)s'. Reload the page.")
            % {"old": old, "new": new}
        )
    if not Appointment.objects.filter(pk=visit.pk, status=old).update(status=new):
        raise BadInput(_(CHANGED_MEANWHILE))
    _note_change(visit, old, new, by=by, at=now)


def can_undo(visit: Appointment, now: datetime) -> str:
    """Return what of a visit can be taken back at this moment, "" if nothing."""
    change = _undoable(visit, now)
    return str(change.what) if change else ""


def _undoable(visit: Appointment, now: datetime) -> StatusChange | None:
    change = visit.changes.order_by("pk").last()
    known = change is not None and change.what in (What.BOOKED, What.MOVED, What.CANCELLED)
    fresh = known and now - change.at <= UNDO and visit.status == change.new
    return change if fresh and visit.starts > now - UNDO else None


def why_not_online(visit: Appointment, by: User, now: datetime) -> str:
    """Return why this person cannot cancel or move it here, "" if they can."""
    if visit.status not in OPEN:
        return _("This visit is not open any more.")
    if visit.status == Status.HELD:
        return _("This time is only offered: answer the offer, or let it pass.")
    if by.role != Role.GUARDIAN or can_undo(visit, now) == str(What.BOOKED):
        return ""
    if visit.starts <= now:
        return _("This visit has begun or is over.")
    if visit.starts - now < timedelta(hours=visit.service.cancel_hours):
        return _("It is less than %(hours)s hours until this visit. Please call the clinic.") % {
            "hours": visit.service.cancel_hours
        }
    return ""


def _still_changeable(visit: Appointment, by: User, now: datetime, verb: str) -> None:
    if reason := why_not_online(visit, by, now):
        raise BadInput(_(NOT_HERE[verb]) % {"why": reason})


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


def _created(wish: Wish, starts: datetime, status: str, **fields: Any) -> Appointment:
    free = free_at(wish, starts)
    visit = Appointment.objects.create(
        child=wish.child,
        service=wish.service,
        zone=settings.CLINIC_ZONE,
        booked_by=wish.by,
        booked_at=wish.now,
        status=status,
        **fields,
        **_when_and_who(free, wish.service),
    )
    _allocate(visit, free)
    return visit


def _placed(visit: Appointment, free: Free, *, status: str) -> Appointment:
    """Put a visit elsewhere in the calendar, if it still is where it was read."""
    as_read = Appointment.objects.filter(
        pk=visit.pk, wall_start=visit.wall_start, status=visit.status
    )
    there = _when_and_who(free, visit.service)
    if not as_read.update(zone=settings.CLINIC_ZONE, status=status, **there):
        raise BadInput(_(CHANGED_MEANWHILE))
    Allocation.objects.filter(visit=visit, active=True).update(active=False)
    fresh = Appointment.objects.get(pk=visit.pk)
    _allocate(fresh, free)
    return fresh


def _at(wish: Wish, wall: datetime, reserve: Callable[[datetime], Appointment]) -> Appointment:
    """Try to reserve; the database decides who was first.

    Bookings take turns, so that a loser sees the winner's rows instead of waiting for them in a
    circle (without, PostgreSQL broke 61 such circles in 1600 attempts, each after a second). The
    guarantee is the database's constraint, not this order.
    """
    starts = clock.to_utc(wall, settings.CLINIC_ZONE)
    refuse(wish, starts)
    for _try in range(TRIES):
        try:
            with transaction.atomic():
                wait_turn(BOOKING_LOCK)
                holds.release_expired(wish.now)
                return reserve(starts)
        except Taken:
            break
        except (IntegrityError, OperationalError):
            continue  # another client took one of the resources between our look and our insert
    raise taken(wish, starts) from None


def _end(visit: Appointment, by: User, now: datetime, reason: str, what: str) -> None:
    old = visit.status
    with transaction.atomic():
        as_read = Appointment.objects.filter(pk=visit.pk, status=old, wall_start=visit.wall_start)
        if not as_read.update(status=Status.CANCELLED):
            raise BadInput(_(CHANGED_MEANWHILE))
        Allocation.objects.filter(visit=visit, active=True).update(active=False)
        new = str(Status.CANCELLED)
        _note_change(visit, str(old), new, by=by, at=now, reason=reason, what=what)
        messages.withdraw(visit, now)
    visit.status = Status.CANCELLED


def _note_change(
    visit: Appointment, old: str, new: str, *, by: User, at: datetime, **why: Any
) -> None:
    """Add why a visit is where it is: `reason` in words, `what` was done, where it `was`."""
    StatusChange.objects.create(visit=visit, old=old, new=new, by=by, at=at, **why)
