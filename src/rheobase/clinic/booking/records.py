"""From rows to what the engine reckons with, and back."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, Func, Q

from rheobase.clinic import clock
from rheobase.clinic.booking.engine import LONGEST, Dated, Hours, Need, Pools, Weekly
from rheobase.clinic.booking.models import (
    Allocation,
    Appointment,
    HoursException,
    HoursRule,
    OutOfService,
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


def pools_for(
    service: Service, child: Child, therapists: list[User], first: date, last: date
) -> Pools:
    """Return what there is to choose from, with everybody's hours on some days."""
    return Pools(
        therapists=hours_of(therapists, first, last),
        rooms=tuple(name_of(r) for r in Room.objects.filter(active=True).order_by("pk")),
        units=tuple(name_of(s) for s in units_for(service, child, first)),
        child=name_of(child),
    )


def units_for(service: Service, child: Child, day: date) -> list[Stimulator]:
    """Return the units that could serve, those whose label includes the child's age first."""
    if not service.stimulators:
        return []
    found = Stimulator.objects.filter(active=True).select_related("model").order_by("pk")
    if service.unit_model_id:
        found = found.filter(model=service.unit_model_id)
    months = clock.age_months(child.born, day)
    return sorted(found, key=lambda unit: months < 12 * label_from_years(unit))


def label_from_years(unit: Stimulator) -> int:
    """Return the youngest age that the label of a unit names. [years]."""
    return (unit.model.label_from_years or 0) if unit.model else 0


def busy_between(
    pools: Pools,
    starts: datetime,
    ends: datetime,
    *,
    now: datetime,
    without: Collection[Appointment] = (),
) -> list[tuple[str, int, int]]:
    """Return every reservation of these resources that touches a stretch of time, in one query.

    The database hands out whole seconds: making a datetime of each of thousands took longer than
    everything else together. Two more queries ask which held times are over and which units are away.

    Args:
        pools: the resources.
        starts: beginning of the stretch. [UTC]
        ends: its end. [UTC]
        now: times held until before this moment are free again. [UTC]
        without: visits whose own reservations do not count (they are being moved).
    """
    free_again = [visit.pk for visit in without]
    over = Appointment.objects.filter(status=Status.HELD, held_until__lte=now)
    free_again += over.order_by().values_list("pk", flat=True)  # an order would cost its index
    rows = Allocation.objects.filter(
        active=True,
        resource__in=[*pools.therapists, *pools.rooms, *pools.units, pools.child],
        starts__lt=ends,
        ends__gt=starts,
        starts__gt=starts - LONGEST,  # so that the index leaves out the years before
    )
    if free_again:
        rows = rows.exclude(visit__in=free_again)
    busy = rows.annotate(starts_s=EpochSeconds("starts"), ends_s=EpochSeconds("ends"))
    away = _away(starts, ends) if pools.units else []
    return [*busy.values_list("resource", "starts_s", "ends_s"), *away]


def _away(starts: datetime, ends: datetime) -> list[tuple[str, int, int]]:
    """Return the units that are out of service, as if they were reserved."""
    rows = OutOfService.objects.filter(Q(ends__isnull=True) | Q(ends__gt=starts), starts__lt=ends)
    return [
        (f"stimulator:{unit}", int(since.timestamp()), int((until or ends).timestamp()))
        for unit, since, until in rows.order_by().values_list("unit", "starts", "ends")
    ]


class EpochSeconds(Func):
    """A moment as whole seconds since 1970, reckoned by the database."""

    output_field = BigIntegerField()
    template = "CAST(EXTRACT(EPOCH FROM %(expressions)s) AS bigint)"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """SQLite keeps moments as text in UTC."""
        cast = "CAST(strftime('%%%%s', %(expressions)s) AS integer)"
        return self.as_sql(compiler, connection, template=cast, **context)


def hours_of(
    therapists: list[User], first: date | None = None, last: date | None = None
) -> dict[str, Hours]:
    """Return everybody's hours, by resource, in two queries; of some days if they are given."""
    weekly, dated = defaultdict(list), defaultdict(list)
    rules = HoursRule.objects.filter(therapist__in=therapists)
    changes = HoursException.objects.filter(therapist__in=therapists)
    if first and last:
        rules = rules.filter(Q(last_day__isnull=True) | Q(last_day__gte=first), first_day__lte=last)
        changes = changes.filter(day__gte=first, day__lte=last)
    for who, weekday, starts, ends, first_day, last_day in rules.values_list(
        "therapist", "weekday", "starts", "ends", "first_day", "last_day"
    ):
        weekly[who].append(
            Weekly(
                weekday=weekday, starts=starts, ends=ends, first_day=first_day, last_day=last_day
            )
        )
    for who, day, starts, ends in changes.values_list("therapist", "day", "starts", "ends"):
        dated[who].append(Dated(day=day, starts=starts, ends=ends))
    return {
        name_of(t): Hours(weekly=tuple(weekly[t.pk]), dated=tuple(dated[t.pk])) for t in therapists
    }
