"""A stand-alone unit without a cable beside a unit that is driven: what counts as delivered?

Only what somebody said the dial shows. Before that word the journal holds 0 mA, and after a stop
the word is forgotten. Mila (invented) has her knee on the stand-alone unit, her ankle on ours.
"""

import asyncio
from typing import Any

from rheobase.simulated import cast
from rheobase.simulated.desk import opened_here
from rheobase.stimulus import Segment

ORDERS = (
    cast.order("A", "quadriceps", Segment.THIGH, ceiling_ma=4.0),
    cast.order("B", "tibialis_anterior", Segment.SHANK, ceiling_ma=4.0),
)
MILA = cast.quick(cast.mila(ORDERS), on_s=30.0, off_s=0.5, repetitions=1)


def confirmed_ma(shown: dict[str, Any], slot: str) -> float:
    """Return what a unit is known to give. [mA]"""
    return next(float(one["confirmed_ma"]) for one in shown["slots"] if one["slot"] == slot)


async def beside() -> list[float]:
    """Return what counts for the stand-alone unit: asked, told, and after a stop. [mA]"""
    async with opened_here(MILA, {"A": "manual"}) as (live, desk):
        await desk.press("checklist")
        await desk.press("skin", score=0)
        await desk.press("pads")
        await desk.press("behaviour", score=0)
        for slot in ("A", "B"):
            await desk.press("found", slot)
        await desk.press("louder", "A")
        asked = await desk.look(2.0)
        await desk.press("confirm_manual", "A")
        told = await desk.look(0.5)
        await live.stop()
        stopped = await desk.look(0.3)
        return [confirmed_ma(one, "A") for one in (asked, told, stopped)]


if __name__ == "__main__":
    asked_ma, told_ma, stopped_ma = asyncio.run(beside())
    print(f"asked: {asked_ma:g} mA known, told: {told_ma:g} mA, after a stop: {stopped_ma:g} mA")
    assert (asked_ma, told_ma, stopped_ma) == (0.0, 1.0, 0.0)
