"""Screening: what the answers mean for the muscles of this plan, each finding with its sources.

Grades are proposed defaults that need clinical sign-off; published positions disagree.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import final

from rheobase.evidence.contraindications import (
    ALWAYS,
    ANY,
    EVERYWHERE,
    GIVEN,
    Grade,
    Outcome,
    Rule,
    rules,
)
from rheobase.model.body.child import Child
from rheobase.planner.case import UNKNOWN, Answer, Clearance, Site

GRADE_TAG = "clinical:D"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """One finding.

    Attributes:
        rule: key of the rule.
        title: in plain words.
        grade: what it does to the plan.
        sites: where it holds; () is everywhere.
        touches: it concerns a site of this plan.
        cleared_by: who cleared it, and when; "" if nobody.
        text, remedy: what was found, and what to do.
        position, position_tag, sources: what is published.
        note: what is special in children.
        grade_tag: standing of the grade.
    """

    rule: str
    title: str
    grade: Grade
    sites: tuple[Site, ...]
    touches: bool
    cleared_by: str
    text: str
    remedy: str
    position: str
    position_tag: str
    sources: tuple[str, ...]
    note: str
    grade_tag: str

    @property
    def stops(self) -> bool:
        """Whether no plan is possible while it stands."""
        if self.grade is Grade.BLOCK:
            return True
        if self.grade is Grade.CLEAR:
            return not self.cleared_by
        return self.grade is Grade.BLOCK_SITE and self.touches and not self.cleared_by


def screen(
    answers: Mapping[str, Answer],
    child: Child,
    sites: Iterable[Site],
    today: date,
    clearances: Iterable[Clearance] = (),
) -> tuple[Graded, ...]:
    """Return every finding, the strongest first.

    A question that is not answered, or answered with "unknown", is a finding of its own: it must
    be answered, or cleared by a named clinician. What holds only at other sites than these is left
    out, unless an answer of this child brought it up.

    Args:
        answers: by key of the rule.
        child: for age and function class.
        sites: where pads are wanted.
        today: ends the time since a dated answer, and the clearances that count.
        clearances: permissions on record.
    """
    wanted = tuple(sites)
    cleared = {c.rule: f"{c.by}, {c.on.isoformat()}" for c in clearances if c.on <= today}
    found: list[Graded] = []
    for rule in rules():
        answer = answers.get(rule.key)
        by = cleared.get(rule.key, "")
        if rule.asked_at(child.age_months) and (answer is None or answer.answer == UNKNOWN):
            found.append(_unanswered(rule, by))
        for outcome in rule.outcomes:
            if _holds(outcome, answer, child, today):
                graded = _graded(rule, outcome, answer, wanted, by)
                if graded.touches or outcome.when != ALWAYS:
                    found.append(graded)
    order = list(Grade)
    return tuple(sorted(found, key=lambda g: (not g.stops, order.index(g.grade))))


def _holds(outcome: Outcome, answer: Answer | None, child: Child, today: date) -> bool:
    if not outcome.from_months <= child.age_months < outcome.below_months:
        return False
    if outcome.gmfcs_from is not None and (child.gmfcs or 0) < outcome.gmfcs_from:
        return False
    if outcome.when == ALWAYS:
        return True
    if answer is None or not _matches(outcome.when, answer.answer):
        return False
    # Without a date the stricter reading holds.
    return (
        outcome.within_days is None
        or answer.on is None
        or (today - answer.on).days <= outcome.within_days
    )


def _matches(when: str, given: str) -> bool:
    return given == when or (when == ANY and given not in ("no", UNKNOWN))


def _graded(
    rule: Rule, outcome: Outcome, answer: Answer | None, wanted: tuple[Site, ...], by: str
) -> Graded:
    where = _where(outcome, answer)
    touches = not where or any(_meet(a, b) for a in where for b in wanted)
    return _finding(
        rule,
        grade=outcome.grade,
        sites=where,
        touches=touches,
        by=by if outcome.grade is Grade.CLEAR or outcome.lifted else "",
        text=outcome.text,
        remedy=outcome.remedy,
    )


def _unanswered(rule: Rule, by: str) -> Graded:
    return _finding(
        rule,
        grade=Grade.CLEAR,
        sites=(),
        touches=True,
        by=by,
        text=f"Not answered: {rule.question_therapist}",
        remedy="Ask and answer it, or record who cleared it without the answer.",
    )


def _finding(
    rule: Rule,
    *,
    grade: Grade,
    sites: tuple[Site, ...],
    touches: bool,
    by: str,
    text: str,
    remedy: str,
) -> Graded:
    return Graded(
        rule=rule.key,
        title=rule.title,
        grade=grade,
        sites=sites,
        touches=touches,
        cleared_by=by,
        text=text,
        remedy=remedy,
        position=rule.position,
        position_tag=rule.position_tag,
        sources=rule.sources,
        note=rule.note,
        grade_tag=GRADE_TAG,
    )


def _where(outcome: Outcome, answer: Answer | None) -> tuple[Site, ...]:
    if outcome.where == EVERYWHERE:
        return ()
    if outcome.where == GIVEN:
        return answer.sites if answer else ()  # no site named: it may be anywhere
    return tuple(Site(segment=segment) for segment in outcome.segments)


def _meet(a: Site, b: Site) -> bool:
    return a.segment is b.segment and (a.side is None or b.side is None or a.side is b.side)
