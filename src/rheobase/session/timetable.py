"""When each unit is on: common cycles of one to three patterns, and checks before a session starts.

Every unit of a prescription follows one common cycle, so that distances between units never drift:
together and sequence start at their offsets (at least `stagger_s` apart), alternating units take
turns, triggered units run one common cycle per trigger.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from rheobase.errors import BadInput
from rheobase.safety.limits import band_for
from rheobase.session.rules import Rules
from rheobase.stimulus import (
    CO_CONTRACTION,
    ChannelOrder,
    Coordination,
    Pattern,
    Posture,
    Prescription,
    Trigger,
)


class Phase(StrEnum):
    """What a unit is doing at this moment."""

    ON = "on"
    OFF = "off"
    RAMP_UP = "ramp up"
    RAMP_DOWN = "ramp down"
    REST = "rest"
    WAITING = "waiting"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The common cycle.

    Attributes:
        starts_s: start of each slot's ramp up within the cycle. [s]
        period_s: length of the cycle. [s]
    """

    starts_s: dict[str, float]
    period_s: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything about a session that does not change while it runs.

    Attributes:
        prescription: what was signed.
        interlocks: pairs of muscles that must not be on together on one side.
        rules: times and rates.
    """

    prescription: Prescription
    interlocks: tuple[tuple[str, str], ...]
    rules: Rules

    def __post_init__(self) -> None:
        reasons = obstacles(self)
        if reasons:
            raise BadInput(" ".join(reasons))

    @property
    def triggered(self) -> bool:
        """A button starts each cycle."""
        orders = self.prescription.channels
        by_button = any(order.trigger is not Trigger.SCHEDULE for order in orders)
        return by_button or self.prescription.coordination is Coordination.TRIGGERED

    def crew(self, block: int) -> tuple[ChannelOrder, ...]:
        """Return the units of a block (1, 2, ...): the first may be smaller."""
        orders = self.prescription.channels
        return orders[: self.prescription.units_at_first] if block == 1 else orders


def timetable(plan: Plan, block: int) -> Timetable:
    """Return the common cycle of a block."""
    crew = plan.crew(block)
    if plan.prescription.coordination is Coordination.ALTERNATING:
        return _turns(crew)
    starts: dict[str, float] = {}
    earliest = 0.0
    for order in sorted(crew, key=lambda order: order.pattern.offset_s):
        starts[order.slot] = max(order.pattern.offset_s, earliest)
        earliest = starts[order.slot] + plan.rules.stagger_s
    period = max(starts[order.slot] + order.pattern.cycle_s for order in crew)
    return Timetable(starts_s=starts, period_s=period)


def _turns(crew: tuple[ChannelOrder, ...]) -> Timetable:
    starts: dict[str, float] = {}
    at = 0.0
    for order in crew:
        starts[order.slot] = at
        at += order.pattern.on_s + order.pattern.ramp_down_s
    return Timetable(
        starts_s=starts, period_s=max(at, *(order.pattern.cycle_s for order in crew), 0.0)
    )


def envelope(pattern: Pattern, since_start_s: float) -> tuple[float, Phase]:
    """Return the fraction of the level and the phase within one cycle.

    Args:
        pattern: on time and ramps.
        since_start_s: time since this unit's ramp up began. [s]

    Returns:
        Fraction 0 to 1 [1], and the phase.
    """
    t = since_start_s
    if t < 0.0:
        return 0.0, Phase.WAITING
    if t < pattern.ramp_up_s:
        return t / pattern.ramp_up_s, Phase.RAMP_UP
    if t < pattern.on_s:
        return 1.0, Phase.ON
    if t < pattern.on_s + pattern.ramp_down_s:
        return 1.0 - (t - pattern.on_s) / pattern.ramp_down_s, Phase.RAMP_DOWN
    return 0.0, Phase.REST


def antagonists(plan: Plan) -> frozenset[tuple[str, str]]:
    """Return the pairs of slots that must never be on together (empty if co-contraction is signed)."""
    if any(override.rule == CO_CONTRACTION for override in plan.prescription.overrides):
        return frozenset()
    pairs = {frozenset(pair) for pair in plan.interlocks}
    orders = plan.prescription.channels
    return frozenset(
        (one.slot, other.slot)
        for one in orders
        for other in orders
        if one.slot < other.slot
        and one.side is other.side
        and frozenset((one.muscle, other.muscle)) in pairs
    )


def obstacles(plan: Plan) -> tuple[str, ...]:
    """Return every reason why this prescription cannot be run, empty if it can."""
    prescription = plan.prescription
    reasons = []
    if prescription.first_exposure and prescription.posture in (
        Posture.STANDING,
        Posture.WALKING,
    ):
        reasons.append(
            f"The child has never been stimulated before and would be {prescription.posture}. "
            "Sign a first session lying or sitting."
        )
    shortest_s = band_for(prescription.age_months).ramp_up_min_s
    for order in prescription.channels:
        if order.pattern.ramp_up_s < shortest_s:
            reasons.append(
                f"Unit {order.slot} would rise within {order.pattern.ramp_up_s:g} s. "
                f"At this age sign a ramp of at least {shortest_s:g} s."
            )
    by_sensor = any(order.trigger is Trigger.SENSOR for order in prescription.channels)
    if by_sensor and prescription.sensing is None:
        reasons.append(
            "A unit would be started by a sensor, but no thresholds were signed. Sign them, or "
            "start the unit by a button."
        )
    by_button = {order.trigger is not Trigger.SCHEDULE for order in prescription.channels}
    if len(by_button) > 1 and prescription.coordination is not Coordination.TRIGGERED:
        reasons.append(
            "Some units follow the clock and others a button. Sign one or the other for all units."
        )
    return (*reasons, *_opposed(plan))


def _opposed(plan: Plan) -> list[str]:
    pairs = antagonists(plan)
    if not pairs or plan.prescription.coordination is Coordination.ALTERNATING:
        return []
    starts = timetable(plan, 2).starts_s
    reasons = []
    for first, second in sorted(pairs):
        one, other = plan.prescription.channel(first), plan.prescription.channel(second)
        if starts[second] < starts[first]:
            one, other = other, one
        end_s = starts[one.slot] + one.pattern.on_s + one.pattern.ramp_down_s
        if starts[other.slot] < end_s:
            reasons.append(
                f"{one.muscle} and {other.muscle} work against each other and would be on together. "
                f"Separate them in time, or sign an override of the rule '{CO_CONTRACTION}'."
            )
    return reasons
