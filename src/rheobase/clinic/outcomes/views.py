"""Pages of progress, for the therapist and for the family, and what is printed."""

import uuid
from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rheobase.clinic import clock
from rheobase.clinic.assessment import chart
from rheobase.clinic.assessment import services as assessing
from rheobase.clinic.charts import Point, against_dose, bars_over_time, over_time
from rheobase.clinic.outcomes import against, services
from rheobase.clinic.outcomes import report as paper
from rheobase.clinic.outcomes.models import HomeItem
from rheobase.clinic.outcomes.pictograms import POSES, pictogram
from rheobase.clinic.people.models import Child
from rheobase.clinic.people.templatetags.say import say
from rheobase.clinic.policy import needs
from rheobase.errors import RheobaseError

REFUSED = 422
Span = tuple[date, date] | None


@needs("see chart")
def progress(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Show every measure over time, the goals, and the dose beside them."""
    span = services.span_of(request.child)
    doses = services.doses(request.child)
    dose = request.GET.get("dose", "minutes")
    if dose not in against.DOSES:
        dose = "minutes"
    episode = assessing.current_episode(request.child)
    charts = [
        {
            "course": one,
            "picture": over_time(
                say(one.label),
                one.unit,
                one.points,
                grades=one.grades,
                detectable=one.detectable,
                span=span,
            ),
        }
        for one in services.courses(request.child)
    ]
    scores = services.t_points(request.child)
    context = chart.frame(request.child, "progress") | {
        "charts": [c for c in charts if len(c["course"].points) > 1],
        "once": [c["course"] for c in charts if len(c["course"].points) == 1],
        "goals": services.standings(request.child),
        "scores": scores,
        "goal_chart": _goal_chart(scores, span) if scores else "",
        "dose_outcome": _against(request.child, dose) if scores and doses else "",
        "dose_kinds": [(key, say(words)) for key, (words, _unit) in against.DOSES.items()],
        "dose_kind": dose,
        "between": against.changes(request.child) if doses else [],
        "copm": assessing.copm_means(episode) if episode else [],
        "doses": doses,
        "dose_chart": _dose_chart(doses, span) if doses else "",
        "total_min": sum(d.minutes for d in doses),
        "total_contractions": sum(d.contractions for d in doses),
    }
    return render(request, "outcomes/progress.html", context)


def _goal_chart(scores: Sequence[Point], span: Span) -> str:
    return over_time(_("Goal attainment, T-score"), "T", scores, reference=50.0, span=span)


def _dose_chart(doses: Sequence[services.SessionDose], span: Span) -> str:
    minutes = [
        Point(on=clock.to_wall(one.at, settings.CLINIC_ZONE).date(), value=one.minutes)
        for one in doses
    ]
    return bars_over_time(_("Minutes of stimulation per session"), "min", minutes, span)


def _against(child: Child, dose: str) -> str:
    words, unit = against.DOSES[dose]
    return against_dose(
        _("Goal attainment against dose"),
        "T",
        against.t_scores(child, dose),
        axis=(say(words), unit),
        reference=50.0,
    )


@needs("see progress")
def family(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Show the family how it goes, in plain words."""
    doses = services.doses(request.child)
    context = {
        "child": request.child,
        "goals": services.standings(request.child),
        "courses": [c for c in services.courses(request.child) if c.free is not None],
        "sessions": len(doses),
        "minutes": sum(d.minutes for d in doses),
        "items": [(one, pictogram(one.pictogram)) for one in services.home_items(request.child)],
    }
    return render(request, "outcomes/family.html", context)


@needs("see chart")
def report(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Print the progress report."""
    return _paper(paper.progress_report(request.child), "progress-report.pdf")


@needs("see progress")
def home_pdf(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Print the home programme."""
    return _paper(paper.home_programme(request.child), "home-programme.pdf")


@needs("write chart")
@require_http_methods(["GET", "POST"])
def home(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Show and write the home programme."""
    frame = chart.frame(request.child, "home")
    error = ""
    if request.method == "POST":
        try:
            if frame["episode"] is None:
                raise Http404
            services.add_home_item(frame["episode"], request.POST, by=request.user, at=clock.now())
            messages.success(request, _("Added to the home programme."))
            return redirect("outcomes:home", child=child)
        except RheobaseError as refusal:
            error = str(refusal)
    context = frame | {
        "items": [(one, pictogram(one.pictogram)) for one in services.home_items(request.child)],
        "poses": [(key, words[0], pictogram(key)) for key, words in POSES.items()],
        "most": services.MOST_HOME_ITEMS,
        "typed": request.POST,
        "error": error,
    }
    return render(request, "outcomes/home.html", context, status=REFUSED if error else 200)


@needs("write chart")
@require_POST
def end_item(request: HttpRequest, child: uuid.UUID, item: int) -> HttpResponse:
    """Take one thing off the home programme."""
    row = HomeItem.objects.filter(pk=item, episode__child=request.child).first()
    if row is None:
        raise Http404
    services.end_home_item(row, clock.now())
    return redirect("outcomes:home", child=child)


def _paper(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
