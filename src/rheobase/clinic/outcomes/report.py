"""What the two printed papers say: the progress report and the home programme."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.dateformat import format as date_words
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from rheobase.clinic import clock
from rheobase.clinic.assessment import services as assessing
from rheobase.clinic.assessment.templatetags.chart import age_words, level
from rheobase.clinic.charts import Point, bars_over_time, over_time
from rheobase.clinic.outcomes import against, services
from rheobase.clinic.outcomes.paper_words import home_words, report_words
from rheobase.clinic.outcomes.pictograms import POSES, pictogram
from rheobase.clinic.outcomes.print import inked, pdf
from rheobase.clinic.people.models import Child
from rheobase.clinic.people.templatetags.say import say

MOST_CHARTS = 8
LINE = "______________________"


def home_programme(child: Child) -> bytes:
    """Return the home programme as a one-page PDF; it names the child by the given name alone."""
    items = services.home_items(child)
    episode = assessing.current_episode(child)
    data = {
        "lang": _lang(),
        "words": home_words(child.given_name, _long(assessing.today())),
        "clinic": _clinic(),
        "therapist": f"{_('Your therapist')}: {episode.therapist}" if episode else "",
        "phone": getattr(settings, "CLINIC_PHONE", "")
        or f"{_('Ring or write to the clinic')}: {LINE}",
        "items": [
            {
                "title": one.title,
                "how": one.how,
                "how_often": one.how_often,
                "stop_when": one.stop_when,
                "picture": f"{one.pictogram}.svg",
                "alt": say(POSES[one.pictogram][0]),
            }
            for one in items
        ],
    }
    return pdf("home.typ", data, {one.pictogram: pictogram(one.pictogram) for one in items})


def progress_report(child: Child) -> bytes:
    """Return the progress report as a PDF."""
    episode = assessing.current_episode(child)
    repeated = [c for c in services.courses(child) if len(c.points) > 1]
    doses, scores = services.doses(child), services.t_points(child)
    pictures = _pictures(child, repeated, doses, scores)
    age = clock.age_months(child.born, assessing.today())
    copm = assessing.copm_means(episode) if episode else []
    goal_picture = {"file": "goals.svg", "alt": _("T-score over time")}
    data = {
        "lang": _lang(),
        "words": report_words(),
        "child": str(child),
        "opaque": child.opaque[:14],
        "about": f"{age_words(age)}, {child.condition}",
        "day": _long(assessing.today()),
        "therapist": str(episode.therapist) if episode else "",
        "clinic": _clinic(),
        "goals": [_goal(s) for s in services.standings(child)],
        "t_scores": [[_short(p.on), f"{p.value:.1f}"] for p in scores],
        "goal_pictures": [goal_picture] if "goals" in pictures else [],
        "copm": [[_short(_day(at)), f"{p:.1f}", f"{s:.1f}"] for at, p, s in copm],
        "courses": [_course(n, c) for n, c in enumerate(repeated)],
        "doses": [_dose(d) for d in doses],
        "dose_words": _in_all(doses),
        "dose_picture": "dose.svg" if doses else "",
        "between": [_between(one) for one in against.changes(child)] if doses else [],
    }
    return pdf("report.typ", data, pictures)


def _pictures(
    child: Child,
    repeated: Sequence[services.Course],
    doses: Sequence[services.SessionDose],
    scores: Sequence[Point],
) -> dict[str, str]:
    span = services.span_of(child)
    found = {
        f"course{n}": over_time(
            say(c.label), c.unit, c.points, grades=c.grades, detectable=c.detectable, span=span
        )
        for n, c in enumerate(repeated[:MOST_CHARTS])
    }
    if len(scores) > 1:
        found["goals"] = over_time(_("Goal attainment"), "T", scores, reference=50.0, span=span)
    if doses:
        bars = [Point(on=_day(d.at), value=d.minutes) for d in doses]
        found["dose"] = bars_over_time(_("Stimulated minutes"), "min", bars, span)
    return {name: inked(svg) for name, svg in found.items()}


def _in_all(doses: Sequence[services.SessionDose]) -> str:
    words = ngettext(
        "%(sessions)d session, %(minutes)d minutes of stimulation, %(contractions)d contractions.",
        "%(sessions)d sessions, %(minutes)d minutes of stimulation, %(contractions)d contractions.",
        len(doses),
    )
    return words % {
        "sessions": len(doses),
        "minutes": round(sum(d.minutes for d in doses)),
        "contractions": sum(d.contractions for d in doses),
    }


def _dose(one: services.SessionDose) -> list[str]:
    return [
        _short(_day(one.at)),
        f"{one.minutes:.1f}",
        str(one.contractions),
        f"{one.charge_mc:.1f} mC",
        "; ".join(one.levels),
    ]


def _goal(standing: services.GoalStanding) -> dict[str, str]:
    words = dict(standing.steps)[standing.level]
    return {
        "text": standing.goal.text,
        "standing": _("Began at %(began)s, now at %(now)s")
        % {"began": level(standing.began), "now": level(standing.level)},
        "words": words,
    }


def _course(n: int, course: services.Course) -> dict[str, str]:
    detail = ""
    if course.free is not None:
        detail = course.moved[0].upper() + course.moved[1:]
        if not course.grades:
            moved = _("From %(first)s by %(amount)s %(unit)s")
            first = next(m for m in course.rows if not m.with_stimulation)
            amount = {"first": f"{first.value:g}", "amount": f"{course.free.amount:+g}"}
            detail = moved % {**amount, "unit": course.unit}
        if course.detectable is not None:
            error = _("measurement error reaches to %(amount)s %(unit)s")
            detail += f"; {error % {'amount': f'{course.detectable:.3g}', 'unit': course.unit}}"
        detail += "."
    if course.stimulated is not None:
        detail += f" {_('With stimulation')}: {course.moved_stimulated}."
    picture = f"course{n}.svg" if n < MOST_CHARTS else ""
    return {
        "label": say(course.label),
        "verdict": say(course.verdict),
        "detail": detail,
        "picture": picture,
    }


def _between(one: against.Between) -> list[str]:
    given = one.given
    return [
        say(one.course.label),
        one.course.moved,
        str(given.sessions),
        f"{given.minutes:.1f}",
        str(given.contractions),
        f"{given.charge_mc:.1f} mC",
        f"{given.level_ma:g} mA" if given.sessions else "",
    ]


def _clinic() -> str:
    return getattr(settings, "CLINIC_NAME", "") or _("Rheobase clinic")


def _lang() -> str:
    return (get_language() or "en")[:2]


def _long(day: date) -> str:
    return date_words(day, "j F Y")


def _short(day: date) -> str:
    return date_words(day, "j M Y")


def _day(moment: Any) -> date:
    return clock.to_wall(moment, settings.CLINIC_ZONE).date()
