"""Which times somebody may have: the engine's answer for one wish, and what no calendar could change."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self, final

from django.conf import settings
from django.utils.translation import gettext as _

from rheobase.clinic import clock
from rheobase.clinic.booking.engine import Free, Pools, free_times, nearest
from rheobase.clinic.booking.models import Appointment, Service
from rheobase.clinic.booking.records import busy_between, need_of, pools_for, therapists_of
from rheobase.clinic.language import moment_words
from rheobase.clinic.people.models import Child, Role, User
from rheobase.errors import BadInput, Taken


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants what.

    Attributes:
        by: who asks; notice and online rules hold for families only.
        child: who comes.
        service: what for.
        therapist: whom to, or None for anybody of the discipline.
        now: the present moment. [UTC]
        without: visits that would give up their own reservations (they move, or were only held).
        restoring: whether something is being taken back: the notice was kept when it was booked.
        booked: whether it is about a visit that is booked already, whatever is offered today.
    """

    by: User
    child: Child
    service: Service
    therapist: User | None
    now: datetime
    without: tuple[Appointment, ...] = ()
    restoring: bool = False
    booked: bool = False

    @classmethod
    def to_change(
        cls,
        visit: Appointment,
        *,
        by: User,
        therapist: User | None,
        now: datetime,
        restoring: bool = False,
    ) -> Self:
        """Return the wish to have a booked visit otherwise: it gives up its own reservations."""
        return cls(
            by=by,
            child=visit.child,
            service=visit.service,
            therapist=therapist,
            now=now,
            without=(visit,),
            restoring=restoring,
            booked=True,
        )

    def __post_init__(self) -> None:
        who, service = self.therapist, self.service
        if who and (who.role, who.discipline) != (Role.THERAPIST, service.discipline):
            raise BadInput(
                _("%(who)s does not offer “%(service)s”. Choose another therapist.")
                % {"who": who, "service": service}
            )
        offered = service.active and (service.online or not self.family)
        if not (offered or self.booked):
            raise BadInput(
                _("“%(service)s” cannot be booked here. Call the clinic.") % {"service": service}
            )

    @property
    def family(self) -> bool:
        """Whether a guardian asks."""
        return self.by.role == Role.GUARDIAN

    @property
    def earliest(self) -> datetime:
        """The first moment that may be booked."""
        notice = self.service.notice_hours if self.family and not self.restoring else 0
        return self.now + timedelta(hours=notice)

    @property
    def last_day(self) -> date:
        """The last day that may be booked."""
        today = clock.to_wall(self.now, settings.CLINIC_ZONE).date()
        return today + timedelta(days=self.service.horizon_days)


def free_for(wish: Wish, first_day: date, last_day: date) -> list[Free]:
    """Return the free times of some days (both included, within the horizon), soonest first."""
    zone = settings.CLINIC_ZONE
    first_day = max(first_day, clock.to_wall(wish.now, zone).date())
    last_day = min(last_day, wish.last_day)
    if last_day < first_day:
        return []
    pools = _pools(wish, first_day, last_day)
    starts = clock.day_bounds(first_day, zone)[0] - timedelta(days=1)
    ends = clock.day_bounds(last_day, zone)[1] + timedelta(days=1)
    busy = busy_between(pools, starts, ends, now=wish.now, without=wish.without)
    return free_times(
        need_of(wish.service),
        pools,
        busy,
        earliest=wish.earliest,
        first_day=first_day,
        last_day=last_day,
        zone=zone,
    )


def free_at(wish: Wish, starts: datetime) -> Free:
    """Return what could serve one moment.

    Raises:
        BadInput: if that moment could not be booked even in an empty calendar.
        Taken: if it could, but is reserved.
    """
    day = clock.to_wall(starts, settings.CLINIC_ZONE).date()
    for free in free_for(wish, day, day):
        if free.starts == starts:
            return free
    empty = free_times(
        need_of(wish.service),
        _pools(wish, day, day),
        [],
        earliest=wish.now,
        first_day=day,
        last_day=day,
        zone=settings.CLINIC_ZONE,
    )
    if any(free.starts == starts for free in empty):
        raise Taken(_("That time has just been taken."))
    raise BadInput(
        _(
            "That time is outside the therapist's hours, or the clinic has too few rooms or units "
            "for it. Choose one of the times shown."
        )
    )


def refuse(wish: Wish, starts: datetime) -> None:
    """Refuse a moment that is past, too soon or too far away.

    Raises:
        BadInput: saying which, and what to do.
    """
    service = wish.service
    if starts <= wish.now:
        raise BadInput(_("That time is in the past. Choose a later one."))
    if starts < wish.earliest:
        raise BadInput(
            _(
                "“%(service)s” is booked at least %(hours)s hours ahead. "
                "Choose a later time, or call the clinic."
            )
            % {"service": service, "hours": service.notice_hours}
        )
    if clock.to_wall(starts, settings.CLINIC_ZONE).date() > wish.last_day:
        raise BadInput(
            _("“%(service)s” is booked at most %(days)s days ahead. Choose an earlier time.")
            % {"service": service, "days": service.horizon_days}
        )


def taken(wish: Wish, starts: datetime) -> Taken:
    """Return the error for a time that somebody else got, with the three nearest free times."""
    day = clock.to_wall(starts, settings.CLINIC_ZONE).date()
    times = free_for(wish, day - timedelta(days=7), day + timedelta(days=14))
    if not times and wish.therapist:
        times = free_for(replace(wish, therapist=None), day, day + timedelta(days=14))
    near = [moment_words(free.wall, "D j M H:i") for free in nearest(times, starts, 3)]
    if not near:
        return Taken(_("That time has just been taken. Call the clinic."))
    said = _("That time has just been taken. The nearest free times are %(times)s.")
    return Taken(said % {"times": ", ".join(near)})


def _pools(wish: Wish, first: date, last: date) -> Pools:
    therapists = [wish.therapist] if wish.therapist else therapists_of(wish.service)
    return pools_for(wish.service, wish.child, therapists, first, last)
