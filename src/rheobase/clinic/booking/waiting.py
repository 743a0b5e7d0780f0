"""Pages of the wait list: what a family asks for, who could take a free time, the offer and its answer."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rheobase.clinic import clock
from rheobase.clinic.booking import holds
from rheobase.clinic.booking import wait as rules
from rheobase.clinic.booking.models import Offer, Service, Status, WaitRequest
from rheobase.clinic.booking.records import therapists_of
from rheobase.clinic.booking.services import services_for
from rheobase.clinic.booking.views import booked
from rheobase.clinic.language import moment_words
from rheobase.clinic.people.models import Discipline, Role, User
from rheobase.clinic.policy import needs
from rheobase.clinic.typed import day_from, wall_of, whole_number
from rheobase.errors import BadInput, RheobaseError

USUAL_WAIT = timedelta(days=60)


@needs("keep wait list")
def wait_list(request: HttpRequest) -> HttpResponse:
    """Show times that became free, offers without an answer, and everybody who waits."""
    now = clock.now()
    holds.release_expired(now)
    freed = [(f, wait_page(f.therapist, f.starts)) for f in rules.freed(now)]
    context = {"freed": freed, "offers": rules.open_offers(now), "waiting": rules.waiting(now)}
    return render(request, "booking/wait_list.html", context)


@needs("keep wait list")
def freed(request: HttpRequest) -> HttpResponse:
    """Rank who could take one free time."""
    now = clock.now()
    try:
        therapist, starts = _time(request.GET.get("with", ""), request.GET.get("at", ""))
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
        return redirect("booking:wait_list")
    context = {
        "therapist": therapist,
        "wall": clock.to_wall(starts, settings.CLINIC_ZONE),
        "candidates": rules.candidates(therapist, starts, request.user, now),
        "hours": rules.OFFERED_FOR // timedelta(hours=1),
    }
    return render(request, "booking/freed.html", context)


@needs("keep wait list")
@require_POST
def offer_time(request: HttpRequest, wait: uuid.UUID) -> HttpResponse:
    """Hold a free time for this family."""
    row = get_object_or_404(WaitRequest.objects.select_related("service", "child"), pk=wait)
    try:
        therapist, starts = _time(request.POST.get("with", ""), request.POST.get("at", ""))
        made = rules.offer(
            request=row, therapist=therapist, starts=starts, by=request.user, now=clock.now()
        )
        until = clock.to_wall(made.until, settings.CLINIC_ZONE)
        said = _("Held for %(name)s until %(time)s.")
        time = moment_words(until, "D j M, H:i")
        messages.success(request, said % {"name": row.child, "time": time})
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
    return redirect("booking:wait_list")


@needs("book")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Let a family say when it could come, and show what it waits for."""
    now = clock.now()
    today = clock.to_wall(now, settings.CLINIC_ZONE).date()
    if request.method == "POST":
        try:
            _ask(request, now)
            messages.success(request, _("Noted. We offer you a time when one becomes free."))
            return redirect("booking:wait", child=child)
        except RheobaseError as refusal:
            messages.error(request, str(refusal))
    services = [s for d in Discipline.values for s in services_for(request.user, d)]
    context = {
        "child": request.child,
        "requests": rules.waiting(now).filter(child=request.child),
        "offers": rules.open_offers(now).filter(request__child=request.child),
        "services": services,
        "therapists": User.objects.filter(role=Role.THERAPIST, is_active=True),
        "windows": [(day, f"{n}am", f"{n}pm") for n, day in enumerate(rules.DAYS)],
        "chosen": request.POST.getlist("windows"),
        "notices": rules.NOTICES_H,
        "first": request.POST.get("first", today.isoformat()),
        "last": request.POST.get("last", (today + USUAL_WAIT).isoformat()),
    }
    return render(request, "booking/wait.html", context)


@needs("book")
@require_POST
def end(request: HttpRequest, wait: uuid.UUID) -> HttpResponse:
    """Take a child off the wait list."""
    row = get_object_or_404(WaitRequest, pk=wait)
    rules.end(row, request.user, clock.now())
    messages.success(request, _("You do not wait for this any more."))
    return redirect("booking:wait", child=row.child_id)


@needs("book")
@require_http_methods(["GET", "POST"])
def offer(request: HttpRequest, offer: uuid.UUID) -> HttpResponse:
    """Show an offered time, and take the answer."""
    rows = Offer.objects.select_related("visit__service", "visit__therapist", "visit__room")
    row, now = get_object_or_404(rows, pk=offer), clock.now()
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "yes":
                rules.accept(row, request.user, now)
                return booked(request, row.visit)
            rules.decline(row, request.user, now)
            messages.success(request, _("Thank you for telling us. You keep your place."))
        except RheobaseError as refusal:
            messages.error(request, str(refusal))
        return redirect("booking:wait", child=request.child.pk)
    is_open = row.visit.status == Status.HELD and row.until > now
    context = {"child": request.child, "offer": row, "visit": row.visit, "open": is_open}
    return render(request, "booking/offer.html", context)


def wait_page(therapist: User, starts: datetime) -> str:
    """Return the address of the page that ranks who could take a free time."""
    wall = clock.to_wall(starts, settings.CLINIC_ZONE).isoformat(timespec="minutes")
    return f"{reverse('booking:freed')}?{urlencode({'with': therapist.pk, 'at': wall})}"


def _time(therapist: str, at: str) -> tuple[User, datetime]:
    found = User.objects.filter(
        pk=whole_number(therapist), role=Role.THERAPIST, is_active=True
    ).first()
    if found is None:
        raise Http404
    return found, clock.to_utc(wall_of(at), settings.CLINIC_ZONE)


def _ask(request: HttpRequest, now: datetime) -> None:
    key = whole_number(request.POST.get("service", ""))
    service = get_object_or_404(Service, pk=key, active=True)
    offered = {str(t.pk): t for t in therapists_of(service)}
    today = clock.to_wall(now, settings.CLINIC_ZONE).date()
    wanted = request.POST.get("therapist", "")
    if wanted and wanted not in offered:
        raise BadInput(
            _("That therapist does not offer “%(service)s”. Choose another, or any.")
            % {"service": service}
        )
    rules.ask(
        child=request.child,
        service=service,
        therapist=offered.get(wanted),
        windows=request.POST.getlist("windows"),
        notice_hours=whole_number(request.POST.get("notice", "")),
        first_day=day_from(request.POST.get("first", ""), today),
        last_day=day_from(request.POST.get("last", ""), today),
        by=request.user,
        now=now,
    )
