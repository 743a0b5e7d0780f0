"""Outcome against dose: how much was given before a score, and between two measurements.

A dose is minutes, contractions or charge, added up over sessions, or the highest level that was
reached. Nothing here says that the one came of the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, final

from django.utils.translation import gettext_noop as noop

from rheobase.clinic.assessment import services as assessing
from rheobase.clinic.assessment.models import Measure
from rheobase.clinic.charts import AtDose
from rheobase.clinic.outcomes import services
from rheobase.clinic.outcomes.services import Course, SessionDose
from rheobase.clinic.people.models import Child

# key: words, unit
DOSES: Final = {
    "minutes": (noop("minutes of stimulation"), "min"),
    "contractions": (noop("contractions"), ""),
    "charge": (noop("charge"), "mC"),
    "level": (noop("highest level reached"), "mA"),
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What was given over some sessions.

    Attributes:
        sessions: how many.
        minutes: of stimulation. [min]
        contractions: of all units. [1]
        charge_mc: of all units. [mC]
        level_ma: the highest that any unit confirmed. [mA]
    """

    sessions: int
    minutes: float
    contractions: int
    charge_mc: float
    level_ma: float

    def amount(self, key: str) -> float:
        """Return one of the doses by its key in `DOSES`."""
        amounts = {
            "minutes": self.minutes,
            "contractions": float(self.contractions),
            "charge": self.charge_mc,
            "level": self.level_ma,
        }
        return amounts[key]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """One measure without stimulation, from first to last, and what was given in between."""

    course: Course
    first: Measure
    last: Measure
    given: Given


def given(doses: Sequence[SessionDose]) -> Given:
    """Return what some sessions gave together."""
    return Given(
        sessions=len(doses),
        minutes=sum(d.minutes for d in doses),
        contractions=sum(d.contractions for d in doses),
        charge_mc=sum(d.charge_mc for d in doses),
        level_ma=max((d.highest_ma for d in doses), default=0.0),
    )


def t_scores(child: Child, key: str = "minutes") -> list[AtDose]:
    """Return each T-score of the open episode with the dose before it.

    Args:
        child: whose.
        key: of `DOSES`.
    """
    episode = assessing.current_episode(child)
    doses = services.doses(child)
    return [
        AtDose(dose=given([d for d in doses if d.at <= at]).amount(key), value=round(t, 2))
        for at, t in (assessing.t_scores(episode) if episode else [])
    ]


def changes(child: Child) -> list[Between]:
    """Return every measure that was repeated without stimulation, with the dose in between."""
    doses = services.doses(child)
    found = []
    for course in services.courses(child):
        free = [m for m in course.rows if not m.with_stimulation]
        if len(free) > 1:
            first, last = free[0], free[-1]
            found.append(
                Between(
                    course=course,
                    first=first,
                    last=last,
                    given=given(_between(doses, first.at, last.at)),
                )
            )
    return found


def _between(
    doses: Sequence[SessionDose], starts: datetime, ends: datetime
) -> Sequence[SessionDose]:
    return [d for d in doses if starts < d.at <= ends]
