"""The times and rates of a session, read once from `evidence/session.toml`."""

from dataclasses import dataclass
from functools import cache
from typing import final

from rheobase.evidence.load import values


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How a session flows; each value has its source in the table.

    Attributes:
        block_max_s: longest block before a rest. [s]
        stagger_s: least time between the starts of two ramps. [s]
        increase_lock_s: idle time after which an increase is locked. [s]
        rise_ma_per_s: fastest rise to a level that was not felt before. [mA/s]
        search_hz: pulse rate of twitch check and motor-point search. [Hz]
        search_max_s: longest search on one muscle. [s]
        twitch_s: end of a twitch check, at full level: one full pulse. [s]
        rest_min_s: shortest rest before a press on the ladder begins a contraction. [s]
        ramp_out_s: time from the level of now to silence. [s]
    """

    block_max_s: float
    stagger_s: float
    increase_lock_s: float
    rise_ma_per_s: float
    search_hz: float
    search_max_s: float
    twitch_s: float
    rest_min_s: float
    ramp_out_s: float


@cache
def rules() -> Rules:
    """Return the rules of the table."""
    return values(Rules, "session")
