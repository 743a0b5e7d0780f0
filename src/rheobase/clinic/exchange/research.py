"""What was done and what came of it as tables, without names and without free text.

A child is its opaque identifier. Sessions are one row per unit; measures one row per value; ratings
one row per goal and rater.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from rheobase.clinic.assessment.models import GoalRating, Measure
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.people.models import Child
from rheobase.clinic.tables import NOT_LICENSED, Column, Row, Shape

CHILD: Final = Column(name="child", kind="text", text="opaque identifier of the child")

SESSIONS: Final = Shape(
    title="sessions, one row per unit",
    licence=NOT_LICENSED,
    columns=(
        CHILD,
        Column(name="session", kind="text", text="identifier of the session"),
        Column(name="started_utc", kind="moment", text="when it was opened"),
        Column(name="ended_utc", kind="moment", text="when it ended"),
        Column(name="how_it_ended", kind="text", text="finished, stopped or interrupted"),
        Column(name="plan_version", kind="count", text="of the signed plan"),
        Column(name="plan_digest", kind="text", text="SHA-256 of what was signed"),
        Column(name="slot", kind="text", text="A, B or C"),
        Column(name="muscle", kind="text", text="target"),
        Column(name="side", kind="text", text="left, right or both"),
        Column(name="unit", kind="text", text="the stimulation unit"),
        Column(name="frequency_hz", kind="number", unit="Hz", text="pulses per second, signed"),
        Column(name="pulse_width_us", kind="number", unit="us", text="one phase, signed"),
        Column(name="ceiling_ma", kind="number", unit="mA", text="highest current, signed"),
        Column(name="minutes", kind="number", unit="min", text="stimulated time, delivered"),
        Column(name="twitch_minutes", kind="number", unit="min", text="time of single twitches"),
        Column(name="contractions", kind="count", text="delivered"),
        Column(name="highest_ma", kind="number", unit="mA", text="highest confirmed current"),
        Column(name="charge_uc", kind="number", unit="uC", text="delivered"),
    ),
)
MEASURES: Final = Shape(
    title="measures, one row per value",
    licence=NOT_LICENSED,
    columns=(
        CHILD,
        Column(name="measure", kind="count", text="number of the record"),
        Column(name="at_utc", kind="moment", text="when it was measured"),
        Column(name="instrument", kind="text", text="key in evidence/instruments.toml"),
        Column(name="quantity", kind="text", text="what was measured"),
        Column(name="joint", kind="text", text="where"),
        Column(name="movement", kind="text", text="of the joint"),
        Column(name="side", kind="text", text="left or right"),
        Column(name="value", kind="number", text="in the unit of the row"),
        Column(name="unit", kind="text", text="of value and standard error"),
        Column(name="standard_error", kind="number", text="of one value; empty if none was read"),
        Column(name="trials", kind="count", text="how many the value comes from"),
        Column(name="with_stimulation", kind="yes or no", text="measured while stimulated"),
        Column(name="superseded_by", kind="count", text="the corrected record"),
        Column(name="rater", kind="count", text="number of the person who measured"),
    ),
)
RATINGS: Final = Shape(
    title="goal attainment, one row per rating",
    licence=NOT_LICENSED,
    columns=(
        CHILD,
        Column(name="goal", kind="text", text="identifier of the goal"),
        Column(name="focus", kind="text", text="of the treatment"),
        Column(name="weight", kind="count", text="of the goal"),
        Column(name="baseline", kind="count", text="level it began at, -2 to +2"),
        Column(name="at_utc", kind="moment", text="when it was rated"),
        Column(name="rated_by", kind="text", text="therapist, family or child"),
        Column(name="level", kind="count", text="-2 to +2, 0 is expected"),
    ),
)


def sessions(children: Iterable[Child]) -> Iterator[Row]:
    """Yield the sessions of some children, oldest first."""
    rows = Treatment.objects.filter(child__in=children).select_related("plan", "child")
    for treatment in rows.order_by("started", "pk"):
        yield from _session(treatment)


def measures(children: Iterable[Child]) -> Iterator[Row]:
    """Yield the measures of some children, oldest first, corrected ones included."""
    rows = Measure.objects.filter(episode__child__in=children)
    for row in rows.select_related("episode__child", "superseded_by").order_by("at", "pk"):
        newer = getattr(row, "superseded_by", None)
        yield {
            "child": row.episode.child.opaque,
            "measure": row.pk,
            "at_utc": row.at,
            **{
                name: getattr(row, name)
                for name in ("instrument", "quantity", "joint", "movement", "side", "value", "unit")
            },
            "standard_error": row.error or None,
            "trials": len(row.trials) or 1,
            "with_stimulation": row.with_stimulation,
            "superseded_by": newer.pk if newer else None,
            "rater": row.by_id,
        }


def ratings(children: Iterable[Child]) -> Iterator[Row]:
    """Yield the goal attainment ratings of some children, oldest first."""
    rows = GoalRating.objects.filter(goal__episode__child__in=children)
    for row in rows.select_related("goal__episode__child").order_by("at", "pk"):
        yield {
            "child": row.goal.episode.child.opaque,
            "goal": row.goal_id.hex,
            "focus": row.goal.focus,
            "weight": row.goal.weight,
            "baseline": row.goal.baseline,
            "at_utc": row.at,
            "rated_by": row.rated_by,
            "level": row.level,
        }


TABLES: Final[Mapping[str, tuple[Shape, Callable[[Iterable[Child]], Iterator[Row]]]]] = {
    "sessions": (SESSIONS, sessions),
    "measures": (MEASURES, measures),
    "ratings": (RATINGS, ratings),
}


def _session(treatment: Treatment) -> Iterator[Row]:
    summary = treatment.summary or {}
    done = {one["slot"]: one for one in summary.get("slots", [])}
    channels = treatment.plan.sealed.get("prescription", {}).get("channels", [])
    orders = {c["slot"]: c for c in channels}
    for unit in treatment.units:
        order: dict[str, Any] = orders.get(unit["slot"], {})
        slot: dict[str, Any] = done.get(unit["slot"], {})
        yield {
            **{name: order.get(name) for name in SESSIONS.names},
            **{name: slot[name] for name in SESSIONS.names if name in slot},
            "child": treatment.child.opaque,
            "session": treatment.pk.hex,
            "started_utc": treatment.started,
            "ended_utc": treatment.ended,
            "how_it_ended": treatment.how_it_ended,
            "plan_version": treatment.plan.version,
            "plan_digest": treatment.plan.digest,
            "slot": unit["slot"],
            "unit": unit["name"],
        }
