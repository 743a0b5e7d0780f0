"""One emulated unit at work: the terminal, the device, its faults, in a thread of its own."""

import random
import select
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import final

from rheobase.simulated.emulators._device import Device, Reply, World
from rheobase.simulated.emulators._log import Entry, Log
from rheobase.simulated.emulators._port import Port
from rheobase.simulated.emulators._scenario import LINE_FAULTS, Fault, Scenario
from rheobase.simulated.emulators._wire import Heard, Wire

LOOK_S = 0.02  # longest time between two looks at the clock


@final
class Emulator:
    """An emulated unit; use it as a context, or `start` and `stop` it.

    Attributes:
        log: everything it heard, said and gave.

    Args:
        device: what is emulated.
        scenario: what goes wrong.
        link: the name of its port.
        log: where to keep what happened.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        device: Device,
        scenario: Scenario,
        link: Path,
        log: Log,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.log = log
        self._device, self._scenario, self._clock = device, scenario, clock
        self._port = Port(link)
        self._wire = Wire(wide=device.wide)
        self._random = random.Random(scenario.seed)  # noqa: S311 - latencies, no secrets
        self._world = World()
        self._todo: list[tuple[float, Heard, tuple[Fault, ...]]] = []
        self._out: list[tuple[float, Reply]] = []
        self._held: list[Reply] = []
        self._waiting = list(scenario.faults)
        self._lasting: list[tuple[float, Fault]] = []  # until, what
        self._line: list[list[Fault | int]] = []  # a fault of frames, and how many are left
        self._frames = 0
        self._ma = 0.0
        self._deaf_until_s = 0.0
        self._begun_s = clock()
        self._output_s: float | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="emulator", daemon=True)

    @property
    def port(self) -> str:
        """The name a host opens."""
        return str(self._port.link)

    @property
    def alive(self) -> bool:
        """It listens; False once it was stopped, or has ended by a defect."""
        return self._thread.is_alive()

    def __enter__(self) -> "Emulator":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Switch on."""
        self._begun_s = self._clock()
        self._device.begin(self._begun_s)
        self._thread.start()

    def stop(self) -> None:
        """Switch off and take the port away."""
        self._end.set()
        self._thread.join()
        self.log.close()

    def happen(self, what: str, **details: float) -> None:
        """Let a fault happen now."""
        now_s = self._clock() - self._begun_s
        self._waiting.append(Fault(what=what, at_s=now_s, **details))  # type: ignore[arg-type]

    # --- the loop -----------------------------------------------------------------------------

    def _serve(self) -> None:
        try:
            self._serve_until_stopped()
        finally:
            self._port.vanish()  # after a defect as well: nobody shall wait for its answers

    def _serve_until_stopped(self) -> None:
        while not self._end.is_set():
            if self._port.there:
                ready, _, _ = select.select([self._port], [], [], self._patience_s())
                if ready:
                    self._hear(self._port.read())
                self._port.forget_settings()
            else:
                time.sleep(LOOK_S)
            self._step(self._clock())

    def _patience_s(self) -> float:
        """Return the time until something is due. [s]"""
        due_s = [entry[0] for entry in self._todo] + [entry[0] for entry in self._out]
        return min(LOOK_S, max(0.0, min(due_s, default=float("inf")) - self._clock()))

    def _step(self, now_s: float) -> None:
        self._faults(now_s)
        for due_s, heard, faults in list(self._todo):
            if due_s <= now_s:
                self._todo.remove((due_s, heard, faults))
                self._answer(self._device.obey(heard, now_s), faults, now_s)
        for reply in self._device.pass_time(now_s, self._world):
            self._say(reply, now_s)
        self._note_output(now_s)
        for due_s, reply in list(self._out):
            if due_s <= now_s:
                self._out.remove((due_s, reply))
                self._say(reply, now_s)

    def _hear(self, data: bytes) -> None:
        now_s = self._clock()
        for heard in self._wire.feed(data):
            if heard.command < 0:
                self._add("flag", "damaged frame", heard.raw)
                continue
            self._frames += 1
            ma = self._device.asked_ma(heard)
            self._add("heard", self._device.name(heard), heard.raw, ma)
            for flag in (*heard.flags, *self._device.flags(heard)):
                self._add("flag", flag)
            self._faults(now_s)
            faults = self._of_this_frame()
            lost = any(fault.what == "request lost" for fault in faults)
            if not lost and now_s >= self._deaf_until_s:
                self._take(heard, faults, now_s)

    def _take(self, heard: Heard, faults: tuple[Fault, ...], now_s: float) -> None:
        if not self._device.arrived(heard, now_s):
            return
        if self._todo or any(fault.what == "busy" for fault in faults):
            busy = self._device.busy(heard)
            self._answer(() if busy is None else (busy,), faults, now_s)
            return
        low_ms, high_ms = self._scenario.latency_ms or self._device.latency_ms
        takes_ms = self._random.uniform(low_ms, high_ms) + self._device.takes_ms(heard)
        self._todo.append((now_s + takes_ms / 1000.0, heard, faults))

    # --- faults -------------------------------------------------------------------------------

    def _faults(self, now_s: float) -> None:
        for fault in list(self._waiting):
            if self._is_due(fault, now_s):
                self._waiting.remove(fault)
                self._add("fault", fault.what)
                self._begin(fault, now_s)
        for until_s, fault in list(self._lasting):
            if now_s >= until_s:
                self._lasting.remove((until_s, fault))
                self._over(fault, now_s)

    def _is_due(self, fault: Fault, now_s: float) -> bool:
        if fault.at_frame is not None:
            return self._frames >= fault.at_frame
        if fault.at_s is not None:
            return now_s - self._begun_s >= fault.at_s
        after_s = fault.after_output_s or 0.0
        return self._output_s is not None and now_s - self._output_s >= after_s

    def _begin(self, fault: Fault, now_s: float) -> None:
        if fault.what in LINE_FAULTS:
            self._line.append([fault, fault.count])
            return
        self._lasting.append((now_s + fault.length_s, fault))
        if fault.what in ("reboot", "vanish"):
            self._todo, self._out, self._held = [], [], []
            self._device.begin(now_s + fault.length_s)
            self._deaf_until_s = now_s + fault.length_s
        if fault.what == "vanish":
            self._port.vanish()
        elif fault.what == "module":
            for reply in self._device.module_failed(now_s):
                self._say(reply, now_s)
        self._world.stop_pressed |= fault.what == "stop switch"
        if fault.what == "pad off":
            self._world.pads_off.add(fault.channel)
        elif fault.what == "pad dry":
            self._world.pads_dry.add(fault.channel)
        elif fault.what == "low current":
            self._world.too_little.add(fault.channel)

    def _over(self, fault: Fault, now_s: float) -> None:
        if fault.what == "vanish":
            self._port.appear()
        elif fault.what == "stop switch":
            self._world.stop_pressed = False
        elif fault.what == "pad off":
            self._world.pads_off.discard(fault.channel)
        elif fault.what == "pad dry":
            self._world.pads_dry.discard(fault.channel)
        elif fault.what == "low current":
            self._world.too_little.discard(fault.channel)

    def _of_this_frame(self) -> tuple[Fault, ...]:
        found: list[Fault] = []
        for entry in self._line:
            fault, left = entry
            if isinstance(fault, Fault) and isinstance(left, int):
                found.append(fault)
                entry[1] = left - 1
        self._line = [entry for entry in self._line if entry[1] != 0]
        return tuple(found)

    # --- what goes out ------------------------------------------------------------------------

    def _answer(self, replies: tuple[Reply, ...], faults: tuple[Fault, ...], now_s: float) -> None:
        kinds = {fault.what: fault for fault in faults}
        for reply in replies:
            if "reply lost" in kinds:
                continue
            if "reorder" in kinds:
                self._held.append(reply)
                continue
            said = self._flipped(reply) if "bit flip" in kinds else reply
            late_s = kinds["late"].late_ms / 1000.0 if "late" in kinds else 0.0
            for _ in range(2 if "duplicate" in kinds else 1):
                self._out.append((now_s + late_s, said))
            self._out += [(now_s + late_s, held) for held in self._held]
            self._held = []

    def _flipped(self, reply: Reply) -> Reply:
        """One wrong bit, not in the first and last byte."""
        frame = bytearray(reply.frame)
        frame[self._random.randrange(1, len(frame) - 1)] ^= 1 << self._random.randrange(8)
        return Reply(name=f"{reply.name}, damaged", frame=bytes(frame))

    def _say(self, reply: Reply, now_s: float) -> None:
        self._note_output(now_s)  # what was done comes before what is said of it
        if now_s >= self._deaf_until_s:
            self._add("sent", reply.name, reply.frame)
            self._port.write(reply.frame)

    def _note_output(self, now_s: float) -> None:
        ma = self._device.output_ma()
        if ma != self._ma:
            self._ma = ma
            self._add("output", "all channels", ma=ma)
        if ma > 0.0 and self._output_s is None:
            self._output_s = now_s

    def _add(self, kind: str, what: str, raw: bytes = b"", ma: float = 0.0) -> None:
        at_s = self._clock()
        self.log.add(Entry(at_s=at_s, kind=kind, what=what, raw=raw.hex(" "), ma=ma))
