"""Signing in, the start page, children and their guardians."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from rheobase.clinic import clock, policy
from rheobase.clinic.booking import wait
from rheobase.clinic.booking.models import Appointment, Status
from rheobase.clinic.intake import services as intake
from rheobase.clinic.people import day, services
from rheobase.clinic.people.adapters import WAIT
from rheobase.clinic.people.forms import ChildForm, EntrustForm, GuardianForm
from rheobase.clinic.people.models import Child, Guardianship, MatureMinor, Role, User
from rheobase.clinic.policy import needs
from rheobase.errors import BadInput

RIGHTS = ("can_view", "can_book", "can_consent", "gets_notices", "child_agrees")


@needs("signed in")
@sensitive_post_parameters("old", "new")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Let somebody choose a new password."""
    error = ""
    if request.method == "POST":
        try:
            if not ratelimit.consume(request, action="change_password"):
                raise BadInput(str(WAIT))
            services.change_password(
                request.user, request.POST.get("old", ""), request.POST.get("new", "")
            )
        except BadInput as refusal:
            error = str(refusal)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, _("Your password is changed."))
            return redirect("people:start")
    return render(request, "people/password.html", {"error": error}, status=422 if error else 200)


@needs("signed in")
def start(request: HttpRequest) -> HttpResponse:
    """Show this person's day: a family its children, staff the visits of today."""
    now = clock.now()
    if request.user.role == Role.GUARDIAN:
        return render(request, "people/home.html", {"families": _families(request.user, now)})
    if request.user.role == Role.ADMINISTRATOR:
        return render(request, "people/admin.html")
    today = clock.today(settings.CLINIC_ZONE)
    context = {"rows": day.rows(request.user, today, now), "today": today}
    return render(request, "people/today.html", context)


@needs("audit")
def clinic(request: HttpRequest) -> HttpResponse:
    """Show what concerns the clinic as a whole."""
    return render(request, "people/admin.html")


@needs("see calendar")
def children(request: HttpRequest) -> HttpResponse:
    """List the children this person may see, searched by name."""
    wanted = request.GET.get("name", "").strip()
    found = policy.children_for(request.user)
    for word in wanted.split():
        found = found.filter(given_name__icontains=word) | found.filter(family_name__icontains=word)
    return render(request, "people/children.html", {"children": found.distinct(), "name": wanted})


@needs("register child")
@require_http_methods(["GET", "POST"])
def new_child(request: HttpRequest) -> HttpResponse:
    """Register a child and its first guardian."""
    child_form = ChildForm(request.POST or None)
    guardian_form = GuardianForm(request.POST or None, prefix="guardian")
    if request.method == "POST" and child_form.is_valid() and guardian_form.is_valid():
        try:
            child, user, first = services.register(
                child=child_form.cleaned_data, guardian=guardian_form.cleaned_data, now=clock.now()
            )
        except BadInput as refusal:
            guardian_form.add_error("username", str(refusal))
        else:
            context = {"child": child, "guardian": user, "password": first}
            return render(request, "people/registered.html", context)
    context = {"child_form": child_form, "guardian_form": guardian_form}
    return render(request, "people/new_child.html", context)


@needs("see child")
def child(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Show one child: next visits, what is missing, who guards it."""
    now = clock.now()
    visits = Appointment.objects.filter(child=request.child).exclude(status=Status.CANCELLED)
    context = {
        "child": request.child,
        "next_visits": visits.filter(ends__gte=now).select_related("service", "therapist")[:3],
        "last_visit": visits.filter(ends__lt=now).last(),
        "checklist": intake.checklist(request.child, now),
        "guardians": _guardians(request.child),
        "may_manage": policy.may(request.user, "configure", request.child),
        "sees_intake": policy.may(request.user, "see intake", request.child),
        "is_family": request.user.role == Role.GUARDIAN,
        "may_note": policy.may(request.user, "write chart", request.child),
    }
    return render(request, "people/child.html", context)


@needs("configure")
@require_http_methods(["GET", "POST"])
def guardians(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Show who guards a child, and let the clinic entrust somebody else."""
    form = EntrustForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        rights = {right: form.cleaned_data[right] for right in RIGHTS}
        user = User.objects.filter(username=form.cleaned_data["username"]).first()
        try:
            if user is None:
                raise BadInput(_("There is no family account with this name. Check the spelling."))
            services.entrust(
                child=request.child,
                user=user,
                relation=form.cleaned_data["relation"],
                now=clock.now(),
                rights=rights,
                starts=_midnight(form.cleaned_data["first_day"]),
                ends=_midnight(form.cleaned_data["last_day"], days=1),
                court_note=form.cleaned_data["court_note"],
            )
            return redirect("people:guardians", child=request.child.pk)
        except BadInput as refusal:
            form.add_error("username", str(refusal))
    context = {
        "child": request.child,
        "form": form,
        "now": clock.now(),
        "guardians": Guardianship.objects.filter(child=request.child)
        .select_related("user")
        .order_by("ends", "starts"),
    }
    return render(request, "people/guardians.html", context)


@needs("configure")
@require_POST
def end_guardianship(request: HttpRequest, child: uuid.UUID, key: int) -> HttpResponse:
    """End the rights of one guardian now."""
    try:
        services.end_guardianship(child=request.child, key=key, now=clock.now())
    except BadInput as refusal:
        messages.error(request, str(refusal))
    return redirect("people:guardians", child=request.child.pk)


@needs("write chart")
@require_http_methods(["GET", "POST"])
def minor(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Show and note whether a child exercises its rights itself."""
    error = ""
    if request.method == "POST":
        about: dict[str, Any] = {"child": request.child, "by": request.user, "now": clock.now()}
        try:
            if request.POST.get("end") == "yes":
                services.end_mature(**about)
            else:
                services.find_mature(basis=request.POST.get("basis", ""), **about)
            return redirect("people:minor", child=request.child.pk)
        except BadInput as refusal:
            error = str(refusal)
    found = MatureMinor.objects.filter(child=request.child).select_related("by", "ended_by")
    context = {
        "child": request.child,
        "found": found,
        "is_mature": found.filter(ends__isnull=True).exists(),
        "error": error,
        "shortest": services.SHORTEST_BASIS,
    }
    return render(request, "people/minor.html", context, status=422 if error else 200)


def _midnight(day: date | None, days: int = 0) -> datetime | None:
    """Return when a day of the clinic begins, or another one so many days later."""
    if day is None:
        return None
    return clock.day_bounds(day + timedelta(days=days), settings.CLINIC_ZONE)[0]


def _guardians(child: Child) -> list[Guardianship]:
    now = clock.now()
    found = Guardianship.objects.filter(Q(ends__isnull=True) | Q(ends__gt=now), child=child)
    return list(found.filter(starts__lte=now).select_related("user").order_by("starts"))


def _families(user: User, now: datetime) -> list[dict[str, object]]:
    """Return each child of a guardian with its next visits and what is missing."""
    found = []
    for one in policy.children_for(user, "see child"):
        visits = Appointment.objects.filter(child=one, ends__gte=now).exclude(
            status__in=(Status.CANCELLED, Status.HELD)
        )
        found.append(
            {
                "child": one,
                "offers": wait.open_offers(now).filter(request__child=one),
                "visits": visits.select_related("service", "therapist", "room")[:3],
                "checklist": intake.checklist(one, now)
                if policy.may(user, "see intake", one)
                else [],
                "may_book": policy.may(user, "book", one),
            }
        )
    return found
