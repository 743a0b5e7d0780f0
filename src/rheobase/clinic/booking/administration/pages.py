"""Pages of the set-up: an overview, kinds of visit, rooms. Changes hold for what is booked from now on."""

from datetime import datetime

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock
from rheobase.clinic.booking import hours, services, units
from rheobase.clinic.booking.administration.forms import RoomForm, ServiceForm
from rheobase.clinic.booking.models import Room, Service, Stimulator
from rheobase.clinic.people.models import Role, User
from rheobase.clinic.policy import needs


@needs("configure")
def overview(request: HttpRequest) -> HttpResponse:
    """Show what is set up, and what wants a look."""
    now = clock.now()
    context = {
        "services": Service.objects.filter(active=True).count(),
        "rooms": Room.objects.filter(active=True).count(),
        "units": Stimulator.objects.filter(active=True).count(),
        "therapists": User.objects.filter(role=Role.THERAPIST, is_active=True).count(),
        "outside": len(hours.outside(now)),
        "without_unit": len(units.without_their_unit(now)),
        "in_closed_rooms": sum(room.coming for room in _rooms(now) if not room.active),
        "overdue": units.overdue(now),
        "away": units.away(now),
    }
    return render(request, "booking/administration/overview.html", context)


@needs("configure")
def service_list(request: HttpRequest) -> HttpResponse:
    """List every kind of visit."""
    rows = Service.objects.select_related("unit_model").order_by("-active", "discipline", "name")
    return render(request, "booking/administration/services.html", {"services": rows})


@needs("configure")
@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, key: int = 0) -> HttpResponse:
    """Change one kind of visit, or make a new one; visits that are booked stay as they are."""
    row = get_object_or_404(Service, pk=key) if key else None
    form = ServiceForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
        return redirect("setup:services")
    context = {
        "form": form,
        "service": row,
        "back": "setup:services",
        "title": str(row) if row else _("A new kind of visit"),
        "note": _("Visits that are booked keep their length, room and units.") if row else "",
    }
    status = 422 if form.errors else 200
    return render(request, "booking/administration/form.html", context, status=status)


@needs("configure")
@require_http_methods(["GET", "POST"])
def rooms(request: HttpRequest) -> HttpResponse:
    """List the rooms with the visits to come in each, and add one."""
    form = RoomForm(request.POST or None, initial={"active": True})
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("“%(name)s” can be booked now.") % {"name": form.save()})
        return redirect("setup:rooms")
    context = {"form": form, "rooms": _rooms(clock.now())}
    status = 422 if form.errors else 200
    return render(request, "booking/administration/rooms.html", context, status=status)


@needs("configure")
@require_http_methods(["GET", "POST"])
def room(request: HttpRequest, key: int) -> HttpResponse:
    """Rename a room, or take it out of use."""
    row = get_object_or_404(Room, pk=key)
    form = RoomForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": row})
        return redirect("setup:rooms")
    context = {
        "form": form,
        "back": "setup:rooms",
        "title": str(row),
        "note": _(
            "A room out of use is offered for no new visit; visits that are booked stay in it."
        ),
    }
    status = 422 if form.errors else 200
    return render(request, "booking/administration/form.html", context, status=status)


def _rooms(now: datetime) -> list[Room]:
    coming = Count(
        "appointment",
        filter=Q(appointment__status__in=services.OPEN, appointment__starts__gt=now),
    )
    return list(Room.objects.annotate(coming=coming).order_by("-active", "name"))
