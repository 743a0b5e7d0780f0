"""What a unit confirmed: the third meaning, after what was proposed and what was signed."""

from dataclasses import dataclass
from typing import final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """One confirmation by one unit.

    Attributes:
        slot: "A", "B" or "C".
        asked_ma: what the conductor asked for. [mA]
        allowed_ma: what the guard let through, after rounding down to the unit's step. [mA]
        confirmed_ma: what the unit says it delivers. [mA]
        pulse_width_us: as confirmed. [us]
        frequency_hz: as confirmed. [Hz]
        at_ms: monotonic time since the session began. [ms]
    """

    slot: str
    asked_ma: float
    allowed_ma: float
    confirmed_ma: float
    pulse_width_us: float
    frequency_hz: float
    at_ms: float
