"""Serve one treatment room until the process is asked to end."""

import logging
import socket

import uvicorn

from rheobase.errors import Taken
from rheobase.session.realtime import ask_for_punctuality
from rheobase.session.room import Room
from rheobase.session.service import service

KEEP_S = 75  # longer than any client keeps a quiet connection: none is closed under a STOP
HOST = "127.0.0.1"  # nobody outside this machine; the clinic relays
NO_PRIORITY = (
    "This computer gives Rheobase no priority. When it is very busy, sessions stop by themselves. "
    "Allow it: docs/decisions/0012-punctuality.md says how."
)
log = logging.getLogger(__name__)


def bound(port: int) -> socket.socket:
    """Return a listening socket on the loopback; port 0 lets the machine choose.

    Raises:
        Taken: the port is in use.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.close()
        raise Taken(
            f"Port {port} is in use. Another session service may run; choose another port."
        ) from None
    listener.listen(64)
    return listener


def serve(listener: socket.socket, room: Room) -> tuple[str, ...]:
    """Serve a room until a signal ends the process; every session is silenced then.

    Returns:
        What the machine granted for punctuality.
    """
    granted = ask_for_punctuality()
    if not granted:
        log.warning(NO_PRIORITY)
    config = uvicorn.Config(
        service(room),
        log_level="warning",
        access_log=False,
        loop="asyncio",
        ws="none",
        timeout_keep_alive=KEEP_S,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    room.ending = lambda: server.should_exit
    server.run(sockets=[listener])
    return granted
