"""Contraindications and precautions as rules: what is asked, and what each answer means.

The published positions disagree with each other; the grades are proposed defaults that need
clinical sign-off. The table is `contraindications.toml`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, final

from rheobase.errors import BadInput
from rheobase.evidence.load import TAGS, raw
from rheobase.stimulus.codec import from_plain
from rheobase.stimulus.pads import Segment

CATEGORIES = ("implants", "health", "today", "sites", "practice")


class Grade(StrEnum):
    """What a finding does to a plan, from the strongest to the weakest."""

    BLOCK = "block"  # stops the plan
    CLEAR = "clear"  # stops it until a named clinician has cleared it
    BLOCK_SITE = "block_site"  # forbids sites
    CAUTION = "caution"
    INFO = "info"


EVERYWHERE = "everywhere"  # the whole body
GIVEN = "given"  # the sites named in the answer
ALWAYS = "always"  # whatever was answered
ANY = "any"  # every answer but "no"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What follows from an answer.

    Attributes:
        when: key of an answer, "any" (all but "no") or "always".
        grade: what it does to the plan.
        where: "everywhere", "given" or "segments".
        segments: the segments, if `where` says so.
        text: what was found, for the therapist.
        remedy: what to do.
        from_months, below_months: ages for which it holds. [months]
        gmfcs_from: least GMFCS level for which it holds, or None. [level]
        lifted: a clearance lifts this forbidden site.
        within_days: holds only if the date of the answer is not longer ago, or None. [days]
    """

    when: str
    grade: Grade
    where: str
    segments: tuple[Segment, ...]
    text: str
    remedy: str
    lifted: bool = False
    from_months: float = 0.0
    below_months: float = 1200.0
    gmfcs_from: int | None = None
    within_days: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One condition: what is asked, what the sources say, what follows.

    Attributes:
        key: name of the rule, for ever.
        title: in plain words.
        category: "implants", "health", "today", "sites" or "practice".
        as_written: our grade in one line.
        question_family: asked of the guardian, "" if not asked of them.
        question_therapist: asked by the therapist, "" if it always holds.
        choices: (key, label) of each answer; empty if nothing is asked.
        asks_date: the answer carries a date.
        asks_sites: the answer carries sites of the body.
        from_months: youngest age at which it is asked. [months]
        position, position_tag, sources: what is published, how sure, where.
        note, note_tag: what is special in children.
        outcomes: what follows from which answer.
    """

    key: str
    title: str
    category: str
    as_written: str
    question_family: str
    question_therapist: str
    choices: tuple[tuple[str, str], ...]
    asks_date: bool
    asks_sites: bool
    from_months: float
    position: str
    position_tag: str
    sources: tuple[str, ...]
    note: str
    note_tag: str
    outcomes: tuple[Outcome, ...]

    @property
    def asked(self) -> bool:
        """Whether anybody is asked; otherwise it always holds."""
        return bool(self.choices)

    def asked_at(self, age_months: float) -> bool:
        """Whether it is asked at this age. [months]"""
        return self.asked and age_months >= self.from_months


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of the table.

    Raises:
        BadInput: naming the first rule that is incomplete.
    """
    return tuple(_rule(key, entry) for key, entry in raw("contraindications").items())


def rule(key: str) -> Rule:
    """Return one rule.

    Raises:
        BadInput: if there is no such rule.
    """
    for one in rules():
        if one.key == key:
            return one
    raise BadInput(
        f"There is no screening rule {key!r}. Use one of: {', '.join(r.key for r in rules())}."
    )


def questions(age_months: float, *, family: bool) -> tuple[Rule, ...]:
    """Return the rules to ask about at an age, of the guardian or by the therapist. [months]"""
    return tuple(r for r in rules() if r.asked_at(age_months) and (not family or r.question_family))


def _rule(key: str, entry: dict[str, Any]) -> Rule:
    plain = {
        "asks_date": False,
        "asks_sites": False,
        "from_months": 0.0,
        **entry,
        "key": key,
        "choices": [list(pair) for pair in entry["choices"].items()],
        "outcomes": [_outcome(o) for o in entry["outcomes"]],
    }
    if entry["category"] not in CATEGORIES:
        raise BadInput(f"Rule {key!r} has the category {entry['category']!r}. Correct the table.")
    if {entry["position_tag"], entry["note_tag"]} - TAGS.keys():
        raise BadInput(f"Rule {key!r} has a tag that is not known. Correct the table.")
    known = {ALWAYS, ANY, *entry["choices"]}
    strange = [o["when"] for o in entry["outcomes"] if o["when"] not in known]
    if strange:
        raise BadInput(f"Rule {key!r} has no answer {strange[0]!r}. Correct the table.")
    return from_plain(Rule, plain, f"contraindications.{key}")


def _outcome(entry: dict[str, Any]) -> dict[str, Any]:
    where = entry["where"]
    if isinstance(where, str):
        return {**entry, "segments": []}
    return {**entry, "where": "segments", "segments": where}
