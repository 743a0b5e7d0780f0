"""When the conductor was asked, and what it wished: enough to run a session again, exactly.

Fifty beats a second are written as one event a second: their times, the last wishes, and a checksum
of all of them. What else the journal holds comes after the beats that came before it; only confirmed
currents, which change no wish, do not wait.
"""

import zlib
from concurrent.futures import Future
from itertools import pairwise
from typing import Any, final

from rheobase.session.journal import Journal
from rheobase.session.messages import Wish

BEATS = "beats"  # kind of the event
AT_ONCE = 50  # beats in an event
PASSING = "confirmed"  # this kind does not wait for the beats before it


def summed(before: int, wishes: tuple[Wish, ...]) -> int:
    """Return the checksum of wishes, continued with those of one more beat."""
    text = " ".join(f"{w.slot} {w.amplitude_ma!r} {w.frequency_hz!r}" for w in wishes)
    return zlib.crc32(text.encode(), before)


@final
class Beats:
    """A journal that keeps the beats as well.

    Args:
        journal: open.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._times_ns: list[int] = []
        self._wishes: tuple[Wish, ...] = ()
        self._sum = 0

    def beat(self, now_ns: int, wishes: tuple[Wish, ...]) -> None:
        """Keep one beat; never waits."""
        self._times_ns.append(now_ns)
        self._wishes, self._sum = wishes, summed(self._sum, wishes)
        if len(self._times_ns) >= AT_ONCE:
            self.flush()

    def append(self, kind: str, slot: str = "", **more: Any) -> "Future[int]":
        """Add a fact, as `Journal.append`, behind the beats that came before it."""
        if kind != PASSING:
            self.flush()
        return self._journal.append(kind, slot, **more)

    def flush(self) -> None:
        """Write down the beats so far."""
        if not self._times_ns:
            return
        first = self._times_ns[0]
        steps_ns = [0, *(b - a for a, b in pairwise(self._times_ns))]
        asked_ma = {wish.slot: wish.amplitude_ma for wish in self._wishes}
        self._journal.append(
            BEATS,
            data={"steps_ns": steps_ns, "asked_ma": asked_ma, "sum": self._sum},
            monotonic_ns=first,
            matters=False,
        )
        self._times_ns, self._sum = [], 0
