"""The only door to a unit, and it is always guarded.

`open_unit` makes a unit of a known make, wraps it in the guard and returns the wrapped one; nobody
outside this room can hold the unit inside. A new make is one file with a function
`make(address: Address, clock) -> Stimulator`, and one line in `MAKES`.
"""

import importlib

from rheobase.errors import BadInput
from rheobase.stimulators._address import Address
from rheobase.stimulators._guarded import Guard, Guarded, rounded_down
from rheobase.stimulators.protocol import (
    Acknowledged,
    Capabilities,
    ChannelState,
    Contact,
    Dialled,
    Identity,
    LeadOff,
    Stimulator,
    Telemetry,
)

MAKES = {  # make: (module, what a person is told)
    "virtual": ("_virtual", "A virtual unit on virtual skin, in this process."),
    "manual": ("_manual", "The therapist's own unit, set by hand and confirmed."),
    "sciencemode2": ("_sciencemode2", "RehaStim 2, on a serial port. Never tried on hardware."),
    "sciencemode34": ("_sciencemode34", "RehaMove 3 or P24, on a serial port. Never on hardware."),
}


def open_unit(make: str, address: str, *, slot: str, guard: Guard) -> Guarded:
    """Return a guarded unit; nothing is connected yet and nothing is delivered.

    Args:
        make: key of `MAKES`.
        address: port or name, with options: `PORT?channel=2&latency_ms=12`.
        slot: name of the unit in the prescription.
        guard: what all units of this child have in common.

    Raises:
        BadInput: an unknown make, or an address that cannot be read.
    """
    if make not in MAKES:
        raise BadInput(f"make={make!r} is not known. Use one of: {', '.join(MAKES)}.")
    module = importlib.import_module(f"rheobase.stimulators.{MAKES[make][0]}")
    where = Address.read(address)
    channel = where.number("channel", 1)
    unit = module.make(where, guard.clock)
    guarded = Guarded(slot, unit, int(channel), guard)
    if isinstance(unit, Dialled):
        guarded.by_hand = unit.dial_shows
    return guarded


__all__ = [
    "MAKES",
    "Acknowledged",
    "Address",
    "Capabilities",
    "ChannelState",
    "Contact",
    "Guard",
    "Guarded",
    "Identity",
    "LeadOff",
    "Stimulator",
    "Telemetry",
    "open_unit",
    "rounded_down",
]
