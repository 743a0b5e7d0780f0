"""What a therapist signs: the only thing that can arm a unit.

A `Prescription` is immutable; its digest names it everywhere (guard, supervisor, journal, note).
`seal` binds it to this installation's signing key, so that a file edited afterwards is refused.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import final

from rheobase.errors import BadInput
from rheobase.stimulus.checks import identifier, in_range, some_text
from rheobase.stimulus.codec import added_later, digest
from rheobase.stimulus.pads import Montage, Side
from rheobase.stimulus.pattern import Coordination, Pattern
from rheobase.stimulus.pulse import Train, Waveform
from rheobase.stimulus.sensing import Sensing

SLOTS = ("A", "B", "C")
CO_CONTRACTION = "co-contraction"  # the override that lets antagonists work together


class Posture(StrEnum):
    """How the child is placed while stimulated."""

    SUPINE = "supine"
    SIDE_LYING = "side-lying"
    PRONE = "prone"
    LAP = "lap"
    SITTING = "sitting"
    STANDING = "standing"
    WALKING = "walking"


class Trigger(StrEnum):
    """What starts a cycle of a channel."""

    SCHEDULE = "schedule"
    THERAPIST_BUTTON = "therapist button"
    CHILD_BUTTON = "child button"
    SENSOR = "sensor"


class BehaviourScale(StrEnum):
    """How the child's comfort is watched."""

    FLACC = "FLACC"
    FACES = "faces 0-10"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """The movement or pose that goes with the stimulation.

    Attributes:
        name: short name, e.g. "sit-to-stand".
        cue_therapist: what the therapist does.
        cue_child: what the child is told, in the child's words.
        expected_movement: what should be seen.
    """

    name: str
    cue_therapist: str
    cue_child: str
    expected_movement: str

    def __post_init__(self) -> None:
        some_text("name", self.name, 100)
        for name in ("cue_therapist", "cue_child", "expected_movement"):
            some_text(name, getattr(self, name), 500)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BehaviourGate:
    """How often comfort is scored, and the scores that silence every unit.

    Attributes:
        scale: which score.
        every_s: longest time between two scores while output is on. [s]
        stop_at: score that stops the session. [1]
        stop_at_rise: rise over the score without stimulation that stops it. [1]
    """

    scale: BehaviourScale
    every_s: float
    stop_at: int
    stop_at_rise: int

    def __post_init__(self) -> None:
        in_range("every_s", self.every_s, 10.0, 1800.0, "s")
        in_range("stop_at", self.stop_at, 1, 10, "points")
        in_range("stop_at_rise", self.stop_at_rise, 1, 10, "points")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOrder:
    """What one unit may do on one muscle group.

    Attributes:
        slot: which of the session's units, "A", "B" or "C".
        muscle: key of the muscle in `evidence/`.
        side: the child's side.
        montage: where the two pads sit.
        waveform: shape of the pulse.
        pulse_width_us: duration of one phase. [us]
        gap_us: pause between the phases. [us]
        frequency_hz: pulses per second. [Hz]
        start_ma: first amplitude that is sent when the ladder begins. [mA]
        ceiling_ma: highest amplitude signed. [mA]
        step_ma: largest single rise. [mA]
        pattern: on, off and ramps.
        trigger: what starts a cycle.
        minutes_max: longest stimulated time of this muscle in one session. [min]
    """

    slot: str
    muscle: str
    side: Side
    montage: Montage
    waveform: Waveform
    pulse_width_us: float
    gap_us: float
    frequency_hz: float
    start_ma: float
    ceiling_ma: float
    step_ma: float
    pattern: Pattern
    trigger: Trigger
    minutes_max: float

    def __post_init__(self) -> None:
        if self.slot not in SLOTS:
            raise BadInput(f"slot={self.slot!r} is not known. Use one of: {', '.join(SLOTS)}.")
        some_text("muscle", self.muscle, 64)
        self.train_at(self.ceiling_ma)  # its checks are ours
        in_range("start_ma", self.start_ma, 0.0, self.ceiling_ma, "mA (the signed ceiling)")
        in_range("step_ma", self.step_ma, 0.1, 5.0, "mA")
        in_range("minutes_max", self.minutes_max, 0.5, 60.0, "min")

    @property
    def first_ma(self) -> float:
        """What the first press up asks for: `start_ma` where it is less than a step, else one step."""
        return self.start_ma if 0.0 < self.start_ma < self.step_ma else self.step_ma

    def train_at(self, amplitude_ma: float) -> Train:
        """Return this channel's train at an amplitude."""
        return Train(
            waveform=self.waveform,
            amplitude_ma=amplitude_ma,
            pulse_width_us=self.pulse_width_us,
            frequency_hz=self.frequency_hz,
            gap_us=self.gap_us,
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A deliberate exception, with the therapist's reason: kept for ever, shown everywhere."""

    rule: str
    reason: str

    def __post_init__(self) -> None:
        some_text("rule", self.rule, 100)
        some_text("reason", self.reason, 1000)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """One plan for one child, signed.

    Attributes:
        child: opaque identifier; never a name.
        age_months: age on the day of signing. [months]
        posture: how the child is placed.
        first_exposure: the child has never been stimulated before.
        channels: one to three, each in its own slot.
        coordination: how the channels are timed against each other.
        units_at_first: how many units may run in the first block (1 in infants). [1]
        session_min: longest session, rests included. [min]
        activities: what the child does meanwhile.
        gate: how comfort is watched.
        overrides: exceptions the therapist took on, with reasons.
        case_digest: names the case the plan was proposed from.
        signed_by: the therapist's identifier.
        signed_at: when, with time zone.
        valid_until: last day it may be used.
        sensing: bounds of the sensor that starts cycles, or None where none does.
    """

    child: str
    age_months: float
    posture: Posture
    first_exposure: bool
    channels: tuple[ChannelOrder, ...]
    coordination: Coordination
    units_at_first: int
    session_min: float
    activities: tuple[Activity, ...]
    gate: BehaviourGate
    overrides: tuple[Override, ...]
    case_digest: str
    signed_by: str
    signed_at: datetime
    valid_until: date
    sensing: Sensing | None = field(default=None, metadata=added_later())

    def __post_init__(self) -> None:
        identifier("child", self.child)
        identifier("signed_by", self.signed_by)
        in_range("age_months", self.age_months, 4.0, 228.0, "months")
        in_range("channels", len(self.channels), 1, 3, "units")
        in_range("units_at_first", self.units_at_first, 1, len(self.channels), "units")
        in_range("session_min", self.session_min, 1.0, 90.0, "min")
        slots = [channel.slot for channel in self.channels]
        if len(set(slots)) != len(slots):
            raise BadInput(f"Two channels share a slot ({', '.join(slots)}). Give each its own.")
        if self.signed_at.tzinfo is None:
            raise BadInput("signed_at has no time zone. Write it as 2026-11-22T09:00:00-06:00.")
        self._check_sensing()

    def _check_sensing(self) -> None:
        if self.sensing is None:
            return
        started = [one for one in self.channels if one.trigger is Trigger.SENSOR]
        if not started:
            raise BadInput(
                "A sensor is signed, but no unit is started by one. Leave the sensor out, or let "
                "a unit be started by it."
            )
        fewest = min(one.pattern.repetitions for one in started)
        in_range("repetitions of the sensor", self.sensing.repetitions, 1, fewest, "contractions")

    @property
    def digest(self) -> str:
        """SHA-256 of everything signed: the name of this prescription."""
        return digest(self)

    def channel(self, slot: str) -> ChannelOrder:
        """Return the order for a slot.

        Raises:
            BadInput: if no channel of this prescription uses the slot.
        """
        for order in self.channels:
            if order.slot == slot:
                return order
        raise BadInput(f"This prescription has no channel in slot {slot!r}. Choose another unit.")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A prescription with its digest and the seal of the installation that signed it."""

    prescription: Prescription
    digest: str
    seal: str


def seal(prescription: Prescription, key: bytes) -> Sealed:
    """Return the prescription bound to the installation's signing key."""
    name = prescription.digest
    return Sealed(prescription=prescription, digest=name, seal=_mac(name, key))


def opened(sealed: Sealed, key: bytes) -> Prescription:
    """Return the prescription if it is exactly what was signed here.

    Raises:
        BadInput: if it was changed after signing, or signed somewhere else.
    """
    if sealed.digest != sealed.prescription.digest:
        raise BadInput(
            "This prescription was changed after it was signed. Nothing was armed. "
            "Open the plan, check it and sign it again."
        )
    if not hmac.compare_digest(sealed.seal, _mac(sealed.digest, key)):
        raise BadInput(
            "This prescription was not signed in this clinic. Nothing was armed. "
            "Open the plan here, check it and sign it."
        )
    return sealed.prescription


def _mac(name: str, key: bytes) -> str:
    return hmac.new(key, name.encode(), hashlib.sha256).hexdigest()
