"""What is to be said about a visit. Rows only: `outbox.py` sends them, and no child is named."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from rheobase.clinic import clock
from rheobase.clinic.booking.models import Appointment, Outbox
from rheobase.clinic.language import moment_words
from rheobase.clinic.people.models import Guardianship

GRACE = timedelta(minutes=3)  # an undone booking is never spoken of
REMINDER = timedelta(hours=48)


def booked(visit: Appointment, now: datetime) -> None:
    """Confirm a booking, and remind of it two days before."""
    _add(visit, "booked", lambda: _("Your visit is booked"), now, now + GRACE)
    if visit.starts - REMINDER > now:
        _add(visit, "reminder", lambda: _("A reminder of your visit"), now, visit.starts - REMINDER)


def moved(visit: Appointment, now: datetime) -> None:
    """Tell the new time instead of everything unsent about the old one."""
    withdraw(visit, now)
    booked(visit, now)


def requested(visit: Appointment, now: datetime) -> None:
    """Tell that a request has arrived, and that it is no visit yet."""
    _add(
        visit,
        "requested",
        lambda: _("We have your request. We write when it is a visit"),
        now,
        now + GRACE,
    )


def declined(visit: Appointment, now: datetime) -> None:
    """Tell that a requested visit does not take place."""
    _add(
        visit,
        "declined",
        lambda: _("The visit you asked for is not possible. Please call us"),
        now,
        now,
    )


def as_before(visit: Appointment, at: datetime, now: datetime) -> None:
    """Take back what was said at one moment, and let stand again what was withdrawn then."""
    then = Outbox.objects.filter(visit=visit, withdrawn=at, settled__isnull=True)
    again = list(then.values_list("pk", flat=True))  # read before `now`, which may be that moment
    withdraw(visit, now)
    Outbox.objects.filter(pk__in=again).update(withdrawn=None)


def cancelled(visit: Appointment, now: datetime) -> None:
    """Tell that a visit does not take place."""
    _add(visit, "cancelled", lambda: _("Your visit is cancelled"), now, now + GRACE)


def offered(visit: Appointment, until: datetime, now: datetime) -> None:
    """Tell that a time has become free and is held for this family."""
    wall = clock.to_wall(until, visit.zone)

    def subject() -> str:
        return _("A time is held for you until %(time)s") % {
            "time": moment_words(wall, "D j F, H:i")
        }

    _add(visit, "offer", subject, now, now)


def withdraw(visit: Appointment, now: datetime) -> None:
    """Take back everything about a visit that has not been sent."""
    unsent = Outbox.objects.filter(visit=visit, withdrawn__isnull=True, settled__isnull=True)
    unsent.update(withdrawn=now)


def _add(
    visit: Appointment, kind: str, subject: Callable[[], str], now: datetime, not_before: datetime
) -> None:
    """Write to each guardian who has notices, in the language that this person reads."""
    told = Guardianship.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=now),
        child=visit.child,
        starts__lte=now,
        gets_notices=True,
    )
    for guardianship in told.select_related("user"):
        with override(guardianship.user.reads):
            words = {"subject": subject(), "body": _body(visit, subject())}
        Outbox.objects.get_or_create(  # the same reminder of the same time is not sent twice
            to_id=guardianship.user_id,
            visit=visit,
            kind=kind,
            not_before=not_before,
            withdrawn=None,
            defaults={**words, "created": now},
        )


def _body(visit: Appointment, subject: str) -> str:
    wall = datetime.fromisoformat(visit.wall_start)
    return _("%(what)s: %(when)s (clinic time, %(zone)s), %(room)s.") % {
        "what": subject,
        "when": moment_words(wall, "l j F Y, H:i"),
        "zone": visit.zone,
        "room": visit.room,
    }
