"""The wire of ScienceMode 2 (RehaStim 2): frames from values, values from frames. No input or output.

Source
    HASOMED ScienceMode 2 protocol v1.24 (2012-12-12), read through devices 1.3 [devices:P].

Frame
    F0 | 81 crc^55 | 81 length^55 | payload | 0F; payload = stuffed(packet number, command, data).
    crc (CRC-8, polynomial 07, start 0) and length are taken over the stuffed payload. Numbers of two
    bytes go out most significant byte first, although the protocol's text says otherwise.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import final

from rheobase.errors import BadInput, UnitFault
from rheobase.stimulators._stuffing import START, STOP, always_stuffed, stuffed, unstuffed

SHORTEST = 8  # F0, two escaped bytes, packet number, command, 0F
LONGEST_DATA = 60
SHORTEST_MS = 8.0  # of both times, in current units


class Command(IntEnum):
    """The commands we send or hear (motor commands of the protocol are left out)."""

    INIT = 1
    INIT_ACK = 2
    UNKNOWN = 3
    WATCHDOG = 4
    GET_MODE = 10
    GET_MODE_ACK = 11
    INIT_LIST = 30
    INIT_LIST_ACK = 31
    START_LIST = 32
    START_LIST_ACK = 33
    STOP_LIST = 34
    STOP_LIST_ACK = 35
    SINGLE_PULSE = 36
    SINGLE_PULSE_ACK = 37
    STIMULATION_ERROR = 38


RESULTS = {
    0: "done",
    -1: "transfer error",
    -2: "a parameter out of range",
    -3: "wrong mode",
    -5: "another protocol version",
    -8: "busy with the command before",
}
STIMULATION_ERRORS = {
    -1: "the stop switch was pressed, or is not connected",
    -2: "an electrode is off",
    -3: "a stimulation module failed",
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One frame's content.

    Attributes:
        number: 0 to 255; the unit echoes ours and counts its own.
        command: what is meant.
        data: its arguments.
    """

    number: int
    command: Command
    data: bytes


def is_whole(frame: bytes) -> bool:
    """Return whether these bytes are one undamaged frame."""
    try:
        decoded(frame)
    except UnitFault:
        return False
    return True


def crc8(data: bytes) -> int:
    """Return the CRC-8 with polynomial 07, start 0, not reflected."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = ((crc << 1) ^ 0x07) & 0xFF if crc & 0x80 else crc << 1
    return crc


def encoded(packet: Packet) -> bytes:
    """Return the frame of a packet.

    Raises:
        BadInput: if a number does not fit one byte, or the data are too long.
    """
    if not 0 <= packet.number <= 255 or len(packet.data) > LONGEST_DATA:
        raise BadInput(
            f"Packet {packet.number} with {len(packet.data)} bytes does not fit a frame of "
            f"{LONGEST_DATA} bytes. Split it."
        )
    payload = stuffed(bytes((packet.number, packet.command)) + packet.data)
    head = always_stuffed(bytes((crc8(payload), len(payload))))
    return bytes((START,)) + head + payload + bytes((STOP,))


def decoded(frame: bytes) -> Packet:
    """Return the packet of a frame.

    Raises:
        UnitFault: if length, checksum or command are not what the protocol says.
    """
    if len(frame) < SHORTEST or frame[0] != START or frame[-1] != STOP:
        raise UnitFault(f"Not a frame of a RehaStim 2: {frame.hex(' ')}. Check port and cable.")
    head, payload = unstuffed(frame[1:5]), frame[5:-1]
    if len(head) != 2 or head[1] != len(payload) or head[0] != crc8(payload):
        raise UnitFault(f"A frame was damaged on the line: {frame.hex(' ')}. Check the cable.")
    content = unstuffed(payload)
    try:
        command = Command(content[1])
    except (ValueError, IndexError):
        raise UnitFault(f"The unit sent an unknown command: {frame.hex(' ')}.") from None
    return Packet(number=content[0], command=command, data=content[2:])


def signed(byte: int) -> int:
    """Return a result byte as the signed number it is."""
    return byte - 256 if byte > 127 else byte


def init_list_data(active: tuple[int, ...], period_ms: float, group_ms: float) -> bytes:
    """Return the arguments of InitChannelListMode.

    Args:
        active: channels, 1 to 8.
        period_ms: time from pulse to pulse, t1, in steps of 0.5 from 8 to 1025. [ms]
        group_ms: time of a group of pulses, t2, in steps of 0.5 from 8. [ms]

    Raises:
        BadInput: if a time is not on the unit's grid.
    """
    mask = 0
    for channel in active:
        mask |= 1 << (_channel(channel) - 1)
    main = _steps("period_ms", period_ms, 1.0, 2047)
    group = _steps("group_ms", group_ms, 1.5, 255)
    return bytes((0, mask, 0, group, main >> 8, main & 0xFF, 0))


def start_list_data(channels: tuple[tuple[float, float], ...]) -> bytes:
    """Return the arguments of StartChannelListMode: (pulse width us, amplitude mA) per active channel.

    Raises:
        BadInput: if a value is not one the wire carries exactly.
    """
    data = bytearray()
    for pulse_width_us, amplitude_ma in channels:
        data += bytes((0, *_width(pulse_width_us), _current(amplitude_ma)))
    return bytes(data)


def single_pulse_data(channel: int, pulse_width_us: float, amplitude_ma: float) -> bytes:
    """Return the arguments of SinglePulse.

    Raises:
        BadInput: if a value is not one the wire carries exactly.
    """
    return bytes((_channel(channel) - 1, *_width(pulse_width_us), _current(amplitude_ma)))


def _channel(channel: int) -> int:
    if channel not in range(1, 9):
        raise BadInput(f"channel={channel!r} does not exist: the RehaStim 2 has channels 1 to 8.")
    return channel


def _width(pulse_width_us: float) -> bytes:
    # Below 20 us the unit silently sends 20 us: such a width is refused here.
    return _whole("pulse_width_us", pulse_width_us, 1.0, 20, 500).to_bytes(2, "big")


def _current(amplitude_ma: float) -> int:
    # The wire carries whole mA, the source moves in steps of 2 mA; 126 is the tighter of two limits.
    return _whole("amplitude_ma", amplitude_ma, 2.0, 0, 63) * 2


def _whole(name: str, value: float, step: float, low: int, high: int) -> int:
    n = round(value / step) if abs(value) < 1e9 else -1  # NaN is not below anything
    if n * step != value or not low <= n <= high:
        raise BadInput(
            f"{name}={value} cannot be sent: the RehaStim 2 takes steps of {step:g} from "
            f"{low * step:g} to {high * step:g}. Round it in the plan, where the therapist sees it."
        )
    return n


def _steps(name: str, value: float, zero_ms: float, highest: int) -> int:
    n = round((value - zero_ms) * 2) if abs(value) < 1e9 else -1
    if zero_ms + n / 2 != value or value < SHORTEST_MS or n > highest:
        raise BadInput(
            f"{name}={value} cannot be sent: the RehaStim 2 takes steps of 0.5 ms from "
            f"{SHORTEST_MS:g} to {zero_ms + highest / 2:g} ms. Choose such a time."
        )
    return n
