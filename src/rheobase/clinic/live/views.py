"""Preparing a session, the console, and the relay between it and the bedside."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import (
    HttpRequest,
    HttpResponse,
    JsonResponse,
    RawPostDataException,
    StreamingHttpResponse,
)
from django.shortcuts import aget_object_or_404, get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rheobase.clinic import clock
from rheobase.clinic.booking.models import Stimulator
from rheobase.clinic.live import bedside, services
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.live.trigger_words import PEDAL_KEYS
from rheobase.clinic.plan.models import SignedPlan
from rheobase.clinic.policy import before_the_log, needs
from rheobase.clinic.typed import whole_number
from rheobase.errors import NotReady, RheobaseError, Unavailable


@needs("see chart")
def sessions(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """List the sessions of a child, and the plan a new one would use."""
    plan = SignedPlan.objects.filter(episode__child=request.child).order_by("-signed_at").first()
    context = {
        "child": request.child,
        "plan": plan,
        "missing": services.missing_for(plan, clock.now(), settings.CLINIC_ZONE) if plan else [],
        "treatments": Treatment.objects.filter(child=request.child).select_related(
            "therapist", "plan"
        ),
    }
    return render(request, "live/sessions.html", context)


@needs("run session")
def prepare(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Choose the units of a session and open it at the bedside."""
    row = get_object_or_404(SignedPlan.objects.select_related("episode__child"), pk=plan)
    moment, zone = clock.now(), settings.CLINIC_ZONE
    visit = services.visit_of_today(request.child, moment, zone)
    units, error = services.free_units(visit), ""
    if request.method == "POST":
        try:
            treatment = services.begin(
                row,
                therapist=request.user,
                units=_chosen(request, row, units),
                visit=visit,
                at=moment,
                zone=zone,
                client=bedside.client(),
                sensor=_sensor(request, row),
            )
            return redirect("live:console", treatment=treatment.pk)
        except RheobaseError as refusal:
            error = str(refusal)
    context = {
        "child": request.child,
        "plan": row,
        "prescription": services.prescription_of(row),
        "missing": services.missing_for(row, moment, zone),
        "units": units,
        "visit": visit,
        "error": error,
    }
    return render(request, "live/prepare.html", context, status=422 if error else 200)


def _chosen(request: HttpRequest, plan: SignedPlan, units: list[Stimulator]) -> list[Stimulator]:
    known = {str(unit.pk): unit for unit in units}
    slots = [channel.slot for channel in services.prescription_of(plan).channels]
    picked = [known.get(request.POST.get(f"unit-{slot}", "")) for slot in slots]
    if None in picked:
        raise NotReady(_("Choose a unit for every muscle group."))
    return [unit for unit in picked if unit is not None]


def _sensor(request: HttpRequest, plan: SignedPlan) -> str:
    """Return the source of the sensor that was chosen, "" where the plan has none."""
    if services.prescription_of(plan).sensing is None:
        return ""
    if request.POST.get("sensor") == "training":
        return "training"
    return f"lsl:{request.POST.get('stream', '').strip()}"


@needs("run session")
def console(request: HttpRequest, treatment: uuid.UUID) -> HttpResponse:
    """Show the console of a running session, or where its note is."""
    row = get_object_or_404(Treatment.objects.select_related("plan", "child"), pk=treatment)
    if row.ended is not None:
        return redirect("diary:open", treatment=row.pk)
    prescription = services.prescription_of(row.plan)
    context = {
        "child": request.child,
        "treatment": row,
        "plan": row.plan,
        "prescription": prescription,
        "steps": services.STEP_LABELS.items(),
        "guide": services.guide(prescription),
        "pedal_keys": PEDAL_KEYS.items(),
    }
    return render(request, "live/console.html", context)


@needs("run session")
async def events(request: HttpRequest, treatment: uuid.UUID) -> StreamingHttpResponse:
    """Relay the session's events to the console as they happen."""
    row = await aget_object_or_404(Treatment, pk=treatment)
    after = request.headers.get("Last-Event-ID", request.GET.get("after", "0"))
    response = StreamingHttpResponse(_relay(row, after), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _relay(row: Treatment, after: str) -> AsyncIterator[bytes]:
    seq = whole_number(after)
    try:
        async for chunk in bedside.stream(row.bedside).events(str(row.pk), after=seq):
            yield chunk
    except RheobaseError as error:
        yield b"event: trouble\ndata: " + json.dumps({"error": str(error)}).encode() + b"\n\n"


@before_the_log
@needs("run session")
@require_POST
def command(request: HttpRequest, treatment: uuid.UUID) -> JsonResponse:
    """Relay one command; a refusal comes back with its reasons."""
    row = get_object_or_404(Treatment, pk=treatment)
    try:
        wish = json.loads(request.body)
        if not isinstance(wish, dict):
            raise TypeError
    except (ValueError, TypeError, RawPostDataException):  # the last one: a form was sent
        return JsonResponse(
            {"error": _("The command is not JSON. Reload the page."), "reasons": []}, status=400
        )
    return _answer(lambda: bedside.client(row.bedside).command(str(row.pk), wish))


@before_the_log
@needs("run session")
@require_POST
def stop(request: HttpRequest, treatment: uuid.UUID) -> HttpResponse:
    """Silence every unit of the session, before anything else; see `stop_first`."""
    done = getattr(request, "scope", {}).get("stopped")
    if done is None:
        address = Treatment.objects.values_list("bedside", flat=True).get(pk=treatment)
        answer = _answer(lambda: bedside.client(address).stop(str(treatment)))
    else:
        answer = JsonResponse(done)
    if "application/json" in request.headers.get("Accept", ""):
        return answer
    if answer.status_code != 200:
        messages.error(request, json.loads(answer.content)["error"])
    return redirect("live:console", treatment=treatment)


@before_the_log
@needs("run session")
@require_POST
def presence(request: HttpRequest, treatment: uuid.UUID) -> JsonResponse:
    """Tell the bedside that somebody watches the console."""
    address = Treatment.objects.values_list("bedside", flat=True).get(pk=treatment)
    return _answer(lambda: bedside.client(address).presence(str(treatment)))


@needs("run session")
@require_POST
def finished(request: HttpRequest, treatment: uuid.UUID) -> HttpResponse:
    """Take the journal of an ended session into the record and go on to its note."""
    row = get_object_or_404(Treatment, pk=treatment)
    try:
        services.taken_in(row, bedside.client(row.bedside), clock.now())
    except RheobaseError as error:
        messages.error(request, str(error))
        return redirect("live:console", treatment=row.pk)
    return redirect("diary:open", treatment=row.pk)


def _answer(call: Any) -> JsonResponse:
    try:
        return JsonResponse(call())
    except Unavailable as error:
        return JsonResponse({"error": str(error), "reasons": []}, status=503)
    except RheobaseError as error:
        return JsonResponse(
            {"error": str(error), "reasons": getattr(error, "reasons", ())}, status=422
        )
