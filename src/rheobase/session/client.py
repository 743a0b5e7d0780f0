"""The way to a session service, for the clinic and the command line: one method per request."""

from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Any, Self, final

import httpx

from rheobase.errors import BadInput, NotAllowed, RheobaseError, Taken, Unavailable

ANSWER_S = 6.0  # a command waits for units and disk; the service itself gives up earlier
CONNECT_S = 1.0


@final
class Client:
    """A session service, asked from ordinary code. Keeps its connection, so that stop is quick.

    Args:
        base_url: e.g. "http://127.0.0.1:8765".
        token: of the installation.
    """

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = httpx.Client(**_settings(self.base_url, token))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection up."""
        self._http.close()

    def health(self) -> dict[str, Any]:
        """Return whether the service runs, and its sessions."""
        return self._ask("GET", "/health")

    def create(
        self,
        *,
        session: str,
        sealed: dict[str, Any],
        child: str,
        units: Sequence[dict[str, str]],
        interlocks: Sequence[Sequence[str]] = (),
        sensor: str = "",
    ) -> dict[str, Any]:
        """Open a session and return its snapshot.

        Raises:
            BadInput: the prescription or a unit is refused.
            Taken: the identifier or a unit is in use.
            Unavailable: nobody answers.
        """
        return self._ask(
            "POST", "/sessions", _opening(session, sealed, child, units, interlocks, sensor)
        )

    def snapshot(self, session: str) -> dict[str, Any]:
        """Return a session as it is; `ended` ones carry their `summary`."""
        return self._ask("GET", f"/sessions/{session}")

    def command(self, session: str, command: dict[str, Any]) -> dict[str, Any]:
        """Carry out a press, `{"key": ..., "do": ..., ...}`, and return the snapshot.

        Raises:
            BadInput: it was refused; the text says why.
            Unavailable: nobody answers.
        """
        return self._ask("POST", f"/sessions/{session}/commands", command)

    def stop(self, session: str) -> dict[str, Any]:
        """Silence every unit of a session; asked twice where a kept connection had gone."""
        try:
            return self._ask("POST", f"/sessions/{session}/stop")
        except Unavailable as error:
            if isinstance(error.__cause__, httpx.TimeoutException):
                raise
            return self._ask("POST", f"/sessions/{session}/stop")

    def presence(self, session: str) -> dict[str, Any]:
        """Say that somebody watches the console."""
        return self._ask("POST", f"/sessions/{session}/presence")

    def journal(self, session: str, after: int = 0) -> list[dict[str, Any]]:
        """Return the events of a session, oldest first."""
        found: list[dict[str, Any]] = []
        more = True
        while more:
            since = found[-1]["seq"] if found else after
            page = self._ask("GET", f"/sessions/{session}/journal?after={since}")
            found, more = found + page["events"], page["more"]
        return found

    def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        try:
            return _read(self._http.request(method, path, json=body))
        except httpx.TransportError as error:
            raise _nobody(self.base_url) from error


@final
class AsyncClient:
    """The same, asked from asyncio code, and the stream of a session.

    Args:
        base_url: e.g. "http://127.0.0.1:8765".
        token: of the installation.
    """

    def __init__(self, base_url: str, token: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = httpx.AsyncClient(**_settings(self.base_url, token))

    async def close(self) -> None:
        """Give the connection up."""
        await self._http.aclose()

    async def health(self) -> dict[str, Any]:
        """Return whether the service runs, and its sessions."""
        return await self._ask("GET", "/health")

    async def create(
        self,
        *,
        session: str,
        sealed: dict[str, Any],
        child: str,
        units: Sequence[dict[str, str]],
        interlocks: Sequence[Sequence[str]] = (),
        sensor: str = "",
    ) -> dict[str, Any]:
        """Open a session and return its snapshot (errors as `Client.create`)."""
        body = _opening(session, sealed, child, units, interlocks, sensor)
        return await self._ask("POST", "/sessions", body)

    async def snapshot(self, session: str) -> dict[str, Any]:
        """Return a session as it is; `ended` ones carry their `summary`."""
        return await self._ask("GET", f"/sessions/{session}")

    async def command(self, session: str, command: dict[str, Any]) -> dict[str, Any]:
        """Carry out a press and return the snapshot (errors as `Client.command`)."""
        return await self._ask("POST", f"/sessions/{session}/commands", command)

    async def stop(self, session: str) -> dict[str, Any]:
        """Silence every unit of a session; asked twice where a kept connection had gone."""
        try:
            return await self._ask("POST", f"/sessions/{session}/stop")
        except Unavailable as error:
            if isinstance(error.__cause__, httpx.TimeoutException):
                raise
            return await self._ask("POST", f"/sessions/{session}/stop")

    async def presence(self, session: str) -> dict[str, Any]:
        """Say that somebody watches the console."""
        return await self._ask("POST", f"/sessions/{session}/presence")

    async def journal(self, session: str, after: int = 0) -> list[dict[str, Any]]:
        """Return the events of a session, oldest first."""
        found: list[dict[str, Any]] = []
        more = True
        while more:
            since = found[-1]["seq"] if found else after
            page = await self._ask("GET", f"/sessions/{session}/journal?after={since}")
            found, more = found + page["events"], page["more"]
        return found

    async def events(self, session: str, after: int = 0) -> AsyncIterator[bytes]:
        """Yield the bytes of the session's stream of server-sent events, until it ends.

        Raises:
            BadInput: there is no such running session.
            Unavailable: nobody answers, or the service went away.
        """
        path = f"/sessions/{session}/events?after={after}"
        try:
            async with self._http.stream("GET", path) as answer:
                if answer.status_code != httpx.codes.OK:
                    await answer.aread()
                    _read(answer)
                async for chunk in answer.aiter_bytes():
                    yield chunk
        except httpx.TransportError as error:
            raise _nobody(self.base_url) from error

    async def _ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        try:
            return _read(await self._http.request(method, path, json=body))
        except httpx.TransportError as error:
            raise _nobody(self.base_url) from error


def _settings(base_url: str, token: str) -> dict[str, Any]:
    return {
        "base_url": base_url,
        "headers": {"Authorization": f"Bearer {token}"},
        "timeout": httpx.Timeout(ANSWER_S, connect=CONNECT_S),
        "trust_env": False,  # the way to this machine never leads through a proxy
    }


def _opening(  # noqa: PLR0917  (as the body is written)
    session: str,
    sealed: dict[str, Any],
    child: str,
    units: Sequence[dict[str, str]],
    interlocks: Sequence[Sequence[str]],
    sensor: str,
) -> dict[str, Any]:
    return {
        "session": session,
        "sealed": sealed,
        "child": child,
        "units": list(units),
        "interlocks": [list(pair) for pair in interlocks],
        "sensor": sensor,
    }


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        raise Unavailable(
            "Something that is no session service answered. Check the address."
        ) from None
    if answer.is_success:
        return dict(body)
    kinds: dict[int, type[RheobaseError]] = {401: NotAllowed, 409: Taken, 503: Unavailable}
    text = str(body.get("error", f"The session service answered {answer.status_code}."))
    raise kinds.get(answer.status_code, BadInput)(text)


def _nobody(base_url: str) -> Unavailable:
    return Unavailable(
        f"No session service answers at {base_url}. Output is silent without it. "
        "Start it with `rheobase bedside`."
    )
