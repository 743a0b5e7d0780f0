"""The chart of one child as FHIR resources: the rows are read here, the mapping is in `fhir_chart`."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from rheobase.clinic.assessment import services
from rheobase.clinic.assessment.models import (
    Clearance,
    CopmRating,
    Episode,
    Goal,
    GoalRating,
    Measure,
    Screening,
)
from rheobase.clinic.exchange import fhir, fhir_chart
from rheobase.clinic.exchange.fhir import Resource, reference
from rheobase.clinic.people.models import Child
from rheobase.evidence.contraindications import rules
from rheobase.planner.case import UNKNOWN

STOPS: Final = ("block", "clear", "block_site")


def of_child(child: Child, key: str) -> Iterator[Resource]:
    """Yield the chart of a child.

    Args:
        child: whose.
        key: of the Patient.
    """
    condition = "" if child.condition == fhir.NO_CONDITION else f"{key}-c"
    for row in Episode.objects.filter(child=child):
        yield fhir_chart.episode(
            key=row.pk.hex,
            child=key,
            manager=f"u{row.therapist_id}",
            reason=row.reason,
            opened=row.opened,
            closed=row.closed,
            condition=condition,
        )
        yield from _screenings(row, key)
        yield from _gross_motor(row, key)
        yield from _goals(row, key)
    yield from _measures(child, key)


def _screenings(episode: Episode, key: str) -> Iterator[Resource]:
    ends: datetime | None = None
    for row in episode.screenings.all():  # newest first
        yield fhir.questionnaire_response(
            key=f"s{row.pk}",
            child=key,
            author=reference("Practitioner", f"u{row.by_id}"),
            form="screening",
            version=1,
            at=row.at,
            items=list(_answers(row)),
        )
        for n, found in enumerate(row.findings):
            if found.get("grade") in STOPS:
                cleared = _cleared(episode, found, row)
                yield fhir_chart.flag(
                    key=f"s{row.pk}-{n}",
                    child=key,
                    rule=found.get("rule", ""),
                    text=_words(found),
                    author=f"u{row.by_id}",
                    starts=row.at,
                    ends=ends or cleared,
                )
        ends = row.at


def _answers(row: Screening) -> Iterator[tuple[str, str, str]]:
    known = {one.key: one for one in rules()}
    for rule, given in row.answers.items():
        asked = known.get(rule)
        words = {UNKNOWN: "not known", **(dict(asked.choices) if asked else {})}
        where = ", ".join(
            " ".join(w for w in (site.get("side"), site.get("segment")) if w)
            for site in given.get("sites", ())
        )
        said = words.get(given.get("answer", ""), given.get("answer", ""))
        whole = ", ".join(part for part in (said, given.get("on") or "", where) if part)
        yield rule, asked.title if asked else rule, whole


def _words(found: dict[str, str]) -> str:
    who = found.get("cleared_by", "")
    return f"{found.get('title', '')}: {found.get('text', '')}" + (
        f" Cleared: {who}" if who else ""
    )


def _cleared(episode: Episode, found: dict[str, str], row: Screening) -> datetime | None:
    if found.get("cleared_by"):
        return row.at
    later = Clearance.objects.filter(episode=episode, rule=found.get("rule", ""))
    newest = later.order_by("on").last()
    return None if newest is None else max(newest.at, row.at)


def _measures(child: Child, key: str) -> Iterator[Resource]:
    rows = Measure.objects.filter(episode__child=child).select_related("superseded_by")
    for row in rows:
        with_it = "with stimulation" if row.with_stimulation else ""
        yield fhir_chart.measure(
            key=f"m{row.pk}",
            child=key,
            instrument=row.instrument,
            what=" ".join(w for w in (row.quantity, row.movement) if w),
            body_site=" ".join(w for w in (row.side, row.joint) if w),
            value=row.value,
            unit=row.unit,
            error=row.error,
            conditions=" ".join(w for w in (row.conditions, with_it) if w),
            superseded=getattr(row, "superseded_by", None) is not None,
            corrects=row.supersedes_id is not None,
            at=row.at,
            author=f"u{row.by_id}",
            trials=row.trials,
        )


def _gross_motor(episode: Episode, key: str) -> Iterator[Resource]:
    done = episode.gmfm_sheets.filter(recorded__isnull=False).select_related("superseded_by")
    for row in done:
        with_it = "with stimulation" if row.with_stimulation else ""
        yield fhir_chart.gmfm_items(
            key=f"x{row.pk}",
            child=key,
            items=row.items,
            conditions="; ".join(w for w in (row.conditions, with_it) if w),
            superseded=hasattr(row, "superseded_by"),
            at=row.recorded,
            author=f"u{row.by_id}",
        )


def _goals(episode: Episode, key: str) -> Iterator[Resource]:
    goals = list(Goal.objects.filter(episode=episode))
    for row in goals:
        yield fhir_chart.goal(
            key=row.pk.hex,
            child=key,
            text=row.text,
            levels=row.levels,
            at=row.at,
            author=f"u{row.by_id}",
        )
        yield fhir_chart.rating(
            key=f"{row.pk.hex}-b",
            child=key,
            goal_key=row.pk.hex,
            rated_by="",
            level=row.baseline,
            at=row.at,
            author=f"u{row.by_id}",
        )
    for rated in GoalRating.objects.filter(goal__episode=episode):
        yield fhir_chart.rating(
            key=f"r{rated.pk}",
            child=key,
            goal_key=rated.goal_id.hex,
            rated_by=rated.rated_by,
            level=rated.level,
            at=rated.at,
            author=f"u{rated.by_id}",
        )
    yield from _scores(episode, key, goals)


def _scores(episode: Episode, key: str, goals: list[Goal]) -> Iterator[Resource]:
    for n, (at, value) in enumerate(services.t_scores(episode)):
        yield fhir_chart.t_score(
            key=f"{episode.pk.hex}-t{n}",
            child=key,
            value=round(value, 2),
            at=at,
            goals=[goal.pk.hex for goal in goals],
        )
    for scored in CopmRating.objects.filter(problem__episode=episode).select_related("problem"):
        yield fhir_chart.copm(
            key=f"k{scored.pk}",
            child=key,
            problem=scored.problem.text,
            importance=scored.problem.importance,
            performance=scored.performance,
            satisfaction=scored.satisfaction,
            at=scored.at,
            author=f"u{scored.by_id}",
        )
