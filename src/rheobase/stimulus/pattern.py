"""On, off and ramps: how a channel's train is switched over seconds and minutes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range


class Coordination(StrEnum):
    """How the channels of one prescription are timed against each other."""

    TOGETHER = "together"
    ALTERNATING = "alternating"
    SEQUENCE = "sequence"
    TRIGGERED = "triggered"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One cycle is delay, ramp up, on, ramp down, off; ramps lie inside the on time's two ends.

    Attributes:
        on_s: from the start of the ramp up to the start of the ramp down. [s]
        off_s: from the end of the ramp down to the next cycle. [s]
        ramp_up_s: linear rise from 0 to the set amplitude; part of `on_s`. [s]
        ramp_down_s: linear fall to 0, after `on_s`. [s]
        offset_s: delay within the cycle, for sequences (seat-off 0, gluteus +0.3). [s]
        repetitions: number of cycles; the session's minutes may end it earlier. [1]
    """

    on_s: float
    off_s: float
    ramp_up_s: float
    ramp_down_s: float
    offset_s: float
    repetitions: int

    def __post_init__(self) -> None:
        in_range("on_s", self.on_s, 0.5, 3600.0, "s")
        in_range("off_s", self.off_s, 0.0, 600.0, "s")
        in_range("ramp_up_s", self.ramp_up_s, 0.0, 10.0, "s")
        in_range("ramp_down_s", self.ramp_down_s, 0.0, 10.0, "s")
        in_range("offset_s", self.offset_s, 0.0, 60.0, "s")
        in_range("repetitions", self.repetitions, 1, 10_000, "cycles")
        if self.ramp_up_s > self.on_s:
            raise BadInput(
                f"ramp_up_s is {self.ramp_up_s:g} s but the on time is only {self.on_s:g} s. "
                "Shorten the ramp or lengthen the on time."
            )

    @property
    def cycle_s(self) -> float:
        """Length of one cycle without the offset. [s]"""
        return self.on_s + self.ramp_down_s + self.off_s
