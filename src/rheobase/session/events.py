"""One fact of a session, and its place in a file: length, checksum chained to the record before, JSON.

    file    = "RHEOJRN1" record*
    record  = length (4 bytes, big endian) | checksum (4 bytes) | JSON in UTF-8
    checksum = CRC-32 of length and JSON, seeded with the checksum of the record before

The chain makes a lost, doubled or exchanged record visible. Facts are added, never edited.
"""

import json
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from rheobase.errors import BadInput
from rheobase.stimulus import from_plain, to_plain

MAGIC = b"RHEOJRN1"
HEAD = struct.Struct(">II")
LONGEST = 4 * 1024 * 1024  # no record of ours comes near; a longer length is damage
END = "ended"  # kind of the last event of a session that was finished


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact.

    Attributes:
        seq: 1, 2, 3, ... without gaps.
        monotonic_ns: this machine's monotonic clock. [ns]
        wall: local label with time zone; no arithmetic is done with it.
        kind: e.g. "command", "confirmed", "stop"; see docs/journal.md.
        slot: the unit, or "".
        asked_ma, allowed_ma, confirmed_ma: as in `Delivered`, or None. [mA]
        reasons: why, in words for a therapist.
        data: what else belongs to the fact.
    """

    seq: int
    monotonic_ns: int
    wall: str
    kind: str
    slot: str
    asked_ma: float | None
    allowed_ma: float | None
    confirmed_ma: float | None
    reasons: tuple[str, ...]
    data: dict[str, Any]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a journal file holds.

    Attributes:
        events: every event that can be trusted, in order.
        trouble: "" or what is wrong behind them, in words.
        trusted_bytes: length of the part that can be trusted. [byte]
    """

    events: tuple[Event, ...]
    trouble: str
    trusted_bytes: int

    @property
    def interrupted(self) -> bool:
        """The session was never ended: the machine or the process went away."""
        return not self.events or self.events[-1].kind != END


def encoded(event: Event, before: int) -> tuple[bytes, int]:
    """Return the record of an event, and its checksum for the next one."""
    body = json.dumps(to_plain(event), separators=(",", ":"), allow_nan=False).encode()
    length = struct.pack(">I", len(body))
    checksum = zlib.crc32(length + body, before)
    return HEAD.pack(len(body), checksum) + body, checksum


def read(path: Path) -> Reading:
    """Return what a journal holds; a torn or damaged end is reported, never repaired.

    Raises:
        BadInput: if the file is missing or is no journal.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror}. Check the name.") from None
    if raw and not raw.startswith(MAGIC) and not MAGIC.startswith(raw):
        raise BadInput(f"{path.name} is not a journal of a session. Name a .journal file.")
    if len(raw) < len(MAGIC):
        return Reading(events=(), trouble="The file ends within its first bytes.", trusted_bytes=0)
    events: list[Event] = []
    at, checksum = len(MAGIC), 0
    while at < len(raw):
        found = record_at(raw, at, checksum)
        if isinstance(found, str):
            return Reading(events=tuple(events), trouble=found, trusted_bytes=at)
        event, checksum, at = found
        if event.seq != len(events) + 1:
            trouble = f"Record {event.seq} stands where {len(events) + 1} belongs."
            return Reading(events=tuple(events), trouble=trouble, trusted_bytes=at)
        events.append(event)
    return Reading(events=tuple(events), trouble="", trusted_bytes=at)


def record_at(raw: bytes, at: int, before: int) -> tuple[Event, int, int] | str:
    """Return the event at a place, its checksum and the place behind it, or what is wrong there.

    Args:
        raw: bytes of a journal.
        at: where its record begins in them. [byte]
        before: checksum of the record before it.
    """
    left = len(raw) - at
    if left < HEAD.size:
        return f"Torn end: {left} bytes of an unfinished record. Everything before is whole."
    length, checksum = HEAD.unpack_from(raw, at)
    end = at + HEAD.size + length
    if length > LONGEST or end > len(raw):
        return f"Torn end: {left} bytes of an unfinished record. Everything before is whole."
    body = raw[at + HEAD.size : end]
    if zlib.crc32(struct.pack(">I", length) + body, before) != checksum:
        place = "at the end" if end == len(raw) else f"with {len(raw) - end} more bytes behind it"
        return f"Damaged record {place}. Everything before is whole; nothing after is shown."
    try:
        return from_plain(Event, json.loads(body)), checksum, end
    except (ValueError, BadInput) as error:
        return f"A record that is no event of ours ({error}). Everything before is whole."
