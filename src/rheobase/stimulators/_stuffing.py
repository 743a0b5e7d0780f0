"""Frames between F0 and 0F with escaped bytes, as ScienceMode 2, 3 and 4 share them.

Source
    HASOMED ScienceMode 2 protocol v1.24 (2012), ScienceMode 3 protocol 3.2.4 (2018): devices 1.3, 1.4.

A byte F0, 0F or 81 inside a frame travels as 81 followed by the byte exclusive-or 55. A second F0
before 0F, unless it is escaped, begins a new frame; what came before is dropped.
"""

from collections.abc import Callable
from typing import final

from rheobase.errors import UnitFault

START, STOP, ESCAPE, MASK = 0xF0, 0x0F, 0x81, 0x55
SPECIAL = frozenset({START, STOP, ESCAPE})
LONGEST = 1200  # bytes of a whole frame


def stuffed(data: bytes) -> bytes:
    """Return data with every special byte escaped."""
    out = bytearray()
    for byte in data:
        out += bytes((ESCAPE, byte ^ MASK)) if byte in SPECIAL else bytes((byte,))
    return bytes(out)


def always_stuffed(data: bytes) -> bytes:
    """Return data with every byte escaped, as lengths and checksums travel."""
    return b"".join(bytes((ESCAPE, byte ^ MASK)) for byte in data)


def unstuffed(data: bytes) -> bytes:
    """Return the bytes behind the escapes.

    Raises:
        UnitFault: if the data ends in the middle of an escape.
    """
    out, rest = bytearray(), iter(data)
    for byte in rest:
        if byte != ESCAPE:
            out.append(byte)
            continue
        after = next(rest, None)
        if after is None:
            raise UnitFault("A frame of the unit ends inside an escape. Check the cable.")
        out.append(after ^ MASK)
    return bytes(out)


@final
class Splitter:
    """Cuts a stream of bytes into frames; garbage between frames is dropped and counted.

    A byte after an escape is content, even F0 or 0F (a checksum may become either). So a frame that
    was cut off inside an escape swallows the beginning of the next one: what turns out not to be
    whole is searched again from its next F0.

    Attributes:
        dropped: bytes that belonged to no whole frame.
    """

    def __init__(self, whole: Callable[[bytes], bool]) -> None:
        self.dropped = 0
        self._whole = whole
        self._open = bytearray()
        self._escaped = False

    def feed(self, data: bytes) -> list[bytes]:
        """Return every whole frame that ended within `data`, F0 and 0F included."""
        frames: list[bytes] = []
        waiting = bytearray(data)
        while waiting:
            again = self._take(waiting.pop(0), frames)
            waiting[:0] = again
        return frames

    def _take(self, byte: int, frames: list[bytes]) -> bytes:
        """Take one byte; return what must be looked at again."""
        if not self._open and byte != START:
            self.dropped += 1
            return b""
        if byte == START and not self._escaped:
            self.dropped += len(self._open)
            self._open.clear()
        self._open.append(byte)
        ended = byte == STOP and not self._escaped
        self._escaped = byte == ESCAPE and not self._escaped
        if ended and self._whole(bytes(self._open)):
            frames.append(bytes(self._open))
            self._open.clear()
        elif ended or len(self._open) > LONGEST:
            return self._given_up()
        return b""

    def _given_up(self) -> bytes:
        rest, self._escaped = bytes(self._open[1:]), False
        self._open.clear()
        begin = rest.find(START)
        kept = rest[begin:] if begin >= 0 else b""
        self.dropped += 1 + len(rest) - len(kept)
        return kept
