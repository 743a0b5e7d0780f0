"""What was delivered, derived from confirmed currents alone: minutes, contractions, charge.

Exact arithmetic on what the units confirmed: a current holds from its confirmation to the next
one; charge of the leading phase is I w f t. Nothing is estimated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

from rheobase.session.events import Event

SLOW_HZ = 5.0  # below, pulses are single twitches of a search and no contraction


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of time with one confirmed current.

    Attributes:
        start_s, length_s: since the session was opened. [s]
        current_ma: of the leading phase. [mA]
        pulse_width_us: of one phase. [us]
        frequency_hz: pulses per second. [Hz]
    """

    start_s: float
    length_s: float
    current_ma: float
    pulse_width_us: float
    frequency_hz: float

    @property
    def charge_uc(self) -> float:
        """Charge of all leading phases. [uC]"""
        pulses = self.frequency_hz * self.length_s
        return self.current_ma * self.pulse_width_us / 1000.0 * pulses


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """What one unit delivered in a session.

    Attributes:
        minutes: with output above 0. [min]
        contractions: at the train's rate. [1]
        twitch_minutes: of the minutes, at the low rate of a search. [min]
        charge_uc: of all leading phases. [uC]
        highest_ma: highest confirmed current. [mA]
    """

    minutes: float
    contractions: int
    twitch_minutes: float
    charge_uc: float
    highest_ma: float


def pieces(events: Sequence[Event], slot: str) -> Iterator[Piece]:
    """Yield the stretches of one unit in which current flowed, in order."""
    if not events:
        return
    zero_ns = events[0].monotonic_ns
    confirmed = [e for e in events if e.kind == "confirmed" and e.slot == slot]
    end_ns = max(e.monotonic_ns for e in events)
    untils_ns = [*(e.monotonic_ns for e in confirmed[1:]), end_ns]
    for event, until_ns in zip(confirmed, untils_ns, strict=False):
        if event.confirmed_ma:
            yield Piece(
                start_s=(event.monotonic_ns - zero_ns) / 1e9,
                length_s=(until_ns - event.monotonic_ns) / 1e9,
                current_ma=event.confirmed_ma,
                pulse_width_us=float(event.data["pulse_width_us"]),
                frequency_hz=float(event.data["frequency_hz"]),
            )


def dose(events: Sequence[Event], slot: str) -> Dose:
    """Return what one unit delivered."""
    on = list(pieces(events, slot))
    slow = [piece for piece in on if piece.frequency_hz < SLOW_HZ]
    return Dose(
        minutes=sum(piece.length_s for piece in on) / 60.0,
        contractions=_contractions(on),
        twitch_minutes=sum(piece.length_s for piece in slow) / 60.0,
        charge_uc=sum(piece.charge_uc for piece in on),
        highest_ma=max((piece.current_ma for piece in on), default=0.0),
    )


def _contractions(on: list[Piece]) -> int:
    count, last_end_s = 0, -1.0
    for piece in on:
        if piece.frequency_hz >= SLOW_HZ:
            count += piece.start_s > last_end_s + 1e-6
            last_end_s = piece.start_s + piece.length_s
    return count


def binned_ma(events: Sequence[Event], slot: str, bins: int) -> list[tuple[float, float]]:
    """Return (time [s], highest current [mA]) of equal stretches of the session, for a chart."""
    if not events:
        return []
    length_s = (max(e.monotonic_ns for e in events) - events[0].monotonic_ns) / 1e9
    width_s = max(length_s / bins, 0.02)
    highest = [0.0] * (int(length_s / width_s) + 1)
    for piece in pieces(events, slot):
        first, last = int(piece.start_s / width_s), int((piece.start_s + piece.length_s) / width_s)
        for index in range(first, min(last, len(highest) - 1) + 1):
            highest[index] = max(highest[index], piece.current_ma)
    return [(round(index * width_s, 2), ma) for index, ma in enumerate(highest)]
