"""Pages of the stimulators: models and their labels, units, and units that are away."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rheobase.clinic import clock, policy
from rheobase.clinic.booking import units as rules
from rheobase.clinic.booking.administration.forms import AbsenceForm, ModelForm, UnitForm
from rheobase.clinic.booking.models import OutOfService, Stimulator, StimulatorModel
from rheobase.clinic.policy import needs
from rheobase.errors import RheobaseError


@needs("configure")
def units(request: HttpRequest) -> HttpResponse:
    """List the units by model, those that are away, and the visits left without theirs."""
    now = clock.now()
    rows = Stimulator.objects.select_related("model").order_by("-active", "model__name", "name")
    gone = {a.unit_id: a for a in rules.away(now) if a.starts <= now}
    context = {
        "units": [{"unit": unit, "away": gone.get(unit.pk)} for unit in rows],
        "models": StimulatorModel.objects.prefetch_related("units"),
        "left": rules.without_their_unit(now),
        "names": policy.may(request.user, "see calendar"),  # an administrator sees no child
        "today": clock.to_wall(now, settings.CLINIC_ZONE).date(),
    }
    return render(request, "booking/administration/units.html", context)


@needs("configure")
@require_http_methods(["GET", "POST"])
def unit(request: HttpRequest, key: int = 0) -> HttpResponse:
    """Change one unit, or add one; show when it was away."""
    row = get_object_or_404(Stimulator, pk=key) if key else None
    form = UnitForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
        return redirect("setup:unit", key=saved.pk)
    now = clock.now()
    context = {
        "form": form,
        "unit": row,
        "absences": row.absences.select_related("by").order_by("-starts") if row else [],
        "absence": AbsenceForm(initial={"first": clock.to_wall(now, settings.CLINIC_ZONE).date()}),
        "now": now,
    }
    status = 422 if form.errors else 200
    return render(request, "booking/administration/unit.html", context, status=status)


@needs("configure")
@require_http_methods(["GET", "POST"])
def model(request: HttpRequest, key: int = 0) -> HttpResponse:
    """Change what a model's label says, or add a model."""
    row = get_object_or_404(StimulatorModel, pk=key) if key else None
    form = ModelForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        messages.success(request, _("“%(name)s” is saved.") % {"name": form.save()})
        return redirect("setup:units")
    context = {
        "form": form,
        "back": "setup:units",
        "title": str(row) if row else _("A new model"),
        "note": "",
    }
    status = 422 if form.errors else 200
    return render(request, "booking/administration/form.html", context, status=status)


@needs("configure")
@require_POST
def take_out(request: HttpRequest, key: int) -> HttpResponse:
    """Take a unit out of service."""
    row, now = get_object_or_404(Stimulator, pk=key), clock.now()
    form = AbsenceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a reason and a first day."))
        return redirect("setup:unit", key=key)
    last = form.cleaned_data["last"]
    zone = settings.CLINIC_ZONE
    try:
        rules.take_out(
            unit=row,
            reason=form.cleaned_data["reason"],
            starts=clock.day_bounds(form.cleaned_data["first"], zone)[0],
            ends=clock.day_bounds(last, zone)[1] if last else None,
            by=request.user,
            now=now,
        )
        messages.success(request, _("“%(name)s” is out of service.") % {"name": row})
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
        return redirect("setup:unit", key=key)
    return redirect("setup:units")


@needs("configure")
@require_POST
def bring_back(request: HttpRequest, key: int) -> HttpResponse:
    """Put a unit in service again."""
    absence = get_object_or_404(OutOfService.objects.select_related("unit"), pk=key)
    rules.bring_back(absence, clock.now())
    messages.success(request, _("“%(name)s” is in service again.") % {"name": absence.unit})
    return redirect("setup:unit", key=absence.unit_id)


@needs("configure")
@require_POST
def replace_all(request: HttpRequest) -> HttpResponse:
    """Give every visit that is left without its unit another one, where one is free."""
    now = clock.now()
    done, left = 0, 0
    for visit, gone in rules.without_their_unit(now):
        try:
            rules.replace(visit=visit, unit=gone, by=request.user, now=now)
            done += 1
        except RheobaseError:
            left += 1
    words = _("%(done)s visits have another unit. %(left)s have none: move them.")
    messages.success(request, words % {"done": done, "left": left})
    return redirect("setup:units")
