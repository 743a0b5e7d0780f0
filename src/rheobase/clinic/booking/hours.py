"""A change of somebody's hours, and the visits that it leaves outside them.

Nothing is moved by itself: the visits are listed, and the front desk speaks with each family.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rheobase.clinic import clock
from rheobase.clinic.booking.engine import Hours
from rheobase.clinic.booking.models import Appointment, HoursException, HoursRule
from rheobase.clinic.booking.records import hours_of, name_of
from rheobase.clinic.booking.services import OPEN
from rheobase.clinic.people.models import Role, User
from rheobase.errors import BadInput


def change_day(
    *, therapist: User, day: date, starts: time | None, ends: time | None, now: datetime
) -> list[Appointment]:
    """Give somebody other hours on one day, or none, and return the visits left outside them.

    Args:
        therapist: whose hours.
        day: on the clinic's calendar; not in the past.
        starts: when they begin on the wall; None with `ends` None is a day off.
        ends: when they end.
        now: the present moment. [UTC]

    Raises:
        BadInput: if that is no change of a day to come.
    """
    if therapist.role != Role.THERAPIST:
        raise BadInput(_("Only therapists have hours. Choose one."))
    if day < clock.to_wall(now, settings.CLINIC_ZONE).date():
        raise BadInput(_("That day is over. Choose today or a later one."))
    if (starts is None) != (ends is None) or (starts and ends and starts >= ends):
        raise BadInput(_("Give a beginning and a later end, or neither for a day off."))
    with transaction.atomic():
        HoursException.objects.filter(therapist=therapist, day=day).delete()
        HoursException.objects.create(therapist=therapist, day=day, starts=starts, ends=ends)
    return [v for v in outside(now) if v.therapist_id == therapist.pk and _day_of(v) == day]


def change_days(
    *,
    therapists: Sequence[User],
    days: Sequence[date],
    starts: time | None,
    ends: time | None,
    now: datetime,
) -> list[Appointment]:
    """Give several people other hours on several days (a holiday of the clinic, a leave), or none.

    Raises:
        BadInput: as with one day; then nothing is changed.
    """
    with transaction.atomic():
        left = [
            change_day(therapist=who, day=day, starts=starts, ends=ends, now=now)
            for who in therapists
            for day in days
        ]
    return [visit for found in left for visit in found]


def change_week(
    *,
    therapist: User,
    weekday: int,
    stretches: Sequence[tuple[time, time]],
    first_day: date,
    now: datetime,
) -> list[Appointment]:
    """Give somebody other hours on one day of the week from a date on; return the visits left outside.

    What was agreed before that date stays as it was.

    Args:
        therapist: whose hours.
        weekday: Monday is 0.
        stretches: from when to when; none is a free day.
        first_day: of the new hours; not in the past.
        now: the present moment. [UTC]

    Raises:
        BadInput: if the stretches overlap or run backwards, or the date is past.
    """
    if therapist.role != Role.THERAPIST:
        raise BadInput(_("Only therapists have hours. Choose one."))
    if first_day < clock.to_wall(now, settings.CLINIC_ZONE).date():
        raise BadInput(_("New hours begin today or later. Choose another day."))
    in_order = sorted(stretches)
    edges = [edge for stretch in in_order for edge in stretch]
    if any(one >= other for one, other in pairwise(edges)):
        raise BadInput(
            _("Each stretch ends after it begins, and none touches the next. Correct them.")
        )
    with transaction.atomic():
        rules = HoursRule.objects.filter(therapist=therapist, weekday=weekday)
        rules.filter(first_day__gte=first_day).delete()
        still = Q(last_day__isnull=True) | Q(last_day__gte=first_day)
        rules.filter(still).update(last_day=first_day - timedelta(days=1))
        HoursRule.objects.bulk_create(
            HoursRule(
                therapist=therapist, weekday=weekday, starts=starts, ends=ends, first_day=first_day
            )
            for starts, ends in in_order
        )
    return [
        v
        for v in outside(now)
        if v.therapist_id == therapist.pk
        and _day_of(v).weekday() == weekday
        and _day_of(v) >= first_day
    ]


def as_every_week(*, therapist: User, day: date) -> None:
    """Take a change of one day back."""
    HoursException.objects.filter(therapist=therapist, day=day).delete()


def outside(now: datetime) -> list[Appointment]:
    """Return every open visit to come that lies outside its therapist's hours, soonest first."""
    visits = list(
        Appointment.objects.filter(status__in=OPEN, starts__gt=now).select_related(
            "child", "service", "therapist"
        )
    )
    hours = hours_of(list({v.therapist_id: v.therapist for v in visits}.values()))
    return [v for v in visits if not _inside(v, hours[name_of(v.therapist)])]


def _inside(visit: Appointment, hours: Hours) -> bool:
    zone = settings.CLINIC_ZONE
    starts, ends = clock.to_wall(visit.starts, zone), clock.to_wall(visit.ends, zone)
    return any(
        datetime.combine(starts.date(), opens) <= starts
        and ends <= datetime.combine(starts.date(), closes)
        for opens, closes in hours.on(starts.date())
    )


def _day_of(visit: Appointment) -> date:
    return clock.to_wall(visit.starts, settings.CLINIC_ZONE).date()
