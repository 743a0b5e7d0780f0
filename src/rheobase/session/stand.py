"""Where a session's output stands: the conductor's whole memory, as frozen values."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import final

from rheobase.errors import BadInput
from rheobase.session.timetable import Phase, Plan


class Mode(StrEnum):
    """What a unit is used for at the moment."""

    SILENT = "silent"
    RELEASE = "release"  # ramping out
    PULSES = "pulses"  # twitch check or motor-point search at a low rate
    LADDER = "ladder"  # its own cycle, alone, while its level is set
    BLOCK = "block"  # in the common cycle


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SlotStand:
    """One unit.

    Attributes:
        slot: "A", "B" or "C".
        level_ma: what the therapist has set; 0 after every stop. [mA]
        mode: what the unit is used for.
        since_ms: when the mode began. [ms]
        until_ms: when pulses end by themselves, or None. [ms]
        release_ma: level at which a release began. [mA]
        touched_ms: last press of louder or quieter, or None. [ms]
        raised_ms: last press of louder, or None. [ms]
        stimulated_ms: time with output above 0 in this session. [ms]
        searched_ms: time spent searching. [ms]
        cycles: contractions of closed blocks and triggers. [1]
        phase: what it is doing.
        phase_ms: when the phase began. [ms]
        wish_ma: the last wish. [mA]
        wish_hz: its rate. [Hz]
        output_ms: when the wish was last above 0. [ms]
        reached_ma: highest wish since the level was set: what the child has felt. [mA]
    """

    slot: str
    level_ma: float
    mode: Mode
    since_ms: float
    until_ms: float | None
    release_ma: float
    touched_ms: float | None
    raised_ms: float | None
    stimulated_ms: float
    searched_ms: float
    cycles: int
    phase: Phase
    phase_ms: float
    wish_ma: float
    wish_hz: float
    output_ms: float
    reached_ma: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """All units, and the block they are in.

    Attributes:
        slots: one per channel, in the order of the prescription.
        now_ms: time of the last tick. [ms]
        first_output_ms: when output first rose above 0, or None. [ms]
        block: number of the block now or last (0: none yet). [1]
        block_until_ms: latest end of the running block, or None between blocks. [ms]
        block_left_ms: what a paused block has left. [ms]
        triggered_ms: time of the last trigger of each slot. [ms]
        turn: number of triggers so far, for taking turns. [1]
    """

    slots: tuple[SlotStand, ...]
    now_ms: float
    first_output_ms: float | None
    block: int
    block_until_ms: float | None
    block_left_ms: float
    triggered_ms: dict[str, float]
    turn: int

    def slot(self, slot: str) -> SlotStand:
        """Return the unit of a slot.

        Raises:
            BadInput: if no unit of this session has the slot.
        """
        for one in self.slots:
            if one.slot == slot:
                return one
        known = ", ".join(one.slot for one in self.slots)
        raise BadInput(f"slot={slot!r} is not in this session. Use one of: {known}.")

    def with_slot(self, changed: SlotStand) -> "Stand":
        """Return the stand with one unit replaced."""
        slots = tuple(changed if one.slot == changed.slot else one for one in self.slots)
        return replace(self, slots=slots)

    @property
    def silent(self) -> bool:
        """Nothing is wished above 0."""
        return all(one.wish_ma == 0.0 for one in self.slots)

    @property
    def running(self) -> bool:
        """A block is running."""
        return self.block_until_ms is not None


def at_rest(plan: Plan, now_ms: float) -> Stand:
    """Return the stand of a session that has not begun: every level 0, every unit silent."""
    slots = tuple(
        SlotStand(
            slot=order.slot,
            level_ma=0.0,
            mode=Mode.SILENT,
            since_ms=now_ms,
            until_ms=None,
            release_ma=0.0,
            touched_ms=None,
            raised_ms=None,
            stimulated_ms=0.0,
            searched_ms=0.0,
            cycles=0,
            phase=Phase.OFF,
            phase_ms=now_ms,
            wish_ma=0.0,
            wish_hz=order.frequency_hz,
            output_ms=-math.inf,
            reached_ma=0.0,
        )
        for order in plan.prescription.channels
    )
    return Stand(
        slots=slots,
        now_ms=now_ms,
        first_output_ms=None,
        block=0,
        block_until_ms=None,
        block_left_ms=0.0,
        triggered_ms={},
        turn=0,
    )
