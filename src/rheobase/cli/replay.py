"""Shows a recorded session exactly as it was written, and runs it again: the wishes must be the same.

Exit code 2 if the conductor of today comes to other currents than were asked for then, or if the
file is torn or damaged.
"""

import json as to_json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rheobase.session.events import Reading
    from rheobase.session.replay import Replayed

SHOWN = 10  # differences


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
    from rheobase.errors import NotReady
    from rheobase.session.events import read
    from rheobase.session.replay import replayed
    from rheobase.session.summary import summary

    reading = read(file)
    try:
        again = replayed(reading.events)
    except NotReady as none:
        again, untold = None, str(none)
    _show(reading, json=json, speed=speed)
    if json:
        print(
            to_json.dumps(
                {
                    "interrupted": reading.interrupted,
                    "trouble": reading.trouble,
                    "replayed": None if again is None else asdict(again),
                    "summary": summary(reading.events) if reading.events else None,
                }
            )
        )
    else:
        _tell(reading, untold if again is None else _compared(again))
    if reading.trouble or (again is not None and again.differences):
        raise typer.Exit(2)


def _show(reading: "Reading", *, json: bool, speed: float) -> None:
    import time

    from rheobase.cli._session import spoken
    from rheobase.session.beats import BEATS
    from rheobase.stimulus import to_plain

    before_ns = first_ns = reading.events[0].monotonic_ns if reading.events else 0
    for event in reading.events:
        if event.kind == BEATS and not json:
            continue
        if speed > 0.0:
            time.sleep(max(0.0, (event.monotonic_ns - before_ns) / 1e9 / speed))
            before_ns = max(before_ns, event.monotonic_ns)
        line = to_json.dumps(to_plain(event)) if json else spoken(event, first_ns)
        print(line, flush=speed > 0.0)


def _tell(reading: "Reading", compared: str) -> None:
    from rheobase.session.summary import summary

    print()
    if reading.events:
        print(summary(reading.events)["note"])
    if reading.interrupted:
        print("This session was interrupted: its journal has no end.")
    if reading.trouble:
        print(reading.trouble)
    print(compared)


def _compared(again: "Replayed") -> str:
    if not again.differences:
        return f"Run again: {again.beats} beats, every asked current the same."
    shown = "\n".join(
        f"  event {one.seq}, {one.at_s:.3f} s: {one.what}" for one in again.differences[:SHOWN]
    )
    return (
        f"Run again: {again.beats} beats, {len(again.differences)} differences. The program, its "
        f"rules or the journal is not what it was.\n{shown}"
    )
