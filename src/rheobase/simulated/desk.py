"""A session in this process, operated from ordinary code: for rehearsals, examples and `rheobase run`."""

import asyncio
import itertools
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, final

from rheobase.home import signing_key
from rheobase.session import lsl
from rheobase.session.commands import Command
from rheobase.session.events import Event
from rheobase.session.live import Live
from rheobase.session.realtime import ask_for_punctuality
from rheobase.session.room import Room
from rheobase.session.sensor import Opener
from rheobase.simulated.child import invented
from rheobase.simulated.emg import training
from rheobase.simulated.rehearsal import Rehearsal
from rheobase.stimulus import Prescription, seal, to_plain

SENSORS: Mapping[str, Opener] = {"lsl": lsl.opened, "training": training}


@final
class Here:
    """The desk of a session in this process.

    Args:
        live: the session.
        show: draws a snapshot.
    """

    def __init__(self, live: Live, show: Callable[[dict[str, Any]], None]) -> None:
        self._live, self._show = live, show
        self._keys = itertools.count(1)

    async def press(self, do: str, slot: str = "", **data: Any) -> dict[str, Any]:
        """Carry out a command and return the snapshot."""
        command = Command(key=str(next(self._keys)), do=do, slot=slot, data=data)
        return await self._live.command(command)

    async def look(self, wait_s: float) -> dict[str, Any]:
        """Show presence, wait, and return the snapshot."""
        self._live.present()
        await asyncio.sleep(wait_s)
        shown = self._live.snapshot()
        self._show(shown)
        return shown


@asynccontextmanager
async def opened_here(
    prescription: Prescription, makes: Mapping[str, str] | None = None, sensor: str = ""
) -> AsyncIterator[tuple[Live, Here]]:
    """Sign a prescription, open its session on virtual units, and close it in the end.

    Args:
        prescription: of the invented cast.
        makes: of units that are not virtual, by slot.
        sensor: source of the sensor that starts cycles, or "".
    """
    makes = makes or {}
    ask_for_punctuality()
    with tempfile.TemporaryDirectory(prefix="rheobase-") as folder:
        room = Room(Path(folder), today=prescription.signed_at.date, sensors=SENSORS)
        name = str(uuid.uuid4())
        live, _ = await room.open(
            {
                "session": name,
                "sealed": to_plain(seal(prescription, signing_key())),
                "child": prescription.child,
                "units": [
                    {
                        "slot": order.slot,
                        "make": makes.get(order.slot, "virtual"),
                        "address": f"{order.slot}-{name[:8]}",
                    }
                    for order in prescription.channels
                ],
                "interlocks": [],
                "sensor": sensor,
            }
        )
        try:
            yield live, Here(live, lambda _shown: None)
        finally:
            await room.close()


async def rehearsed(prescription: Prescription, minutes: float, seed: int = 1) -> list[Event]:
    """Play a whole session on virtual units with a virtual child, and return its journal.

    Args:
        prescription: of the invented cast.
        minutes: time in blocks. [min]
        seed: chooses the virtual child.
    """
    async with opened_here(prescription) as (live, desk):
        await Rehearsal(desk, prescription, invented(prescription, seed)).run(minutes)
        return live.journal.read()
