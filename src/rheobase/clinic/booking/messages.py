"""What would be sent about a visit. Rows only: nothing leaves the machine, and no child is named."""

from datetime import datetime, timedelta

from django.db.models import Q

from rheobase.clinic import clock
from rheobase.clinic.booking.models import Appointment, Outbox
from rheobase.clinic.people.models import Guardianship

GRACE = timedelta(minutes=3)  # an undone booking is never spoken of
REMINDER = timedelta(hours=48)


def booked(visit: Appointment, now: datetime) -> None:
    """Confirm a booking, and remind of it two days before."""
    _add(visit, "booked", "Your visit is booked", now, now + GRACE)
    if visit.starts - REMINDER > now:
        _add(visit, "reminder", "A reminder of your visit", now, visit.starts - REMINDER)


def moved(visit: Appointment, now: datetime) -> None:
    """Tell the new time instead of everything unsent about the old one."""
    withdraw(visit, now)
    booked(visit, now)


def cancelled(visit: Appointment, now: datetime) -> None:
    """Tell that a visit does not take place."""
    _add(visit, "cancelled", "Your visit is cancelled", now, now + GRACE)


def offered(visit: Appointment, until: datetime, now: datetime) -> None:
    """Tell that a time has become free and is held for this family."""
    wall = clock.to_wall(until, visit.zone)
    _add(visit, "offer", f"A time is held for you until {wall:%a %-d %B, %H:%M}", now, now)


def withdraw(visit: Appointment, now: datetime) -> None:
    """Take back everything about a visit that is not due yet."""
    Outbox.objects.filter(visit=visit, withdrawn__isnull=True, not_before__gt=now).update(
        withdrawn=now
    )


def _add(visit: Appointment, kind: str, subject: str, now: datetime, not_before: datetime) -> None:
    wall = datetime.fromisoformat(visit.wall_start)
    body = f"{subject}: {wall:%A %-d %B %Y, %H:%M} (clinic time, {visit.zone}), {visit.room}."
    told = Guardianship.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=now), child=visit.child, gets_notices=True
    )
    for guardianship in told:
        Outbox.objects.create(
            to_id=guardianship.user_id,
            visit=visit,
            kind=kind,
            subject=subject,
            body=body,
            created=now,
            not_before=not_before,
        )
