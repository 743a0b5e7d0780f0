"""Episodes, screening and clearances, goals and their ratings: the rules of steps 3 to 5."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.utils.translation import gettext_noop as noop

from rheobase.clinic import clock
from rheobase.clinic.assessment import case, scales
from rheobase.clinic.assessment.models import (
    Clearance,
    CopmProblem,
    CopmRating,
    Episode,
    Goal,
    GoalRating,
    Screening,
)
from rheobase.clinic.intake.models import FormAnswer
from rheobase.clinic.language import day_words
from rheobase.clinic.people.models import Child, User
from rheobase.errors import BadInput
from rheobase.evidence.contraindications import Rule, questions, rules
from rheobase.evidence.muscles import muscles
from rheobase.evidence.protocols import Focus
from rheobase.planner.case import UNKNOWN, Answer, Site
from rheobase.planner.screen import Graded, screen
from rheobase.safety import CLEARED_INFANT, CLEARED_NECK, CLEARED_THORAX
from rheobase.stimulus.checks import in_range, one_of, some_text
from rheobase.stimulus.codec import from_plain, to_plain
from rheobase.stimulus.pads import Segment, Side

TRUNK = (Segment.HEAD, Segment.NECK, Segment.CHEST, Segment.ABDOMEN, Segment.PELVIS)
GOAL_LEVELS = (-2, -1, 0, 1, 2)
RATERS = (noop("therapist"), noop("family"), noop("child"))
FOCUS_WORDS = {
    Focus.STRENGTH: gettext_lazy("strength"),
    Focus.TONE: gettext_lazy("tone"),
    Focus.RANGE: gettext_lazy("range of motion"),
    Focus.MOTOR_LEARNING: gettext_lazy("motor learning"),
    Focus.MOTOR_CONTROL: gettext_lazy("motor control"),
    Focus.SENSORY: gettext_lazy("sensory awareness"),
    Focus.ALIGNMENT: gettext_lazy("alignment"),
}


def today() -> date:
    """Return the date on the clinic's wall."""
    return clock.today(settings.CLINIC_ZONE)


# --- episodes ---------------------------------------------------------------------------------


def open_episode(child: Child, therapist: User, reason: str, at: datetime) -> Episode:
    """Begin a course of care; the one that is open stays the one.

    Raises:
        BadInput: without a reason.
    """
    some_text("The reason for coming", reason, 300)
    return current_episode(child) or Episode.objects.create(
        child=child, therapist=therapist, reason=reason, opened=at
    )


def current_episode(child: Child) -> Episode | None:
    """Return the open episode of a child, or None."""
    return Episode.objects.filter(child=child, closed__isnull=True).first()


# --- screening --------------------------------------------------------------------------------


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One rule as it is asked on the form.

    Attributes:
        rule: of the table.
        answer: chosen so far: typed, screened before, or said by the family.
        said: what the family answered, in words; "" if nothing.
        detail: when and where, as the family said it; "" if nothing.
        who: who said it, and when; "" if nobody.
    """

    rule: Rule
    answer: Answer | None
    said: str
    detail: str
    who: str


def form_of(episode: Episode, typed: Mapping[str, Answer] | None = None) -> list[Question]:
    """Return every question for the child's age under its heading, with what anybody answered."""
    age = clock.age_months(episode.child.born, today())
    family = _family_answers(episode.child)
    before = case.answers(episode)
    found = []
    for one in questions(age, family=False):
        said = family.get(one.key)
        chosen = (
            (typed or {}).get(one.key) or before.get(one.key) or (said.answer if said else None)
        )
        found.append(
            Question(
                rule=one,
                answer=chosen,
                said=dict(one.choices).get(said.answer.answer, noop("does not know"))
                if said
                else "",
                detail=_when_and_where(said) if said else "",
                who=said.who if said else "",
            )
        )
    headings = list(dict.fromkeys(one.rule.category for one in found))
    return sorted(found, key=lambda one: headings.index(one.rule.category))


def read_answers(typed: Mapping[str, Any], lists: Any, age_months: float) -> dict[str, Answer]:
    """Return the answers of the screening form.

    Args:
        typed: the fields, by key of the rule; `key:on` holds its date.
        lists: returns every value of a field; `key:site` holds "segment/side" words.
        age_months: of the child. [months]

    Raises:
        BadInput: for a date or a site that is none.
    """
    answered = {}
    for one in questions(age_months, family=False):
        if not typed.get(one.key):
            continue
        day = typed.get(f"{one.key}:on", "")
        plain = {
            "answer": typed[one.key],
            "on": day or None,
            "sites": [_site(word) for word in lists(f"{one.key}:site")],
        }
        answered[one.key] = from_plain(Answer, plain, one.title)
        one_of(one.title, typed[one.key], (*dict(one.choices), UNKNOWN))
    return answered


def record_screening(
    episode: Episode, answered: Mapping[str, Answer], *, by: User, at: datetime
) -> Screening:
    """Add a screening with the findings of today; every question must have an answer.

    Raises:
        BadInput: naming the first question that is open.
    """
    day = clock.to_wall(at, settings.CLINIC_ZONE).date()
    child = case.facts(episode.child, day)
    missing = [
        one.title for one in questions(child.age_months, family=False) if one.key not in answered
    ]
    if missing:
        raise BadInput(_still_open(missing))
    found = screen(answered, child, (), day, case.clearances(episode))
    return Screening.objects.create(
        episode=episode,
        answers={key: to_plain(one) for key, one in answered.items()},
        findings=[to_plain(one) for one in found],
        by=by,
        at=at,
    )


def _still_open(titles: list[str]) -> str:
    some = "; ".join(_(title) for title in titles[:3]) + (" ..." if len(titles) > 3 else "")
    return ngettext(
        "%(count)s question is open: %(some)s. Answer them, or choose 'Not known'.",
        "%(count)s questions are open: %(some)s. Answer them, or choose 'Not known'.",
        len(titles),
    ) % {"count": len(titles), "some": some}


def findings_now(episode: Episode, sites: Iterable[Site] = ()) -> tuple[Graded, ...]:
    """Return what the newest answers mean today, clearances since included."""
    if not episode.screenings.exists():
        return ()
    day = today()
    child = case.facts(episode.child, day)
    return screen(case.answers(episode), child, sites, day, case.clearances(episode))


def clearable() -> list[tuple[str, str]]:
    """Return everything a named clinician may clear: (key, words)."""
    found = [(one.key, _(one.title)) for one in rules()]
    found += [
        (m.key, _("Muscle: %(name)s") % {"name": _(m.name)})
        for m in muscles().values()
        if m.caution == "clear"
    ]
    sites = (CLEARED_NECK, CLEARED_THORAX, CLEARED_INFANT)
    named = [(name, _(name.removeprefix("clearance: "))) for name in sites]
    return found + [(name, _("Site: %(place)s") % {"place": place}) for name, place in named]


def record_clearance(
    episode: Episode, typed: Mapping[str, str], *, by: User, at: datetime
) -> Clearance:
    """Add a named clinician's clearance of one finding.

    Raises:
        BadInput: without a name, a profession or a date; or for a date to come.
    """
    key = typed.get("rule", "")
    one_of("What was cleared", key, tuple(dict(clearable())))
    some_text("The name of the clinician who cleared it", typed.get("cleared_by", ""), 60)
    some_text("Their profession", typed.get("profession", ""), 35)
    try:
        on = date.fromisoformat(typed.get("on", ""))
    except ValueError:
        raise BadInput(_("The day of the clearance is missing. Give it as 2026-11-22.")) from None
    if on > clock.to_wall(at, settings.CLINIC_ZONE).date():
        raise BadInput(_("The day of the clearance lies in the future. Correct it."))
    return Clearance.objects.create(
        episode=episode,
        rule=key,
        cleared_by=typed["cleared_by"].strip(),
        profession=typed["profession"].strip(),
        on=on,
        text=typed.get("text", "").strip()[:500],
        recorded_by=by,
        at=at,
    )


def _site(word: str) -> dict[str, str | None]:
    segment, _slash, side = word.partition("/")
    one_of("site", segment, tuple(s.value for s in Segment))
    if side:
        one_of("side", side, tuple(s.value for s in Side))
    return {"segment": segment, "side": side or None}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What the family answered, where on the body, and who said it when."""

    answer: Answer
    where: str
    who: str


def _family_answers(child: Child) -> dict[str, _Said]:
    """Return what the family said last about each rule."""
    found: dict[str, _Said] = {}
    known = {r.key: r for r in questions(1200.0, family=True)}
    for form in FormAnswer.objects.filter(child=child).select_related("by"):  # newest first
        for key, given in form.answers.items():
            one, answer = known.get(key), _as_answer(given)
            if one is None or key in found or answer is None:
                continue
            if answer.answer not in dict(one.choices):
                answer = Answer(answer=UNKNOWN)
            where = str(given.get("where", "")) if isinstance(given, dict) else ""
            found[key] = _Said(answer=answer, where=where, who=f"{form.by}, {day_words(form.at)}")
    return found


def _when_and_where(said: _Said) -> str:
    when = day_words(said.answer.on) if said.answer.on else ""
    return "; ".join(part for part in (when, said.where) if part)


def _as_answer(given: Any) -> Answer | None:
    if isinstance(given, str) and given:
        return Answer(answer=given)
    if isinstance(given, dict) and given.get("answer"):
        try:
            return from_plain(
                Answer, {k: given[k] for k in ("answer", "on", "sites") if given.get(k)}
            )
        except BadInput:
            return Answer(answer=str(given["answer"]))
    return None


# --- goals ------------------------------------------------------------------------------------


def add_goal(episode: Episode, typed: Mapping[str, str], *, by: User, at: datetime) -> Goal:
    """Add a goal with its five levels in words.

    Raises:
        BadInput: naming the first thing that is missing.
    """
    some_text("The goal", typed.get("text", ""), 300)
    one_of("Focus", typed.get("focus", ""), tuple(f.value for f in Focus))
    levels = {}
    for level in GOAL_LEVELS:
        words = typed.get(f"level:{level}", "")
        some_text(f"The wording of level {level:+d}", words, 300)
        levels[str(level)] = words.strip()
    weight, baseline = _whole(typed, "weight"), _whole(typed, "baseline")
    in_range("weight", weight, 0, 9, "[1]")
    in_range("baseline", baseline, -2, 2, "(level today)")
    return Goal.objects.create(
        episode=episode,
        text=typed["text"].strip(),
        focus=typed["focus"],
        levels=levels,
        weight=weight,
        baseline=baseline,
        by=by,
        at=at,
    )


def rate_goal(goal: Goal, level: int, rated_by: str, *, by: User, at: datetime) -> GoalRating:
    """Add where the child stands on a goal.

    Raises:
        BadInput: for a level outside the scale, or a rater that is none of the three.
    """
    in_range("level", level, -2, 2, "(goal attainment)")
    one_of("rated_by", rated_by, RATERS)
    return GoalRating.objects.create(goal=goal, level=level, rated_by=rated_by, by=by, at=at)


def t_scores(episode: Episode) -> list[tuple[datetime, float]]:
    """Return the goal attainment T-score at the baseline and after each rating.

    A goal counts with its baseline until it is rated. The baseline is the day of the newest goal
    that was set before the first rating.
    """
    goals = list(episode.goals.prefetch_related("ratings"))
    if not goals:
        return []
    standing = {goal.pk: goal.baseline for goal in goals}
    weights = [goal.weight for goal in goals]
    ratings = sorted((r for g in goals for r in g.ratings.all()), key=lambda r: r.at)
    before = [g.at for g in goals if not ratings or g.at <= ratings[0].at] or [goals[0].at]
    scores = [(max(before), scales.gas_t_score(list(standing.values()), weights))]
    for rating in ratings:
        standing[rating.goal_id] = rating.level
        score = (rating.at, scales.gas_t_score(list(standing.values()), weights))
        if scores[-1][0].date() == rating.at.date() and len(scores) > 1:
            scores[-1] = score
        else:
            scores.append(score)
    return scores


def add_problem(episode: Episode, typed: Mapping[str, str], at: datetime) -> CopmProblem:
    """Add one problem that matters to the family, up to five.

    Raises:
        BadInput: for a sixth, an empty one, or an importance outside 1 to 10.
    """
    some_text("The problem", typed.get("text", ""), 300)
    importance = _whole(typed, "importance")
    in_range("importance", importance, 1, 10, "points")
    if episode.problems.count() >= 5:
        raise BadInput(_("Five problems are on record, the most the measure uses. Rate those."))
    return CopmProblem.objects.create(
        episode=episode, text=typed["text"].strip(), importance=importance, at=at
    )


def rate_problems(
    episode: Episode, typed: Mapping[str, str], *, by: User, at: datetime
) -> list[CopmRating]:
    """Add performance and satisfaction of every problem: all of them, so that means compare.

    Raises:
        BadInput: naming the first that is missing or outside 1 to 10.
    """
    problems = list(episode.problems.order_by("at"))
    if not problems:
        raise BadInput(_("There is no problem to rate. Add one first."))
    rated = []
    for problem in problems:
        scores = {}
        for what in (noop("performance"), noop("satisfaction")):
            named = _("%(what)s of '%(problem)s'") % {"what": _(what), "problem": problem.text}
            scores[what] = _whole(typed, f"{problem.pk}:{what}", named)
            in_range(what, scores[what], 1, 10, "points")
        rated.append(CopmRating(problem=problem, by=by, at=at, **scores))
    return CopmRating.objects.bulk_create(rated)


def copm_means(episode: Episode) -> list[tuple[datetime, float, float]]:
    """Return (moment, mean performance, mean satisfaction) of each complete rating."""
    by_moment: dict[datetime, list[CopmRating]] = {}
    for rating in CopmRating.objects.filter(problem__episode=episode):
        by_moment.setdefault(rating.at, []).append(rating)
    return [
        (
            at,
            scales.copm_mean([r.performance for r in rated]),
            scales.copm_mean([r.satisfaction for r in rated]),
        )
        for at, rated in sorted(by_moment.items())
    ]


def _whole(typed: Mapping[str, str], key: str, name: str = "") -> int:
    words = typed.get(key, "").strip()
    try:
        return int(words)
    except ValueError:
        what = (name or key).capitalize()
        raise BadInput(_("%(what)s is not a whole number. Fill it in.") % {"what": what}) from None
