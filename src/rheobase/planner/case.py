"""A case: everything a proposal depends on, the date of today included.

Nothing comes from a database, a setting or the clock, so that any case can be replayed from a file.
"""

from dataclasses import dataclass
from datetime import date
from typing import final

from rheobase.errors import BadInput
from rheobase.evidence.contraindications import rule
from rheobase.evidence.muscles import muscle
from rheobase.evidence.protocols import Focus, protocol
from rheobase.evidence.tasks import task
from rheobase.model.body.child import Child
from rheobase.model.response import Observation
from rheobase.planner.edits import Edits
from rheobase.stimulus.checks import identifier, in_range, some_text
from rheobase.stimulus.pads import Segment, Side
from rheobase.stimulus.prescription import Override, Posture

INFANT_PATHWAY = "infant pathway"  # the override that children under three need
UNKNOWN = "unknown"  # the answer of someone who does not know


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One muscle of one side."""

    muscle: str
    side: Side

    def __post_init__(self) -> None:
        muscle(self.muscle)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A part of the body, of one side or (None) of both."""

    segment: Segment
    side: Side | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one screening question.

    Attributes:
        answer: key of a choice of the rule, or "unknown".
        on: the date that belongs to it, if the rule asks for one.
        sites: where, if the rule asks for sites.
    """

    answer: str
    on: date | None = None
    sites: tuple[Site, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """A named clinician's permission.

    Attributes:
        rule: key of a screening rule or of a muscle, or a clearance named in `safety.montage`.
        by: who gave it.
        on: when.
    """

    rule: str
    by: str
    on: date

    def __post_init__(self) -> None:
        some_text("rule", self.rule, 100)
        some_text("by", self.by, 100)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOwned:
    """A stimulation unit that could be used, as its maker describes it.

    Attributes:
        make: name of the make.
        amplitude_max_ma, amplitude_step_ma: highest current, and smallest step. [mA]
        pulse_width_min_us, pulse_width_max_us: range of one phase. [us]
        frequency_min_hz, frequency_max_hz: range. [Hz]
    """

    make: str
    amplitude_max_ma: float
    amplitude_step_ma: float
    pulse_width_min_us: float
    pulse_width_max_us: float
    frequency_min_hz: float
    frequency_max_hz: float

    def __post_init__(self) -> None:
        some_text("make", self.make, 64)
        in_range("amplitude_max_ma", self.amplitude_max_ma, 1.0, 150.0, "mA")
        in_range("amplitude_step_ma", self.amplitude_step_ma, 0.01, self.amplitude_max_ma, "mA")
        in_range("pulse_width_max_us", self.pulse_width_max_us, 20.0, 10_000.0, "us")
        in_range("pulse_width_min_us", self.pulse_width_min_us, 0.0, self.pulse_width_max_us, "us")
        in_range("frequency_max_hz", self.frequency_max_hz, 1.0, 10_000.0, "Hz")
        in_range("frequency_min_hz", self.frequency_min_hz, 0.0, self.frequency_max_hz, "Hz")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LastTime:
    """The current at which a muscle was used in the last session. [mA]"""

    muscle: str
    side: Side
    used_ma: float

    def __post_init__(self) -> None:
        muscle(self.muscle)
        in_range("used_ma", self.used_ma, 0.0, 130.0, "mA")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What came before.

    Attributes:
        first_exposure: the child has never been stimulated.
        sessions: number of sessions so far. [1]
        last: current of each muscle in the last session.
    """

    first_exposure: bool
    sessions: int
    last: tuple[LastTime, ...] = ()

    def __post_init__(self) -> None:
        in_range("sessions", self.sessions, 0, 10_000, "sessions")
        if self.first_exposure and (self.sessions or self.last):
            raise BadInput(
                "A child that was never stimulated cannot have earlier sessions. "
                "Set first_exposure to false, or sessions to 0."
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a proposal depends on.

    Attributes:
        today: the day of the proposal.
        child_id: opaque identifier; never a name.
        child: facts about the body.
        therapist: identifier of whoever asks.
        focus: what the treatment is for.
        targets: one to three muscles; () if a task chooses them.
        task: key of a task, "" for none.
        task_side: the side the task works for; needed with `task` alone.
        protocol: key of a published protocol to follow, "" to choose one.
        posture: how the child will be placed; None takes the task's.
        screening: answer by rule.
        clearances: permissions on record.
        units: what could be used.
        history: what came before.
        observations: what was seen at the bedside; calibrates the prediction.
        overrides: exceptions the therapist takes on, with reasons.
        edits: what the therapist wants changed in the proposal.
        note: free text, changes nothing.
    """

    today: date
    child_id: str
    child: Child
    therapist: str
    focus: Focus
    screening: dict[str, Answer]
    units: tuple[UnitOwned, ...]
    history: History
    targets: tuple[Target, ...] = ()
    task: str = ""
    task_side: Side | None = None
    protocol: str = ""
    posture: Posture | None = None
    clearances: tuple[Clearance, ...] = ()
    observations: tuple[Observation, ...] = ()
    overrides: tuple[Override, ...] = ()
    edits: Edits | None = None
    note: str = ""

    def __post_init__(self) -> None:
        identifier("child_id", self.child_id)
        identifier("therapist", self.therapist)
        if self.task:
            task(self.task)
        if self.protocol:
            protocol(self.protocol)
        if not self.targets and not (self.task and self.task_side):
            raise BadInput(
                "A case names one to three target muscles, or a task with its side. Add either."
            )
        in_range("targets", len(self.targets), 0, 3, "muscles")
        pairs = [(t.muscle, t.side) for t in self.targets]
        if len(set(pairs)) != len(pairs):
            raise BadInput("A target muscle is named twice on one side. Name it once.")
        in_range("units", len(self.units), 1, 12, "units")
        _check_screening(self.screening)

    def override(self, name: str) -> Override | None:
        """Return the override of a rule, or None."""
        return next((o for o in self.overrides if o.rule == name), None)

    def clearance(self, name: str) -> Clearance | None:
        """Return the latest clearance of a rule that was given by today, or None."""
        given = [c for c in self.clearances if c.rule == name and c.on <= self.today]
        return max(given, key=lambda c: c.on) if given else None


def _check_screening(screening: dict[str, Answer]) -> None:
    for key, one in screening.items():
        choices = dict(rule(key).choices)
        if one.answer not in choices and one.answer != UNKNOWN:
            known = ", ".join((*choices, UNKNOWN))
            raise BadInput(f"screening.{key} is {one.answer!r}. Use one of: {known}.")
