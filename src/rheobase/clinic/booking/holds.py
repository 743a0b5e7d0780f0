"""Times that are held for somebody until a moment, and what becomes of them then.

Two kinds: the time that a family looks at while it makes up its mind (nobody else hears of it, and
nothing stays of it), and the offer of the wait list (a fact that is kept, whatever the answer).
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext_noop as noop

from rheobase.clinic.booking import messages
from rheobase.clinic.booking.models import Allocation, Appointment, Status, StatusChange
from rheobase.clinic.database import wait_turn
from rheobase.clinic.people.models import Child, User

BOOKING_LOCK = 7_243_513
HELD_FOR = timedelta(minutes=10)  # while a family reads the page that asks "is this right?"
NOT_ANSWERED = noop("the offer was not answered in time")
ACCEPTED = noop("the offer was accepted")


def release_expired(now: datetime) -> int:
    """Free every time that was held until before now; return how many."""
    over = Appointment.objects.filter(status=Status.HELD, held_until__lte=now)
    if not over.exists():
        return 0
    with transaction.atomic():
        wait_turn(BOOKING_LOCK)
        offers = list(over.filter(offer__isnull=False).select_related("booked_by"))
        released = sum(release(visit, visit.booked_by, now, NOT_ANSWERED) for visit in offers)
        return released + _forget(over.filter(offer__isnull=True))


def mine(by: User, child: Child, now: datetime) -> QuerySet[Appointment]:
    """Return the times that are held for this person and child while they make up their mind."""
    return Appointment.objects.filter(
        status=Status.HELD, offer__isnull=True, booked_by=by, child=child, held_until__gt=now
    )


def let_go(by: User, child: Child) -> int:
    """Free what is held for this person and child; return how many times that were."""
    with transaction.atomic():
        wait_turn(BOOKING_LOCK)
        return _forget(
            Appointment.objects.filter(
                status=Status.HELD, offer__isnull=True, booked_by=by, child=child
            )
        )


def release(visit: Appointment, by: User, now: datetime, reason: str) -> bool:
    """Free the time of one offer; return False if it is not held any more."""
    with transaction.atomic():
        if not _turned(visit, str(Status.CANCELLED), now, reason, by):
            return False
        Allocation.objects.filter(visit=visit, active=True).update(active=False)
        messages.withdraw(visit, now)
    return True


def confirm(visit: Appointment, by: User, now: datetime) -> bool:
    """Make an offered time a visit, if it is still held at this moment; return whether it is one."""
    with transaction.atomic():
        return _turned(visit, str(Status.CONFIRMED), now, ACCEPTED, by, held_until__gt=now)


def _forget(held: QuerySet[Appointment]) -> int:
    """Delete held times as if they had never been; only in turn, so that none is booked meanwhile."""
    count = held.count()
    held.delete()
    return count


def _turned(
    visit: Appointment, new: str, now: datetime, reason: str, by: User, **also: datetime
) -> bool:
    held = Appointment.objects.filter(pk=visit.pk, status=Status.HELD, **also)
    booked_at = now if new == str(Status.CONFIRMED) else F("booked_at")
    if not held.update(status=new, booked_at=booked_at):
        return False
    StatusChange.objects.create(visit=visit, old=Status.HELD, new=new, by=by, at=now, reason=reason)
    return True
