"""What happens in a session as server-sent events, for a console that draws at its own pace."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from rheobase.session.beats import BEATS
from rheobase.session.events import Event
from rheobase.session.live import Live
from rheobase.stimulus import to_plain

LOOK_S = 0.1  # between two looks [s]
SNAPSHOT_S = 0.2  # between two snapshots while something changes [s]
HEARTBEAT_S = 1.0  # between two snapshots while nothing does [s]
AT_ONCE = 500  # events between two looks
BREATH = 20  # events after which the heartbeat gets its turn, when a console catches up


async def follow(live: Live, after: int, ending: Callable[[], bool]) -> AsyncIterator[bytes]:
    """Yield events of the journal after a number, and snapshots, until the session has ended.

    Args:
        live: the session.
        after: number of the last event the console has.
        ending: whether the service is about to close.
    """
    loop = asyncio.get_running_loop()
    seen, shown_at = after, 0.0
    shown: Any = None
    yield b"retry: 500\n\n"
    while True:
        over, now = live.ended, loop.time()
        for event in await _news(live, seen):
            seen = event.seq
            if seen % BREATH == 0:
                await asyncio.sleep(0)
            if event.kind != BEATS:  # they are for a replay; a console has no use for them
                yield _message("journal", seen, to_plain(event))
        over = over and seen >= live.journal.seq  # a console that catches up hears all of it
        if now - shown_at >= (HEARTBEAT_S if _lasting(live) == shown else SNAPSHOT_S) or over:
            shown, shown_at = _lasting(live), now
            yield _message("snapshot", seen, {**live.snapshot(), "ended": over})
        if over or ending():
            return
        await asyncio.sleep(LOOK_S)


async def _news(live: Live, seen: int) -> list[Event]:
    """Return some events after a number; what is not in memory is read beside the heartbeat."""
    near = live.journal.recent(seen, AT_ONCE)
    return await asyncio.to_thread(live.journal.read, seen, AT_ONCE) if near is None else near


def _lasting(live: Live) -> Any:
    """What is worth showing at once: everything but the passing of time."""
    scene = live.scene
    output = tuple(
        (one.level_ma, one.mode, one.phase, round(one.wish_ma, 2)) for one in scene.stand.slots
    )
    sensor = scene.watch and (scene.watch.level, scene.watch.why, scene.watch.threshold)
    return scene.progress, scene.units, scene.faults, scene.stand.block_until_ms, output, sensor


def _message(name: str, seq: int, data: Any) -> bytes:
    text = json.dumps(data, separators=(",", ":"))
    return f"id: {seq}\nevent: {name}\ndata: {text}\n\n".encode()
