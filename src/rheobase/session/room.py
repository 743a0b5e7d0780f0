"""The sessions of one treatment room: opened, found, and those that an earlier day left unfinished."""

import asyncio
import fcntl
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, final

from rheobase.errors import BadInput, NotReady, Taken
from rheobase.home import home, signing_key
from rheobase.session import lsl
from rheobase.session.events import Event, Reading, read
from rheobase.session.journal import Journal, check_space
from rheobase.session.link import start_supervisor
from rheobase.session.live import LinkStarter, Live
from rheobase.session.rules import rules
from rheobase.session.scene import Scene, UnitAt, opened_scene
from rheobase.session.sensor import Opener, opened_source
from rheobase.session.summary import summary
from rheobase.session.timetable import Plan
from rheobase.stimulus import Sealed, canonical, from_plain, opened
from rheobase.stimulus.checks import identifier

TAIL_BYTES = 1024  # the last record of a finished journal is shorter


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is needed to open a session.

    Attributes:
        session: identifier chosen by the caller.
        sealed: the signed prescription.
        child: whose session it is.
        units: one for each channel.
        interlocks: pairs of muscles that pull against each other.
        sensor: source of the sensor that starts cycles, e.g. "lsl:type=EMG", or "".
    """

    session: str
    sealed: Sealed
    child: str
    units: tuple[UnitAt, ...]
    interlocks: tuple[tuple[str, ...], ...] = ()
    sensor: str = ""

    def __post_init__(self) -> None:
        identifier("session", self.session)
        if any(len(pair) != 2 for pair in self.interlocks):
            raise BadInput("An interlock names two muscles. Write [muscle, antagonist].")


def scene_of(opening: Opening, key: bytes, today: date) -> Scene:
    """Return the scene of a session, once its prescription has passed every check here.

    Raises:
        BadInput: edited, not signed here, of another child, out of date, or not playable.
    """
    prescription = opened(opening.sealed, key)
    if prescription.child != opening.child:
        raise BadInput(
            "This prescription was signed for another child. Nothing was armed. "
            "Open the plan of the child who is here."
        )
    if today > prescription.valid_until:
        raise BadInput(
            f"This prescription was valid until {prescription.valid_until}. Nothing was armed. "
            "Check the plan and sign it again."
        )
    pairs = tuple((pair[0], pair[1]) for pair in opening.interlocks)
    plan = Plan(prescription=prescription, interlocks=pairs, rules=rules())
    return opened_scene(opening.session, plan, opening.units)


@final
class Room:
    """All sessions of this machine.

    Args:
        folder: where journals lie; this installation's by default.
        start: starts a supervisor.
        today: the local date.
        sensors: where a sensor's samples may come from, by kind.
    """

    def __init__(
        self,
        folder: Path | None = None,
        start: LinkStarter = start_supervisor,
        today: Callable[[], date] = lambda: datetime.now().astimezone().date(),
        sensors: Mapping[str, Opener] = {"lsl": lsl.opened},
    ) -> None:
        self.folder = folder or home() / "journals"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._start, self._today, self._sensors = start, today, sensors
        self.ending: Callable[[], bool] = lambda: False  # the service is about to close
        self._lives: dict[str, Live] = {}
        self._openings: dict[str, str] = {}
        self._summaries: dict[str, dict[str, Any]] = {}
        self.interrupted = mark_interrupted(self.folder)

    def live(self, session: str) -> Live | None:
        """Return a session of this run of the service, or None."""
        return self._lives.get(session)

    def sessions(self) -> list[dict[str, str]]:
        """Return every session worth naming: those of this run, and those found unfinished."""
        ours = [
            {"session": name, "step": live.scene.progress.step.value}
            for name, live in self._lives.items()
        ]
        return [*ours, *({"session": name, "step": "interrupted"} for name in self.interrupted)]

    async def open(self, body: dict[str, Any]) -> tuple[Live, bool]:
        """Open a session, or find the same one again.

        Returns:
            The session, and whether it is new.

        Raises:
            BadInput: the prescription or a unit is refused.
            Taken: the session exists with other content, or another one is running.
            NotReady: the disk is too full.
        """
        opening = from_plain(Opening, body, "the session")
        name = opening.session
        if name in self._openings:
            if self._openings[name] == canonical(body):
                return self._lives[name], False
            raise Taken(f"The session {name} exists with other content. Choose a new identifier.")
        if self._path(name).exists():
            raise Taken(f"The session {name} was recorded before. Choose a new identifier.")
        scene = scene_of(opening, signing_key(), self._today())
        check_space(self.folder)
        busy = {
            unit.unit.address: other
            for other in self._lives.values()
            if not other.over
            for unit in other.scene.units.values()
        }
        for unit in opening.units:
            if unit.address in busy and unit.make != "manual":
                raise Taken(
                    f"The unit at {unit.address} serves another session. Finish that first."
                )
        makes = frozenset(unit.make for unit in opening.units)
        sensing = scene.plan.prescription.sensing
        source = opened_source(opening.sensor, sensing, self._sensors, makes)
        try:
            journal = Journal(self._path(name))
        except BaseException:
            if source is not None:
                source.close()
            raise
        live = Live(scene, body["sealed"], journal, self._start, source=source)
        self._lives[name], self._openings[name] = live, canonical(body)
        try:
            await live.open()
        except BaseException:
            del self._lives[name], self._openings[name]
            raise
        return live, True

    def recorded(self, session: str) -> Reading:
        """Return the journal of a session that is not running here.

        Raises:
            NotReady: there is no such session.
        """
        identifier("session", session)
        path = self._path(session)
        if not path.exists():
            raise NotReady(f"There is no session {session} here. Check the identifier.")
        return read(path)

    def shown(self, session: str) -> dict[str, Any]:
        """Return the snapshot of a session, running, ended or interrupted.

        Raises:
            NotReady: there is no such session.
        """
        live = self.live(session)
        if live is not None:
            ended = {"summary": self._summed_up(session, live)} if live.ended else {}
            return {**live.snapshot(), "ended": live.ended, **ended}
        reading = self.recorded(session)
        return {
            "session": session,
            "step": "interrupted" if reading.interrupted else "done",
            "ended": True,
            "slots": [],
            "faults": [],
            "journal_seq": len(reading.events),
            "journal_trouble": reading.trouble,
            "summary": summary(reading.events) if reading.events else None,
        }

    def events(self, session: str, after: int, most: int) -> list[Event]:
        """Return the events of a session after a number, at most so many."""
        live = self.live(session)
        if live is not None:
            return live.journal.read(after, most)
        return list(self.recorded(session).events[after : after + most])

    def _summed_up(self, session: str, live: Live) -> dict[str, Any]:
        """The summary of an ended session, worked out once."""
        if session not in self._summaries:
            self._summaries[session] = summary(live.journal.read())
        return self._summaries[session]

    async def close(self) -> None:
        """End every session."""
        await asyncio.gather(*(live.close() for live in self._lives.values()))

    def _path(self, session: str) -> Path:
        return self.folder / f"{session}.journal"


def mark_interrupted(folder: Path) -> tuple[str, ...]:
    """Mark every journal without an end, beside it, and return those sessions by name.

    The journal itself is never touched. A journal that another process still writes is left alone.
    """
    found = []
    for path in sorted(folder.glob("*.journal")):
        mark = path.with_suffix(".interrupted")
        if mark.exists():
            found.append(path.stem)
        elif not _ended(path) and not _written_now(path):
            reading = read(path)
            mark.write_text(
                json.dumps({"events": len(reading.events), "trouble": reading.trouble}), "utf-8"
            )
            found.append(path.stem)
    return tuple(found)


def _ended(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        return b'"kind":"ended"' in file.read()


def _written_now(path: Path) -> bool:
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
