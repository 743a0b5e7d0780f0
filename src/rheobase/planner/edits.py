"""What a therapist wants changed in a proposal. Nothing is checked here but its kind."""

from dataclasses import dataclass
from typing import final

from rheobase.stimulus.pads import Montage
from rheobase.stimulus.pattern import Coordination
from rheobase.stimulus.prescription import Posture, Trigger
from rheobase.stimulus.pulse import Waveform
from rheobase.stimulus.sensing import Crossing, Signal


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEdit:
    """What to change on one channel; None leaves a value as it is. Units are in the names."""

    slot: str
    montage: Montage | None = None
    waveform: Waveform | None = None
    pulse_width_us: float | None = None
    gap_us: float | None = None
    frequency_hz: float | None = None
    start_ma: float | None = None
    ceiling_ma: float | None = None
    step_ma: float | None = None
    trigger: Trigger | None = None
    minutes_max: float | None = None
    on_s: float | None = None
    off_s: float | None = None
    ramp_up_s: float | None = None
    ramp_down_s: float | None = None
    offset_s: float | None = None
    repetitions: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SensorEdit:
    """What to change on the sensor that starts cycles; None leaves a value as it is."""

    signal: Signal | None = None
    crossing: Crossing | None = None
    threshold_low: float | None = None
    threshold_high: float | None = None
    hysteresis: float | None = None
    k_sd: float | None = None
    blanking_ms: float | None = None
    refractory_s: float | None = None
    repetitions: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Everything a therapist changes at once.

    Attributes:
        channels: changes by channel.
        leave_out: slots that are not used.
        posture, coordination, units_at_first, session_min: of the whole; None leaves them.
        sensor: changes of the sensor.
    """

    channels: tuple[ChannelEdit, ...] = ()
    leave_out: tuple[str, ...] = ()
    posture: Posture | None = None
    coordination: Coordination | None = None
    units_at_first: int | None = None
    session_min: float | None = None
    sensor: SensorEdit = SensorEdit()
