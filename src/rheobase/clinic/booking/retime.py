"""Visits whose moment changed because the rules of their zone did: nine o'clock stays nine o'clock.

A visit is an agreement about the clinic's wall. When a government changes its clocks after the visit
was booked, the stored UTC no longer is that wall time; here it is derived again, reservations and
unsent reminders with it, all visits at once or none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import final

from django.db import IntegrityError, transaction
from django.db.models import F

from rheobase.clinic import clock
from rheobase.clinic.booking.engine import LONGEST
from rheobase.clinic.booking.models import Allocation, Appointment, Outbox, StatusChange
from rheobase.clinic.booking.services import BOOKING_LOCK, OPEN
from rheobase.clinic.database import wait_turn
from rheobase.clinic.people.models import Role, User
from rheobase.errors import BadInput, NotAllowed, Taken


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One visit that the new rules move.

    Attributes:
        visit: as it is stored.
        becomes: when it begins under the rules of today [UTC]; None if that wall time no longer exists.
    """

    visit: Appointment
    becomes: datetime | None

    @property
    def by(self) -> timedelta:
        """How much later it is; negative if earlier."""
        return self.becomes - self.visit.starts if self.becomes else timedelta(0)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """Two visits that would need one resource at one time."""

    visit: Appointment
    other: Appointment
    resource: str


def moved(now: datetime) -> list[Moved]:
    """Return every open visit to come whose stored moment is not that of its wall time, soonest first."""
    visits = Appointment.objects.filter(status__in=OPEN, starts__gt=now - LONGEST)
    found = [Moved(visit=v, becomes=_derived(v)) for v in visits.select_related("child", "service")]
    return [
        m
        for m in found
        if m.becomes != m.visit.starts and max(m.visit.starts, m.becomes or m.visit.starts) > now
    ]


def collisions(changes: Sequence[Moved]) -> list[Collision]:
    """Return the visits that would be in each other's way after the change."""
    shift = {change.visit.pk: change.by for change in changes}
    rows = _reservations_around(changes)
    after: dict[str, list[tuple[datetime, datetime, Allocation]]] = {}
    for row in rows:
        by = shift.get(row.visit_id, timedelta(0))
        after.setdefault(row.resource, []).append((row.starts + by, row.ends + by, row))
    return [
        Collision(visit=one.visit, other=two.visit, resource=resource)
        for resource, stretches in after.items()
        for one, two in _overlapping(sorted(stretches, key=lambda s: (s[0], s[2].pk)))
        if one.visit_id in shift or two.visit_id in shift
    ]


def apply(changes: Sequence[Moved], by: User, now: datetime) -> None:
    """Give every visit its moment under the rules of today, all of them or none.

    Raises:
        NotAllowed: if this person may not.
        BadInput: if a wall time no longer exists.
        Taken: if visits would be in each other's way; move one of each pair first.
    """
    if by.role not in (Role.LEAD, Role.ADMINISTRATOR):
        raise NotAllowed("Only the clinic lead or an administrator gives visits a new moment.")
    if gone := [change.visit.wall_start for change in changes if change.becomes is None]:
        raise BadInput(f"{', '.join(gone)} no longer exists on the clock. Move these visits first.")
    try:
        with transaction.atomic():
            wait_turn(BOOKING_LOCK)
            if found := collisions(changes):
                raise Taken(
                    f"{len(found)} pairs of visits would be in each other's way. Nothing was "
                    "changed. Move one of each pair in the calendar, then start again."
                )
            _apply(changes, by, now)
    except IntegrityError:
        raise Taken("Somebody booked meanwhile. Nothing was changed. Start again.") from None


def _apply(changes: Iterable[Moved], by: User, now: datetime) -> None:
    reserved = {
        change.visit.pk: list(Allocation.objects.filter(visit=change.visit, active=True))
        for change in changes
    }
    Allocation.objects.filter(visit__in=list(reserved), active=True).update(active=False)
    for change in changes:
        visit, shift = change.visit, change.by
        as_read = Appointment.objects.filter(
            pk=visit.pk, starts=visit.starts, wall_start=visit.wall_start, status=visit.status
        )
        if not as_read.update(starts=F("starts") + shift, ends=F("ends") + shift):
            raise BadInput("A visit was changed meanwhile. Nothing was changed. Start again.")
        for row in sorted(reserved[visit.pk], key=lambda r: r.resource):
            row.starts, row.ends, row.active = row.starts + shift, row.ends + shift, True
            row.save(update_fields=["starts", "ends", "active"])
        Outbox.objects.filter(
            visit=visit, kind="reminder", withdrawn__isnull=True, not_before__gt=now
        ).update(not_before=F("not_before") + shift)
        StatusChange.objects.create(
            visit=visit,
            old=visit.status,
            new=visit.status,
            by=by,
            at=now,
            reason=f"the rules of {visit.zone} changed: was {visit.starts:%Y-%m-%d %H:%M} UTC",
        )


def _derived(visit: Appointment) -> datetime | None:
    try:
        return clock.to_utc(datetime.fromisoformat(visit.wall_start), visit.zone)
    except BadInput:
        return None


def _reservations_around(changes: Sequence[Moved]) -> list[Allocation]:
    if not changes:
        return []
    moments = [m for c in changes for m in (c.visit.starts, c.visit.starts + c.by)]
    rows = Allocation.objects.filter(
        active=True, starts__lt=max(moments) + LONGEST, ends__gt=min(moments) - LONGEST
    )
    return list(rows.select_related("visit"))


def _overlapping(
    stretches: list[tuple[datetime, datetime, Allocation]],
) -> Iterable[tuple[Allocation, Allocation]]:
    """Yield neighbours that overlap; sorted by beginning, with the last end kept."""
    last: tuple[datetime, Allocation] | None = None
    for starts, ends, row in stretches:
        if last and starts < last[0]:
            yield last[1], row
        if last is None or ends > last[0]:
            last = ends, row
