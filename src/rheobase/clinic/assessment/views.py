"""Pages of the chart. They read the request, call the services and show what came of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rheobase.clinic import clock
from rheobase.clinic.assessment import chart, scales, services, sheet, strength
from rheobase.clinic.assessment import measures as taking
from rheobase.clinic.assessment.faces import faces
from rheobase.clinic.assessment.models import Episode, Goal, Measure
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.policy import needs
from rheobase.errors import BadInput, RheobaseError
from rheobase.evidence.protocols import Focus
from rheobase.planner.case import UNKNOWN
from rheobase.stimulus.pads import Segment

REFUSED = 422  # the form comes back with everything that was typed


@needs("see chart")
def chart_page(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Show the chart of a child at a glance."""
    frame = chart.frame(request.child, "assess")
    episode = frame["episode"]
    context = frame | {
        "gaps": chart.gaps(request.child, episode),
        "findings": services.findings_now(episode) if episode else (),
        "screening": episode.screenings.first() if episode else None,
        "goals": chart.goals(episode),
        "lines": chart.lines(request.child),
        "gmfcs": taking.current(request.child).filter(quantity="gmfcs").last(),
        "dynamic": chart.dynamic(request.child),
        "design": strength.design(request.child),
        "plan": chart.signed_plan(request.child),
        "treatments": Treatment.objects.filter(child=request.child).select_related("plan")[:5],
    }
    return render(request, "assessment/chart.html", context)


@needs("write chart")
@require_POST
def open_episode(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Open a course of care."""
    try:
        services.open_episode(
            request.child, request.user, request.POST.get("reason", ""), clock.now()
        )
    except BadInput as error:
        messages.error(request, str(error))
    return redirect("assessment:chart", child=child)


@needs("write chart")
@require_http_methods(["GET", "POST"])
def screening(request: HttpRequest, episode: uuid.UUID) -> HttpResponse:
    """Ask every question once, and show what the answers mean."""
    row = get_object_or_404(Episode, pk=episode)
    typed, error = {}, ""
    if request.method == "POST":
        try:
            age = clock.age_months(request.child.born, services.today())
            typed = services.read_answers(request.POST, request.POST.getlist, age)
            services.record_screening(row, typed, by=request.user, at=clock.now())
            messages.success(
                request, _("The screening is recorded. What follows from it is below.")
            )
            return redirect("assessment:screening", episode=episode)
        except RheobaseError as refusal:
            error = str(refusal)
    context = chart.frame(request.child, "screening") | {
        "questions": services.form_of(row, typed),
        "unknown": UNKNOWN,
        "trunk": [s.value for s in services.TRUNK],
        "limbs": [s.value for s in Segment if s not in services.TRUNK],
        "findings": services.findings_now(row),
        "newest": row.screenings.select_related("by").first(),
        "clearable": services.clearable(),
        "clearances": row.clearances.select_related("recorded_by"),
        "error": error,
        "today": services.today(),
    }
    return render(request, "assessment/screening.html", context, status=REFUSED if error else 200)


@needs("write chart")
@require_POST
def clear(request: HttpRequest, episode: uuid.UUID) -> HttpResponse:
    """Record a named clinician's clearance."""
    row = get_object_or_404(Episode, pk=episode)
    try:
        services.record_clearance(row, request.POST, by=request.user, at=clock.now())
        messages.success(request, _("The clearance is recorded."))
    except RheobaseError as error:
        messages.error(request, str(error))
    return redirect("assessment:screening", episode=episode)


@needs("write chart")
@require_http_methods(["GET", "POST"])
def measure(request: HttpRequest, episode: uuid.UUID) -> HttpResponse:
    """Show the measuring sheet and record what was typed on it."""
    row = get_object_or_404(Episode, pk=episode)
    part = request.GET.get("part", "basics")
    if part not in dict(sheet.PARTS):
        part = "basics"
    typed: Any = {}
    wrong: dict[str, str] = {}
    error = ""
    if request.method == "POST":
        typed = request.POST
        entries, wrong = taking.read_sheet(part, typed)
        error = _("Nothing was saved. Correct the marked values.") if wrong else ""
        if not wrong:
            try:
                messages.success(request, _recorded(row, entries, request))
                return redirect(f"{request.path}?part={part}")
            except RheobaseError as refusal:
                error = str(refusal)
    context = chart.frame(request.child, "measures") | {
        "parts": sheet.PARTS,
        "part": part,
        "groups": _groups(request.child, part, typed, wrong),
        "typed": typed,
        "flacc_items": scales.FLACC_ITEMS,
        "wrong_flacc": wrong.get("flacc", ""),
        "flacc": taking.latest(request.child).get(("flacc", "", "", "")),
        "own_flacc": taking.latest(request.child).get(("r_flacc", "", "", "")),
        "signs": taking.signs_of(request.child),
        "faces": faces() if part == "basics" else (),
        "recent": taking.current(request.child).order_by("-at", "-pk")[:30],
        "error": error,
    }
    return render(request, "assessment/measures.html", context, status=REFUSED if error else 200)


def _recorded(row: Episode, entries: list[taking.Entry], request: HttpRequest) -> str:
    """Record what was typed on a sheet; return what is said of it."""
    typed = request.POST
    new_signs = taking.record_signs(row, typed, by=request.user, at=clock.now())
    if new_signs is not None and not entries:
        return _("The child's own signs are recorded.")
    saved = taking.record(
        row,
        entries,
        by=request.user,
        at=clock.now(),
        conditions=typed.get("conditions", "").strip(),
        with_stimulation=typed.get("with_stimulation") == "yes",
    )
    return _("%(count)s values are recorded.") % {"count": len(saved)}


def _groups(child: Any, part: str, typed: Any, wrong: dict[str, str]) -> list[dict[str, Any]]:
    """Return the rows of one sheet by heading, each with its inputs and the newest value."""
    newest = taking.latest(child)
    age = clock.age_months(child.born, services.today())
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in (r for r in sheet.ROWS if r.part == part):
        cells = []
        for side in one.sides:
            name = taking.field(one, side)
            last = newest.get((one.quantity, one.joint, one.movement, side))
            cells.append(
                {
                    "side": side,
                    "name": name,
                    "typed": typed.get(name, ""),
                    "wrong": wrong.get(name, ""),
                    "last": last,
                    "detectable": one.instrument.detectable(last.value) if last else None,
                }
            )
        young = age < one.instrument.from_months
        groups.setdefault(one.group, []).append({"row": one, "cells": cells, "young": young})
    return [
        {"name": name, "rows": rows, "sided": rows[0]["row"].sided} for name, rows in groups.items()
    ]


@needs("write chart")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, measure: int) -> HttpResponse:
    """Show one value with its corrections, and correct it."""
    row = get_object_or_404(Measure.objects.select_related("by", "episode"), pk=measure)
    error = ""
    if request.method == "POST":
        try:
            taking.correct(
                row,
                request.POST.get("value", ""),
                reason=request.POST.get("reason", ""),
                by=request.user,
                at=clock.now(),
            )
            messages.success(
                request, _("The correction is recorded; the old value stays on record.")
            )
            return redirect("assessment:measures", episode=row.episode_id)
        except RheobaseError as refusal:
            error = str(refusal)
    context = chart.frame(request.child, "measures") | {
        "measure": row,
        "row": sheet.row_of(row.quantity, row.joint, row.movement),
        "error": error,
        "typed": request.POST,
    }
    return render(request, "assessment/correct.html", context, status=REFUSED if error else 200)


@needs("write chart")
def goals(request: HttpRequest, episode: uuid.UUID) -> HttpResponse:
    """Show the goals, where the child stands on them, and the problems that matter."""
    return _goals_page(request, episode)


def _goals_page(
    request: HttpRequest, episode: uuid.UUID, *, opened: str = "", error: str = ""
) -> HttpResponse:
    row = get_object_or_404(Episode, pk=episode)
    scores = services.t_scores(row)
    context = chart.frame(request.child, "goals") | {
        "row": row,
        "goals": chart.goals(row),
        "levels": services.GOAL_LEVELS[::-1],
        "focuses": [(f.value, services.FOCUS_WORDS[f]) for f in Focus],
        "raters": services.RATERS,
        "scores": scores,
        "problems": row.problems.order_by("at").prefetch_related("ratings"),
        "copm": services.copm_means(row),
        "opened": opened,
        "typed": request.POST,
        "error": error,
    }
    return render(request, "assessment/goals.html", context, status=REFUSED if error else 200)


@needs("write chart")
@require_POST
def new_goal(request: HttpRequest, episode: uuid.UUID) -> HttpResponse:
    """Add a goal."""
    row = get_object_or_404(Episode, pk=episode)
    try:
        services.add_goal(row, request.POST, by=request.user, at=clock.now())
    except RheobaseError as error:
        return _goals_page(request, episode, opened="goal", error=str(error))
    messages.success(request, _("The goal is recorded."))
    return redirect("assessment:goals", episode=episode)


@needs("write chart")
@require_POST
def rate(request: HttpRequest, goal: uuid.UUID) -> HttpResponse:
    """Record where the child stands on a goal."""
    row = get_object_or_404(Goal, pk=goal)
    try:
        level = request.POST.get("level", "")
        if level not in {str(n) for n in services.GOAL_LEVELS}:
            raise BadInput(_("Choose one of the five levels, then save."))
        services.rate_goal(
            row, int(level), request.POST.get("rated_by", ""), by=request.user, at=clock.now()
        )
        messages.success(request, _("The rating is recorded."))
    except RheobaseError as error:
        messages.error(request, str(error))
    return redirect("assessment:goals", episode=row.episode_id)


@needs("write chart")
@require_POST
def copm(request: HttpRequest, episode: uuid.UUID) -> HttpResponse:
    """Add a problem, or rate all of them."""
    row = get_object_or_404(Episode, pk=episode)
    add = "text" in request.POST
    try:
        if add:
            services.add_problem(row, request.POST, clock.now())
        else:
            services.rate_problems(row, request.POST, by=request.user, at=clock.now())
    except RheobaseError as error:
        return _goals_page(request, episode, opened="problem" if add else "copm", error=str(error))
    messages.success(request, _("Recorded."))
    return redirect("assessment:goals", episode=episode)
