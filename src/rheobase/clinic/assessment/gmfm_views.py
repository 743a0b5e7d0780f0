"""The page of the gross motor function measure, item by item."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock
from rheobase.clinic.assessment import chart, gmfm, scales
from rheobase.clinic.assessment.models import Episode
from rheobase.clinic.policy import needs
from rheobase.errors import BadInput, RheobaseError

REFUSED = 422  # the page comes back with everything that was typed


@needs("write chart")
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, episode: uuid.UUID) -> HttpResponse:
    """Show the sheet that is being written, or an empty one; keep it, record it, or correct the last."""
    row = get_object_or_404(Episode, pk=episode)
    error, wrong = "", {}
    if request.method == "POST":
        try:
            wrong = _do(request, row)
            if not wrong:
                return redirect("assessment:gmfm", episode=episode)
            error = _("These items are not kept yet; the others are.")
        except RheobaseError as refusal:
            error = str(refusal)
    return _page(request, row, error=error, wrong=wrong)


def _do(request: HttpRequest, row: Episode) -> dict[str, str]:
    """Do what was asked; return what is wrong with single items."""
    wish, typed = request.POST.get("do", "keep"), request.POST
    if wish == "correct":
        old = gmfm.newest(row)
        if old is None:
            raise BadInput(_("There is no recorded sheet to correct. Write one first."))
        gmfm.reopen(old, by=request.user, at=clock.now())
        return {}
    items, wrong = gmfm.read(typed)
    about = {
        "goal_dimensions": [one for one in typed.getlist("goal") if one],
        "with_stimulation": typed.get("with_stimulation") == "yes",
        "conditions": typed.get("conditions", "").strip(),
    }
    kept = gmfm.keep(row, items, about, by=request.user, at=clock.now())
    if wrong:
        return wrong
    if wish == "record":
        made = gmfm.record(kept, clock.now())
        messages.success(
            request, _("%(count)d scores are recorded with the measures.") % {"count": len(made)}
        )
    else:
        done = 88 - sum(one.open for one in gmfm.dimensions(items))
        messages.success(request, _("%(done)d of 88 items are kept.") % {"done": done})
    return {}


def _page(request: HttpRequest, row: Episode, *, error: str, wrong: dict[str, str]) -> HttpResponse:
    written, last = gmfm.open_sheet(row), gmfm.newest(row)
    items = written.items if written else {}
    context = chart.frame(request.child, "measures") | {
        "row": row,
        "sheet": written,
        "last": last,
        "last_dimensions": gmfm.dimensions(last.items) if last else [],
        "dimensions": _with_typed(gmfm.dimensions(items), request, wrong),
        "left": 88 - len(items),
        "letters": scales.GMFM_WORDS,
        "chosen": written.goal_dimensions if written else [],
        "error": error,
        "wrong": wrong,
    }
    return render(request, "assessment/gmfm.html", context, status=REFUSED if error else 200)


def _with_typed(
    found: list[gmfm.Dimension], request: HttpRequest, wrong: dict[str, str]
) -> list[dict[str, Any]]:
    """Return the dimensions with the cells as they are to be shown: what was typed wrongly stays."""
    return [
        {
            "one": one,
            "cells": [
                {
                    "number": number,
                    "shown": request.POST.get(f"item:{number}", "")
                    if str(number) in wrong
                    else {gmfm.NOT_TESTED: "n"}.get(str(score), score),
                    "wrong": wrong.get(str(number), ""),
                }
                for number, score in one.items
            ],
        }
        for one in found
    ]
