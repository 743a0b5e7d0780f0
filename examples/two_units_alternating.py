"""Two units that take turns: is one ever on before the other has ended?

Knee extensors and ankle dorsiflexors of Mila, who is six and invented, in a whole session in this
process: virtual units, a virtual child, the journal at the end.
"""

import asyncio
from collections.abc import Sequence

from rheobase.session.events import Event
from rheobase.simulated import cast
from rheobase.simulated.desk import rehearsed
from rheobase.stimulus import Coordination, Segment

ORDERS = (
    cast.order("A", "quadriceps", Segment.THIGH, ceiling_ma=2.0),
    cast.order("B", "tibialis_anterior", Segment.SHANK, ceiling_ma=2.0),
)
MILA = cast.quick(cast.mila(ORDERS, Coordination.ALTERNATING), on_s=1.5, off_s=0.5, repetitions=3)


def both_on_s(events: Sequence[Event]) -> tuple[float, int]:
    """Return how long both were above 0 mA within the block [s], and how often they changed turns."""
    now, last_ns, together_ns, turns, working = {"A": 0.0, "B": 0.0}, 0, 0, 0, ""
    block = next(event.seq for event in events if event.kind == "block")
    confirmed = [event for event in events if event.kind == "confirmed" and event.seq > block]
    for event in sorted(confirmed, key=lambda event: event.monotonic_ns):
        if all(now.values()):
            together_ns += event.monotonic_ns - last_ns
        now[event.slot], last_ns = event.confirmed_ma or 0.0, event.monotonic_ns
        if now[event.slot] and event.slot != working:
            turns, working = turns + 1, event.slot
    return together_ns / 1e9, turns


if __name__ == "__main__":
    together_s, turns = both_on_s(asyncio.run(rehearsed(MILA, minutes=0.2)))
    print(f"turns {turns}, both on for {together_s * 1000.0:.0f} ms")
    assert turns >= 4
    assert together_s == 0.0
