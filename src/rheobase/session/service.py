"""The local HTTP service of one treatment room: commands by POST, what happens by SSE.

    POST /sessions                      open          GET  /sessions/{id}            snapshot
    POST /sessions/{id}/commands        one press     GET  /sessions/{id}/events     stream
    POST /sessions/{id}/presence        1 Hz          GET  /sessions/{id}/journal    events
    POST /sessions/{id}/stop            silence       GET  /health

Loopback only, with the bearer token of this installation. Stop needs no token and no body: it is
answered before routing, authorisation or anything else.
"""

import asyncio
import contextlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from rheobase.errors import BadInput, NotReady, RheobaseError, Taken, Unavailable
from rheobase.home import service_token
from rheobase.session.commands import Command
from rheobase.session.live import Live
from rheobase.session.room import Room
from rheobase.session.stream import follow
from rheobase.stimulus import to_plain

A_PAGE = 2000  # events in one answer
LONGEST_BODY = 1_000_000  # bytes; a prescription has a few thousand
STOP = re.compile(r"/sessions/([^/]+)/stop")
Answer = Callable[[Request], Awaitable[Response]]


def service(room: Room, token: str | None = None) -> ASGIApp:
    """Return the application of a room.

    Args:
        room: its sessions.
        token: what callers must show; this installation's by default.
    """
    routes = Routes(room, token or service_token())
    app = Starlette(routes=routes.table(), lifespan=routes.lifespan)
    return StopFirst(app, room)


@final
class StopFirst:
    """Answers a stop before anything else looks at the request."""

    def __init__(self, app: ASGIApp, room: Room) -> None:
        self._app, self._room = app, room

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        found = None
        if scope["type"] == "http" and scope["method"] == "POST":
            found = STOP.fullmatch(scope["path"])
        if found is None:
            await self._app(scope, receive, send)
            return
        live = self._room.live(found.group(1))
        answer = {"session": found.group(1), "confirmed": True, "runs_here": live is not None}
        if live is not None:
            answer |= await live.stop()
        await JSONResponse(answer)(scope, receive, send)


@final
class Routes:
    """The other requests."""

    def __init__(self, room: Room, token: str) -> None:
        self._room = room
        self._shown = f"Bearer {token}".encode()

    def table(self) -> list[Route]:
        """Return every route, each guarded by the token."""
        return [
            Route("/health", self.health),
            Route("/sessions", self._guarded(self.create), methods=["POST"]),
            Route("/sessions/{session}", self._guarded(self.snapshot)),
            Route("/sessions/{session}/events", self._guarded(self.events)),
            Route("/sessions/{session}/journal", self._guarded(self.journal)),
            Route("/sessions/{session}/commands", self._guarded(self.command), methods=["POST"]),
            Route("/sessions/{session}/presence", self._guarded(self.presence), methods=["POST"]),
        ]

    @contextlib.asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        """End every session when the service ends."""
        try:
            yield
        finally:
            await self._room.close()

    async def health(self, request: Request) -> Response:
        """Say that the service runs; which sessions, only to whoever shows the token."""
        sessions = self._room.sessions() if self._known(request) else []
        return JSONResponse({"ok": True, "sessions": sessions})

    async def create(self, request: Request) -> Response:
        """Open a session."""
        live, new = await self._room.open(await _body(request))
        return JSONResponse({**live.snapshot(), "ended": live.ended}, 201 if new else 200)

    async def snapshot(self, request: Request) -> Response:
        """Show a session as it is now."""
        session = request.path_params["session"]
        live = self._room.live(session)
        if live is not None and not live.ended:
            return JSONResponse({**live.snapshot(), "ended": False})
        # A long journal is read and summed up beside the heartbeat of other sessions.
        return JSONResponse(await asyncio.to_thread(self._room.shown, session))

    async def events(self, request: Request) -> Response:
        """Follow a session."""
        live = self._live(request)
        after = _number(request.headers.get("last-event-id", request.query_params.get("after")))
        return StreamingResponse(
            follow(live, after, self._room.ending),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    async def journal(self, request: Request) -> Response:
        """Return the events of a session, running or not."""
        after = _number(request.query_params.get("after"))
        return await asyncio.to_thread(self._events, request.path_params["session"], after)

    def _events(self, session: str, after: int) -> Response:
        found = self._room.events(session, after, A_PAGE + 1)
        more = len(found) > A_PAGE
        return JSONResponse({"events": to_plain(found[:A_PAGE]), "more": more})

    async def command(self, request: Request) -> Response:
        """Carry out one press."""
        live = self._live(request)
        body = await _body(request)
        command = Command(
            key=_text(body, "key"),
            do=_text(body, "do"),
            slot=str(body.get("slot") or ""),
            data={k: v for k, v in body.items() if k not in ("key", "do", "slot")},
        )
        return JSONResponse({**await live.command(command), "ended": live.ended})

    async def presence(self, request: Request) -> Response:
        """Note that somebody watches the console."""
        live = self._live(request)
        live.present()
        return JSONResponse({"ok": True, "step": live.scene.progress.step.value})

    def _live(self, request: Request) -> Live:
        session = request.path_params["session"]
        live = self._room.live(session)
        if live is None:
            raise NotReady(f"The session {session} does not run here. Open a new one.")
        return live

    def _known(self, request: Request) -> bool:
        shown = request.headers.get("authorization", "").encode()
        return hmac.compare_digest(shown, self._shown)

    def _guarded(self, answer: Answer) -> Answer:
        async def guarded(request: Request) -> Response:
            if not self._known(request):
                text = "The token of this installation was not shown. Start the clinic on this machine."
                return _refusal(401, RheobaseError(text))
            try:
                return await answer(request)
            except Taken as error:
                return _refusal(409, error)
            except Unavailable as error:
                return _refusal(503, error)
            except RheobaseError as error:
                return _refusal(422, error)

        return guarded


def _refusal(status: int, error: RheobaseError) -> Response:
    reasons = list(getattr(error, "reasons", ())) or [str(error)]
    return JSONResponse({"error": str(error), "reasons": reasons}, status)


async def _body(request: Request) -> dict[str, Any]:
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LONGEST_BODY:
            raise BadInput("The request is longer than any of ours. Nothing was done.")
    try:
        body = await asyncio.to_thread(json.loads, raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BadInput("The request is not valid JSON. Nothing was done.") from None
    if not isinstance(body, dict):
        raise BadInput("The request must be an object with named fields. Nothing was done.")
    return body


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value or len(value) > 100:
        raise BadInput(f"The command lacks {name!r}, a text of up to 100 characters. Add it.")
    return value


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() else 0
