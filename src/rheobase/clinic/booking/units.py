"""Units that are away for a while, and the visits that counted on them.

A unit that is out of service is offered to nobody. Visits that have it keep their time; each can be
given another unit of the same kind, and those that cannot are left for the front desk to see.
"""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rheobase.clinic import clock
from rheobase.clinic.booking import services
from rheobase.clinic.booking.availability import Wish, free_at
from rheobase.clinic.booking.models import Allocation, Appointment, OutOfService, Stimulator
from rheobase.clinic.booking.records import key_of, name_of
from rheobase.clinic.database import wait_turn
from rheobase.clinic.people.models import User
from rheobase.errors import BadInput, Taken


def take_out(
    *,
    unit: Stimulator,
    reason: str,
    starts: datetime,
    ends: datetime | None,
    by: User,
    now: datetime,
) -> OutOfService:
    """Take a unit out of service from a moment on, until another or until it is said to be back.

    Raises:
        BadInput: if there is no reason, or it ends before it begins.
    """
    if not reason.strip():
        raise BadInput(_("Say why the unit is away: the next person wants to know."))
    if ends is not None and ends <= starts:
        raise BadInput(_("It cannot be back before it goes. Correct one of the two."))
    return OutOfService.objects.create(
        unit=unit, reason=reason.strip(), starts=starts, ends=ends, by=by, at=now
    )


def bring_back(absence: OutOfService, now: datetime) -> None:
    """Put a unit in service again from now on."""
    still = OutOfService.objects.filter(Q(ends__isnull=True) | Q(ends__gt=now), pk=absence.pk)
    still.update(ends=max(now, absence.starts))


def away(now: datetime) -> QuerySet[OutOfService]:
    """Return the absences that last or are to come."""
    found = OutOfService.objects.filter(Q(ends__isnull=True) | Q(ends__gt=now))
    return found.select_related("unit", "by")


def in_service(now: datetime) -> QuerySet[Stimulator]:
    """Return the units that may be used at this moment, by name."""
    gone = away(now).filter(starts__lte=now).values("unit")
    return Stimulator.objects.filter(active=True).exclude(pk__in=gone).order_by("name")


def without_their_unit(now: datetime) -> list[tuple[Appointment, Stimulator]]:
    """Return open visits to come that reserve a unit which is away or retired then, soonest first."""
    visits = (
        Appointment.objects.filter(
            status__in=services.OPEN, starts__gt=now, stimulators__isnull=False
        )
        .select_related("child", "service", "therapist")
        .prefetch_related("stimulators__absences")
        .distinct()
    )
    return [
        (visit, unit)
        for visit in visits
        for unit in visit.stimulators.all()
        if not unit.active or any(_covers(absence, visit) for absence in unit.absences.all())
    ]


def replace(*, visit: Appointment, unit: Stimulator, by: User, now: datetime) -> Stimulator:
    """Give a visit another free unit instead of one, and return it.

    Raises:
        BadInput: if the visit does not have that unit.
        Taken: if no other unit is free for the whole visit.
    """
    wish = Wish.to_change(visit, by=by, therapist=visit.therapist, now=now, restoring=True)
    try:
        with transaction.atomic():
            wait_turn(services.BOOKING_LOCK)
            own = set(visit.stimulators.all())
            if unit not in own:
                raise BadInput(_(services.CHANGED_MEANWHILE))
            other = _another(wish, visit, {name_of(one) for one in own})
            row = Allocation.objects.filter(visit=visit, active=True, resource=name_of(unit))
            row.update(resource=other)
            found = Stimulator.objects.get(pk=int(key_of(other)))
            visit.stimulators.set([*(own - {unit}), found])
            return found
    except IntegrityError:
        raise Taken(_("Somebody took that unit meanwhile. Try again.")) from None


def _another(wish: Wish, visit: Appointment, own: set[str]) -> str:
    try:
        return next(name for name in free_at(wish, visit.starts).units if name not in own)
    except (Taken, StopIteration):
        words = _("No other unit is free for this visit. Move the visit instead.")
        raise Taken(words) from None


def _covers(absence: OutOfService, visit: Appointment) -> bool:
    return bool(
        absence.starts < visit.ends and (absence.ends is None or absence.ends > visit.starts)
    )


def overdue(now: datetime) -> QuerySet[Stimulator]:
    """Return the units in service whose inspection is over."""
    today = clock.to_wall(now, settings.CLINIC_ZONE).date()
    return Stimulator.objects.filter(active=True, inspected_until__lt=today).order_by("name")
