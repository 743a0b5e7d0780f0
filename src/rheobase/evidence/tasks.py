"""Movements and poses that go with two or three units, with cues for therapist and child."""

from dataclasses import dataclass
from functools import cache
from typing import final

from rheobase.errors import BadInput
from rheobase.evidence.load import entries, one_of
from rheobase.evidence.protocols import Value
from rheobase.stimulus.pattern import Coordination
from rheobase.stimulus.prescription import Posture, Trigger


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TaskUnit:
    """One unit of a task: which muscle, on which side, how long after the start of the cycle. [s]"""

    muscle: str
    side: str
    offset_s: float

    def __post_init__(self) -> None:
        if self.side not in ("same", "other"):
            raise BadInput(f"side={self.side!r} is not known. Use 'same' or 'other'.")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class TherapyTask:
    """A movement with its units, timing and cues (fields: see `tasks.toml`)."""

    key: str
    title: str
    posture: Posture
    coordination: Coordination
    trigger: Trigger
    sources: tuple[str, ...]
    tag: str
    on_s: Value
    off_s: Value
    ramp_down_s: Value
    cue_therapist: str
    cue_child: str
    expected_movement: str
    watch: str
    units: tuple[TaskUnit, ...]


@cache
def tasks() -> dict[str, TherapyTask]:
    """Return every task by its key.

    Raises:
        BadInput: naming the first entry that is incomplete.
    """
    return entries(TherapyTask, "tasks")


def task(key: str) -> TherapyTask:
    """Return one task.

    Raises:
        BadInput: if there is none of that name.
    """
    return one_of(tasks(), "task", key)
