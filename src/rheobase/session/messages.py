"""What the session service and the supervisor say to each other over their pipe.

One JSON object a line, both ways. `Tick` is the heartbeat: 50 a second, always the complete wish
for every slot, never a change. The supervisor answers requests (`id`) with `Done` or `Refused`,
and reports by itself with `UnitState`, `Confirmed`, `ContactFound` and `Trouble`. Standard library
only.
"""

import json
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, final

from rheobase.errors import BadInput
from rheobase.stimulus.codec import from_plain, to_plain


class Stage(StrEnum):
    """Where one unit is. Output above zero happens only in RUNNING."""

    OFF = "OFF"
    IDENTIFIED = "IDENTIFIED"
    CHECKED = "CHECKED"
    ARMED = "ARMED"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOPPING = "STOPPING"
    FAULT = "FAULT"


# --- service to supervisor ------------------------------------------------------------------


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OpenUnit:
    """Connect and identify the unit of a slot. Never outputs."""

    id: int
    slot: str
    make: str  # as in stimulators.MAKES
    address: str  # port, or name of a virtual unit, with its options


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckUnit:
    """The operator confirms the checklist of a slot (right unit, pads on, stop switch known)."""

    id: int
    slot: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """Bind every open unit to one signed prescription, at 0 mA."""

    id: int
    sealed: dict[str, Any]  # stimulus.Sealed as plain JSON; the supervisor verifies it itself


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Let output follow the ticks from now on."""

    id: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Ramp every unit down over a second and stay armed at 0 mA."""

    id: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Silence every unit now, from any state. Never refused."""

    id: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ClearFault:
    """One of the two operator actions that leave FAULT (`step` 1: seen, 2: release)."""

    id: int
    slot: str
    step: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dial:
    """The operator says what the dial of a stand-alone unit shows."""

    id: int
    slot: str
    amplitude_ma: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class CheckContact:
    """Give one pulse on a running unit that is silent, and measure what its pads meet."""

    id: int
    slot: str
    amplitude_ma: float
    pulse_width_us: float
    frequency_hz: float  # of a search; a single pulse has none, but the guard judges it as one
    gap_us: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What one slot should deliver now."""

    slot: str
    amplitude_ma: float
    pulse_width_us: float
    frequency_hz: float
    gap_us: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Heartbeat and complete wish.

    Attributes:
        n: counts up by one; an old or repeated number is ignored.
        wishes: every slot's wish; a slot that is missing is wished silent.
        console_age_ms: time since the console last showed presence. [ms]
    """

    n: int
    wishes: tuple[Wish, ...]
    console_age_ms: float


# --- supervisor to service ------------------------------------------------------------------


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The request was carried out."""

    id: int
    detail: dict[str, Any]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """The request was refused; every unit is silent if it concerned output."""

    id: int
    reasons: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitState:
    """A unit changed its stage."""

    slot: str
    stage: Stage
    why: str
    monotonic_ns: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """A unit confirmed an amplitude that differs from the one before, or became silent."""

    slot: str
    asked_ma: float
    allowed_ma: float
    confirmed_ma: float
    pulse_width_us: float
    frequency_hz: float
    monotonic_ns: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFound:
    """What one pulse met between the pads of a unit; what it means is judged by the session."""

    slot: str
    amplitude_ma: float
    voltage_v: float
    resistance_ohm: float
    low_ohm: float
    high_ohm: float
    monotonic_ns: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something the therapist must know.

    Attributes:
        slot: the unit, or "" for all.
        kind: short key, e.g. "limit", "link", "stop switch", "console quiet", "lead-off".
        hard: output of every unit was zeroed at once.
        reasons: what, why and what to do.
    """

    slot: str
    kind: str
    hard: bool
    reasons: tuple[str, ...]
    monotonic_ns: int


REQUESTS = (OpenUnit, CheckUnit, Arm, Run, Pause, Stop, ClearFault, Dial, CheckContact, Tick)
REPORTS = (Done, Refused, UnitState, Confirmed, ContactFound, Trouble)
Request = OpenUnit | CheckUnit | Arm | Run | Pause | Stop | ClearFault | Dial | CheckContact | Tick
Told = UnitState | Confirmed | ContactFound | Trouble  # what the supervisor says by itself
Report = Done | Refused | Told
_BY_NAME = {cls.__name__: cls for cls in (*REQUESTS, *REPORTS)}


def encode(message: Request | Report) -> bytes:
    """Return one line, newline included."""
    plain = {"is": type(message).__name__, **to_plain(message)}
    return json.dumps(plain, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def decode(line: bytes) -> Request | Report:
    """Return the message of one line.

    Raises:
        BadInput: if the line is not exactly one of our messages.
    """
    try:
        plain = json.loads(line)
        cls = _BY_NAME[plain.pop("is")]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise BadInput(f"Not a message of ours: {line[:80]!r}.") from error
    known = {field.name for field in fields(cls)}
    return from_plain(cls, {k: v for k, v in plain.items() if k in known}, cls.__name__)  # type: ignore[return-value]
