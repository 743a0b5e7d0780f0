"""What a sensor may start: the signal, the thresholds and the pauses that a therapist signs.

A sensor never changes a current. It says *now* where a button would, inside these bounds: the
threshold set at the bedside lies in the signed range, nothing counts during our own pulses and just
after them (`blanking_ms`), nor again within `refractory_s`, nor more often than `repetitions`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range


class Signal(StrEnum):
    """What the sensor measures."""

    RAW_EMG = "raw EMG"
    EMG_ENVELOPE = "EMG envelope"
    ANGLE = "joint angle"
    VELOCITY = "joint velocity"


class Crossing(StrEnum):
    """Which way the signal passes the threshold."""

    ABOVE = "rises above"
    BELOW = "falls below"


EMG = (Signal.RAW_EMG, Signal.EMG_ENVELOPE)
UNITS = {
    Signal.RAW_EMG: "µV",
    Signal.EMG_ENVELOPE: "µV",
    Signal.ANGLE: "°",
    Signal.VELOCITY: "°/s",
}
WIDEST = {  # (low, high) of a threshold, in the signal's unit: what such a sensor can show at all
    Signal.RAW_EMG: (1.0, 5000.0),
    Signal.EMG_ENVELOPE: (1.0, 5000.0),
    Signal.ANGLE: (-180.0, 180.0),
    Signal.VELOCITY: (-1000.0, 1000.0),
}
BLANKING_MIN_MS = 15.0  # devices.md: an amplifier needs this long after a pulse, at least


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sensing:
    """The signed bounds of a sensor.

    Attributes:
        signal: what is measured; EMG in microvolts, angles in degrees.
        crossing: which way it passes the threshold; EMG only rises.
        threshold_low, threshold_high: range for the threshold of the day. [µV, ° or °/s]
        hysteresis: the signal must come back this far behind the threshold. [µV, ° or °/s]
        k_sd: standard deviations of the rest recording between its mean and the threshold. [1]
        blanking_ms: deaf time after the last pulse of any unit. [ms]
        refractory_s: shortest time from one trigger to the next. [s]
        repetitions: most triggers in one block. [1]
    """

    signal: Signal
    crossing: Crossing
    threshold_low: float
    threshold_high: float
    hysteresis: float
    k_sd: float
    blanking_ms: float
    refractory_s: float
    repetitions: int

    def __post_init__(self) -> None:
        low, high = WIDEST[self.signal]
        in_range("threshold_low", self.threshold_low, low, high, self.unit)
        in_range("threshold_high", self.threshold_high, self.threshold_low, high, self.unit)
        in_range("hysteresis", self.hysteresis, 0.1, high, self.unit)
        in_range("k_sd", self.k_sd, 1.0, 20.0, "standard deviations")
        in_range("blanking_ms", self.blanking_ms, BLANKING_MIN_MS, 5000.0, "ms")
        in_range("refractory_s", self.refractory_s, 0.5, 120.0, "s")
        in_range("repetitions", self.repetitions, 1, 1000, "triggers")
        if self.signal in EMG and self.crossing is Crossing.BELOW:
            raise BadInput(
                "An EMG that falls below a threshold says that the child lets go. "
                f"Sign '{Crossing.ABOVE}'."
            )
        if self.signal in EMG and self.hysteresis >= self.threshold_low:
            raise BadInput(
                f"hysteresis is {self.hysteresis:g} µV, but the lowest threshold is "
                f"{self.threshold_low:g} µV: no muscle could ever come back that far. Lower it."
            )

    @property
    def unit(self) -> str:
        """Unit of the signal."""
        return UNITS[self.signal]

    def check_threshold(self, threshold: float) -> None:
        """Refuse a threshold outside the signed range; nothing is moved into it.

        Raises:
            BadInput: with the range that was signed.
        """
        in_range("threshold", threshold, self.threshold_low, self.threshold_high, self.unit)
