"""What came of it: measures over time, goals, dose against outcome, and the home programme.

With and without stimulation are two different things and are never joined: the first shows what
the unit does, the second what the child can do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rheobase.clinic import clock
from rheobase.clinic.assessment import measures, scales
from rheobase.clinic.assessment import services as assessing
from rheobase.clinic.assessment.models import Episode, Goal, Measure
from rheobase.clinic.assessment.sheet import row_of
from rheobase.clinic.charts import Grades, Point, word_of
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.outcomes.models import HomeItem
from rheobase.clinic.outcomes.pictograms import POSES
from rheobase.clinic.people.models import Child, User
from rheobase.errors import BadInput
from rheobase.stimulus.checks import one_of, some_text

MOST_HOME_ITEMS = 4  # a page in large type holds no more


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One measure over time.

    Attributes:
        label: what was measured, side included.
        unit: of the values.
        better: "higher" or "lower".
        grades: (word, number) of a scale of grades, empty for a measured number.
        points: (n_points,) stimulated and not, oldest first.
        rows: (n_points,) of the same records, for the table.
        detectable: smallest detectable change from the first value; None if none was read.
        important: a published change that matters (not an error), in words; "" if none.
        free, stimulated: change from first to last of each kind; None with fewer than two values.
    """

    label: str
    unit: str
    better: str
    grades: Grades
    points: tuple[Point, ...]
    rows: tuple[Measure, ...]
    detectable: float | None
    important: str
    free: scales.Change | None
    stimulated: scales.Change | None

    @property
    def verdict(self) -> str:
        """What may be said about the child's own ability, without stimulation."""
        if self.free is None:
            return noop("measured once: nothing to compare yet")
        if not self.free.is_change:
            return self.free.words
        if self.is_better:
            return noop("better, beyond measurement error")
        return noop("worse, beyond measurement error")

    @property
    def moved(self) -> str:
        """From the first to the last value without stimulation: grades by name, numbers as a difference."""
        return self._moved(self.free, with_stimulation=False)

    @property
    def moved_stimulated(self) -> str:
        """The same with stimulation."""
        return self._moved(self.stimulated, with_stimulation=True)

    def _moved(self, change: scales.Change | None, *, with_stimulation: bool) -> str:
        if change is None:
            return ""
        if not self.grades:
            return f"{change.amount:+.3g} {self.unit}"
        kept = [p for p in self.points if p.with_stimulation is with_stimulation]
        first, last = (word_of(p.value, self.grades) for p in (kept[0], kept[-1]))
        if first == last:
            return _("still %(grade)s") % {"grade": first}
        return _("from %(first)s to %(last)s") % {"first": first, "last": last}

    @property
    def is_better(self) -> bool:
        """Whether the difference without stimulation points to the better."""
        return self.free is not None and (self.free.amount > 0) == (self.better == "higher")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionDose:
    """What one session delivered, as the units confirmed it.

    Attributes:
        at: when it began.
        ended: how.
        minutes: stimulated time of the longest unit. [min]
        contractions: of all units. [1]
        charge_mc: of all units. [mC]
        highest_ma: that any unit confirmed. [mA]
        levels: (n_units,) "A right quadriceps 18.5 mA".
    """

    at: datetime
    ended: str
    minutes: float
    contractions: int
    charge_mc: float
    highest_ma: float
    levels: tuple[str, ...]


def courses(child: Child) -> list[Course]:
    """Return every measure that can become better or worse, those with most values first."""
    groups: dict[tuple[str, ...], list[Measure]] = {}
    for m in measures.current(child):
        one = row_of(m.quantity, m.joint, m.movement)
        if one is not None and one.instrument.better:
            groups.setdefault((m.quantity, m.joint, m.movement, m.side), []).append(m)
    found = [_course(group) for group in groups.values()]
    return sorted(found, key=lambda c: (-len(c.points), c.label))


def _course(group: list[Measure]) -> Course:
    one = row_of(group[0].quantity, group[0].joint, group[0].movement)
    assert one is not None  # noqa: S101  grouped by rows of the sheet
    instrument = one.instrument
    first = next((m for m in group if not m.with_stimulation), group[0])
    matters = instrument.error_kind == "important" and instrument.error is not None
    return Course(
        label=measures.label_of(group[0]),
        unit=instrument.unit,
        better=instrument.better,
        grades=one.grades,
        points=tuple(_point(m) for m in group),
        rows=tuple(group),
        detectable=instrument.detectable(first.value),
        important=instrument.error.text if matters and instrument.error else "",
        free=_change([m for m in group if not m.with_stimulation]),
        stimulated=_change([m for m in group if m.with_stimulation]),
    )


def _point(m: Measure) -> Point:
    return Point(on=_day(m.at), value=m.value, error=m.error, with_stimulation=m.with_stimulation)


def _change(group: list[Measure]) -> scales.Change | None:
    if len(group) < 2:
        return None
    one = row_of(group[0].quantity, group[0].joint, group[0].movement)
    detectable = one.instrument.detectable(group[0].value) if one else None
    return scales.change(group[0].value, group[-1].value, detectable)


def doses(child: Child) -> list[SessionDose]:
    """Return the dose of every session that has ended, oldest first."""
    ended = Treatment.objects.filter(child=child, summary__isnull=False).order_by("started")
    return [_dose(t) for t in ended]


def _dose(treatment: Treatment) -> SessionDose:
    summary = treatment.summary or {}
    slots = summary.get("slots", [])
    return SessionDose(
        at=treatment.started,
        ended=treatment.how_it_ended,
        minutes=float(summary.get("minutes", 0.0)),
        contractions=sum(int(s.get("contractions", 0)) for s in slots),
        charge_mc=sum(float(s.get("charge_uc", 0.0)) for s in slots) / 1000.0,
        highest_ma=max((float(s.get("highest_ma") or 0.0) for s in slots), default=0.0),
        levels=tuple(_level(s) for s in slots),
    )


def _level(slot: Mapping[str, Any]) -> str:
    muscle = str(slot.get("muscle", "")).replace("_", " ")
    return f"{slot.get('slot')} {slot.get('side', '')} {muscle} {slot.get('highest_ma', 0.0):g} mA"


def t_points(child: Child) -> list[Point]:
    """Return the goal attainment T-score of the open episode over time."""
    episode = assessing.current_episode(child)
    return (
        [Point(on=_day(at), value=round(t, 2)) for at, t in assessing.t_scores(episode)]
        if episode
        else []
    )


def span_of(child: Child) -> tuple[date, date] | None:
    """Return the first and last day of anything that is drawn, so that charts stand in line."""
    days = [p.on for c in courses(child) for p in c.points]
    days += [_day(d.at) for d in doses(child)] + [p.on for p in t_points(child)]
    return (min(days), max(days)) if days else None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class GoalStanding:
    """A goal as the family sees it: five steps in words, and where the child stands."""

    goal: Goal
    level: int
    began: int
    steps: tuple[tuple[int, str], ...]


def standings(child: Child) -> list[GoalStanding]:
    """Return every goal of the open episode with its steps, the highest first."""
    episode = assessing.current_episode(child)
    found = []
    for goal in episode.goals.prefetch_related("ratings") if episode else ():
        rated = list(goal.ratings.all())
        steps = tuple((n, goal.levels.get(str(n), "")) for n in (2, 1, 0, -1, -2))
        level = rated[-1].level if rated else goal.baseline
        found.append(GoalStanding(goal=goal, level=level, began=goal.baseline, steps=steps))
    return found


# --- the home programme -----------------------------------------------------------------------


def home_items(child: Child) -> list[HomeItem]:
    """Return what the family does at home now."""
    return list(HomeItem.objects.filter(episode__child=child, ended__isnull=True))


def add_home_item(
    episode: Episode, typed: Mapping[str, str], *, by: User, at: datetime
) -> HomeItem:
    """Add one thing to do at home.

    Raises:
        BadInput: naming the first thing that is missing, or when the page is full.
    """
    if len(home_items(episode.child)) >= MOST_HOME_ITEMS:
        raise BadInput(
            _("The page holds %(most)d things in large type. End one before adding another.")
            % {"most": MOST_HOME_ITEMS}
        )
    fields = {}
    for key, name, longest in (
        ("title", _("The title"), 80),
        ("how", _("How to do it"), 200),
        ("how_often", _("How often"), 80),
        ("stop_when", _("When to stop"), 100),
    ):
        some_text(name, typed.get(key, ""), longest)
        fields[key] = typed[key].strip()
    one_of("pictogram", typed.get("pictogram", ""), tuple(POSES))
    return HomeItem.objects.create(
        episode=episode, pictogram=typed["pictogram"], by=by, at=at, **fields
    )


def end_home_item(item: HomeItem, at: datetime) -> None:
    """Take one thing off the page; it stays on record."""
    HomeItem.objects.filter(pk=item.pk, ended__isnull=True).update(ended=at)


def _day(moment: datetime) -> date:
    return clock.to_wall(moment, settings.CLINIC_ZONE).date()
