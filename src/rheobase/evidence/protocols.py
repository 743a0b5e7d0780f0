"""Published protocols: what was stimulated in whom, how, and what came of it.

Each value carries its own tag, because one protocol may hold values that were read and values
that are only recalled. The table is `protocols.toml`.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import final

from rheobase.errors import BadInput
from rheobase.evidence.load import TAGS, Standing, entries, one_of

VERDICTS = ("positive", "mixed", "null", "case")


class Focus(StrEnum):
    """What the treatment is for."""

    STRENGTH = "strength"
    TONE = "tone"
    RANGE = "range"
    MOTOR_LEARNING = "motor_learning"
    MOTOR_CONTROL = "motor_control"
    SENSORY = "sensory"
    ALIGNMENT = "alignment"


class Level(StrEnum):
    """How far up the intensity ladder the protocol goes."""

    SENSORY = "sensory"  # felt
    TWITCH = "twitch"  # seen at a low rate
    MOTOR = "motor"  # contraction just seen at the train's rate
    FUNCTIONAL = "functional"  # produces the wanted movement
    MAXIMAL = "maximal"  # strong, tolerated; strengthening from eight years


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One published value, or a range.

    Attributes:
        value: the number, or None where only a range is given.
        low, high: the range, or None.
        unit: its unit.
        tag: document and tag.
    """

    unit: str
    tag: str
    value: float | None = None
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if self.tag not in TAGS:
            raise BadInput(f"tag={self.tag!r} is not known. Correct the table.")
        if self.value is None and (self.low is None or self.high is None):
            raise BadInput("A published value needs a number or a range. Correct the table.")
        if self.low is not None and self.high is not None and not self.low <= self.high:
            raise BadInput(f"The range {self.low:g} to {self.high:g} is empty. Correct the table.")

    @property
    def standing(self) -> Standing:
        """What the tag means to a reader."""
        return TAGS[self.tag]

    @property
    def number(self) -> float:
        """The number itself.

        Raises:
            BadInput: if only a range is given.
        """
        if self.value is None:
            raise BadInput(f"The table gives only a range ({self.text}). Add a value to it.")
        return self.value

    @property
    def most(self) -> float:
        """The upper end of the range, or the number where there is no range."""
        return self.number if self.high is None else self.high

    @property
    def least(self) -> float:
        """The lower end of the range, or the number where there is no range."""
        return self.number if self.low is None else self.low

    @property
    def text(self) -> str:
        """The value with its unit, for people."""
        if self.value is not None:
            return f"{self.value:g} {self.unit}"
        return f"{self.low:g} to {self.high:g} {self.unit}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One measured effect, with its confidence interval where it was read."""

    measure: str
    value: float
    unit: str
    tag: str
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> str:
        """The effect for people."""
        interval = "" if self.low is None else f" ({self.low:g} to {self.high:g})"
        return f"{self.measure} {self.value:+g}{interval} {self.unit}"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One row of the reference (fields: see `protocols.toml`)."""

    key: str
    name: str
    row: str
    source: str
    design: str
    population: str
    muscles: tuple[str, ...]
    bilateral: bool
    focus: tuple[Focus, ...]
    task: str
    level: Level
    level_tag: str
    outcome: str
    outcome_tag: str
    verdict: str
    continuous: bool = False
    age_months: Value | None = None
    frequency_hz: Value | None = None
    pulse_width_us: Value | None = None
    amplitude_ma: Value | None = None
    on_s: Value | None = None
    off_s: Value | None = None
    repetitions: Value | None = None
    minutes: Value | None = None
    per_week: Value | None = None
    weeks: Value | None = None
    effects: tuple[Effect, ...] = ()

    def covers(self, age_months: float) -> bool | None:
        """Whether the study had children of this age; None if its ages are not known. [months]"""
        if self.age_months is None:
            return None
        low, high = self.age_months.low, self.age_months.high
        return low is not None and high is not None and low <= age_months < high + 1.0


@cache
def protocols() -> dict[str, Protocol]:
    """Return every protocol by its key.

    Raises:
        BadInput: naming the first entry that is incomplete.
    """
    found = entries(Protocol, "protocols")
    for key, one in found.items():
        if one.verdict not in VERDICTS or {one.level_tag, one.outcome_tag} - TAGS.keys():
            raise BadInput(f"Protocol {key!r} has an unknown verdict or tag. Correct the table.")
    return found


def protocol(key: str) -> Protocol:
    """Return one protocol.

    Raises:
        BadInput: if there is none of that name.
    """
    return one_of(protocols(), "protocol", key)
