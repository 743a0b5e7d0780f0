"""Serves sessions to the clinic on this machine, over the loopback, with this installation's token."""

import json as to_json
from typing import Annotated

import typer


def command(
    port: Annotated[
        int, typer.Option(help="Port on the loopback; 0 lets the machine choose.")
    ] = 8765,
    json: Annotated[bool, typer.Option("--json", help="Say where it listens as JSON.")] = False,
) -> None:
    """Serve one treatment room until Ctrl-C."""
    from rheobase.session.bedside import bound, serve
    from rheobase.session.room import Room
    from rheobase.simulated.desk import SENSORS

    listener = bound(port)
    room = Room(sensors=SENSORS)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    if json:
        print(to_json.dumps({"url": url, "interrupted": list(room.interrupted)}), flush=True)
    else:
        print(f"Session service at {url}. Ctrl-C ends it and silences every unit.", flush=True)
        for session in room.interrupted:
            print(f"Session {session} was interrupted; its journal is readable.", flush=True)
    serve(listener, room)
