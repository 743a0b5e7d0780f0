"""The head of every page about one child: who it is, and the steps of the pathway.

`{% load child %}{% child_steps child "plan" %}` shows the steps this person may open; a step whose
pages do not exist is not shown.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from django import template
from django.conf import settings
from django.db.models import Q
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rheobase.clinic import clock, policy
from rheobase.clinic.people.models import Child, Guardianship, Role

register = template.Library()

FAMILY = "family"  # the progress page in plain words; staff have the other one
# key, label, address name
STEPS = (
    ("summary", _("Summary"), "people:child"),
    ("visits", _("Visits"), "booking:visits"),
    ("intake", _("Forms and consent"), "intake:list"),
    ("screening", _("Screening"), "assessment:screening"),
    ("assess", _("Assessment"), "assessment:chart"),
    ("measures", _("Measures"), "assessment:measures"),
    ("goals", _("Goals"), "assessment:goals"),
    ("plan", _("Plan"), "plan:list"),
    ("sessions", _("Sessions"), "live:list"),
    ("notes", _("Notes"), "diary:list"),
    ("progress", _("Progress"), "outcomes:progress"),
    (FAMILY, _("Progress"), "outcomes:family"),
    ("home", _("Home programme"), "outcomes:home"),
    ("export", _("Export"), "exchange:child"),
)


def address_of(name: str, child: Child) -> str:
    """Return the address of a page about a child or its open episode, "" if there is no such page."""
    return _address(name, child, lambda: child.episode_set.filter(closed__isnull=True).first())


def _address(name: str, child: Child, open_episode: Callable[[], Any]) -> str:
    try:
        return reverse(name, kwargs={"child": child.pk})
    except NoReverseMatch:
        episode = open_episode()
    try:
        return reverse(name, kwargs={"episode": episode.pk}) if episode else ""
    except NoReverseMatch:
        return ""


@register.inclusion_tag("people/_steps.html", takes_context=True)
def child_steps(context: Any, child: Child, current: str = "") -> dict[str, Any]:
    """Show who the child is and the steps this person may open."""
    user = context["request"].user
    found = []
    open_episode = cache(lambda: child.episode_set.filter(closed__isnull=True).first())
    may = cache(policy.may)
    for key, label, name in STEPS:
        address = _address(name, child, open_episode)
        if key == FAMILY and user.role != Role.GUARDIAN:
            continue
        whose = child if user.role == Role.GUARDIAN else None
        if address and may(user, resolve(address).func.action, whose):
            found.append({"label": label, "address": address, "current": key == current})
    return {"child": child, "steps": found}


@register.inclusion_tag("people/_court.html", takes_context=True)
def court_notes(context: Any, child: Child) -> dict[str, Any]:
    """Show staff what a court has said about a child's guardians, and whether the child decides itself."""
    user, now = context["request"].user, clock.now()
    if not user.is_authenticated or user.role == Role.GUARDIAN:
        return {"notes": [], "is_mature": False}
    going_on = Q(ends__isnull=True) | Q(ends__gt=now)
    rows = Guardianship.objects.filter(going_on, child=child, starts__lte=now)
    return {
        "notes": rows.exclude(court_note="").select_related("user"),
        "is_mature": policy.mature(now).filter(child=child).exists(),
    }


@register.filter
def address(child: Child, name: str) -> str:
    """Return the address of a page about a child: `{{ child|address:"plan:list" }}`."""
    return address_of(name, child)


@register.filter
def age(born: date) -> str:
    """Return an age today in words."""
    months = int(clock.age_months(born, clock.today(settings.CLINIC_ZONE)))
    years, rest = divmod(months, 12)
    if years < 2:
        return _months(months)
    words = ngettext("%(n)s year", "%(n)s years", years) % {"n": years}
    return f"{words} {_months(rest)}" if rest and years < 6 else words


@register.filter
def role_word(role: str) -> str:
    """Return a role, as the access log keeps it, in words."""
    return str(dict(Role.choices).get(role, role))


def _months(count: int) -> str:
    return ngettext("%(n)s month", "%(n)s months", count) % {"n": count}
