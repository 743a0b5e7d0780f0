"""One unit that follows a child's own effort: how soon does current rise, and what does not start it?

Mila's ankle dorsiflexors (she is six and invented) lift the foot when her own EMG says that she
tries. The EMG is invented too and shows the artefact of every pulse: strong enough to start the
next contraction, if the signed blanking did not make the detector deaf. A button starts nothing.
"""

import asyncio
import json
import tempfile
from dataclasses import replace
from pathlib import Path

from rheobase.errors import NotReady
from rheobase.simulated import cast
from rheobase.simulated.child import eager
from rheobase.simulated.desk import opened_here
from rheobase.simulated.rehearsal import Rehearsal
from rheobase.stimulus import Segment

UNIT = cast.order("A", "tibialis_anterior", Segment.SHANK, ceiling_ma=4.0)
PLAN = cast.quick(cast.mila((UNIT,)), on_s=1.2, off_s=1.0, repetitions=2)
SIGNED = cast.by_sensor(PLAN, replace(cast.SENSING, refractory_s=3.0, repetitions=2))
CHILD = {"first_s": 2.0, "every_s": 7.0, "jitter_s": 0.0, "lasts_s": 1.0, "effort": 60.0}
BLOCK_S = 30


async def played(scenario):
    """Return the journal of a block, and whether a button was refused."""
    async with opened_here(SIGNED, sensor=f"training:scenario={scenario}") as (live, desk):
        rehearsal = Rehearsal(desk, SIGNED, eager(SIGNED))
        await rehearsal.prepare()
        await rehearsal.search("A")
        await rehearsal.climb("A")
        await rehearsal.listen()  # rest is measured; the threshold is its mean and 3 SD
        await desk.press("start")
        try:
            await desk.press("trigger")
        except NotReady:
            refused = True
        else:
            refused = False
        for _ in range(BLOCK_S):
            shown = await desk.look(1.0)
            if not shown["block_running"]:
                break
        return live.journal.read(), refused


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "child.json"
        file.write_text(json.dumps(CHILD), "utf-8")
        events, button_refused = asyncio.run(played(file))
    rest = next(event.data for event in events if event.kind == "rest" and event.data["threshold"])
    print(f"rest {rest['mean']:.1f} µV, SD {rest['sd']:.1f}: threshold {rest['threshold']:.1f} µV")
    triggers = [event for event in events if event.kind == "trigger"]
    confirmed = [event for event in events if event.kind == "confirmed"]
    delays_s = [
        (
            next(e for e in confirmed if e.seq > t.seq and e.confirmed_ma).monotonic_ns
            - t.monotonic_ns
        )
        / 1e9
        for t in triggers
    ]
    print(f"current after {', '.join(f'{1000 * one:.0f}' for one in delays_s)} ms")
    refused = [event.data["why"] for event in events if event.kind == "trigger refused"]
    print(f"refused: {', '.join([*refused, *(['the button'] * button_refused)])}")
    assert len(triggers) == 2
    assert max(delays_s) < 0.25
    assert button_refused
    begun = sum(event.kind == "contraction" for event in events)
    assert begun == len(triggers)
