"""The wire of ScienceMode 3 and 4 (RehaMove 3, P24): frames and values. No input or output.

Source
    HASOMED ScienceMode 3 protocol 3.2.4 (2018-04-21), P24 instructions v1.1 and ScienceMode 4 C
    library 4.0.0, read through devices 1.4 [devices:P].

Frame
    F0 | length, 2 bytes, each escaped | crc, 2 bytes, each escaped | payload | 0F
    payload = stuffed(prefix, data); prefix = number (6 bits) << 10 | command (10 bits). The length is
    that of the whole frame; the crc (CRC-16, polynomial 1021, start 0) is taken over the stuffed
    payload. Most significant byte first throughout.

A pulse is parametric here: two phases of equal charge are built from current, width and gap. There
is no way to hand in points, so no unbalanced pulse can be sent.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import final

from rheobase.errors import BadInput, UnitFault
from rheobase.stimulators._stuffing import START, STOP, always_stuffed, stuffed, unstuffed

SHORTEST = 12


class Command(IntEnum):
    """The commands we send or hear."""

    LL_INIT = 0
    LL_INIT_ACK = 1
    LL_CONFIG = 2
    LL_CONFIG_ACK = 3
    LL_STOP = 4
    LL_STOP_ACK = 5
    ML_INIT = 30
    ML_INIT_ACK = 31
    ML_UPDATE = 32
    ML_UPDATE_ACK = 33
    ML_STOP = 34
    ML_STOP_ACK = 35
    ML_GET_DATA = 36
    ML_GET_DATA_ACK = 37
    GET_VERSION = 50
    GET_VERSION_ACK = 51
    GET_ID = 52
    GET_ID_ACK = 53
    GET_BATTERY = 54
    GET_BATTERY_ACK = 55
    RESET = 58
    RESET_ACK = 59
    GET_STIM_STATUS = 62
    GET_STIM_STATUS_ACK = 63
    GENERAL_ERROR = 66
    UNKNOWN = 67
    GET_EXTENDED_VERSION = 68
    GET_EXTENDED_VERSION_ACK = 69


RESULTS = {
    0: "done",
    1: "transfer error",
    2: "a parameter out of range",
    3: "protocol error",
    4: "stimulation timed out",
    7: "not initialised, or another level is active",
    8: "high voltage error",
    10: "an electrode is off",
    11: "unknown command",
    16: "a pulse timed out",
    17: "fuel gauge error",
    21: "busy",
    28: "the current could not be reached",
}
CHANNEL_STATES = {0: "ok", 1: "electrode", 2: "pulse timeout", 3: "low current"}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One frame's content.

    Attributes:
        number: 0 to 63, echoed by the unit.
        command: what is meant.
        data: its arguments.
    """

    number: int
    command: Command
    data: bytes


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPulse:
    """What one channel should repeat.

    Attributes:
        channel: 1 to 8.
        amplitude_ma: in steps of 0.5. [mA]
        pulse_width_us: one phase, whole microseconds. [us]
        gap_us: between the phases, whole microseconds. [us]
        period_ms: from pulse to pulse, in steps of 0.5. [ms]
    """

    channel: int
    amplitude_ma: float
    pulse_width_us: float
    gap_us: float
    period_ms: float


def is_whole(frame: bytes) -> bool:
    """Return whether these bytes are one undamaged frame."""
    try:
        decoded(frame)
    except UnitFault:
        return False
    return True


def crc16(data: bytes) -> int:
    """Return the CRC-16 with polynomial 1021, start 0, not reflected (XMODEM)."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021) & 0xFFFF if crc & 0x8000 else crc << 1
    return crc


def encoded(packet: Packet) -> bytes:
    """Return the frame of a packet.

    Raises:
        BadInput: if the number does not fit six bits.
    """
    if not 0 <= packet.number <= 63:
        raise BadInput(f"Packet number {packet.number} does not fit six bits. Count modulo 64.")
    prefix = packet.number << 10 | packet.command
    payload = stuffed(prefix.to_bytes(2, "big") + packet.data)
    length = (len(payload) + 10).to_bytes(2, "big")
    crc = crc16(payload).to_bytes(2, "big")
    return bytes((START,)) + always_stuffed(length + crc) + payload + bytes((STOP,))


def decoded(frame: bytes) -> Packet:
    """Return the packet of a frame.

    Raises:
        UnitFault: if length, checksum or command are not what the protocol says.
    """
    if len(frame) < SHORTEST or frame[0] != START or frame[-1] != STOP:
        raise UnitFault(f"Not a frame of ScienceMode 3/4: {frame.hex(' ')}. Check port and cable.")
    head, payload = unstuffed(frame[1:9]), frame[9:-1]
    whole = len(head) == 4 and int.from_bytes(head[:2], "big") == len(frame)
    if not whole or int.from_bytes(head[2:], "big") != crc16(payload):
        raise UnitFault(f"A frame was damaged on the line: {frame.hex(' ')}. Check the cable.")
    content = unstuffed(payload)
    prefix = int.from_bytes(content[:2], "big")
    try:
        command = Command(prefix & 0x3FF)
    except ValueError:
        raise UnitFault(f"The unit sent an unknown command: {frame.hex(' ')}.") from None
    return Packet(number=prefix >> 10, command=command, data=content[2:])


def update_data(pulses: tuple[ChannelPulse, ...]) -> bytes:
    """Return the arguments of Ml_update: the complete picture of every active channel.

    Raises:
        BadInput: if a value is not one the wire carries exactly, or a channel comes twice.
    """
    mask, data = 0, bytearray()
    for pulse in sorted(pulses, key=lambda one: one.channel):
        if pulse.channel not in range(1, 9) or mask >> (pulse.channel - 1) & 1:
            raise BadInput(f"channel={pulse.channel!r} is not one of 1 to 8, or comes twice.")
        mask |= 1 << (pulse.channel - 1)
        points = points_of(pulse)
        period = _whole("period_ms", pulse.period_ms, 0.5, 1, 32_766)
        data += bytes((len(points) - 1 << 4,)) + (period << 1).to_bytes(2, "big") + _words(points)
    return bytes((mask,)) + bytes(data)


def one_pulse_data(pulse: ChannelPulse) -> bytes:
    """Return the arguments of Ll_channel_config: one pulse of a channel, at once; no period.

    Raises:
        BadInput: if a value is not one the wire carries exactly.
    """
    if pulse.channel not in range(1, 9):
        raise BadInput(f"channel={pulse.channel!r} is not one of 1 to 8.")
    connector, channel = divmod(pulse.channel - 1, 4)
    points = points_of(pulse)
    return bytes((1 << 7 | channel << 5 | connector << 4 | len(points) - 1,)) + _words(points)


def points_of(pulse: ChannelPulse) -> tuple[tuple[int, int], ...]:
    """Return the points of one balanced pulse: (duration in us, current in half mA).

    The charges of the two phases add up to exactly zero, in whole numbers.

    Raises:
        BadInput: if a value is not one the wire carries exactly.
    """
    width = _whole("pulse_width_us", pulse.pulse_width_us, 1.0, 20, 500)
    current = _whole("amplitude_ma", pulse.amplitude_ma, 0.5, 0, 260)
    gap = _whole("gap_us", pulse.gap_us, 1.0, 0, 100)
    # A pause shorter than 10 us would be stretched by the unit, so it is left out or refused.
    if 0 < gap < 10:
        raise BadInput(f"gap_us={pulse.gap_us:g} cannot be sent: use 0, or 10 to 100 us.")
    pause = ((gap, 0),) if gap else ()
    return ((width, current), *pause, (width, -current))


def _words(points: tuple[tuple[int, int], ...]) -> bytes:
    return b"".join((us << 20 | half_ma + 300 << 10).to_bytes(4, "big") for us, half_ma in points)


def _whole(name: str, value: float, step: float, low: int, high: int) -> int:
    n = round(value / step) if abs(value) < 1e9 else -1  # NaN is not below anything
    if n * step != value or not low <= n <= high:
        raise BadInput(
            f"{name}={value} cannot be sent: the unit takes steps of {step:g} from {low * step:g} "
            f"to {high * step:g}. Round it in the plan, where the therapist sees it."
        )
    return n
