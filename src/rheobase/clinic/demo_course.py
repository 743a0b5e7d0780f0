"""Ten weeks of Jonas in the chart of the demo, so that progress is seen as a course.

Invented, like Jonas: what a boy of eleven with a weak right foot might show. Some of it is a change,
some of it is within the error of measuring, as it is.
"""

from datetime import datetime, timedelta

from rheobase.clinic.assessment import measures
from rheobase.clinic.assessment.models import Episode, Goal
from rheobase.clinic.assessment.services import add_goal, add_problem, rate_goal, rate_problems
from rheobase.clinic.people.models import User

BEGAN_DAYS = 70
# days ago; what was measured: force [N] right and left, active and passive dorsiflexion [deg], tone,
# six-minute walk [m]; levels of the two goals; performance and satisfaction
COURSE = (
    (68, ("41 44", "98 103", "-9", "3", "2", "402"), (-2, -1), (3, 2)),
    (47, ("49 52", "101 99", "-7", "4", "2", "431"), (-1, -1), (4, 4)),
    (26, ("60 57", "97 104", "-4", "4", "1+", "468"), (-1, 0), (5, 5)),
    (5, ("69 72", "102 105", "-3", "5", "1+", "489"), (0, 0), (6, 7)),
)
LEGS = (
    "ankle-dorsiflexion-force_n:right",
    "ankle-dorsiflexion-force_n:left",
    "ankle-dorsiflexion-active_deg:right",
    "ankle-dorsiflexion-passive_max_deg:right",
    "ankle-plantarflexion-tone_mas_code:right",
)
WALK = "six_minute_walk_m:body"
GOALS = (
    {
        "text": "Walks to school without catching the right toes",
        "focus": "strength",
        "level:-2": "Catches them on every stretch",
        "level:-1": "Catches them three to five times",
        "level:0": "Catches them once or twice",
        "level:1": "Does not catch them on the way there",
        "level:2": "Does not catch them there and back",
        "weight": "2",
        "baseline": "-2",
    },
    {
        "text": "Climbs the stairs at school",
        "focus": "motor_control",
        "level:-2": "Step by step, two hands on the rail",
        "level:-1": "Step by step, one hand on the rail",
        "level:0": "Foot over foot, one hand on the rail",
        "level:1": "Foot over foot, a hand near the rail",
        "level:2": "Foot over foot, with his bag",
        "weight": "1",
        "baseline": "-1",
    },
)
PROBLEM = {"text": "Keeping up with his friends on the way to school", "importance": "8"}


def record(episode: Episode, by: User, now: datetime) -> None:
    """Put ten weeks into an empty chart.

    Args:
        episode: of Jonas.
        by: the therapist who measured.
        now: the present moment.
    """
    if episode.measures.exists():
        return
    first = now - timedelta(days=COURSE[0][0])
    goals = [add_goal(episode, typed, by=by, at=first) for typed in GOALS]
    add_problem(episode, PROBLEM, first)
    for days, values, levels, copm in COURSE:
        at = now - timedelta(days=days)
        _measured(episode, values, by, at)
        if at > first:
            _rated(goals, levels, by, at)
        _scored(episode, copm, by, at)


def _measured(episode: Episode, values: tuple[str, ...], by: User, at: datetime) -> None:
    sheets = {
        "legs": dict(zip(LEGS, values[:-1], strict=True)),
        "basics": {WALK: values[-1]},
    }
    for part, typed in sheets.items():
        entries, wrong = measures.read_sheet(part, typed)
        if wrong:
            raise ValueError(f"the demo's sheet {part} is wrong: {wrong}")
        measures.record(
            episode, entries, by=by, at=at, conditions="lying, shoes off", with_stimulation=False
        )


def _rated(goals: list[Goal], levels: tuple[int, ...], by: User, at: datetime) -> None:
    for goal, level in zip(goals, levels, strict=True):
        rate_goal(goal, level, "therapist", by=by, at=at)


def _scored(episode: Episode, copm: tuple[int, int], by: User, at: datetime) -> None:
    performance, satisfaction = map(str, copm)
    typed = {}
    for problem in episode.problems.all():
        typed[f"{problem.pk}:performance"] = performance
        typed[f"{problem.pk}:satisfaction"] = satisfaction
    rate_problems(episode, typed, by=by, at=at)
