"""Weekly visits: planned together, conflicts listed before anything is booked, then each by itself.

A series is no rule that makes visits, only the memory that some were booked together. So each can
move or end alone, and what is done to "this one and those after it" is done to each of them, in one
transaction: all that were shown, or none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rheobase.clinic import clock
from rheobase.clinic.booking import holds, services
from rheobase.clinic.booking.availability import Wish, free_for, refuse
from rheobase.clinic.booking.engine import Free, nearest
from rheobase.clinic.booking.models import Allocation, Appointment, Series, What
from rheobase.clinic.database import wait_turn
from rheobase.clinic.people.models import User
from rheobase.errors import BadInput, RheobaseError, Taken

FEWEST, MOST = 2, 26
WEEK = timedelta(days=7)
CHOICES = 3  # times that are shown instead of one that is taken


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One week of a series that is being planned.

    Attributes:
        wall: when it would be, on the clinic's wall.
        why_not: why it cannot be then, "" if it can.
        instead: other free times of that week, the nearest ones.
        visit: the visit that would move here, None when a series is being booked.
    """

    wall: datetime
    why_not: str
    instead: tuple[datetime, ...]
    visit: Appointment | None = None


def plan(wish: Wish, first: datetime, count: int) -> list[Planned]:
    """Say for each week whether the visit can be booked then; nothing is booked.

    The wall time stays the same through every change of clocks.

    Raises:
        BadInput: if that is no number of visits, or no series of this service.
    """
    if not FEWEST <= count <= MOST:
        raise BadInput(
            _("A series has %(least)s to %(most)s visits. Choose another number.")
            % {"least": FEWEST, "most": MOST}
        )
    held = tuple(holds.mine(wish.by, wish.child, wish.now))
    return _planned(replace(wish, without=held), [first + n * WEEK for n in range(count)])


def book(
    wish: Wish, walls: Sequence[datetime], told: Mapping[str, Any] | None = None
) -> list[Appointment]:
    """Book visits that were agreed together: all of them, or none.

    Args:
        wish: who wants what.
        walls: when, on the clinic's wall; each of them was shown as free.
        told: `interested` and `told_us` as with a single visit.

    Raises:
        BadInput: if there are too few or too many, or one cannot be booked by this person.
        Taken: if somebody got one of them meanwhile; then none is booked.
    """
    if len(set(walls)) != len(walls) or not 1 <= len(walls) <= MOST:
        raise BadInput(_("Choose at least one week, and each time once."))
    with transaction.atomic():
        wait_turn(services.BOOKING_LOCK)
        together = Series.objects.create(child=wish.child, by=wish.by, made=wish.now)
        return [
            services.book(
                by=wish.by,
                child=wish.child,
                service=wish.service,
                therapist=wish.therapist,
                wall=wall,
                now=wish.now,
                series=together,
                **(told or {}),
            )
            for wall in sorted(walls)
        ]


def rest_of(visit: Appointment, now: datetime) -> list[Appointment]:
    """Return this visit and the open ones of its series after it, soonest first."""
    if visit.series_id is None:
        return [visit]
    rows = Appointment.objects.filter(
        series=visit.series_id, status__in=services.OPEN, starts__gte=visit.starts, starts__gt=now
    )
    return list(rows.select_related("child", "service", "therapist", "room").order_by("starts"))


def plan_move(
    visit: Appointment, wall: datetime, by: User, therapist: User, now: datetime
) -> list[Planned]:
    """Say for this visit and those after it whether each can move by the same step; nothing moves.

    Raises:
        BadInput: if nothing of it is to come any more.
    """
    rest = rest_of(visit, now)
    if not rest:
        raise BadInput(_("This visit is not open any more."))
    step = wall - datetime.fromisoformat(visit.wall_start)
    walls = [datetime.fromisoformat(v.wall_start) + step for v in rest]
    wish = replace(Wish.to_change(visit, by=by, therapist=therapist, now=now), without=tuple(rest))
    return [
        replace(planned, visit=v, why_not=services.why_not_online(v, by, now) or planned.why_not)
        for planned, v in zip(_planned(wish, walls), rest, strict=True)
    ]


def move(
    *, walls: Mapping[Appointment, datetime], by: User, therapist: User, now: datetime
) -> list[Appointment]:
    """Move visits of a series to the times that were agreed: all of them, or none.

    Raises:
        BadInput: if one can no longer be moved by this person, or not to that time.
        Taken: if somebody got one of the times meanwhile; then none moves.
    """
    if not walls:
        raise BadInput(_("Choose at least one visit to move."))
    for visit in walls:
        if why_not := services.why_not_online(visit, by, now):
            raise BadInput(f"{visit.wall_start}: {why_not}")
    try:
        with transaction.atomic():
            wait_turn(services.BOOKING_LOCK)
            Allocation.objects.filter(visit__in=list(walls), active=True).update(active=False)
            return [
                services.rebook(
                    visit,
                    _free_then(Wish.to_change(visit, by=by, therapist=therapist, now=now), wall),
                    by,
                    now,
                )
                for visit, wall in sorted(walls.items(), key=lambda pair: pair[1])
            ]
    except IntegrityError:
        raise Taken(_("Somebody booked meanwhile. Nothing was changed. Look again.")) from None


def cancel(
    *, visit: Appointment, by: User, now: datetime, reason: str = ""
) -> tuple[list[Appointment], list[Appointment]]:
    """Cancel this visit and those after it; return what was cancelled, and what was too late."""
    done, late = [], []
    with transaction.atomic():
        wait_turn(services.BOOKING_LOCK)
        for one in rest_of(visit, now):
            if services.why_not_online(one, by, now):
                late.append(one)
            else:
                services.cancel(visit=one, by=by, now=now, reason=reason)
                done.append(one)
    return done, late


def undo(*, series: Series, by: User, now: datetime) -> int:
    """Take back the booking of every visit of a series that was booked within three minutes."""
    with transaction.atomic():
        wait_turn(services.BOOKING_LOCK)
        rows = [v for v in series.visits.all() if services.can_undo(v, now) == str(What.BOOKED)]
        for visit in rows:
            services.undo(visit=visit, by=by, now=now)
    if not rows:
        raise BadInput(_("The three minutes for undoing are over. Cancel the visits instead."))
    return len(rows)


def _planned(wish: Wish, walls: Sequence[datetime]) -> list[Planned]:
    """Look at every week with one reading of the calendar."""
    first, last = min(walls).date() - WEEK, max(walls).date() + WEEK
    free = free_for(wish, first, last)
    by_wall = {f.wall: f for f in free}
    found = []
    for wall in walls:
        why_not = _why_not(wish, wall, by_wall)
        instead: tuple[datetime, ...] = ()
        if why_not:
            week = wall.date().isocalendar()[:2]
            others = [f for f in free if f.wall.date().isocalendar()[:2] == week]
            instead = tuple(f.wall for f in _near(others, wall))
        found.append(Planned(wall=wall, why_not=why_not, instead=instead))
    return found


def _near(free: Sequence[Free], wall: datetime) -> list[Free]:
    if not free:
        return []
    anchor = min(free, key=lambda f: abs(f.wall - wall))
    return nearest(free, anchor.starts + (wall - anchor.wall), CHOICES)


def _why_not(wish: Wish, wall: datetime, free: Mapping[datetime, Free]) -> str:
    if wall in free:
        return ""
    try:
        refuse(wish, clock.to_utc(wall, settings.CLINIC_ZONE))
    except RheobaseError as refusal:
        return str(refusal)
    return _("Not free: taken, or outside the hours.")


def _free_then(wish: Wish, wall: datetime) -> Free:
    starts = clock.to_utc(wall, settings.CLINIC_ZONE)
    refuse(wish, starts)
    for free in free_for(wish, wall.date(), wall.date()):
        if free.starts == starts:
            return free
    raise Taken(
        _("%(when)s has just been taken. Nothing was changed. Look at the times again.")
        % {"when": f"{wall:%Y-%m-%d %H:%M}"}
    )
