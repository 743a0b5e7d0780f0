"""The calendar as columns of blocks: where each begins, how long it is, in quarter hours."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any, final

from django.conf import settings

from rheobase.clinic import clock, policy
from rheobase.clinic.booking.engine import Hours
from rheobase.clinic.booking.models import Appointment, Status
from rheobase.clinic.booking.records import hours_of, name_of
from rheobase.clinic.people.models import Role, User

FIRST_HOUR, LAST_HOUR = 7, 19  # what the grid shows; calendar.css has one class per quarter hour
QUARTERS = (LAST_HOUR - FIRST_HOUR) * 4


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One stretch of a column.

    Attributes:
        row: quarter hour at which it begins, from 0.
        length: quarter hours.
        visit: what is booked, or None for open hours.
    """

    row: int
    length: int
    visit: Appointment | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One therapist on one day."""

    therapist: User
    day: date
    open_hours: tuple[Block, ...]
    visits: tuple[Block, ...]


def therapists_for(user: User) -> list[User]:
    """Return whose calendars this person sees: a therapist those of the own discipline."""
    found = User.objects.filter(role=Role.THERAPIST, is_active=True)
    if user.role == Role.THERAPIST:
        found = found.filter(discipline=user.discipline)
    return list(found.order_by("discipline", "last_name"))


def day_of(user: User, therapists: list[User], day: date) -> dict[str, Any]:
    """Return one column per therapist."""
    return {
        "columns": _columns(user, [(t, day) for t in therapists]),
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "hours": range(FIRST_HOUR, LAST_HOUR),
    }


def week_of(user: User, therapist: User | None, day: date) -> dict[str, Any]:
    """Return one column per day of the week, Monday to Sunday if anybody works then."""
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=n) for n in range(7)]
    columns = _columns(user, [(therapist, d) for d in days]) if therapist else []
    return {
        "columns": [c for c in columns if c.day.weekday() < 5 or c.visits or c.open_hours],
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
        "hours": range(FIRST_HOUR, LAST_HOUR),
    }


def _columns(user: User, wanted: list[tuple[User, date]]) -> list[Column]:
    if not wanted:
        return []
    zone = settings.CLINIC_ZONE
    days = [day for _, day in wanted]
    starts, ends = clock.day_bounds(min(days), zone)[0], clock.day_bounds(max(days), zone)[1]
    therapists = list({t.pk: t for t, _ in wanted}.values())
    hours = hours_of(therapists)
    visits = (
        Appointment.objects.filter(starts__gte=starts, starts__lt=ends, therapist__in=therapists)
        .exclude(status=Status.CANCELLED)
        .filter(child__in=policy.children_for(user, "see visits"))
        .select_related("child", "service", "room")
    )
    found: dict[tuple[int, date], list[Block]] = {}
    for visit in visits:
        wall = clock.to_wall(visit.starts, zone)
        block = _block(wall.time(), (wall + (visit.ends - visit.starts)).time(), visit)
        found.setdefault((visit.therapist_id, wall.date()), []).append(block)
    return [
        Column(
            therapist=therapist,
            day=day,
            open_hours=_open(hours[name_of(therapist)], day),
            visits=tuple(found.get((therapist.pk, day), ())),
        )
        for therapist, day in wanted
    ]


def _open(hours: Hours, day: date) -> tuple[Block, ...]:
    return tuple(_block(opens, closes, None) for opens, closes in hours.on(day))


def _block(starts: time, ends: time, visit: Appointment | None) -> Block:
    row = max(0, _quarter(starts))
    return Block(row=row, length=max(1, min(QUARTERS, _quarter(ends)) - row), visit=visit)


def _quarter(moment: time) -> int:
    return (moment.hour - FIRST_HOUR) * 4 + moment.minute // 15
