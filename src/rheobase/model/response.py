"""What the chain answers. Every number is a range over the twins; nothing is a single promise."""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A range over the twins: 5th, 50th and 95th percentile, in the unit of the field's name."""

    low: float
    middle: float
    high: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What the child and the muscle are doing while the train runs.

    Attributes:
        muscle: key of the target muscle.
        side: the child's side.
        posture: sets gravity and support of the joint.
        voluntary: how much the child contracts the same muscle by itself, 0 to 1. [1]
        on_s: length of one contraction. [s]
        off_s: rest between contractions. [s]
        minutes: length of the session. [min]
    """

    muscle: str
    side: Side
    posture: Posture
    voluntary: float
    on_s: float
    off_s: float
    minutes: float


class Strength(StrEnum):
    """The only words used for infants and other extrapolated answers."""

    NONE = "no visible contraction"
    WEAK = "weak"
    MEDIUM = "medium"
    STRONG = "strong"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One joint's answer.

    Attributes:
        joint: e.g. "ankle".
        direction: e.g. "dorsiflexion".
        change_deg: angle reached minus resting angle, along `direction`. [deg]
        time_ms: (n_times,) for drawing. [ms]
        angle_deg: (n_times,) bands of the angle change, same times. [deg]
        limiter: what stops the movement: "range of motion", "strength", "tone", "current", "gravity".
    """

    joint: str
    direction: str
    change_deg: Band
    time_ms: tuple[float, ...]
    angle_deg: tuple[Band, ...]
    limiter: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What an answer rests on: shown beside it, always.

    Attributes:
        what: e.g. "Ding 2003 force kinetics".
        source: key in evidence/sources/.
        tag: evidence tag with its document, e.g. "muscle:C".
        population: e.g. "adult".
        measured: True if it came from this child.
    """

    what: str
    source: str
    tag: str
    population: str
    measured: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What one montage and one train will probably do to one muscle of this child.

    Attributes:
        muscle, side: the target.
        motor_threshold_ma: first visible contraction at this pulse width. [mA]
        sensory_threshold_ma: first feeling under the pads. [mA]
        amplitude_ma: (n_amplitudes,) axis of the recruitment curves. [mA]
        recruited: (n_amplitudes,) fraction of the target's motor axons. [1]
        neighbours: fraction of each neighbour muscle at the same amplitudes. [1]
        torque_nm: peak joint torque of the first contraction at the train's amplitude. [Nm]
        torque_fraction: the same as a fraction of this child's own maximum. [1]
        fatigue_left: peak of the last contraction over peak of the first. [1]
        movement: of the joint, or None where the model does not know it in this posture.
        discomfort: relative index, 1 is the median child at motor threshold. [1]
        strength: the word for it.
        words_only: True below two years unless calibrated: show `strength`, not numbers.
        basis: what it rests on.
        no_movement: why there is a torque only, "" where there is a movement.
    """

    muscle: str
    side: Side
    motor_threshold_ma: Band
    sensory_threshold_ma: Band
    amplitude_ma: tuple[float, ...]
    recruited: tuple[Band, ...]
    neighbours: dict[str, tuple[Band, ...]]
    torque_nm: Band
    torque_fraction: Band
    fatigue_left: Band
    movement: Movement | None
    discomfort: Band
    strength: Strength
    words_only: bool
    basis: tuple[Basis, ...]
    no_movement: str = ""


class Seen(StrEnum):
    """What a therapist can observe at the bedside."""

    MOTOR_THRESHOLD_MA = "motor threshold"  # value_ma, at pulse_width_us
    SENSORY_THRESHOLD_MA = "sensory threshold"
    TWITCH = "twitch seen"  # at amplitude_ma: value 1 seen, 0 not seen
    ANGLE_DEG = "angle change"  # at amplitude_ma, value in deg


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One bedside observation of one muscle: what calibrates the twins.

    Attributes:
        muscle, side: where.
        seen: what kind.
        amplitude_ma: at which current. [mA]
        pulse_width_us: at which pulse width. [us]
        frequency_hz: at which rate. [Hz]
        value: mA, 0/1 or deg, by kind.
        error: standard error of the observation, same unit (0 for twitch seen).
    """

    muscle: str
    side: Side
    seen: Seen
    amplitude_ma: float
    pulse_width_us: float
    frequency_hz: float
    value: float
    error: float
