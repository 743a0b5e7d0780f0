"""The way to the session services: one client per address, kept open so that STOP needs no handshake."""

from functools import cache

from django.conf import settings

from rheobase.home import service_token
from rheobase.session.client import AsyncClient, Client

_streams: dict[str, AsyncClient] = {}


@cache
def client(address: str = "") -> Client:
    """Return the client of a room's session service."""
    stream(address)
    return Client(address or settings.BEDSIDE_URL, service_token())


def stream(address: str = "") -> AsyncClient:
    """Return the client that follows a room's sessions."""
    url = address or settings.BEDSIDE_URL
    if url not in _streams:
        _streams[url] = AsyncClient(url, service_token())
    return _streams[url]


def known() -> list[AsyncClient]:
    """Return a client of every session service this process has met, its own room's first."""
    own = stream()
    return [own, *(one for one in _streams.values() if one is not own)]
