"""Pages of a series: the weeks before anything is booked, the visits that were, moving the rest."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock, policy
from rheobase.clinic.booking import series as rules
from rheobase.clinic.booking import services
from rheobase.clinic.booking.models import Appointment, Series, What
from rheobase.clinic.booking.views import booked, told_before, wish_of
from rheobase.clinic.policy import needs
from rheobase.clinic.typed import wall_of, whole_number
from rheobase.errors import RheobaseError

WHOLE = Appointment.objects.select_related("child", "service", "therapist", "room")


@needs("book")
@require_http_methods(["GET", "POST"])
def weeks(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Show what each week would be, and book those that were agreed."""
    wish = wish_of(request)
    query = {"service": wish.service.pk, "with": request.GET.get("with", ""), "at": ""}
    back = f"{reverse('booking:times', kwargs={'child': child})}?{urlencode(query)}"
    count = whole_number(request.GET.get("count", ""))
    try:
        first = wall_of(request.GET.get("at", ""))
        rows = rules.plan(wish, first, count)
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    if request.method == "POST":
        try:
            walls = [wall for wall in _chosen(request, len(rows)) if wall]
            made = rules.book(wish, walls, told_before(request))
            request.session.pop(f"booking:{child}", None)
            if not policy.may(request.user, "see visits", wish.child):
                return booked(request, made[0])
            return redirect("booking:series_visits", series=made[0].series_id)
        except RheobaseError as refusal:
            messages.error(request, str(refusal))
            rows = rules.plan(wish, first, len(rows))
    context = {
        "child": request.child,
        "service": wish.service,
        "therapist": wish.therapist,
        **_weeks(rows),
        "back": back,
    }
    return render(request, "booking/series.html", context)


@needs("see visits")
@require_http_methods(["GET", "POST"])
def visits(request: HttpRequest, series: uuid.UUID) -> HttpResponse:
    """List the visits that were booked together, and take all of them back within three minutes."""
    row, now = get_object_or_404(Series, pk=series), clock.now()
    may_change = policy.may(request.user, "book", request.child)
    if request.method == "POST" and may_change:
        try:
            rules.undo(series=row, by=request.user, now=now)
            messages.success(request, _("The bookings are undone. Nobody was told."))
            return redirect("booking:visits", child=row.child_id)
        except RheobaseError as refusal:
            messages.error(request, str(refusal))
    rows = list(WHOLE.filter(series=row).order_by("starts"))
    context = {
        "child": request.child,
        "visits": rows,
        "may_change": may_change,
        "undo": now - row.made <= services.UNDO
        and any(services.can_undo(v, now) == str(What.BOOKED) for v in rows),
    }
    return render(request, "booking/series_visits.html", context)


@needs("book")
@require_http_methods(["GET", "POST"])
def move_rest(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Show where this visit and those after it would go, and move those that were agreed."""
    row, now = get_object_or_404(WHOLE, pk=visit), clock.now()
    back = reverse("booking:move", kwargs={"visit": visit}) + "?which=rest"
    try:
        wall = wall_of(request.GET.get("at", ""))
        planned = rules.plan_move(row, wall, request.user, row.therapist, now)
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    if request.method == "POST":
        try:
            rest = [one.visit for one in planned if one.visit]
            chosen = zip(rest, _chosen(request, len(rest)), strict=True)
            moved = rules.move(
                walls={one: where for one, where in chosen if where},
                by=request.user,
                therapist=row.therapist,
                now=now,
            )
            said = ngettext("%(n)s visit is moved.", "%(n)s visits are moved.", len(moved))
            messages.success(request, said % {"n": len(moved)})
            return redirect("booking:visits", child=row.child_id)
        except RheobaseError as refusal:
            messages.error(request, str(refusal))
            planned = rules.plan_move(row, wall, request.user, row.therapist, now)
    context = {
        "child": request.child,
        "service": row.service,
        "therapist": row.therapist,
        "moving": True,
        **_weeks(planned),
        "back": back,
    }
    return render(request, "booking/series.html", context)


def cancelled_in_words(done: Sequence[Appointment], late: Sequence[Appointment]) -> str:
    """Say how many visits of a series are cancelled, and how many were too late for that."""
    said = ngettext("%(n)s visit is cancelled.", "%(n)s visits are cancelled.", len(done))
    words = said % {"n": len(done)}
    if late:
        left = ngettext(
            "%(n)s cannot be cancelled here any more: please call the clinic.",
            "%(n)s cannot be cancelled here any more: please call the clinic.",
            len(late),
        )
        words = f"{words} {left % {'n': len(late)}}"
    return words


def _chosen(request: HttpRequest, count: int) -> list[datetime | None]:
    typed = [request.POST.get(f"week{n}", "") for n in range(count)]
    return [wall_of(text) if text else None for text in typed]


def _weeks(rows: Sequence[rules.Planned]) -> dict[str, Any]:
    found = [
        {
            "wall": row.wall,
            "why_not": row.why_not,
            "instead": row.instead,
            "visit": row.visit,
            "was": datetime.fromisoformat(row.visit.wall_start) if row.visit else None,
        }
        for row in rows
    ]
    return {"rows": found, "clashes": sum(bool(row.why_not) for row in rows)}
