"""Three units, one after the other, as for standing up: do the signed 0.3 and 0.6 s arrive?

Mila, who is six and invented, sits; right quadriceps first, then left, then the right ankle. The
distances are those between confirmed currents of virtual units, in every cycle of a whole session.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from rheobase.session.events import Event
from rheobase.simulated import cast
from rheobase.simulated.desk import rehearsed
from rheobase.stimulus import Coordination

OFFSETS_S = {"A": 0.0, "B": 0.3, "C": 0.6}
USUAL = cast.quick(cast.mila((), Coordination.SEQUENCE), on_s=2.0, off_s=1.0, repetitions=3)
MILA = replace(
    USUAL,
    channels=tuple(
        replace(one, ceiling_ma=2.0, pattern=replace(one.pattern, offset_s=OFFSETS_S[one.slot]))
        for one in USUAL.channels
    ),
)


def starts_s(events: Sequence[Event], slot: str) -> list[float]:
    """Return when a unit's current rose from 0 in the first block. [s]"""
    found, before, block = [], 0.0, 0
    for event in events:
        block += event.kind == "block"
        if event.kind == "confirmed" and event.slot == slot:
            now = event.confirmed_ma or 0.0
            if now > 0.0 == before and block == 1:
                found.append(event.monotonic_ns / 1e9)
            before = now
    return found


if __name__ == "__main__":
    journal = asyncio.run(rehearsed(MILA, minutes=0.2))
    first = starts_s(journal, "A")
    assert len(first) == 3
    for slot, offset_s in OFFSETS_S.items():
        late = [b - a for a, b in zip(first, starts_s(journal, slot), strict=True)]
        print(
            f"unit {slot}: signed {offset_s:.1f} s, given {', '.join(f'{s:.2f}' for s in late)} s"
        )
        assert all(abs(one - offset_s) < 0.15 for one in late)
