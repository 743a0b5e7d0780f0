"""From rows to what the engine reckons with, and back."""

from collections import defaultdict
from datetime import datetime

from rheobase.clinic.booking.engine import LONGEST, Busy, Dated, Hours, Need, Pools, Weekly
from rheobase.clinic.booking.models import (
    Allocation,
    Appointment,
    HoursException,
    HoursRule,
    Room,
    Service,
    Status,
    Stimulator,
)
from rheobase.clinic.people.models import Child, Role, User


def name_of(thing: User | Room | Stimulator | Child) -> str:
    """Return the resource that stands for a person, a room or a unit."""
    kind = {User: "therapist", Room: "room", Stimulator: "stimulator", Child: "child"}
    return f"{kind[type(thing)]}:{thing.pk}"


def key_of(resource: str) -> str:
    """Return the primary key inside the name of a resource."""
    return resource.split(":", 1)[1]


def need_of(service: Service) -> Need:
    """Return what a visit of this service needs."""
    return Need(
        minutes=service.minutes,
        before_min=service.buffer_before_min,
        after_min=service.buffer_after_min,
        units=service.stimulators,
    )


def therapists_of(service: Service) -> list[User]:
    """Return who could serve it, by name."""
    return list(
        User.objects.filter(role=Role.THERAPIST, discipline=service.discipline, is_active=True)
    )


def pools_for(service: Service, child: Child, therapists: list[User]) -> Pools:
    """Return what there is to choose from, with everybody's hours."""
    return Pools(
        therapists=hours_of(therapists),
        rooms=tuple(name_of(r) for r in Room.objects.filter(active=True).order_by("pk")),
        units=tuple(name_of(s) for s in Stimulator.objects.filter(active=True).order_by("pk"))
        if service.stimulators
        else (),
        child=name_of(child),
    )


def busy_between(
    pools: Pools,
    starts: datetime,
    ends: datetime,
    *,
    now: datetime,
    without: Appointment | None = None,
) -> list[Busy]:
    """Return every reservation of these resources that touches a stretch of time, in one query.

    Args:
        pools: the resources.
        starts: beginning of the stretch. [UTC]
        ends: its end. [UTC]
        now: times held until before this moment are free again. [UTC]
        without: a visit whose own reservations do not count (it is being moved).
    """
    resources = [*pools.therapists, *pools.rooms, *pools.units, pools.child]
    rows = Allocation.objects.filter(
        active=True,
        resource__in=resources,
        starts__lt=ends,
        ends__gt=starts,
        starts__gt=starts - LONGEST,  # so that the index leaves out the years before
    )
    rows = rows.exclude(visit__status=Status.HELD, visit__held_until__lte=now)
    if without:
        rows = rows.exclude(visit=without)
    return [
        Busy(resource=r, starts=s, ends=e)
        for r, s, e in rows.values_list("resource", "starts", "ends")
    ]


def hours_of(therapists: list[User]) -> dict[str, Hours]:
    """Return everybody's hours, by resource, in two queries."""
    weekly, dated = defaultdict(list), defaultdict(list)
    for rule in HoursRule.objects.filter(therapist__in=therapists):
        weekly[rule.therapist_id].append(
            Weekly(
                weekday=rule.weekday,
                starts=rule.starts,
                ends=rule.ends,
                first_day=rule.first_day,
                last_day=rule.last_day,
            )
        )
    for change in HoursException.objects.filter(therapist__in=therapists):
        dated[change.therapist_id].append(
            Dated(day=change.day, starts=change.starts, ends=change.ends)
        )
    return {
        name_of(t): Hours(weekly=tuple(weekly[t.pk]), dated=tuple(dated[t.pk])) for t in therapists
    }
