"""Times and corners of listening to a sensor, read once from `evidence/trigger.toml`."""

from dataclasses import dataclass
from functools import cache
from typing import final

from rheobase.evidence.load import values


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SenseRules:
    """How a stream is listened to; each value has its source in the table.

    Attributes:
        window_ms: the mean of this much signal is held against the threshold. [ms]
        highpass_hz: corner of the filter for raw EMG. [Hz]
        rest_s: length of the rest recording. [s]
        stale_s: a stream that is silent for longer triggers nothing. [s]
        burst_s: more signal than this at once is old, and triggers nothing. [s]
    """

    window_ms: float
    highpass_hz: float
    rest_s: float
    stale_s: float
    burst_s: float


@cache
def sense_rules() -> SenseRules:
    """Return the rules of the table."""
    return values(SenseRules, "trigger")
