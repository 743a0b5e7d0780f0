"""What the supervisor does: every unit's state, the requests, and the beat of 10 ms.

Nothing here waits for a unit except in a task of its own, so that a slow unit never delays a stop
or another unit. A stop and a hard fault first change every state, at once; only then are the units
told, all at the same time. Time is handed in.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any, final

from rheobase.errors import BadInput, NotReady, OutsideEnvelope, RheobaseError
from rheobase.safety import ClinicLimits
from rheobase.session.messages import (
    Arm,
    CheckContact,
    CheckUnit,
    ClearFault,
    Dial,
    Done,
    OpenUnit,
    Pause,
    Refused,
    Report,
    Request,
    Run,
    Stage,
    Stop,
    Tick,
    Trouble,
    UnitState,
)
from rheobase.session.slot import POLL_S, Slot
from rheobase.session.states import (
    CAN_RUN,
    NEEDS_HEARTBEAT,
    Event,
    Situation,
    follows,
    may_output,
    move,
)
from rheobase.stimulators import ChannelState, Guard, Telemetry, open_unit
from rheobase.stimulus import Sealed, from_plain, opened, to_plain

SESSION_FRESH_S = 0.1  # longest silence of the session's heartbeat
CONSOLE_FRESH_S = 3.0  # longest silence of the console
TURN_S = 0.002  # between two looks whether a unit is still talked to
EASE_S = 1.0  # length of the ramp down of a soft fault
SILENT = (Stage.OFF, Stage.FAULT, Stage.STOPPING)
SESSION_QUIET = (
    "The session was silent for more than 100 ms, so every unit was silenced. If this happens again, "
    "this computer is too busy: close other programs before going on."
)
CONSOLE_QUIET = "The console was silent for more than 3 s. The output ramps down to 0 mA."
NOT_HALTED = "Unit {} did not confirm that it halted. Switch it off at the unit, now."


@final
class Keeper:
    """All units of one session.

    Args:
        send: takes a report to the session service; never waits.
        clock: seconds that only go forward.
        today: the date, to see whether a prescription has run out.
        key: what prescriptions were signed with.
        clinic: what the clinic lowers of the compiled caps.
    """

    def __init__(
        self,
        *,
        send: Callable[[Report], None],
        clock: Callable[[], float],
        today: Callable[[], date],
        key: bytes,
        clinic: ClinicLimits,
    ) -> None:
        self._send = send
        self._clock = clock
        self._today = today
        self._key = key
        self._clinic = clinic
        self._guard = Guard(clock)
        self._slots: dict[str, Slot] = {}
        self._signed = ""
        self._tick: Tick | None = None
        self._tick_s = float("-inf")
        self._tasks: set[asyncio.Task[None]] = set()
        self._works: set[asyncio.Task[None]] = set()  # those that talk to units

    # --- what comes in ------------------------------------------------------------------------

    def hear(self, tick: Tick) -> None:
        """Take a heartbeat; an old or repeated one is ignored, and is no heartbeat."""
        if self._tick is not None and tick.n <= self._tick.n:
            return
        self._tick = tick
        self._tick_s = self._clock()
        unknown = [w.slot for w in tick.wishes if w.amplitude_ma > 0 and w.slot not in self._slots]
        if unknown:
            self.fault("", "limit", (f"slot {unknown[0]!r} is wished for, but has no unit",))

    def stop(self, request: Stop) -> None:
        """Silence every unit, from any state, before anything else."""
        self._stop_all("stopped")
        self._begin(self._stopped(request.id))

    async def answer(self, request: Request) -> None:
        """Carry out any other request and say so, or say why not."""
        number = getattr(request, "id", 0)
        try:
            detail = await self._carried_out(request)
        except OutsideEnvelope as refusal:
            self.refuse(number, refusal.reasons)
        except RheobaseError as refusal:
            self.refuse(number, (str(refusal),))
        else:
            self._send(Done(id=number, detail=detail))

    def refuse(self, number: int, reasons: tuple[str, ...]) -> None:
        """Answer a request with the reasons against it."""
        self._send(Refused(id=number, reasons=reasons))

    def fault(self, name: str, kind: str, reasons: tuple[str, ...]) -> None:
        """A hard fault: silence every unit at once; latch it on one unit, or on all (name "").

        What happens to a unit that is silent and latched already is not reported again.
        """
        news = [s for s in self._slots.values() if s.state.stage not in SILENT]
        for slot in self._slots.values():
            own = name in ("", slot.name)
            self._move(slot, Event.BREAK if own else Event.STOP, kind if own else "another unit")
        if news:
            self._trouble(name, kind, reasons, hard=True)
        self._begin(self._silence())

    async def end(self) -> None:
        """Halt every unit: the session has gone."""
        self._stop_all("the session has gone")
        await self._silence()

    # --- the beat -----------------------------------------------------------------------------

    def beat(self) -> None:
        """Look at both heartbeats, and let every unit do what is due; called every 10 ms."""
        now = self._now()
        for slot in self._slots.values():
            event = follows(slot.state, now)
            if event is Event.BREAK:
                self.fault("", "heartbeat", (SESSION_QUIET,))
                return
            if event is Event.EASE:
                self._ease(slot, "console quiet")
                self._trouble(slot.name, "console quiet", (CONSOLE_QUIET,), hard=False)
            elif self._let_go(slot, now):
                return
        for slot in self._slots.values():
            if slot.state.stage in NEEDS_HEARTBEAT and not slot.busy:
                slot.busy = True
                self._work_begins(slot, self._begin(self._work(slot, now)))

    def _let_go(self, slot: Slot, now: Situation) -> bool:
        """Without a console nobody keeps a unit alive: it ends by itself, and so do we."""
        idle = slot.state.stage in CAN_RUN and not now.console_fresh
        if not (idle and slot.lapsed(self._clock())):
            return False
        self._stop_all("console quiet")
        self._begin(self._silence())
        return True

    async def _work(self, slot: Slot, now: Situation) -> None:
        """Do what is due for one unit: a new state, a sign of life, a look."""
        try:
            await self._follow(slot, now)
            if now.console_fresh and slot.must_renew(self._clock()):
                await slot.unit.renew()
                slot.renewed_s = self._clock()
            if self._clock() - slot.polled_s >= POLL_S:
                slot.polled_s = self._clock()
                self._look(slot, await slot.unit.poll())
        except OutsideEnvelope as refusal:
            self._failed(slot, "", "limit", refusal.reasons)
        except (RheobaseError, OSError) as error:
            self._failed(slot, slot.name, "link", (str(error),))
        finally:
            slot.busy = False

    def _failed(self, slot: Slot, name: str, kind: str, reasons: tuple[str, ...]) -> None:
        """A hard fault, unless this unit is only being halted because of another, who will tell."""
        if self._guard.culprit in ("", slot.name):
            self.fault(name, kind, reasons)

    async def _follow(self, slot: Slot, now: Situation) -> None:
        wishes = () if self._tick is None else self._tick.wishes
        wish = next((w for w in wishes if w.slot == slot.name), None)
        target = slot.target(wish if may_output(slot.state, now) else None, self._clock(), EASE_S)
        if target != slot.unit.asked or slot.unit.by_hand is not None:
            report = slot.confirmed(await slot.unit.set((target,)), self._now_ns())
            slot.renewed_s = self._clock()
            if report is not None:
                self._send(report)
        if slot.state.easing and slot.unit.asked.amplitude_ma == 0.0:
            self._move(slot, Event.EASED, "reached 0 mA")

    def _look(self, slot: Slot, telemetry: Telemetry) -> None:
        soft = slot.soft_troubles(telemetry) | slot.prompt(self._clock())
        for kind, words in soft.items():
            self._trouble(slot.name, kind, (words,), hard=False)
        for kind, words in slot.hard_troubles(telemetry).items():
            self.fault(slot.name, kind, (words,))

    # --- requests -----------------------------------------------------------------------------

    async def _carried_out(self, request: Request) -> dict[str, Any]:
        match request:
            case OpenUnit():
                return await self._open(request)
            case Arm():
                return await self._arm(request)
            case CheckUnit():
                self._demand(self._slot(request.slot), Event.CONFIRMED, "checklist confirmed")
            case Run():
                self._run()
            case Pause():
                for slot in self._slots.values():
                    self._ease(slot, "paused")
            case ClearFault():
                event = Event.SEEN if request.step == 1 else Event.RELEASED
                self._demand(self._slot(request.slot), event, str(event))
            case Dial():
                self._dial(request)
            case CheckContact():
                await self._contact(request)
            case _:
                raise BadInput(f"{type(request).__name__} is no request to the supervisor.")
        return {}

    async def _open(self, request: OpenUnit) -> dict[str, Any]:
        there = self._slots.get(request.slot)
        if there is not None and there.state.stage is not Stage.OFF:
            raise BadInput(f"Slot {request.slot} has a unit already. Stop it first.")
        unit = open_unit(request.make, request.address, slot=request.slot, guard=self._guard)
        slot = self._slots[request.slot] = Slot(request.slot, unit)
        identity = await unit.open()
        self._demand(slot, Event.IDENTIFIED, f"{identity.make}, {identity.serial_number}")
        return {"identity": to_plain(identity), "capabilities": to_plain(unit.capabilities)}

    async def _arm(self, request: Arm) -> dict[str, Any]:
        sealed = from_plain(Sealed, request.sealed, "sealed")
        prescription = opened(sealed, self._key)
        if self._today() > prescription.valid_until:
            raise BadInput(f"This prescription ended on {prescription.valid_until}. Sign anew.")
        slots = [self._slot(order.slot) for order in prescription.channels]
        for slot in slots:
            if slot.state.stage is not Stage.CHECKED:
                raise BadInput(f"Unit {slot.name} is {slot.state.stage}, not checked. Check it.")
        if not self._now().session_fresh:
            raise BadInput("No heartbeat is heard from the session. Tick first, then arm.")
        if any(slot.state.stage in NEEDS_HEARTBEAT for slot in self._slots.values()):
            raise BadInput("Another prescription is armed. Stop first.")
        self._guard.sign(prescription, self._clinic)
        self._signed = sealed.digest
        for slot in slots:
            try:
                await slot.unit.arm(sealed.digest)
            except BaseException as error:
                self.fault(slot.name, "link", (f"Unit {slot.name} was not armed: {error}",))
                raise
            slot.renewed_s = slot.polled_s = self._clock()
            self._demand(slot, Event.ARM, "armed at 0 mA")
        return {"digest": sealed.digest, "limits": to_plain(self._guard.limits)}

    def _run(self) -> None:
        ready = [slot for slot in self._slots.values() if slot.state.stage in CAN_RUN]
        if not ready:
            raise BadInput("No unit is armed or paused. Open, check and arm the units first.")
        for slot in ready:
            self._demand(slot, Event.RUN, "running")

    def _dial(self, request: Dial) -> None:
        slot, most = self._slot(request.slot), self._guard.limits.get(request.slot)
        if slot.unit.by_hand is None or most is None:
            raise BadInput(f"Unit {slot.name} is not a signed unit that is set by hand.")
        if not request.amplitude_ma <= most.amplitude_max_ma:
            reason = (
                f"the dial of unit {slot.name} shows {request.amplitude_ma:g} mA, above the signed "
                f"{most.amplitude_max_ma:g} mA: turn it off"
            )
            self.fault("", "limit", (reason,))
            raise OutsideEnvelope((reason,))
        slot.unit.by_hand(request.amplitude_ma)

    async def _contact(self, request: CheckContact) -> None:
        """One pulse on a unit that runs at 0 mA; nobody else talks to it meanwhile."""
        slot = self._slot(request.slot)
        while slot.busy:
            await asyncio.sleep(TURN_S)
        if not may_output(slot.state, self._now()) or slot.state.easing:
            raise BadInput(
                f"Unit {slot.name} is {slot.state.stage} and may not deliver. Run first."
            )
        slot.busy = True
        try:
            found = await slot.unit.contact(
                ChannelState(
                    channel=slot.unit.channel,
                    amplitude_ma=request.amplitude_ma,
                    pulse_width_us=request.pulse_width_us,
                    gap_us=request.gap_us,
                    frequency_hz=request.frequency_hz,
                )
            )
        except OutsideEnvelope as refusal:
            self._failed(slot, "", "limit", refusal.reasons)
            raise
        except NotReady:
            raise
        except (RheobaseError, OSError) as error:
            self._failed(slot, slot.name, "link", (str(error),))
            raise
        finally:
            slot.busy = False
        slot.renewed_s = self._clock()
        self._send(slot.contact_found(found, self._now_ns()))

    # --- small parts --------------------------------------------------------------------------

    def _slot(self, name: str) -> Slot:
        if name not in self._slots:
            raise BadInput(f"No unit is open in slot {name!r}. Open it first.")
        return self._slots[name]

    def _now(self) -> Situation:
        age_s = self._clock() - self._tick_s
        console_s = float("inf") if self._tick is None else self._tick.console_age_ms / 1000.0
        return Situation(
            session_fresh=age_s <= SESSION_FRESH_S,
            console_fresh=0.0 <= console_s + age_s <= CONSOLE_FRESH_S,
            signed=self._signed,
        )

    def _now_ns(self) -> int:
        return round(self._clock() * 1e9)

    def _move(self, slot: Slot, event: Event, why: str) -> bool:
        after = move(slot.state, event, self._now())
        if after is None:
            return False
        stage, slot.state = slot.state.stage, after
        if after.stage is not stage:
            self._send(
                UnitState(slot=slot.name, stage=after.stage, why=why, monotonic_ns=self._now_ns())
            )
        return True

    def _demand(self, slot: Slot, event: Event, why: str) -> None:
        if not self._move(slot, event, why):
            raise BadInput(
                f"Unit {slot.name} is {slot.state.stage}: {event!s} is not possible now. Both "
                "heartbeats must be fresh and each step must follow the one before."
            )

    def _ease(self, slot: Slot, why: str) -> None:
        easing = slot.state.easing
        if self._move(slot, Event.EASE, why) and not easing:
            slot.begin_easing(self._clock())

    def _stop_all(self, why: str) -> None:
        for slot in self._slots.values():
            self._move(slot, Event.STOP, why)

    async def _stopped(self, number: int) -> None:
        await self._silence()
        self._send(Done(id=number, detail={s.name: s.unit.halted for s in self._slots.values()}))

    async def _silence(self) -> None:
        """Tell every unit to halt, at the same time, and report who did."""
        for task in self._works:
            task.cancel()
        await self._guard.silence()
        for slot in self._slots.values():
            if not slot.unit.halted:
                self._trouble(slot.name, "link", (NOT_HALTED.format(slot.name),), hard=True)
            elif (report := slot.halted(self._now_ns())) is not None:
                self._send(report)
            self._move(slot, Event.STOPPED, "halted")

    def _trouble(self, slot: str, kind: str, reasons: tuple[str, ...], *, hard: bool) -> None:
        self._send(
            Trouble(slot=slot, kind=kind, hard=hard, reasons=reasons, monotonic_ns=self._now_ns())
        )

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _work_begins(self, _slot: Slot, task: asyncio.Task[None]) -> None:
        self._works.add(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._works.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fault("", "defect", (f"The supervisor has a defect: {error!r}. Report it.",))
