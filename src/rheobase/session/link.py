"""The session service's end of the pipe to the supervisor: start it, ask it, tick it, hear it.

    async with start_supervisor() as link:
        done = await link.request(OpenUnit(id=link.next_id(), slot="A", make="virtual", address="a"))
        link.tick(Tick(n=1, wishes=(), console_age_ms=0.0))     # 50 a second, from before Arm on
        async for report in link.reports(): ...                 # each a `messages.Told`
        await link.stop()

Leaving the block closes the pipe; the supervisor then halts every unit by itself and ends.
"""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import final

from rheobase.errors import BadInput, Unavailable
from rheobase.home import signing_key
from rheobase.safety import UNCHANGED, ClinicLimits
from rheobase.session.messages import (
    Done,
    Refused,
    Report,
    Request,
    Stop,
    Tick,
    Told,
    decode,
    encode,
)
from rheobase.stimulus import to_plain

REQUEST_TIMEOUT_S = 5.0
LEAVE_TIMEOUT_S = 2.0  # for the supervisor to halt every unit after the pipe has closed
BACKLOG_BYTES = 65_536  # of unread ticks: the supervisor is stuck


@final
class SupervisorLink:
    """One running supervisor."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._id = 0
        self._waiting: dict[int, asyncio.Future[Done | Refused]] = {}
        self._reports: asyncio.Queue[Told | None] = asyncio.Queue()
        self._listener = asyncio.create_task(self._listen())

    @property
    def pid(self) -> int:
        """Process number of the supervisor."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """The supervisor runs and its end of the pipe is open."""
        return self._process.returncode is None and not self._listener.done()

    def next_id(self) -> int:
        """Return a fresh number for a request."""
        self._id += 1
        return self._id

    async def request(
        self, request: Request, timeout_s: float = REQUEST_TIMEOUT_S
    ) -> Done | Refused:
        """Send a request with an `id` and return its answer.

        Raises:
            BadInput: a tick is no request.
            Unavailable: no answer in time, or the supervisor has ended.
        """
        if isinstance(request, Tick):
            raise BadInput("A tick has no answer. Send it with `tick`.")
        answer: asyncio.Future[Done | Refused] = asyncio.get_running_loop().create_future()
        self._waiting[request.id] = answer
        try:
            self._send(request)
            async with asyncio.timeout(timeout_s):
                return await answer
        except TimeoutError:
            raise Unavailable(
                f"The supervisor did not answer within {timeout_s:g} s. Its units fall silent by "
                "themselves. Look at them, then start the session again."
            ) from None
        finally:
            self._waiting.pop(request.id, None)

    def tick(self, tick: Tick) -> None:
        """Send the heartbeat with every wish; returns at once.

        Raises:
            Unavailable: the supervisor has ended, or reads nothing.
        """
        self._send(tick)

    async def stop(self) -> Done | Refused:
        """Silence every unit now, and return when they are halted."""
        return await self.request(Stop(id=self.next_id()))

    async def reports(self) -> AsyncIterator[Told]:
        """Yield what the supervisor reports by itself, in order; ends when the supervisor does."""
        while (report := await self._reports.get()) is not None:
            yield report

    def kill(self) -> None:
        """End the supervisor without a word; the units' own watchdogs end the output."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def close(self) -> None:
        """Close the pipe and wait until the supervisor has halted its units and ended."""
        self._writer.close()
        try:
            await asyncio.wait_for(self._process.wait(), LEAVE_TIMEOUT_S)
        except TimeoutError:
            self.kill()
            await self._process.wait()
        self._listener.cancel()
        await asyncio.gather(self._listener, return_exceptions=True)
        with suppress(OSError):
            await self._writer.wait_closed()

    def _send(self, message: Request) -> None:
        backlog = self._writer.transport.get_write_buffer_size()
        if not self.alive or self._writer.is_closing() or backlog > BACKLOG_BYTES:
            raise Unavailable(
                "The supervisor does not listen any more. Its units fall silent by themselves. "
                "Look at them, then start the session again."
            )
        self._writer.write(encode(message))

    async def _listen(self) -> None:
        try:
            while line := await self._reader.readline():
                self._sort(decode(line))
        finally:
            self._reports.put_nowait(None)
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(
                        Unavailable(
                            "The supervisor has ended. Its units fall silent by themselves. "
                            "Look at them, then start the session again."
                        )
                    )

    def _sort(self, report: Report | Request) -> None:
        if isinstance(report, Done | Refused):
            answer = self._waiting.get(report.id)
            if answer is not None and not answer.done():
                answer.set_result(report)
        elif isinstance(report, Told):
            self._reports.put_nowait(report)


@asynccontextmanager
async def start_supervisor(
    *, key: bytes | None = None, clinic: ClinicLimits = UNCHANGED
) -> AsyncIterator[SupervisorLink]:
    """Start a supervisor in its own process and give the link to it.

    Args:
        key: signing key that prescriptions are verified with; this installation's by default.
        clinic: what the clinic lowers of the compiled caps.
    """
    ours, theirs = socket.socketpair()
    command = (sys.executable, "-m", "rheobase.session.supervisor", "--fd", str(theirs.fileno()))
    try:
        process = await asyncio.create_subprocess_exec(
            *command, pass_fds=(theirs.fileno(),), start_new_session=True
        )
    finally:
        theirs.close()
    reader, writer = await asyncio.open_connection(sock=ours)
    start = {"key": (key or signing_key()).hex(), "clinic": to_plain(clinic)}
    writer.write(json.dumps(start).encode() + b"\n")
    link = SupervisorLink(process, reader, writer)
    try:
        yield link
    finally:
        await link.close()
