"""Booking, one question per screen: who, discipline, service, stimulation, whom to, when, confirm.

What was chosen stands in the address; what was told about health stays in the session.
"""

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock, policy
from rheobase.clinic.booking import holds, series, services, wording
from rheobase.clinic.booking.availability import Wish, free_at, free_for, refuse
from rheobase.clinic.booking.engine import Free
from rheobase.clinic.booking.models import Appointment, Service, Status
from rheobase.clinic.booking.records import key_of, therapists_of
from rheobase.clinic.language import moment_words
from rheobase.clinic.people.models import Discipline, User
from rheobase.clinic.policy import needs
from rheobase.clinic.typed import day_from, wall_of, whole_number
from rheobase.errors import RheobaseError, Taken

DAYS_SHOWN = 5
TIMES_SHOWN = 4  # per half day; the others are one tap away
LOOKED_AHEAD = timedelta(days=14)
ANY = "any"


@needs("book")
def book(request: HttpRequest) -> HttpResponse:
    """Ask who comes; a family with one child is not asked."""
    children = policy.children_for(request.user, "book")
    wanted = request.GET.get("name", "").strip()
    for word in wanted.split():
        children = children.filter(given_name__icontains=word) | children.filter(
            family_name__icontains=word
        )
    found = list(children.distinct()[:50])
    if len(found) == 1 and not wanted:
        return redirect("booking:discipline", child=found[0].pk)
    return render(request, "booking/who.html", {"children": found, "name": wanted})


@needs("book")
def discipline(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Ask for physiotherapy or occupational therapy."""
    return render(
        request, "booking/discipline.html", {"child": request.child, "choices": Discipline.choices}
    )


@needs("book")
def service(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Ask what the visit is for."""
    chosen = request.GET.get("discipline", "")
    if chosen not in Discipline.values:
        return redirect("booking:discipline", child=child)
    context = {
        "child": request.child,
        "discipline": Discipline(chosen).label,
        "services": services.services_for(request.user, chosen),
    }
    return render(request, "booking/service.html", context)


@needs("book")
@require_http_methods(["GET", "POST"])
def stimulation(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Ask whether the family is interested in muscle stimulation, and what we should know first."""
    chosen = _service(request)
    if request.method == "POST":
        interested = chosen.stimulators > 0 or request.POST.get("interested") == "yes"
        told = wording.told(request.POST.getlist("told"), request.POST.get("more", ""))
        request.session[f"booking:{child}"] = {
            "interested": interested,
            "told_us": told if interested else {},
        }
        return redirect(_next("with", child, service=chosen.pk))
    context = {
        "child": request.child,
        "service": chosen,
        "what_it_is": wording.WHAT_IT_IS,
        "tell_us": wording.TELL_US,
        "before": request.session.get(f"booking:{child}", {}),
    }
    return render(request, "booking/stimulation.html", context)


@needs("book")
def with_whom(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Ask for a named therapist or any."""
    chosen = _service(request)
    therapists = therapists_of(chosen)
    known = set(Appointment.objects.filter(child=request.child).values_list("therapist", flat=True))
    context = {
        "child": request.child,
        "service": chosen,
        "therapists": [{"who": t, "known": t.pk in known} for t in therapists],
    }
    return render(request, "booking/with.html", context)


@needs("book")
@require_http_methods(["GET", "POST"])
def times(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Show the free times, soonest first; a tap on one holds it until it is confirmed."""
    wish = wish_of(request)
    if request.method == "POST":
        return _held(request, wish)
    wish = replace(wish, without=tuple(holds.mine(request.user, request.child, wish.now)))
    first = day_from(
        request.GET.get("from", ""), clock.to_wall(wish.now, settings.CLINIC_ZONE).date()
    )
    context = {
        "child": request.child,
        "service": wish.service,
        "therapist": wish.therapist,
        "with": request.GET.get("with", ANY),
        **page_of_times(wish, first),
    }
    return render(request, "booking/times.html", context)


def _held(request: HttpRequest, wish: Wish) -> HttpResponse:
    """Hold the time that was tapped and go on to the last question."""
    query = {"service": wish.service.pk, "with": request.GET.get("with", ANY)}
    try:
        wall = wall_of(request.POST.get("at", ""))
        services.hold(
            by=request.user,
            child=wish.child,
            service=wish.service,
            therapist=wish.therapist,
            wall=wall,
            now=wish.now,
        )
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
        return redirect(_next("times", wish.child.pk, **query))
    at = wall.isoformat(timespec="minutes")
    return redirect(_next("confirm", wish.child.pk, **query, at=at))


@needs("book")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Show everything once more with the policy, and book."""
    wish = wish_of(request)
    query = {"service": wish.service.pk, "with": request.GET.get("with", ANY)}
    kept = told_before(request)
    try:
        wall = wall_of(request.GET.get("at", ""))
        held = _held_for(wish, wall)
        if held:
            wish = replace(wish, therapist=held.therapist)
        if request.method == "POST":
            visit = _booked(wish, wall, kept)
            request.session.pop(f"booking:{child}", None)
            return booked(request, visit)
        therapist = wish.therapist if held else _who_could(wish, wall)
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
        return redirect(_next("times", child, **query))
    context = {
        "child": request.child,
        "service": wish.service,
        "therapist": therapist,
        "wall": wall,
        "ends": wall + timedelta(minutes=wish.service.minutes),
        "held": held,
        "asks": wish.service.on_request and wish.family,
        "interested": kept["interested"],
        "told": wording.in_words(kept["told_us"]),
        "back": _next("times", child, **query),
        "series": reverse("booking:series", kwargs={"child": child}),
        "most": series.MOST,
    }
    return render(request, "booking/confirm.html", context)


def booked(request: HttpRequest, visit: Appointment) -> HttpResponse:
    """Go on to the visit; somebody who may book but not look is told here, and reads no more of it."""
    if policy.may(request.user, "see visits", visit.child):
        return redirect("booking:done", visit=visit.pk)
    when = moment_words(datetime.fromisoformat(visit.wall_start), "D j M Y, H:i")
    said = _("Asked for: %(when)s.") if visit.status == Status.REQUESTED else _("Booked: %(when)s.")
    messages.success(request, said % {"when": when})
    return redirect("booking:discipline", child=visit.child_id)


def told_before(request: HttpRequest) -> dict[str, Any]:
    """Return what this family said about stimulation on the pages before."""
    kept = request.session.get(f"booking:{request.child.pk}", {})
    return {"interested": kept.get("interested", False), "told_us": kept.get("told_us", {})}


def _held_for(wish: Wish, wall: datetime) -> Appointment | None:
    """Return the hold of just this time, if there is one."""
    found = holds.mine(wish.by, wish.child, wish.now).filter(
        service=wish.service, wall_start=wall.isoformat(timespec="minutes")
    )
    if wish.therapist:
        found = found.filter(therapist=wish.therapist)
    return found.select_related("therapist").first()


def _who_could(wish: Wish, wall: datetime) -> User:
    starts = clock.to_utc(wall, settings.CLINIC_ZONE)
    refuse(wish, starts)
    free = free_at(wish, starts)
    return wish.therapist or User.objects.get(pk=key_of(free.therapists[0]))


def _booked(wish: Wish, wall: datetime, kept: dict[str, Any]) -> Appointment:
    """Book; a second tap on the same button leads to the same visit."""
    same: dict[str, Any] = {
        "by": wish.by,
        "child": wish.child,
        "service": wish.service,
        "wall": wall,
        "now": wish.now,
    }
    try:
        return services.book(
            therapist=wish.therapist,
            **kept,
            **same,
        )
    except Taken:
        if visit := services.booked_just_now(**same):
            return visit
        raise


def page_of_times(wish: Wish, first: date) -> dict[str, Any]:
    """Return the next days that have free times, from a day on, each in morning and afternoon.

    It looks two weeks ahead at a time, because most pages are full before the horizon is reached.
    """
    days: list[dict[str, Any]] = []
    day = first
    while len(days) <= DAYS_SHOWN and day <= wish.last_day:
        found = free_for(wish, day, day + LOOKED_AHEAD - timedelta(days=1))
        days += [
            {"day": on, "halves": _halves(list(frees))}
            for on, frees in groupby(found, key=lambda free: free.wall.date())
        ]
        day += LOOKED_AHEAD
    return {
        "days": days[:DAYS_SHOWN],
        "later": days[DAYS_SHOWN]["day"] if len(days) > DAYS_SHOWN else None,
        "earlier": first > clock.to_wall(wish.now, settings.CLINIC_ZONE).date(),
    }


def _halves(frees: list[Free]) -> list[dict[str, Any]]:
    found = []
    for morning, times_of_it in groupby(frees, key=lambda free: free.wall.hour < 12):
        walls = [free.wall for free in times_of_it]
        found.append(
            {
                "name": _("Morning") if morning else _("Afternoon"),
                "morning": morning,
                "first": walls[:TIMES_SHOWN],
                "more": walls[TIMES_SHOWN:],
            }
        )
    return found


def _service(request: HttpRequest) -> Service:
    key = whole_number(request.GET.get("service", ""))
    return get_object_or_404(Service, pk=key, active=True)


def wish_of(request: HttpRequest) -> Wish:
    """Return what the address asks for: the child, the service, and whom to."""
    chosen, key = _service(request), request.GET.get("with", ANY)
    therapist = None
    if key != ANY:
        offered = {str(t.pk): t for t in therapists_of(chosen)}
        therapist = offered.get(key)
    return Wish(
        by=request.user,
        child=request.child,
        service=chosen,
        therapist=therapist,
        now=clock.now(),
    )


def _next(name: str, child: uuid.UUID, **query: Any) -> str:
    return f"{reverse(f'booking:{name}', kwargs={'child': child})}?{urlencode(query)}"
