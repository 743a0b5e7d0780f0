"""Runs a whole session without a browser, in real time and real processes, a virtual child answering.

Only a signed prescription is taken. Units of other makes than `virtual` need --dummy-load: nobody
watches a person here.
"""

import json as to_json
from pathlib import Path
from typing import Annotated, Any

import typer


def command(  # noqa: PLR0917  (options of a command, always named)
    prescription: Annotated[Path, typer.Argument(help="A signed prescription.json.")],
    unit: Annotated[
        list[str], typer.Option(help="SLOT=MAKE or SLOT=MAKE:ADDRESS, once for each unit.")
    ],
    minutes: Annotated[float, typer.Option(help="Time in blocks.", min=0.05, max=60.0)] = 1.0,
    seed: Annotated[int, typer.Option(help="Chooses the virtual child.")] = 1,
    quick: Annotated[
        bool, typer.Option("--quick", help="A virtual child that answers at the first steps.")
    ] = False,
    dummy_load: Annotated[
        bool, typer.Option("--dummy-load", help="The units feed a dummy load, not a person.")
    ] = False,
    sensor: Annotated[
        str, typer.Option(help="What starts a triggered plan: training, or lsl:type=EMG.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Run a signed prescription on named units."""
    import asyncio

    from rheobase.cli._session import read_sealed, units_of

    sealed = read_sealed(prescription)
    units = units_of(unit, dummy_load=dummy_load)
    summary = asyncio.run(_run(sealed, units, minutes, None if quick else seed, not json, sensor))
    if json:
        print(to_json.dumps(summary))
        return
    print()
    print(summary["note"])
    print(f"Journal: {summary['journal']}  (show it again: rheobase replay FILE)")


async def _run(  # noqa: PLR0917  (the options above, in order)
    sealed: dict[str, Any],
    units: list[dict[str, str]],
    minutes: float,
    seed: int | None,
    shown: bool,
    sensor: str,
) -> dict[str, Any]:
    """Open a session in this process, rehearse it, and return its summary."""
    import contextlib
    import uuid

    from rich.live import Live as Screen

    from rheobase.cli._session import interlocks_of, table
    from rheobase.errors import NotReady, RheobaseError
    from rheobase.session.realtime import ask_for_punctuality
    from rheobase.session.room import Room
    from rheobase.session.summary import summary
    from rheobase.simulated.child import eager, invented
    from rheobase.simulated.desk import SENSORS, Here
    from rheobase.simulated.rehearsal import Rehearsal

    room = Room(sensors=SENSORS)
    ask_for_punctuality()
    live, _ = await room.open(
        {
            "session": str(uuid.uuid4()),
            "sealed": sealed,
            "child": sealed["prescription"]["child"],
            "units": units,
            "interlocks": interlocks_of(sealed),
            "sensor": sensor,
        }
    )
    prescription = live.scene.plan.prescription
    with Screen(refresh_per_second=5) if shown else contextlib.nullcontext() as screen:
        desk = Here(live, (lambda now: screen.update(table(now))) if screen else lambda now: None)
        try:
            child = eager(prescription) if seed is None else invented(prescription, seed)
            await Rehearsal(desk, prescription, child).run(minutes)
        except RheobaseError as error:
            why = live.scene.progress.why or str(error)  # of the stop, where there was one
            raise NotReady(f"{why} Show it again: rheobase replay {live.journal.path}") from error
        finally:
            await room.close()
    return {**summary(live.journal.read()), "journal": str(live.journal.path)}
