"""Pages of one visit, a child's visits, and the calendar."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rheobase.clinic import clock, policy
from rheobase.clinic.booking import calendar as week
from rheobase.clinic.booking import holds, series, services, wait, wording
from rheobase.clinic.booking.availability import Wish
from rheobase.clinic.booking.models import Appointment, Status, What
from rheobase.clinic.booking.series_pages import cancelled_in_words
from rheobase.clinic.booking.views import page_of_times
from rheobase.clinic.booking.waiting import wait_page
from rheobase.clinic.intake.services import checklist
from rheobase.clinic.policy import needs
from rheobase.clinic.typed import day_from, wall_of
from rheobase.errors import RheobaseError

WHOLE = Appointment.objects.select_related("child", "service", "therapist", "room")


@needs("see visits")
def done(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Say that it is booked: undo, calendar, what comes before the visit."""
    row = get_object_or_404(WHOLE, pk=visit)
    now = clock.now()
    items = [
        item
        for item in checklist(row.child, now)
        if not item.done and item.required and (row.interested or not item.for_stimulation)
    ]
    context = {
        "child": request.child,
        "visit": row,
        "undo": services.can_undo(row, now) == str(What.BOOKED),
        "missing": items,
        "may_answer": policy.may(request.user, "answer intake", row.child),
    }
    return render(request, "booking/done.html", context)


@needs("see visits")
def visit(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Show one visit and what can be done with it."""
    row = get_object_or_404(WHOLE.prefetch_related("stimulators", "changes__by"), pk=visit)
    now = clock.now()
    may_change = policy.may(request.user, "book", row.child)
    context = {
        "child": request.child,
        "visit": row,
        "may_change": may_change,
        "why_not": services.why_not_online(row, request.user, now),
        "undo": services.can_undo(row, now) if may_change else "",
        "answers": row.status == Status.REQUESTED and policy.may(request.user, "answer requests"),
        "told": wording.in_words(row.told_us)
        if policy.may(request.user, "see intake", row.child)
        else [],
        "next": services.NEXT.get(row.status, ()),
        "receives": policy.may(request.user, "receive visit", row.child),
        "labels": dict(Status.choices),
    }
    return render(request, "booking/visit.html", context)


@needs("see visits")
def visits(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """List the visits of a child: those to come, then those before."""
    now = clock.now()
    holds.release_expired(now)
    rows = WHOLE.filter(child=request.child)
    context = {
        "child": request.child,
        "coming": rows.filter(ends__gte=now).exclude(status__in=(Status.CANCELLED, Status.HELD)),
        "before": rows.filter(ends__lt=now).order_by("-starts")
        | rows.filter(status=Status.CANCELLED).order_by("-starts"),
        "may_book": policy.may(request.user, "book", request.child),
    }
    return render(request, "booking/visits.html", context)


@needs("book")
@require_POST
def undo(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Take a booking back within three minutes."""
    row = get_object_or_404(WHOLE, pk=visit)
    try:
        undone = services.undo(visit=row, by=request.user, now=clock.now())
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
        return redirect("booking:visit", visit=visit)
    if undone == str(What.BOOKED):
        messages.success(request, _("The booking is undone. Nobody was told."))
        return redirect("booking:visits", child=row.child_id)
    messages.success(request, _("It is as before. Nobody was told."))
    return redirect("booking:visit", visit=visit)


@needs("book")
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Ask once whether the visit is cancelled."""
    row = get_object_or_404(WHOLE, pk=visit)
    now = clock.now()
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")[:300]
            if request.POST.get("which") == "rest":
                done, late = series.cancel(visit=row, by=request.user, now=now, reason=reason)
                messages.success(request, cancelled_in_words(done, late))
                return redirect("booking:visits", child=row.child_id)
            services.cancel(visit=row, by=request.user, now=now, reason=reason)
            messages.success(request, _("The visit is cancelled."))
            if policy.may(request.user, "keep wait list") and wait.candidates(
                row.therapist, row.starts, request.user, now
            ):
                return redirect(wait_page(row.therapist, row.starts))
            return redirect("booking:visits", child=row.child_id)
        except RheobaseError as refusal:
            messages.error(request, str(refusal))
            return redirect("booking:visit", visit=visit)
    context = {
        "child": request.child,
        "visit": row,
        "why_not": services.why_not_online(row, request.user, now),
        "rest": series.rest_of(row, now),
    }
    return render(request, "booking/cancel.html", context)


@needs("book")
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Show other free times of the same service and therapist, and move the visit to one."""
    row = get_object_or_404(WHOLE, pk=visit)
    now = clock.now()
    if request.method == "POST":
        try:
            services.move(
                visit=row,
                by=request.user,
                therapist=row.therapist,
                wall=wall_of(request.POST.get("at", "")),
                now=now,
            )
            messages.success(request, _("The visit is moved."))
            return redirect("booking:visit", visit=visit)
        except RheobaseError as refusal:
            messages.error(request, str(refusal))
    if why_not := services.why_not_online(row, request.user, now):
        messages.error(request, why_not)
        return redirect("booking:visit", visit=visit)
    wish = Wish.to_change(row, by=request.user, therapist=row.therapist, now=now)
    first = day_from(request.GET.get("from", ""), clock.to_wall(now, settings.CLINIC_ZONE).date())
    context = {
        "child": request.child,
        "visit": row,
        "rest": series.rest_of(row, now),
        "whole": request.GET.get("which") == "rest",
        **page_of_times(wish, first),
    }
    return render(request, "booking/move.html", context)


@needs("answer requests")
def requests(request: HttpRequest) -> HttpResponse:
    """List what families asked for and nobody has answered, soonest first."""
    rows = WHOLE.filter(status=Status.REQUESTED, starts__gt=clock.now())
    return render(request, "booking/requests.html", {"requests": rows})


@needs("answer requests")
@require_POST
def answer_request(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Make a request a visit, or decline it."""
    row = get_object_or_404(WHOLE, pk=visit)
    accept = request.POST.get("answer") == "yes"
    try:
        services.answer_request(
            visit=row,
            accept=accept,
            by=request.user,
            now=clock.now(),
            reason=request.POST.get("reason", "")[:300],
        )
        said = _("It is a visit now.") if accept else _("Declined. The family is told.")
        messages.success(request, said)
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
    return redirect("booking:requests")


@needs("receive visit")
@require_POST
def status(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Note that a child has arrived, did not come, or is done."""
    row = get_object_or_404(Appointment, pk=visit)
    try:
        services.set_status(
            visit=row, new=request.POST.get("new", ""), by=request.user, now=clock.now()
        )
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
    if request.POST.get("back") == "visit":
        return redirect("booking:visit", visit=visit)
    return redirect("people:start")


@needs("see calendar")
def calendar(request: HttpRequest) -> HttpResponse:
    """Show a day of everybody, or a week of one therapist."""
    now = clock.now()
    holds.release_expired(now)
    today = clock.to_wall(now, settings.CLINIC_ZONE).date()
    day = day_from(request.GET.get("day", ""), today)
    view = "week" if request.GET.get("view") == "week" else "day"
    therapists = week.therapists_for(request.user)
    asked = request.GET.get("of", "")
    chosen = next((t for t in therapists if str(t.pk) == asked), None)
    chosen = chosen or next((t for t in therapists if t == request.user), None)
    if view == "week":
        page = week.week_of(request.user, chosen or (therapists[0] if therapists else None), day)
    else:
        page = week.day_of(request.user, therapists, day)
    context = {
        **page,
        "view": view,
        "day": day,
        "today": today,
        "therapists": therapists,
        "chosen": chosen or (therapists[0] if therapists else None),
        "requests": Appointment.objects.filter(status=Status.REQUESTED, starts__gt=now).count()
        if policy.may(request.user, "answer requests")
        else 0,
    }
    return render(request, "booking/calendar.html", context)
