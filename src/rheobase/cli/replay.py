"""Shows a recorded session exactly as it was written: every event, in order, with its time."""

import json as to_json
from pathlib import Path
from typing import Annotated

import typer


def command(
    file: Annotated[Path, typer.Argument(help="A .journal file.")],
    json: Annotated[
        bool, typer.Option("--json", help="One event a line, then the summary.")
    ] = False,
    speed: Annotated[
        float,
        typer.Option(help="1 shows it in its own time, 10 ten times faster; 0 at once.", min=0.0),
    ] = 0.0,
) -> None:
    """Show a recorded session again."""
    import time

    from rheobase.cli._session import spoken
    from rheobase.session.events import read
    from rheobase.session.summary import summary
    from rheobase.stimulus import to_plain

    reading = read(file)
    before_ns = reading.events[0].monotonic_ns if reading.events else 0
    first_ns = before_ns
    for event in reading.events:
        if speed > 0.0:
            time.sleep(max(0.0, (event.monotonic_ns - before_ns) / 1e9 / speed))
            before_ns = max(before_ns, event.monotonic_ns)
        print(
            to_json.dumps(to_plain(event)) if json else spoken(event, first_ns), flush=speed > 0.0
        )
    if json:
        print(
            to_json.dumps(
                {
                    "interrupted": reading.interrupted,
                    "trouble": reading.trouble,
                    "summary": summary(reading.events) if reading.events else None,
                }
            )
        )
        return
    print()
    if reading.events:
        print(summary(reading.events)["note"])
    if reading.interrupted:
        print("This session was interrupted: its journal has no end.")
    if reading.trouble:
        print(reading.trouble)
