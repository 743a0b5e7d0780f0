"""One pulse, and the train a unit repeats: what leaves a pad, in milliamperes and microseconds."""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from rheobase.stimulus.checks import in_range


class Waveform(StrEnum):
    """The shape of one pulse. Both carry the same charge back that they carry in."""

    SYMMETRIC_BIPHASIC = "symmetric biphasic"
    ASYMMETRIC_BIPHASIC = "asymmetric biphasic"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Train:
    """What one channel delivers while it is on, from pulse to pulse.

    Attributes:
        waveform: shape of each pulse; always charge-balanced.
        amplitude_ma: current of the leading phase, 0 to 130. [mA]
        pulse_width_us: duration of one phase, 20 to 500. [us]
        frequency_hz: pulses per second, 0.5 to 100. [Hz]
        gap_us: pause between the two phases, 0 to 100. [us]
    """

    waveform: Waveform
    amplitude_ma: float
    pulse_width_us: float
    frequency_hz: float
    gap_us: float

    def __post_init__(self) -> None:
        in_range("amplitude_ma", self.amplitude_ma, 0.0, 130.0, "mA")
        in_range("pulse_width_us", self.pulse_width_us, 20.0, 500.0, "us")
        in_range("frequency_hz", self.frequency_hz, 0.5, 100.0, "Hz")
        in_range("gap_us", self.gap_us, 0.0, 100.0, "us")
