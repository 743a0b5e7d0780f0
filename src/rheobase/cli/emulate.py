"""Shows a stimulator or a sensor that is not there, to try drivers and triggers on.

A unit appears on a pseudo-terminal; `lsl-emg` is an LSL stream of an invented child that tries to
contract. Prints what to open, then runs until Ctrl-C. A scenario file says what happens, and when.
"""

import json as to_json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import threading

SENSOR = "lsl-emg"
LOOK_S = 0.5  # between two looks whether the unit still runs


def command(
    make: Annotated[str, typer.Argument(help="sciencemode2, sciencemode34 or lsl-emg.")],
    scenario: Annotated[
        Path | None, typer.Option(help="JSON file of faults, or of the child.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option(help="JSON lines of every frame and the output.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the port as JSON.")] = False,
) -> None:
    """Emulate a stimulator or a sensor until Ctrl-C."""
    import tempfile

    from rheobase.errors import BadInput, Unavailable
    from rheobase.simulated.emulators import MAKES, Scenario, emulator, read

    if make == SENSOR:
        _emulate_sensor(scenario, json)
        return
    behaviour = Scenario() if scenario is None else read(scenario)
    if log is not None and not log.parent.is_dir():
        raise BadInput(f"There is no folder {log.parent} for the log. Make it first.")
    ended = _until_told()
    with (
        tempfile.TemporaryDirectory(prefix="emulated-unit-") as folder,
        emulator(make, behaviour, Path(folder), log) as unit,
    ):
        if json:
            print(to_json.dumps({"make": make, "port": unit.port}), flush=True)
        else:
            print(f"{MAKES[make]}, emulated: nothing here delivers current.")
            print(f"Port: {unit.port}")
            print(f"Try:  rheobase units {make}:{unit.port}")
            print("Ctrl-C ends it.", flush=True)
        while not ended.wait(LOOK_S):
            if not unit.alive:
                raise Unavailable(
                    "The emulated unit has ended by itself; its trace is above. Start it again."
                )


def _until_told() -> "threading.Event":
    """Return what is set when the process is asked to end."""
    import signal
    import threading

    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended


def _emulate_sensor(scenario: Path | None, json: bool) -> None:
    from rheobase.simulated.emg import EmgScenario, read_scenario
    from rheobase.simulated.lsl_emg import NAME, serve

    behaviour = EmgScenario() if scenario is None else read_scenario(scenario)
    sensor = f"lsl:name={NAME}"

    def ready() -> None:
        if json:
            print(to_json.dumps({"make": SENSOR, "sensor": sensor}), flush=True)
        else:
            print("An LSL stream of EMG, invented: nobody is measured.")
            print(f"Sensor: {sensor}")
            print("Ctrl-C ends it.", flush=True)

    ended = _until_told()
    serve(behaviour, NAME, ended.wait, ready)
