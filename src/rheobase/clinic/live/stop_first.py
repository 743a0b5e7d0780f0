"""STOP before everything else: no thread, no session, no database, no log between press and bedside.

Whoever knows the address of a running session may silence it, as at the bedside itself: an expired
sign-in must not keep current flowing, and the identifier cannot be guessed. Who pressed is checked
and noted afterwards, by the same view as without this.
"""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, final

from rheobase.clinic.live import bedside
from rheobase.errors import RheobaseError
from rheobase.session.client import AsyncClient

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

STOP = re.compile(r"/live/([0-9a-f-]{36})/stop/")
PATIENCE_S = 1.5  # then the usual way is tried, which says what is wrong
LONGEST_BODY = 100_000  # bytes; a press of STOP has hardly any
log = logging.getLogger(__name__)


@final
class StopFirst:
    """Passes a press of STOP on before the clinic looks at it.

    Args:
        app: the clinic.
        everybody: returns a client of every session service this process knows.
    """

    def __init__(
        self, app: App, everybody: Callable[[], list[AsyncClient]] = bedside.known
    ) -> None:
        self._app, self._everybody = app, everybody
        everybody()  # clients are made now: the first press must not wait for that
        self._later: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = None
        if scope["type"] == "http" and scope["method"] == "POST":
            found = STOP.fullmatch(scope["path"])
        if found is None:
            await self._app(scope, receive, send)
            return
        answer = await self._stopped(found.group(1))
        if answer is None or not _wants_json(scope):
            if answer is not None:
                scope["stopped"] = answer
            await self._app(scope, receive, send)
            return
        body = await _whole(receive)
        scope["stopped"] = answer
        await _reply(send, answer)
        noting = asyncio.create_task(self._noted(scope, body))
        self._later.add(noting)
        noting.add_done_callback(self._later.discard)

    async def _stopped(self, session: str) -> dict[str, Any] | None:
        """Return the answer of the service where the session runs, or None."""
        asked = [asyncio.create_task(one.stop(session)) for one in self._everybody()]
        try:
            async with asyncio.timeout(PATIENCE_S):
                for answer in asyncio.as_completed(asked):
                    try:
                        said = await answer
                    except RheobaseError:
                        continue
                    if said.get("runs_here") and said.get("confirmed"):
                        return said
        except TimeoutError:
            pass
        return None

    async def _noted(self, scope: Message, body: bytes) -> None:
        """Let the clinic check and note who pressed; its answer is not needed any more."""
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def replayed() -> Message:
            if parts:
                return parts.pop()
            await asyncio.Event().wait()
            raise AssertionError

        async def unsent(_message: Message) -> None:
            return

        try:
            await self._app(scope, replayed, unsent)
        except Exception:
            log.exception("Units were silenced, but who pressed STOP could not be noted.")


def _wants_json(scope: Message) -> bool:
    return any(
        name == b"accept" and b"application/json" in value for name, value in scope["headers"]
    )


async def _whole(receive: Receive) -> bytes:
    body, more = b"", True
    while more and len(body) < LONGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        more = bool(message.get("more_body", False))
    return body


async def _reply(send: Send, answer: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
