"""One unit that follows a button: how soon does current rise, and what happens to a second press?

Jonas' ankle dorsiflexors lift the foot while he steps (invented; signed here on Mila's order). The
button counts once per contraction; a press during the contraction or its rest is refused.
"""

import asyncio
from dataclasses import replace

from rheobase.errors import NotReady
from rheobase.simulated import cast
from rheobase.simulated.desk import opened_here
from rheobase.stimulus import Coordination, Segment, Trigger

UNIT = replace(
    cast.order("A", "tibialis_anterior", Segment.SHANK, ceiling_ma=2.0),
    trigger=Trigger.THERAPIST_BUTTON,
)
SIGNED = cast.quick(cast.mila((UNIT,), Coordination.TRIGGERED), on_s=1.2, off_s=1.0, repetitions=5)
PRESSES = 3


async def steps() -> tuple[list[float], int]:
    """Return the times from press to current [s], and how many presses were refused."""
    refused = 0
    async with opened_here(SIGNED) as (live, desk):
        await desk.press("checklist")
        await desk.press("skin", score=0)
        await desk.press("pads")
        await desk.press("behaviour", score=0)
        await desk.press("found", "A")
        await desk.press("louder", "A")
        await desk.look(2.0)
        await desk.press("ladder", "A", level="functional")
        await desk.look(1.5)
        await desk.press("start")
        for _ in range(PRESSES):
            await desk.look(0.3)
            await desk.press("trigger")
            try:
                await desk.press("trigger")
            except NotReady:
                refused += 1
            for _ in range(3):
                await desk.look(1.0)  # a console that is quiet for 3 s ends the output
        events = list(live.journal.events)
    presses = [event for event in events if event.kind == "trigger"]
    rises = [
        next(
            later.monotonic_ns
            for later in events[press.seq :]
            if later.kind == "confirmed" and (later.confirmed_ma or 0.0) > 0.0
        )
        for press in presses
    ]
    return [(r - p.monotonic_ns) / 1e9 for p, r in zip(presses, rises, strict=True)], refused


if __name__ == "__main__":
    delays_s, refused = asyncio.run(steps())
    print(f"current after {', '.join(f'{1000 * one:.0f}' for one in delays_s)} ms")
    print(f"{refused} presses during a contraction were refused")
    assert len(delays_s) == PRESSES
    assert refused == PRESSES
    assert max(delays_s) < 0.25
