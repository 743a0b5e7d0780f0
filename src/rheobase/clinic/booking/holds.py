"""Times that are held for somebody until a moment, and what becomes of them then."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from rheobase.clinic.booking import messages
from rheobase.clinic.booking.models import Allocation, Appointment, Status, StatusChange
from rheobase.clinic.people.models import User

BOOKING_LOCK = 7_243_513
NOT_ANSWERED = "the offer was not answered in time"


def release_expired(now: datetime) -> int:
    """Free every time that was held until before now; return how many."""
    expired = Appointment.objects.filter(status=Status.HELD, held_until__lte=now)
    return sum(release(visit, visit.booked_by, now, NOT_ANSWERED) for visit in expired)


def release(visit: Appointment, by: User, now: datetime, reason: str) -> bool:
    """Free one held time; return False if it is not held any more."""
    with transaction.atomic():
        if not _turned(visit, str(Status.CANCELLED), now, reason, by):
            return False
        Allocation.objects.filter(visit=visit, active=True).update(active=False)
        messages.withdraw(visit, now)
    return True


def confirm(visit: Appointment, by: User, now: datetime) -> bool:
    """Make a held time a visit, if it is still held at this moment; return whether it is one."""
    with transaction.atomic():
        return _turned(
            visit, str(Status.CONFIRMED), now, "the offer was accepted", by, held_until__gt=now
        )


def _turned(
    visit: Appointment, new: str, now: datetime, reason: str, by: User, **also: datetime
) -> bool:
    held = Appointment.objects.filter(pk=visit.pk, status=Status.HELD, **also)
    booked_at = now if new == str(Status.CONFIRMED) else F("booked_at")
    if not held.update(status=new, booked_at=booked_at):
        return False
    StatusChange.objects.create(visit=visit, old=Status.HELD, new=new, by=by, at=now, reason=reason)
    return True
