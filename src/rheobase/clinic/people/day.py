"""What a person's start page shows: the visits of a day, and what is missing for each."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rheobase.clinic import clock, policy
from rheobase.clinic.booking.models import Appointment, Status
from rheobase.clinic.intake import services as intake
from rheobase.clinic.people.models import Role, User
from rheobase.clinic.plan.models import SignedPlan


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """One thing that must come before the visit.

    Attributes:
        text: what is missing, in a few words.
        page: name of the address where it is done.
    """

    text: str
    page: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One visit of the day."""

    visit: Appointment
    missing: tuple[Missing, ...]


def visits_on(user: User, day: date) -> QuerySet[Appointment]:
    """Return the visits this person may see on a day, their own only for a therapist."""
    first, last = clock.day_bounds(day, settings.CLINIC_ZONE)
    found = (
        Appointment.objects.filter(starts__gte=first, starts__lt=last)
        .exclude(status__in=(Status.CANCELLED, Status.HELD))
        .filter(child__in=policy.children_for(user, "see visits"))
        .select_related("child", "service", "therapist", "room")
        .prefetch_related("stimulators")
    )
    return found.filter(therapist=user) if user.role == Role.THERAPIST else found


def rows(user: User, day: date, now: datetime) -> list[Row]:
    """Return the visits of a day with what each is missing; the queries do not grow with the day."""
    visits = list(visits_on(user, day))
    lists = intake.checklists({v.child_id for v in visits}, now)
    planned = set(
        SignedPlan.objects.filter(
            episode__child__in=lists, episode__closed__isnull=True, valid_until__gte=day
        ).values_list("episode__child", flat=True)
    )
    return [
        Row(visit=v, missing=_missing(v, lists[v.child_id], has_plan=v.child_id in planned))
        for v in visits
    ]


def _missing(
    visit: Appointment, items: list[intake.Item], *, has_plan: bool
) -> tuple[Missing, ...]:
    """Return what must come before a visit: forms; for stimulation also consent and a signed plan."""
    stimulation = visit.service.stimulators > 0
    found = [
        Missing(text=_(item.title), page="intake:list")
        for item in items
        if item.required and not item.done and (stimulation or not item.for_stimulation)
    ]
    if stimulation and not has_plan:
        found.append(Missing(text=_("Signed plan"), page="plan:list"))
    return tuple(found)
