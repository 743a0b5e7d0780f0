"""A serial line to one unit: frames out, answers in, every exchange within a deadline.

The port is read when bytes arrive, in the same loop that sends; there is no reader thread, and no
thread that could keep a unit alive while the program hangs. Linux; macOS was not tried.

Nothing is sent twice
    The protocols allow one repetition of a frame that was not answered within 100 ms. We use none:
    a lost answer leaves it open what the unit does, and so ends in a stop. In return an answer has
    250 ms: 100 ms that a RehaStim 2 may take, and what a busy computer adds (88 ms were seen with
    no fault at all). Only the stop is repeated, by the drivers: it is safe at any time.

Answers
    An answer belongs to a question by its packet number and command. One that belongs to none (late,
    doubled, or somebody else's) goes to `stray`; bytes that form no frame are dropped.
"""

import asyncio
import os
import termios
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, final

import serial

from rheobase.errors import UnitFault
from rheobase.stimulators._stuffing import Splitter

ANSWER_WITHIN_S = 0.25
PSEUDO_TERMINALS = "/dev/pts/"  # emulated units; they carry no parity, and asking for it may fail
NO_PARITY = "N"
_HELD: dict[str, "Line"] = {}  # ports that are open in this process, by their real path


class Packet(Protocol):
    """What a frame holds, in either protocol."""

    @property
    def number(self) -> int:
        """Echoed by the unit."""

    @property
    def command(self) -> int:
        """What is meant."""

    @property
    def data(self) -> bytes:
        """Its arguments."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How a unit speaks.

    Attributes:
        baudrate, parity, stopbits, rtscts: of the line.
        numbers: packet numbers count modulo this.
        wrap: frame of (number, command, data).
        unwrap: packet of a whole frame.
        whole: tells whether bytes are one undamaged frame.
    """

    baudrate: int
    parity: str
    stopbits: int
    rtscts: bool
    numbers: int
    wrap: Callable[[int, int, bytes], bytes]
    unwrap: Callable[[bytes], Packet]
    whole: Callable[[bytes], bool]


@final
class Line:
    """One serial line.

    Attributes:
        name: the port, as the user wrote it.
        in_use: the unit behind it may deliver; nobody else may take the port.

    Args:
        name: of the port.
        language: spoken on it.
        stray: takes every packet that answers no question.
        lost: takes the reason when the port goes away.
    """

    def __init__(
        self,
        name: str,
        language: Language,
        stray: Callable[[Packet], None],
        lost: Callable[[str], None],
    ) -> None:
        self.name = name
        self.in_use = False
        self._language = language
        self._stray, self._lost = stray, lost
        self._port: Any = None  # pyserial has no types
        self._splitter = Splitter(language.whole)
        self._number = 0
        self._asked: dict[tuple[int, int], asyncio.Future[bytes]] = {}
        self._turn = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Frames can be sent."""
        return self._port is not None

    def open(self) -> None:
        """Open the port; a port that another unit of this process left behind is taken over.

        Raises:
            UnitFault: the port is not there, or somebody else uses it.
        """
        real = os.path.realpath(self.name)
        there = _HELD.get(real)
        if there is not None and there is not self:
            if there.in_use:
                raise UnitFault(
                    f"Port {self.name} belongs to another unit of this session. Name each unit's "
                    "own port."
                )
            there.close()
        speech = self._language
        try:
            self._port = serial.Serial(
                self.name,
                baudrate=speech.baudrate,
                parity=NO_PARITY if real.startswith(PSEUDO_TERMINALS) else speech.parity,
                stopbits=speech.stopbits,
                rtscts=speech.rtscts,
                timeout=0,
                exclusive=True,
            )
        except (OSError, ValueError, termios.error) as error:  # SerialException is an OSError
            number = getattr(error, "errno", None)
            why = os.strerror(number) if number else str(error)
            raise UnitFault(
                f"Port {self.name} cannot be opened ({why}). Check cable and power, and whether "
                "another program uses it; `rheobase units` lists the ports."
            ) from None
        with suppress(OSError, ValueError, AttributeError):
            self._port.set_low_latency_mode(True)  # FTDI: 1 ms instead of 16; others have none
        self._splitter = Splitter(speech.whole)
        _HELD[real] = self
        asyncio.get_running_loop().add_reader(self._port.fileno(), self._readable)

    def close(self) -> None:
        """Let the port go; whoever waits for an answer gets a fault."""
        port, self._port = self._port, None
        for key in [key for key, line in _HELD.items() if line is self]:
            del _HELD[key]
        if port is not None:
            with suppress(OSError, RuntimeError, termios.error):
                asyncio.get_running_loop().remove_reader(port.fileno())
            with suppress(OSError, termios.error):
                port.reset_output_buffer()  # a unit that takes no bytes must not hold up the close
            with suppress(OSError, termios.error):
                port.close()
        self.break_off("the line was closed")

    def break_off(self, why: str) -> None:
        """Give up every question that is open."""
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(UnitFault(f"Unit on {self.name}: {why}."))

    def tell(self, command: int, data: bytes = b"", number: int | None = None) -> int:
        """Send a frame and return its number; waits for nothing.

        Raises:
            UnitFault: the port has gone, or takes no more bytes.
        """
        if number is None:
            self._number = (self._number + 1) % self._language.numbers
            number = self._number
        frame = self._language.wrap(number, command, data)
        if self._port is None:
            raise UnitFault(
                f"Port {self.name} has gone. Check cable and power, then open and arm the unit anew."
            )
        try:
            sent = os.write(self._port.fileno(), frame)
        except OSError as error:
            sent = 0
            if not isinstance(error, BlockingIOError):
                self._gone(str(error))
        if sent != len(frame):
            raise UnitFault(
                f"Unit on {self.name} takes no bytes. Check cable and power, then open it anew."
            )
        return number

    async def ask(
        self, command: int, answer: int, data: bytes = b"", within_s: float = ANSWER_WITHIN_S
    ) -> bytes:
        """Send a frame and return the data of its answer; one question at a time.

        Raises:
            UnitFault: no answer in time, or the port has gone.
        """
        async with self._turn:
            return await self.ask_at_once(command, answer, data, within_s)

    async def ask_at_once(self, command: int, answer: int, data: bytes, within_s: float) -> bytes:
        """The same without waiting for other questions: for the stop.

        Raises:
            UnitFault: no answer in time, or the port has gone.
        """
        key = (self.tell(command, data), answer)
        waiting: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asked[key] = waiting
        try:
            async with asyncio.timeout(within_s):
                return await waiting
        except TimeoutError:
            if waiting.done() and not waiting.cancelled():
                return waiting.result()  # it lay there in time; this computer looked late
            raise UnitFault(
                f"Unit on {self.name} gave no answer to command {command} within "
                f"{1000 * within_s:.0f} ms. It falls silent by itself; check cable and unit, then "
                "open and arm it anew."
            ) from None
        finally:
            self._asked.pop(key, None)

    def _readable(self) -> None:
        try:
            data = os.read(self._port.fileno(), 4096)
        except BlockingIOError:
            return
        except OSError as error:
            self._gone(str(error))
            return
        if not data:
            self._gone("end of file")
            return
        for frame in self._splitter.feed(data):
            packet = self._language.unwrap(frame)
            waiting = self._asked.get((packet.number, packet.command))
            if waiting is not None and not waiting.done():
                waiting.set_result(packet.data)
            else:
                self._stray(packet)

    def _gone(self, why: str) -> None:
        self.close()
        self._lost(f"its port has gone ({why})")
