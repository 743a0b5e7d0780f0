"""The process that owns every unit: `python -m rheobase.session.supervisor --fd N`.

It reads lines from an inherited socket (the first gives the key and the clinic's limits, the rest
are `messages`), and writes reports back. A stop is carried out before anything that waits. A line
that is none of ours is a hard fault. The end of the pipe, or of the beat, halts every unit and ends
the process. Monotonic time only; the date serves to see whether a prescription has run out.
"""

import argparse
import asyncio
import json
import signal
import socket
import sys
import time
from datetime import UTC, datetime
from typing import final

from rheobase.errors import BadInput
from rheobase.safety import ClinicLimits
from rheobase.session.keeper import Keeper
from rheobase.session.messages import Report, Request, Stop, Tick, decode, encode
from rheobase.session.realtime import ask_for_punctuality
from rheobase.stimulus import from_plain

BEAT_S = 0.01
LONGEST_LINE = 1_000_000  # bytes; a sealed prescription has some thousands


@final
class Pipe(asyncio.Protocol):
    """The inherited socket: lines in, reports out, the end noticed."""

    def __init__(self) -> None:
        self.ended = asyncio.Event()
        self.requests: asyncio.Queue[Request] = asyncio.Queue()
        self._keeper: Keeper | None = None
        self._working: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport | None = None
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take whole lines; a stop among them goes first."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            self.ended.set()
            return
        if self._keeper is None and lines:
            self._keeper = self._started(lines.pop(0))
        if self._keeper is not None:
            self._take(lines, self._keeper)

    def eof_received(self) -> None:
        """The session has gone."""
        self.ended.set()

    def connection_lost(self, exc: Exception | None) -> None:
        """The session has gone."""
        self.ended.set()

    def send(self, report: Report) -> None:
        """Write a report; never waits, and a session that reads nothing is a session gone."""
        if self._transport is None or self._transport.is_closing():
            return
        self._transport.write(encode(report))
        if self._transport.get_write_buffer_size() > LONGEST_LINE:
            self.ended.set()

    def beat(self) -> None:
        """Let 10 ms pass."""
        if self._keeper is not None:
            self._keeper.beat()

    async def serve(self) -> None:
        """Carry out requests, one after the other."""
        while True:
            request = await self.requests.get()
            if self._keeper is not None:
                self._working = asyncio.create_task(self._keeper.answer(request))
                (trouble,) = await asyncio.gather(self._working, return_exceptions=True)
                if trouble is not None:
                    why = f"{type(request).__name__} was broken off: {trouble!r}."
                    self._keeper.refuse(getattr(request, "id", 0), (why,))

    async def end(self) -> None:
        """Halt every unit."""
        if self._keeper is not None:
            await self._keeper.end()

    def _started(self, line: bytes) -> Keeper:
        start = json.loads(line)
        return Keeper(
            send=self.send,
            clock=time.monotonic,
            today=lambda: datetime.now(tz=UTC).date(),
            key=bytes.fromhex(start["key"]),
            clinic=from_plain(ClinicLimits, start["clinic"], "clinic"),
        )

    def _take(self, lines: list[bytes], keeper: Keeper) -> None:
        requests: list[Request] = []
        for line in lines:
            try:
                message = decode(line)
            except BadInput as error:
                keeper.fault("", "message", (str(error),))
                continue
            if isinstance(message, Tick):
                keeper.hear(message)
            elif isinstance(message, Stop):
                self._break_off(keeper, requests)
                keeper.stop(message)
            else:
                requests.append(message)  # type: ignore[arg-type]
        for request in requests:
            self.requests.put_nowait(request)

    def _break_off(self, keeper: Keeper, requests: list[Request]) -> None:
        """A stop: what was asked before it and not done yet is not done any more."""
        if self._working is not None:
            self._working.cancel()
        while not self.requests.empty():
            requests.append(self.requests.get_nowait())
        for request in requests:
            keeper.refuse(getattr(request, "id", 0), ("A stop came first.",))
        requests.clear()


async def supervise(end: socket.socket) -> None:
    """Serve one session until it goes."""
    loop = asyncio.get_running_loop()
    transport, pipe = await loop.create_connection(Pipe, sock=end)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, pipe.ended.set)
    serving = asyncio.create_task(pipe.serve())
    beating = asyncio.create_task(_beat(pipe))
    ended = asyncio.create_task(pipe.ended.wait())
    try:
        await asyncio.wait((serving, beating, ended), return_when=asyncio.FIRST_COMPLETED)
    finally:
        serving.cancel()
        await pipe.end()
        beating.cancel()
        transport.close()
    for task in (serving, beating):
        if task.done() and not task.cancelled():
            task.result()  # a defect ends the process with its trace


async def _beat(pipe: Pipe) -> None:
    while True:
        pipe.beat()
        await asyncio.sleep(BEAT_S)


def main() -> None:
    """Serve the session at the other end of an inherited socket."""
    parser = argparse.ArgumentParser(prog="python -m rheobase.session.supervisor")
    parser.add_argument("--fd", type=int, required=True, help="inherited socket")
    number = parser.parse_args().fd
    end = socket.socket(fileno=number)
    ask_for_punctuality()
    asyncio.run(supervise(end))
    sys.exit(0)


if __name__ == "__main__":
    main()
