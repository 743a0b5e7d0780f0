"""The way to the session services: one client per address, kept open so that STOP needs no handshake."""

from functools import cache

from django.conf import settings

from rheobase.home import service_token
from rheobase.session.client import AsyncClient, Client


@cache
def client(address: str = "") -> Client:
    """Return the client of a room's session service."""
    return Client(address or settings.BEDSIDE_URL, service_token())


@cache
def stream(address: str = "") -> AsyncClient:
    """Return the client that follows a room's sessions."""
    return AsyncClient(address or settings.BEDSIDE_URL, service_token())
