"""The hours of the clinic as FHIR: computed when they are asked for, like every free time here."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.conf import settings

from rheobase.clinic import clock
from rheobase.clinic.booking.models import Allocation
from rheobase.clinic.booking.records import hours_of, name_of
from rheobase.clinic.exchange import fhir, fhir_hours
from rheobase.clinic.exchange.fhir import Resource
from rheobase.clinic.exchange.fhir_hours import Stretch
from rheobase.clinic.people.models import Role, User

AHEAD = timedelta(days=28)


def of_clinic(now: datetime) -> Iterator[Resource]:
    """Yield every therapist's schedule of the next four weeks, cut into free and busy stretches."""
    zone = settings.CLINIC_ZONE
    first = clock.to_wall(now, zone).date()
    days = [first + timedelta(days=n) for n in range(AHEAD.days)]
    horizon = clock.day_bounds(days[0], zone)[0], clock.day_bounds(days[-1], zone)[1]
    therapists = list(User.objects.filter(role=Role.THERAPIST, is_active=True).order_by("pk"))
    hours, taken = hours_of(therapists, days[0], days[-1]), _taken(horizon)
    for who in therapists:
        key, name = f"s{who.pk}", name_of(who)
        yield from staff(who)
        yield fhir_hours.schedule(
            key=key, practitioner_key=f"u{who.pk}", discipline=who.discipline, horizon=horizon
        )
        for day in days:
            for opens, closes in hours[name].on(day):
                opened = _moment(day, opens), _moment(day, closes)
                for status, stretch in fhir_hours.parted(opened, taken[name]):
                    yield fhir_hours.slot(schedule_key=key, status=status, stretch=stretch)


def staff(user: User) -> Iterator[Resource]:
    """Yield who somebody is, and what in the clinic."""
    yield fhir.practitioner(
        key=f"u{user.pk}",
        given=user.first_name,
        family=user.last_name,
        discipline=user.discipline,
        registration=user.registration,
    )
    yield fhir.practitioner_role(
        key=f"r{user.pk}",
        practitioner_key=f"u{user.pk}",
        discipline=user.discipline,
        role=user.role,
    )


def _taken(horizon: Stretch) -> dict[str, list[Stretch]]:
    """Return what is reserved of each therapist, buffers included."""
    starts, ends = horizon
    found: dict[str, list[Stretch]] = defaultdict(list)
    rows = Allocation.objects.filter(
        active=True, resource__startswith="therapist:", starts__lt=ends, ends__gt=starts
    )
    for resource, begins, over in rows.values_list("resource", "starts", "ends"):
        found[resource].append((begins, over))
    return found


def _moment(day: date, wall: time) -> datetime:
    return clock.to_utc_or_after(datetime.combine(day, wall), settings.CLINIC_ZONE)
