"""Shows a stimulator that is not there: an emulated unit on a pseudo-terminal, to try drivers on.

Prints the port to open, then runs until Ctrl-C. A scenario file says what goes wrong, and when.
"""

import json as to_json
from pathlib import Path
from typing import Annotated

import typer


def command(
    make: Annotated[str, typer.Argument(help="sciencemode2 or sciencemode34.")],
    scenario: Annotated[Path | None, typer.Option(help="JSON file of faults.")] = None,
    log: Annotated[
        Path | None, typer.Option(help="JSON lines of every frame and the output.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the port as JSON.")] = False,
) -> None:
    """Emulate a stimulator until Ctrl-C."""
    import signal
    import tempfile
    import threading

    from rheobase.errors import BadInput
    from rheobase.simulated.emulators import MAKES, Scenario, emulator, read

    behaviour = Scenario() if scenario is None else read(scenario)
    if log is not None and not log.parent.is_dir():
        raise BadInput(f"There is no folder {log.parent} for the log. Make it first.")
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    with (
        tempfile.TemporaryDirectory(prefix="rheobase-") as folder,
        emulator(make, behaviour, Path(folder), log) as unit,
    ):
        if json:
            print(to_json.dumps({"make": make, "port": unit.port}), flush=True)
        else:
            print(f"{MAKES[make]}, emulated: nothing here delivers current.")
            print(f"Port: {unit.port}")
            print(f"Try:  rheobase units {make}:{unit.port}")
            print("Ctrl-C ends it.", flush=True)
        ended.wait()
