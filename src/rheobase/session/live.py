"""One running session: joins the pure parts to a supervisor, a journal and the clock.

The heartbeat ticks the conductor every 20 ms; commands change the scene one after another; a stop
passes everything else. Whatever ends this object ends the output: closing the pipe halts the units.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, final

from rheobase.errors import BadInput, NotReady, RheobaseError, Unavailable
from rheobase.session import course, steps
from rheobase.session.asks import keep, request_for
from rheobase.session.beats import Beats
from rheobase.session.commands import Command, Outcome, perform
from rheobase.session.conductor import TICK_MS, Happening
from rheobase.session.journal import Journal
from rheobase.session.link import SupervisorLink, start_supervisor
from rheobase.session.listening import listened
from rheobase.session.messages import Done, Refused, Stage, Tick, Told
from rheobase.session.scene import Scene
from rheobase.session.sense_rules import sense_rules
from rheobase.session.sensor import Source
from rheobase.session.snapshot import snapshot
from rheobase.session.stand import Mode
from rheobase.session.steps import Step

KEYS_KEPT = 2000  # presses; no press is repeated after so many others
RECEIPT_S = 2.0  # a disk slower than this pauses the session
SENSOR_TOLD_MS = 1000.0  # between two words about a stream that comes and goes
SLOW_DISK = "The disk does not keep up with the journal."
WORKING = (Stage.ARMED, Stage.RUNNING, Stage.PAUSED)
LinkStarter = Callable[[], AbstractAsyncContextManager[SupervisorLink]]


@final
class Live:
    """A session that runs.

    Args:
        scene: as it begins.
        sealed: the signed prescription as plain JSON; the supervisor verifies it again.
        journal: empty, open.
        start: starts a supervisor.
        clock_ns: monotonic. [ns]
        source: of the sensor's samples, or None.
    """

    def __init__(
        self,
        scene: Scene,
        sealed: dict[str, Any],
        journal: Journal,
        start: LinkStarter = start_supervisor,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        *,
        source: Source | None = None,
    ) -> None:
        self.scene = scene
        self.journal = journal
        self._book = Beats(journal)
        self._source, self._source_told = source, ("", 0.0)
        self._sealed, self._start, self._clock_ns = sealed, start, clock_ns
        self._opened_ns = self._present_ns = clock_ns()
        self._stack = contextlib.AsyncExitStack()
        self._link: SupervisorLink | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._asks: set[asyncio.Task[None]] = set()
        self._commands = asyncio.Lock()
        self._done: dict[str, tuple[str, str, dict[str, Any]]] = {}
        self._ticks = self._stops = 0
        self._step: Step | None = None
        self._left = False

    @property
    def now_ms(self) -> float:
        """Time since the session was opened. [ms]"""
        return self._ms(self._clock_ns())

    def _ms(self, at_ns: int) -> float:
        return (at_ns - self._opened_ns) / 1e6

    @property
    def over(self) -> bool:
        """The session has ended."""
        return self.scene.progress.step is Step.DONE

    @property
    def ended(self) -> bool:
        """The session is over and its journal is closed."""
        return self._left

    def snapshot(self) -> dict[str, Any]:
        """Return what a console is shown."""
        return snapshot(self.scene, self.now_ms, self.journal.seq)

    def present(self) -> None:
        """The console has shown that somebody is there."""
        self._present_ns = self._clock_ns()

    async def open(self) -> None:
        """Start the supervisor and identify every unit; nothing is delivered.

        Raises:
            BadInput: a unit is not known or does not answer; everything is closed again.
        """
        units = [unit.unit for unit in self.scene.units.values()]
        self._book.append(
            "opened",
            data={
                "session": self.scene.session,
                "sealed": self._sealed,
                "units": [{"slot": u.slot, "make": u.make, "address": u.address} for u in units],
                "interlocks": [list(pair) for pair in self.scene.plan.interlocks],
            },
            monotonic_ns=self._opened_ns,
        )
        try:
            await self._connect()
            for unit in units:
                await self._ask("open", unit.slot)
        except BaseException as error:
            await self._leave()
            if isinstance(error, RheobaseError):
                raise BadInput(str(error)) from error
            raise

    async def command(self, command: Command) -> dict[str, Any]:
        """Carry out a command once, and return the snapshot when its record is safe.

        Raises:
            BadInput, NotReady: it was refused; nothing changed.
            Unavailable: the supervisor or the disk does not answer.
        """
        self.present()
        async with self._commands:
            if self.over:
                raise NotReady("This session has ended. Open a new one for more.")
            before = self._done.get(command.key)
            this = (command.do, command.slot, command.data)
            if before is not None:
                if before != this:
                    raise BadInput(f"The key {command.key!r} was used for another command.")
                return self.snapshot()
            try:
                receipt = await self._carry_out(command)
            except RheobaseError as error:
                self._book.append(
                    "refused", command.slot, reasons=(str(error),), data={"do": command.do}
                )
                raise
            self._done[command.key] = this
            if len(self._done) > KEYS_KEPT:
                del self._done[next(iter(self._done))]
        await self._safe(receipt)
        return self.snapshot()

    async def stop(self, why: str = "stop pressed") -> dict[str, Any]:
        """Silence every unit at once; never refused, never waits for the disk."""
        asked_ns = self._clock_ns()
        if self.over:
            return self._stop_answer(asked_ns, asked_ns, True)
        self._stops += 1
        silent = asyncio.ensure_future(self._silence_units())
        self.scene = course.stopped(self.scene, why, self._ms(asked_ns))
        self._book.append("stop", reasons=(why,), monotonic_ns=asked_ns)
        self._record_step()
        confirmed = await silent
        stopped_ns = self._clock_ns()
        self._book.append("stopped", data={"confirmed": confirmed}, monotonic_ns=stopped_ns)
        return self._stop_answer(asked_ns, stopped_ns, confirmed)

    def _stop_answer(self, asked_ns: int, stopped_ns: int, confirmed: bool) -> dict[str, Any]:
        return {
            "session": self.scene.session,
            "asked_at_monotonic_ns": asked_ns,
            "stopped_at_monotonic_ns": stopped_ns,
            "confirmed": confirmed,
        }

    async def close(self, why: str = "the service was closed") -> None:
        """End the session, whatever its step: silence, then the end of the journal."""
        if not self.over:
            await self.stop(why)
            self.scene = replace(
                self.scene, progress=replace(self.scene.progress, step=Step.DONE, why=why)
            )
        await self._leave()

    # --- commands -----------------------------------------------------------------------------

    async def _carry_out(self, command: Command) -> Any:
        at_ns = self._clock_ns()
        planned = perform(self.scene, command, self._ms(at_ns))
        stops = self._stops
        for ask, slot in planned.before:
            await self._ask(ask, slot)
        if self._stops != stops:
            await self._silence_units()
            raise NotReady("Stop was pressed meanwhile. Every unit is silent.")
        # Time has passed and reports have come in: the command is judged again as things are now.
        outcome = planned
        if planned.before:
            at_ns = self._clock_ns()
            outcome = perform(self.scene, command, self._ms(at_ns))
        self.scene = outcome.scene
        receipt = self._book.append(
            "command",
            command.slot,
            data={"key": command.key, "do": command.do, **command.data, **self._level(command)},
            monotonic_ns=at_ns,
        )
        self._record(outcome)
        if outcome.stop:
            await self.stop(outcome.stop)
        for ask, slot in outcome.after:
            await self._ask(ask, slot)
        if self.over:
            await self._silence_units()
            await self._leave()
        return receipt

    def _level(self, command: Command) -> dict[str, float]:
        if not command.slot:
            return {}
        return {"level_ma": self.scene.stand.slot(command.slot).level_ma}

    def _record(self, outcome: Outcome) -> None:
        for fact in outcome.facts:
            self._book.append(fact.kind, fact.slot, data=fact.data)
        self._record_step()

    def _record_step(self) -> None:
        progress = self.scene.progress
        if progress.step is not self._step:
            self._step = progress.step
            self._book.append("step", data={"step": progress.step.value, "why": progress.why})

    async def _safe(self, receipt: Any) -> None:
        try:
            await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(receipt)), RECEIPT_S)
        except (TimeoutError, Unavailable):
            reasons = (self.journal.trouble or SLOW_DISK,)
            self._ease("journal", reasons)
            raise Unavailable(f"{reasons[0]} Output ramps down; nothing more is started.") from None

    # --- the supervisor -----------------------------------------------------------------------

    async def _connect(self) -> None:
        self._link = await self._stack.enter_async_context(self._start())
        self._tasks = [
            asyncio.create_task(self._heartbeat(), name="heartbeat"),
            asyncio.create_task(self._listen(self._link), name="reports"),
        ]

    async def _leave(self) -> None:
        for task in (*self._tasks, *self._asks):
            if task is not asyncio.current_task():
                task.cancel()
        self._link = None
        await self._stack.aclose()
        if self._source is not None:
            await asyncio.to_thread(self._source.close)
        self._book.flush()
        await asyncio.to_thread(self.journal.close)
        self._left = True

    def _living(self) -> SupervisorLink:
        if self._link is None or not self._link.alive:
            raise Unavailable("The supervisor has ended; every unit falls silent by itself.")
        return self._link

    async def _ask(self, ask: str, slot: str) -> None:
        """Ask the supervisor for one thing; a refusal is raised with its reasons."""
        if ask == "rearm":
            await self._rearm()
            return
        if ask == "check":
            await self._check(slot)
            return
        if ask == "run" and self._running():
            return
        if ask == "pause" and not self._running():
            return
        await self._order(ask, slot)

    async def _order(self, ask: str, slot: str) -> None:
        link = self._living()
        request = request_for(ask, slot, link.next_id(), self.scene, self._sealed)
        answer = await link.request(request)
        if isinstance(answer, Refused):
            raise NotReady(" ".join(f"{reason.rstrip('.')}." for reason in answer.reasons))
        if ask == "open":
            self.scene = self.scene.with_unit(slot, detail=answer.detail)
            self._book.append("unit", slot, data=answer.detail)
        if ask == "arm":
            self._book.append("armed", data={"digest": self._sealed["digest"]})

    async def _rearm(self) -> None:
        """After a stop: identify, check and arm again, from 0 mA."""
        if self._link is None or not self._link.alive:
            for task in self._tasks:
                task.cancel()
            await self._stack.aclose()
            self._stack = contextlib.AsyncExitStack()
            for slot in self.scene.units:
                self.scene = self.scene.with_unit(slot, stage=Stage.OFF)
            await self._connect()
        for slot in self.scene.units:
            await self._check(slot)
        await self._settled(tuple(self.scene.units), Stage.CHECKED, *WORKING)
        await self._order("arm", "")

    async def _check(self, slot: str) -> None:
        """Confirm the checklist of a unit, from wherever it is."""
        if self.scene.units[slot].stage in (Stage.CHECKED, *WORKING):
            return
        if self.scene.units[slot].stage in (Stage.OFF, Stage.STOPPING):
            await self._settled((slot,), Stage.OFF)
            await self._order("open", slot)
        await self._settled((slot,), Stage.IDENTIFIED)
        await self._order("check", slot)

    async def _settled(self, slots: tuple[str, ...], *stages: Stage) -> None:
        """Wait until the reports have caught up with the answers."""
        for _ in range(50):
            if all(self.scene.units[slot].stage in stages for slot in slots):
                return
            await asyncio.sleep(TICK_MS / 1000.0)
        raise Unavailable("A unit does not reach the stage it should. Look at it, then try again.")

    def _running(self) -> bool:
        return all(unit.stage is Stage.RUNNING for unit in self.scene.units.values())

    async def _silence_units(self) -> bool:
        """Halt every unit; return whether each of them has confirmed it."""
        link = self._link
        if link is None or not link.alive:
            return False
        try:
            answer = await link.stop()
        except RheobaseError:
            link.kill()  # the units' own watchdogs end the output
            return False
        return isinstance(answer, Done) and all(answer.detail.values())

    async def _heartbeat(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            try:
                self.beat()
            except Unavailable as error:
                self._lost(str(error))
                return
            except Exception as error:
                await self._broken(error)
                raise
            due = max(due + TICK_MS / 1000.0, loop.time())
            await asyncio.sleep(due - loop.time())

    def beat(self) -> None:
        """One tick: wishes out, and what time has brought about."""
        now_ns = self._clock_ns()
        now_ms = self._ms(now_ns)
        if self._source is not None:
            self._hear_sensor(self._source, now_ms)
        self.scene, wishes, happened = course.beaten(self.scene, now_ms)
        self._book.beat(now_ns, wishes)
        self._ticks += 1
        age_ms = (self._clock_ns() - self._present_ns) / 1e6
        self._living().tick(Tick(n=self._ticks, wishes=wishes, console_age_ms=age_ms))
        for one in happened:
            self._happened(one)
        self._watch_comfort(now_ms)
        self._watch_journal()
        self.scene = course.settled(self.scene)
        self._record_step()

    def _hear_sensor(self, source: Source, now_ms: float) -> None:
        arrived = source.take(now_ms, self.scene.delivering)
        self.scene, facts = listened(self.scene, sense_rules(), arrived, now_ms)
        for fact in facts:
            self._book.append(fact.kind, data=fact.data)
        why = self.scene.watch.why if self.scene.watch is not None else ""
        told, at_ms = self._source_told
        if why != told and now_ms - at_ms >= SENSOR_TOLD_MS:
            self._source_told = (why, now_ms)
            data = {"stream": arrived.stream}
            self._book.append("sensor", reasons=(why,) if why else (), data=data, matters=False)

    def _happened(self, one: Happening) -> None:
        self._book.append(one.kind, one.slot, matters=one.kind != "contraction")
        if one.kind in ("block over", "session over"):
            self._soon("pause")

    def _watch_comfort(self, now_ms: float) -> None:
        gate = self.scene.plan.prescription.gate
        if steps.due_in_s(self.scene.progress, gate, now_ms) > 0.0:
            return
        if self._working():
            self._ease("comfort", (f"{gate.scale.value} is due. Score the child, then go on.",))

    def _watch_journal(self) -> None:
        """Nothing is delivered for long that is not recorded."""
        behind = self.journal.behind_s > RECEIPT_S
        if (behind or self.journal.trouble) and self._working():
            self._ease("journal", (self.journal.trouble or SLOW_DISK,))

    def _working(self) -> bool:
        return any(one.mode not in (Mode.SILENT, Mode.RELEASE) for one in self.scene.stand.slots)

    def _ease(self, kind: str, reasons: tuple[str, ...]) -> None:
        """Ramp every unit out and tell why."""
        at_ns = self._clock_ns()
        self.scene = course.eased(self.scene, self._ms(at_ns))
        self._book.append("eased", reasons=reasons, data={"kind": kind}, monotonic_ns=at_ns)
        self._soon("pause")

    def _soon(self, ask: str) -> None:
        async def carry_out() -> None:
            with contextlib.suppress(RheobaseError):
                await self._ask(ask, "")

        task = asyncio.create_task(carry_out())
        self._asks.add(task)
        task.add_done_callback(self._asks.discard)

    def _lost(self, why: str) -> None:
        """The supervisor is gone: the units' own watchdogs end the output."""
        at_ns = self._clock_ns()
        self.scene = course.lost(self.scene, why, self._ms(at_ns))
        self._book.append("supervisor lost", reasons=(why,), monotonic_ns=at_ns)
        self._record_step()

    async def _broken(self, error: Exception) -> None:
        """A defect of this program: who ticks no more, or is deaf, must not deliver."""
        await self._silence_units()
        if self._link is not None:
            self._link.kill()  # after a look at everything, a checklist starts another
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        self._lost(f"The session has a defect: {error!r}. Every unit is silent. Report it.")

    # --- reports ------------------------------------------------------------------------------

    async def _listen(self, link: SupervisorLink) -> None:
        try:
            async for report in link.reports():
                self._heard(report)
        except Exception as error:
            await self._broken(error)
            raise

    def _heard(self, report: Told) -> None:
        at_ns = self._clock_ns()
        self.scene = course.told(self.scene, report, self._ms(at_ns))
        keep(self._book, report, at_ns)
        self._record_step()
