"""A session without people: goes through every step at a desk, a virtual child answering.

Used by `rheobase run` and the pathway. It presses what a therapist would press and looks at the
same snapshot; it knows nothing about the units behind it.
"""

from typing import Any, Protocol, final

from rheobase.errors import NotReady, RheobaseError
from rheobase.simulated.child import VirtualChild
from rheobase.stimulus import Prescription

LOOK_S = 0.1  # between two looks at the snapshot [s]
LONGEST_REST_S = 60.0  # a press is repeated no longer than this [s]
TOO_EARLY = ("Wait a moment", "Wait for its next contraction", "Press again then")
SCORE_BEFORE_S = 5.0  # comfort is scored this long before it is due [s]


class Desk(Protocol):
    """Where a session is operated: in this process, or over HTTP."""

    async def press(self, do: str, slot: str = "", **data: Any) -> dict[str, Any]:
        """Carry out a command and return the snapshot.

        Raises:
            RheobaseError: it was refused.
        """

    async def look(self, wait_s: float) -> dict[str, Any]:
        """Show presence, wait, and return the snapshot."""


@final
class Rehearsal:
    """One session from the screen of the day to the end.

    Args:
        desk: where it is operated.
        prescription: what was signed.
        child: who answers.
    """

    def __init__(self, desk: Desk, prescription: Prescription, child: VirtualChild) -> None:
        self._desk, self._prescription, self._child = desk, prescription, child

    async def run(self, minutes: float) -> None:
        """Play the whole session.

        Args:
            minutes: time in blocks; the signed times end it earlier. [min]
        """
        await self.prepare()
        for order in self._prescription.channels:
            await self.search(order.slot)
        for order in self._prescription.channels:
            await self.climb(order.slot)
        await self.blocks(minutes * 60.0)
        await self.leave()

    async def prepare(self) -> None:
        """Screen, skin, pads, and the comfort score without current."""
        await self._desk.press("checklist")
        await self._desk.press("skin", score=0)
        await self._desk.press("pads")
        await self._desk.press("behaviour", score=self._child.baseline)

    async def search(self, slot: str) -> None:
        """Raise single pulses until the muscle twitches, and keep the place."""
        while True:
            await self._up("search_up", slot)
            level_ma = await self._played(slot)
            if self._child.contracts(slot, level_ma) or not self._room_above(slot, level_ma):
                break
        await self._desk.press("found", slot, position="as planned")

    async def climb(self, slot: str) -> None:
        """Raise the train until the child feels it, contracts and moves."""
        signs = {
            "sensory": self._child.feels,
            "motor": self._child.contracts,
            "functional": self._child.moves,
        }
        level_ma = 0.0
        for level, seen in signs.items():
            while not seen(slot, level_ma) and self._room_above(slot, level_ma):
                await self._up("louder", slot)
                level_ma = await self._played(slot)
            if level_ma > 0.0:
                await self._patiently("ladder", slot, level=level)

    async def blocks(self, seconds: float) -> None:
        """Play blocks, score comfort when it is due, press the button where one is signed."""
        await self.listen()
        shown = await self._desk.press("start")
        began_s = shown["elapsed_s"]
        while shown["elapsed_s"] - began_s < seconds and shown["step"] == "blocks":
            shown = await self._desk.look(LOOK_S)
            if shown["behaviour"]["due_in_s"] < SCORE_BEFORE_S:
                shown = await self._desk.press("behaviour", score=self._score(shown))
            elif shown["triggered"] and shown["trigger"]["buttons"] and _all_waiting(shown):
                await self._patiently("trigger")
            elif not shown["block_running"] and shown["step"] == "blocks":
                shown = await self._desk.press("start")

    async def listen(self) -> None:
        """Where a sensor starts cycles: wait for a try to end, and measure rest until it is rest."""
        shown = await self._desk.look(LOOK_S)
        before = 0.0
        for _ in range(int(LONGEST_REST_S / LOOK_S)):
            sensor = shown["trigger"] and shown["trigger"]["sensor"]
            if not sensor or sensor["threshold"] is not None:
                return
            level = sensor["level"] or 0.0
            silent = all(one["confirmed_ma"] == 0.0 for one in shown["slots"])
            if sensor["state"] != "measuring rest" and silent and level < before / 2.0:
                shown = await self._desk.press("rest")
            before = max(level, 0.9 * before)
            shown = await self._desk.look(LOOK_S)
        raise NotReady("The sensor gives no threshold. Look at its stream.")

    async def leave(self) -> None:
        """Ramp out, look at the skin, end."""
        shown = await self._desk.look(LOOK_S)
        if shown["step"] != "skin after":
            if shown["step"] != "ramp out":
                await self._desk.press("finish")
            await self._until("skin after")
        await self._desk.press("skin", score=0)
        await self._desk.press(
            "note", text="Rehearsal with a virtual child; no person was treated."
        )
        await self._desk.press("finish")

    async def _up(self, do: str, slot: str) -> None:
        """Press up; where comfort is due, score it first."""
        shown = await self._desk.look(0.0)
        if shown["behaviour"]["due_in_s"] < SCORE_BEFORE_S:
            await self._desk.press("behaviour", score=self._score(shown))
        await self._desk.look(self._prescription.channel(slot).step_ma / 2.0)
        await self._patiently(do, slot)

    async def _patiently(self, do: str, slot: str = "", **data: Any) -> None:
        """Press; where it is refused because it came too early, wait and press again."""
        for _ in range(int(LONGEST_REST_S / LOOK_S)):
            try:
                await self._desk.press(do, slot, **data)
                return
            except RheobaseError as error:
                if not any(words in str(error) for words in TOO_EARLY):
                    raise
                await self._desk.look(LOOK_S)
        raise NotReady(f"{do} {slot} is refused for too long. Look at the journal.")

    async def _played(self, slot: str) -> float:
        """Wait until the level of a unit was delivered, and return it. [mA]"""
        order = self._prescription.channel(slot)
        for _ in range(int((2.0 * order.pattern.cycle_s + 5.0) / LOOK_S)):
            shown = await self._desk.look(LOOK_S)
            one = _of(shown, slot)
            if one["now_ma"] >= one["level_ma"] - 1e-6:
                return float(one["level_ma"])
            if shown["step"] in ("stopped", "done"):
                break
        raise NotReady(f"Unit {slot} does not reach its level. Look at the journal.")

    def _room_above(self, slot: str, level_ma: float) -> bool:
        order = self._prescription.channel(slot)
        return level_ma + order.step_ma <= order.ceiling_ma + 1e-9

    def _score(self, shown: dict[str, Any]) -> int:
        return self._child.score({one["slot"]: one["confirmed_ma"] for one in shown["slots"]})

    async def _until(self, step: str) -> None:
        for _ in range(int(10.0 / LOOK_S)):
            if (await self._desk.look(LOOK_S))["step"] == step:
                return
        raise NotReady(f"The session does not reach the step '{step}'. Look at the journal.")


def _of(shown: dict[str, Any], slot: str) -> dict[str, Any]:
    return next(one for one in shown["slots"] if one["slot"] == slot)


def _all_waiting(shown: dict[str, Any]) -> bool:
    working = [one for one in shown["slots"] if one["mode"] == "block"]
    phases = {one["phase"] for one in working}
    return "waiting" in phases and phases <= {"waiting", "off"}
