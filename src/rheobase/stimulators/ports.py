"""The serial ports of this computer, and the serial numbers that USB tells of them."""

import os
from dataclasses import dataclass
from typing import final

from serial.tools import list_ports


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SerialPort:
    """One port.

    Attributes:
        name: what a unit's address begins with.
        description: as the operating system tells it.
        serial_number: of the USB device, or "".
        perhaps: makes of `MAKES` that use such a chip, or none.
    """

    name: str
    description: str
    serial_number: str
    perhaps: tuple[str, ...]


FTDI_VENDOR, STM_VENDOR = 0x0403, 0x0483


def serial_ports() -> tuple[SerialPort, ...]:
    """Return every serial port, by name; nothing is opened."""
    return tuple(
        SerialPort(
            name=port.device,
            description=port.description or "",
            serial_number=port.serial_number or "",
            perhaps=_perhaps(port.vid, port.pid),
        )
        for port in sorted(list_ports.comports(), key=lambda one: one.device)
    )


def usb_serial_number(name: str) -> str:
    """Return the USB serial number behind a port, or "" if it tells none."""
    real = os.path.realpath(name)
    found = [port.serial_number for port in serial_ports() if os.path.realpath(port.name) == real]
    return found[0] if found else ""


def _perhaps(vendor: int | None, product: int | None) -> tuple[str, ...]:
    if vendor == FTDI_VENDOR:  # RehaStim 2 and RehaMove 3 use such a bridge, as many others do
        return ("sciencemode2", "sciencemode34")
    return ("sciencemode34",) if (vendor, product) == (STM_VENDOR, 0x5740) else ()
