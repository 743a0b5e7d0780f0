"""Frames as the units send and take them, written from the protocol's description alone.

Source: the reference on devices, 1.3 and 1.4 [devices:P]. Nothing is shared with our drivers, so that
an error in one is not an error in both.

Both protocols: F0, a head of escaped bytes, a payload with F0, 0F and 81 escaped as 81 and the byte
exclusive-or 55, then 0F. A second F0 before 0F discards what came before. Checksums and lengths are
taken over the payload as it travels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

BEGIN, END, MARK, KEY = 0xF0, 0x0F, 0x81, 0x55
MUST_ESCAPE = (BEGIN, END, MARK)
MAY_ESCAPE = (0x0A, 0x55)  # some hosts escape these as well


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What arrived between F0 and 0F.

    Attributes:
        raw: every byte, as it came.
        number: of the packet, or -1 if it was damaged.
        command: of the packet, or -1.
        data: unescaped.
        flags: what a strict unit might mind.
    """

    raw: bytes
    number: int
    command: int
    data: bytes
    flags: tuple[str, ...]


@final
class Wire:
    """One of the two framings.

    Args:
        wide: ScienceMode 3 and 4 (16-bit checksum and length, 10-bit commands); else ScienceMode 2.
    """

    def __init__(self, *, wide: bool) -> None:
        self._wide = wide
        self._head = 8 if wide else 4
        self._pending = bytearray()

    def frame(self, number: int, command: int, data: bytes) -> bytes:
        """Return one frame to the host."""
        if self._wide:
            content = ((number & 0x3F) << 10 | command).to_bytes(2, "big") + data
        else:
            content = bytes((number & 0xFF, command)) + data
        payload = b"".join(
            bytes((MARK, b ^ KEY)) if b in MUST_ESCAPE else bytes((b,)) for b in content
        )
        head = b"".join(bytes((MARK, b ^ KEY)) for b in self._sums(payload))
        return bytes((BEGIN,)) + head + payload + bytes((END,))

    def feed(self, data: bytes) -> Iterator[Heard]:
        """Yield what ended within some bytes; damaged frames too, with command -1."""
        for byte in data:
            escaped = self._is_escaped()
            if byte == BEGIN and not escaped:
                self._pending.clear()
            if not self._pending and byte != BEGIN:
                continue
            self._pending.append(byte)
            if byte == END and not escaped:
                raw = bytes(self._pending)
                self._pending.clear()
                yield self._opened(raw)

    def _is_escaped(self) -> bool:
        """The next byte is content: an odd run of 81 ends here."""
        run = 0
        for byte in reversed(self._pending):
            if byte != MARK:
                break
            run += 1
        return run % 2 == 1

    def _sums(self, payload: bytes) -> bytes:
        if self._wide:
            length = len(payload) + 2 + self._head
            return length.to_bytes(2, "big") + _crc(payload, 0x1021, 16).to_bytes(2, "big")
        return bytes((_crc(payload, 0x07, 8), len(payload) & 0xFF))

    def _opened(self, raw: bytes) -> Heard:
        payload = raw[1 + self._head : -1]
        head = bytes(b ^ KEY for b in raw[2 : 1 + self._head : 2])
        marked = set(raw[1 : 1 + self._head : 2]) == {MARK}  # every byte of the head is escaped
        if len(payload) < 2 or not marked or head != self._sums(payload):
            return Heard(raw=raw, number=-1, command=-1, data=b"", flags=("damaged",))
        content, flags, rest = bytearray(), [], iter(payload)
        for byte in rest:
            if byte != MARK:
                content.append(byte)
                continue
            plain = next(rest, 0) ^ KEY
            content.append(plain)
            if plain in MAY_ESCAPE:
                flags.append(f"escapes {plain:02X}, which need not be")
        if self._wide:
            prefix = int.from_bytes(content[:2], "big")
            number, command = prefix >> 10, prefix & 0x3FF
        else:
            number, command = content[0], content[1]
        return Heard(
            raw=raw, number=number, command=command, data=bytes(content[2:]), flags=tuple(flags)
        )


def _crc(data: bytes, polynomial: int, bits: int) -> int:
    """Return a plain, unreflected checksum with start 0."""
    top, mask, value = 1 << (bits - 1), (1 << bits) - 1, 0
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value & top else 0)) & mask
    return value
