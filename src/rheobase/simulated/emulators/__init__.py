"""Emulated units on pseudo-terminals, so that drivers meet a unit every day and not only at the bench.

Written from the description of the protocols (the reference on devices, 1.3 and 1.4), never from our
drivers or their codecs: an error in a driver must not find its mirror image here. They are no unit:
nothing in them was compared with hardware.

    with emulator("sciencemode2", Scenario(), folder) as unit:
        ... open unit.port ...
        assert unit.log.output_ma() == 0.0

As a process: `rheobase emulate sciencemode2`.
"""

from pathlib import Path

from rheobase.errors import BadInput
from rheobase.simulated.emulators._bench import Emulator
from rheobase.simulated.emulators._device import Device
from rheobase.simulated.emulators._log import Entry, Log, read_log
from rheobase.simulated.emulators._scenario import FAULTS, Fault, Scenario, read, scenario
from rheobase.simulated.emulators._sciencemode2 import RehaStim2
from rheobase.simulated.emulators._sciencemode34 import MidLevel

MAKES = {
    "sciencemode2": "RehaStim 2",
    "sciencemode34": "RehaMove 3, or P24 with the profile p24",
}


def emulator(make: str, behaviour: Scenario, folder: Path, log: Path | None = None) -> Emulator:
    """Return an emulated unit, switched off; enter it, or start it.

    Args:
        make: key of `MAKES`.
        behaviour: what goes wrong, and when.
        folder: where its port appears, under its make's name.
        log: a file to which everything is written as well.

    Raises:
        BadInput: an unknown make, or a profile of another make.
    """
    device: Device
    if make == "sciencemode2" and not behaviour.profile:
        device = RehaStim2()
    elif make == "sciencemode34":
        device = MidLevel(behaviour.profile or "rehamove3")
    elif make in MAKES:
        raise BadInput(f"{make} has no profile {behaviour.profile!r}. Leave it out.")
    else:
        raise BadInput(f"make={make!r} cannot be emulated. Use one of: {', '.join(MAKES)}.")
    return Emulator(device, behaviour, folder / f"tty-{make}", Log(log))


__all__ = [
    "FAULTS",
    "MAKES",
    "Emulator",
    "Entry",
    "Fault",
    "Log",
    "Scenario",
    "emulator",
    "read",
    "read_log",
    "scenario",
]
