"""Who saw one child in a stretch of days, person by person, as a lead answers a family's question."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import final

from django.conf import settings
from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from rheobase.clinic import clock
from rheobase.clinic.people.models import AccessLog, BreakGlass, Child, Role


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person's looks.

    Attributes:
        name: full name, or the sign-in name, or _("not signed in").
        role: at the time, in words.
        looks: how often something was shown.
        refused: how often it was not.
        first, last: of all of them. [UTC]
        what: the kinds of things that were shown.
    """

    name: str
    role: str
    looks: int
    refused: int
    first: datetime
    last: datetime
    what: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Who saw one child.

    Attributes:
        people: whoever looked most recently first.
        emergencies: every breaking of the glass, with its reason.
        lines: of the access log, newest first.
    """

    people: tuple[Person, ...]
    emergencies: QuerySet[BreakGlass]
    lines: QuerySet[AccessLog]


def of_child(child: Child, first: date, last: date) -> Report:
    """Return the report of the days from first to last, both included, on the clinic's calendar."""
    starts = clock.day_bounds(first, settings.CLINIC_ZONE)[0]
    ends = clock.day_bounds(last, settings.CLINIC_ZONE)[1]
    lines = AccessLog.objects.filter(child=child, at__gte=starts, at__lt=ends)
    groups = (
        lines.order_by()
        .values("user", "username", "role", "user__first_name", "user__last_name")
        .annotate(
            looks=Count("pk", filter=Q(allowed=True)),
            refused=Count("pk", filter=Q(allowed=False)),
            first=Min("at"),
            last=Max("at"),
        )
        .order_by("-last")
    )
    kinds: dict[tuple[str, str], set[str]] = {}
    shown = lines.filter(allowed=True).order_by().values_list("username", "role", "action")
    for name, role, action in shown.distinct():
        kinds.setdefault((name, role), set()).add(action)
    return Report(
        people=tuple(
            Person(
                name=f"{g['user__first_name'] or ''} {g['user__last_name'] or ''}".strip()
                or g["username"]
                or _("not signed in"),
                role=str(dict(Role.choices).get(g["role"], "")),
                looks=g["looks"],
                refused=g["refused"],
                first=g["first"],
                last=g["last"],
                what=tuple(sorted(kinds.get((g["username"], g["role"]), ()))),
            )
            for g in groups
        ),
        emergencies=BreakGlass.objects.filter(
            child=child, at__gte=starts, at__lt=ends
        ).select_related("user"),
        lines=lines.order_by("-id"),
    )
