"""Where one unit is, and what may happen to it: pure, small enough to be explored exhaustively.

    OFF -> IDENTIFIED -> CHECKED -> ARMED -> RUNNING <-> PAUSED     STOP: any -> STOPPING -> OFF
    FAULT is latched: a hard fault leads there from anywhere but OFF, two operator actions lead
    out, to IDENTIFIED.

Output above zero is possible only in RUNNING. "Easing" is the last second of RUNNING: the supervisor
lowers the output by itself, whatever is wished, until PAUSED.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import final

from rheobase.session.messages import Stage


class Event(StrEnum):
    """What can happen to a unit."""

    IDENTIFIED = "identified"
    CONFIRMED = "checklist confirmed"
    ARM = "arm"
    RUN = "run"
    EASE = "pause or soft fault"
    EASED = "reached 0 mA"
    STOP = "stop"
    STOPPED = "halted"
    BREAK = "hard fault"
    SEEN = "fault seen"
    RELEASED = "fault released"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit, as the supervisor sees it.

    Attributes:
        stage: where it is.
        easing: the output is being lowered to 0 by the supervisor.
        seen: the operator has seen the fault.
        armed: digest of the prescription it is bound to, or "".
    """

    stage: Stage = Stage.OFF
    easing: bool = False
    seen: bool = False
    armed: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the supervisor knows when something happens.

    Attributes:
        session_fresh: the session's heartbeat is fresh.
        console_fresh: the console has shown presence.
        signed: digest of the prescription that was verified last, or "".
    """

    session_fresh: bool
    console_fresh: bool
    signed: str


Rule = Callable[[Unit, Situation], Unit | None]

CAN_RUN = (Stage.ARMED, Stage.PAUSED)
LATCHED = (Stage.OFF, Stage.FAULT)  # a stop leaves these where they are: silent already
NEEDS_HEARTBEAT = (Stage.ARMED, Stage.RUNNING, Stage.PAUSED)


def move(unit: Unit, event: Event, now: Situation) -> Unit | None:
    """Return the unit after an event, or None where the event is refused."""
    return RULES[event](unit, now)


def may_output(unit: Unit, now: Situation) -> bool:
    """Return whether a unit may deliver anything above 0 mA."""
    bound = unit.armed == now.signed != ""
    live = now.console_fresh or unit.easing
    return unit.stage is Stage.RUNNING and bound and now.session_fresh and live


def follows(unit: Unit, now: Situation) -> Event | None:
    """Return what must happen to a unit because of the time alone, or None."""
    if unit.stage in NEEDS_HEARTBEAT and not now.session_fresh:
        return Event.BREAK
    if unit.stage is Stage.RUNNING and not (now.console_fresh or unit.easing):
        return Event.EASE
    return None


def _stop(unit: Unit, _now: Situation) -> Unit:
    return unit if unit.stage in LATCHED else Unit(stage=Stage.STOPPING)


def _break(unit: Unit, _now: Situation) -> Unit:
    return unit if unit.stage is Stage.OFF else Unit(stage=Stage.FAULT)


def _advance(before: Stage, after: Stage) -> Rule:
    return lambda unit, _now: Unit(stage=after) if unit.stage is before else None


def _arm(unit: Unit, now: Situation) -> Unit | None:
    if unit.stage is not Stage.CHECKED or not now.session_fresh or not now.signed:
        return None
    return Unit(stage=Stage.ARMED, armed=now.signed)


def _run(unit: Unit, now: Situation) -> Unit | None:
    live = now.session_fresh and now.console_fresh
    if unit.stage not in CAN_RUN or not live or unit.armed != now.signed:
        return None
    return replace(unit, stage=Stage.RUNNING)


def _ease(unit: Unit, _now: Situation) -> Unit | None:
    return replace(unit, easing=True) if unit.stage is Stage.RUNNING else None


def _eased(unit: Unit, _now: Situation) -> Unit | None:
    return replace(unit, stage=Stage.PAUSED, easing=False) if unit.easing else None


def _seen(unit: Unit, _now: Situation) -> Unit | None:
    return replace(unit, seen=True) if unit.stage is Stage.FAULT else None


def _released(unit: Unit, _now: Situation) -> Unit | None:
    return Unit(stage=Stage.IDENTIFIED) if unit.seen else None


RULES: dict[Event, Rule] = {
    Event.IDENTIFIED: _advance(Stage.OFF, Stage.IDENTIFIED),
    Event.CONFIRMED: _advance(Stage.IDENTIFIED, Stage.CHECKED),
    Event.ARM: _arm,
    Event.RUN: _run,
    Event.EASE: _ease,
    Event.EASED: _eased,
    Event.STOP: _stop,
    Event.STOPPED: _advance(Stage.STOPPING, Stage.OFF),
    Event.BREAK: _break,
    Event.SEEN: _seen,
    Event.RELEASED: _released,
}
