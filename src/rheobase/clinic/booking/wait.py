"""The wait list: who could take a time that became free, and the timed offer of it.

An offer is a held visit: its time, room, therapist and units are reserved like any other until the
family answers or the moment passes. Ranking is by waiting time alone; what else helps to choose is
shown, not weighed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rheobase.clinic import clock
from rheobase.clinic.booking import holds, messages, services
from rheobase.clinic.booking.availability import Wish, free_at
from rheobase.clinic.booking.models import Appointment, Offer, Service, Status, WaitRequest
from rheobase.clinic.database import wait_turn
from rheobase.clinic.people.models import Child, User
from rheobase.errors import BadInput, RheobaseError, Taken

OFFERED_FOR = timedelta(hours=4)
LEAST_TO_ANSWER = timedelta(minutes=30)
BEFORE_THE_VISIT = timedelta(hours=1)
MOST_SHOWN = 30
LONGEST_WAIT = timedelta(days=180)
NOTICES_H = (2, 24, 48)
DAYS = (
    noop("Monday"),
    noop("Tuesday"),
    noop("Wednesday"),
    noop("Thursday"),
    noop("Friday"),
    noop("Saturday"),
    noop("Sunday"),
)
WINDOWS = {
    f"{n}{half}": f"{day} {word}"
    for n, day in enumerate(DAYS)
    for half, word in (("am", "morning"), ("pm", "afternoon"))
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who could take a free time.

    Attributes:
        request: what they asked for.
        knows: whether the therapist has seen this child.
        passed: how many offers they have not taken.
    """

    request: WaitRequest
    knows: bool
    passed: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Freed:
    """A time of a cancelled visit that nobody has taken since."""

    therapist: User
    starts: datetime
    wall: datetime
    could_come: int


def ask(
    *,
    child: Child,
    service: Service,
    therapist: User | None,
    windows: Sequence[str],
    notice_hours: int,
    first_day: date,
    last_day: date,
    by: User,
    now: datetime,
) -> WaitRequest:
    """Put a child on the wait list.

    Raises:
        BadInput: if the family could never come, or waits for this service already.
    """
    Wish(by=by, child=child, service=service, therapist=therapist, now=now)
    today = clock.to_wall(now, settings.CLINIC_ZONE).date()
    chosen = [w for w in WINDOWS if w in windows]
    if not chosen:
        raise BadInput(_("Choose at least one morning or afternoon on which you could come."))
    if notice_hours not in NOTICES_H:
        raise BadInput(_("Choose how long before the visit you need to know."))
    if not today <= last_day or first_day > last_day or last_day > today + LONGEST_WAIT:
        raise BadInput(
            _("The last day must come after the first, and within %(days)s days from now.")
            % {"days": LONGEST_WAIT.days}
        )
    with transaction.atomic():
        wait_turn(holds.BOOKING_LOCK)
        if WaitRequest.objects.filter(child=child, service=service, ended__isnull=True).exists():
            raise BadInput(_("You wait for this service already. End that first if times changed."))
        return WaitRequest.objects.create(
            child=child,
            service=service,
            therapist=therapist,
            windows=chosen,
            notice_hours=notice_hours,
            first_day=first_day,
            last_day=last_day,
            by=by,
            asked=now,
        )


def waiting(now: datetime) -> QuerySet[WaitRequest]:
    """Return everybody who still waits, longest first."""
    today = clock.to_wall(now, settings.CLINIC_ZONE).date()
    found = WaitRequest.objects.filter(ended__isnull=True, last_day__gte=today)
    return found.select_related("child", "service", "therapist")


def suits(request: WaitRequest, therapist: User, starts: datetime, now: datetime) -> bool:
    """Return whether a time is one at which this family said it could come."""
    wall = clock.to_wall(starts, settings.CLINIC_ZONE)
    half = f"{wall.weekday()}{'am' if wall.hour < 12 else 'pm'}"
    return (
        request.service.discipline == therapist.discipline
        and request.therapist_id in (None, therapist.pk)
        and half in request.windows
        and request.first_day <= wall.date() <= request.last_day
        and starts - now >= timedelta(hours=request.notice_hours)
    )


def candidates(therapist: User, starts: datetime, by: User, now: datetime) -> list[Candidate]:
    """Return who could take a free time, whoever waits longest first.

    Left out are those who have an offer to answer, who passed on this very time, or whose visit does
    not fit (child, room or units are taken, or it would be too long).
    """
    this_time = Offer.objects.filter(visit__starts=starts, visit__therapist=therapist)
    asked = waiting(now).exclude(pk__in=open_offers(now).values("request"))
    asked = asked.exclude(pk__in=this_time.values("request"))
    found = []
    for request in asked:
        if suits(request, therapist, starts, now) and _fits(request, therapist, starts, by, now):
            visits = Appointment.objects.filter(child=request.child, therapist=therapist)
            seen = visits.filter(status__in=(Status.ARRIVED, Status.DONE), starts__lt=now)
            passed = request.offers.filter(visit__status=Status.CANCELLED).count()
            found.append(Candidate(request=request, knows=seen.exists(), passed=passed))
        if len(found) == MOST_SHOWN:
            break
    return found


def freed(now: datetime) -> list[Freed]:
    """Return the times of cancelled visits to come that nobody has taken since, soonest first."""
    cancelled = Appointment.objects.filter(status=Status.CANCELLED, starts__gt=now)
    times = {(v.therapist_id, v.starts): v for v in cancelled.select_related("therapist")[:200]}
    asked = list(waiting(now))
    found = []
    for visit in times.values():
        taken = Appointment.objects.filter(
            ~Q(status=Status.CANCELLED),
            therapist=visit.therapist,
            starts__lt=visit.ends,
            ends__gt=visit.starts,
        )
        if not taken.exists():
            could = sum(suits(r, visit.therapist, visit.starts, now) for r in asked)
            wall = clock.to_wall(visit.starts, settings.CLINIC_ZONE)
            found.append(
                Freed(therapist=visit.therapist, starts=visit.starts, wall=wall, could_come=could)
            )
    return sorted(found, key=lambda f: f.starts)[:MOST_SHOWN]


def open_offers(now: datetime) -> QuerySet[Offer]:
    """Return the offers that wait for an answer, the first to end first."""
    found = Offer.objects.filter(visit__status=Status.HELD, until__gt=now)
    return found.select_related(
        "request__child", "visit__service", "visit__therapist", "visit__room"
    ).order_by("until")


def offer(
    *, request: WaitRequest, therapist: User, starts: datetime, by: User, now: datetime
) -> Offer:
    """Hold a free time for a family, and tell it.

    Raises:
        BadInput: if there is no time left to answer, or the family has an offer to answer.
        Taken: if somebody was first.
    """
    until = min(now + OFFERED_FOR, starts - BEFORE_THE_VISIT)
    if until - now < LEAST_TO_ANSWER:
        raise BadInput(
            _("This time is too soon for an offer. Phone the family and book it for them.")
        )
    with transaction.atomic():
        wait_turn(holds.BOOKING_LOCK)
        fresh = waiting(now).filter(pk=request.pk).first()
        if fresh is None:
            raise BadInput(_("This family does not wait any more. Choose another."))
        if open_offers(now).filter(request=request).exists():
            raise BadInput(_("This family has an offer to answer already. Choose another."))
        visit = services.book(
            by=by,
            child=fresh.child,
            service=fresh.service,
            therapist=therapist,
            wall=clock.to_wall(starts, settings.CLINIC_ZONE),
            now=now,
            hold_until=until,
        )
        made = Offer.objects.create(request=fresh, visit=visit, by=by, made=now, until=until)
        messages.offered(visit, until, now)
    return made


def accept(made: Offer, by: User, now: datetime) -> None:
    """Make the offered time a visit.

    Raises:
        Taken: if the offer is over.
    """
    with transaction.atomic():
        wait_turn(holds.BOOKING_LOCK)
        if not holds.confirm(made.visit, by, now):
            raise Taken(_("This offer is over. You keep your place on the wait list."))
        made.visit.refresh_from_db()
        WaitRequest.objects.filter(pk=made.request_id, ended__isnull=True).update(
            ended=now, how_it_ended="booked"
        )
        messages.booked(made.visit, now)


def decline(made: Offer, by: User, now: datetime) -> None:
    """Let an offered time go; the family keeps its place.

    Raises:
        Taken: if the offer is over anyway.
    """
    if not holds.release(made.visit, by, now, noop("the offer was declined")):
        raise Taken(_("This offer is over."))


def end(request: WaitRequest, by: User, now: datetime) -> None:
    """Take a family off the wait list, and let go what is held for it."""
    with transaction.atomic():
        wait_turn(holds.BOOKING_LOCK)
        for made in open_offers(now).filter(request=request):
            holds.release(made.visit, by, now, noop("the family does not wait any more"))
        WaitRequest.objects.filter(pk=request.pk, ended__isnull=True).update(
            ended=now, how_it_ended="withdrawn"
        )


def _fits(request: WaitRequest, therapist: User, starts: datetime, by: User, now: datetime) -> bool:
    try:
        wish = Wish(
            by=by, child=request.child, service=request.service, therapist=therapist, now=now
        )
        free_at(wish, starts)
    except RheobaseError:
        return False
    return True
