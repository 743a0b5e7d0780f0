"""The events of a journal that is being written: the last ones in memory, older ones from the file.

Memory stays flat however long a session lasts: what is written and older than `KEPT` events is
forgotten here, and read back when somebody asks. Every `EVERY` events the place in the file is
noted, with the checksum that the next record continues from.
"""

import threading
import time
from array import array
from collections import deque
from itertools import islice
from pathlib import Path
from typing import final

from rheobase.errors import Unavailable
from rheobase.session.events import HEAD, MAGIC, Event, record_at

KEPT = 512  # events in memory: ten seconds of three units that ramp
EVERY = 128  # events between two places that are noted


@final
class Tail:
    """Every event of one journal, for readers.

    Args:
        path: of the journal.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._recent: deque[Event] = deque()
        self._seq = self._written = 0
        self._waiting_s = 0.0
        self._end, self._checksum = len(MAGIC), 0
        self._places = array("Q")  # offset of the records 1, 1 + EVERY, 1 + 2 EVERY, ... [byte]
        self._checksums = array("Q")  # that each of them continues

    @property
    def last(self) -> Event | None:
        """The last event, or None."""
        return self._recent[-1] if self._recent else None

    @property
    def held(self) -> int:
        """Events in memory. [1]"""
        return len(self._recent)

    @property
    def behind_s(self) -> float:
        """How long events have been waiting to be written. [s]"""
        with self._lock:
            waits = self._written < self._seq
            return time.monotonic() - self._waiting_s if waits else 0.0

    def add(self, event: Event, length: int, checksum: int) -> None:
        """Keep one more event.

        Args:
            event: follows the one before.
            length: of its record. [byte]
            checksum: of its record.
        """
        with self._lock:
            if (event.seq - 1) % EVERY == 0:
                self._places.append(self._end)
                self._checksums.append(self._checksum)
            if self._written == self._seq:
                self._waiting_s = time.monotonic()
            self._end, self._checksum, self._seq = self._end + length, checksum, event.seq
            self._recent.append(event)

    def written(self, seq: int) -> None:
        """Everything up to an event is in the file, and may be forgotten here."""
        with self._lock:
            self._written, self._waiting_s = max(self._written, seq), time.monotonic()
            while len(self._recent) > KEPT and self._recent[0].seq <= self._written:
                self._recent.popleft()

    def recent(self, after: int, most: int) -> list[Event] | None:
        """Return what follows an event, or None if that must be read from the file."""
        with self._lock:
            first = self._seq - len(self._recent) + 1
            if after + 1 < first:
                return None
            begin = after + 1 - first
            return list(islice(self._recent, begin, min(begin + most, len(self._recent))))

    def read(self, after: int, most: int) -> list[Event]:
        """Return what follows an event, oldest first; it may read the file.

        Args:
            after: number of an event, 0 for the beginning.
            most: longest answer. [1]

        Raises:
            Unavailable: the file does not hold any more what was written to it.
        """
        found: list[Event] = []
        while len(found) < most:
            since = after + len(found)
            near = self.recent(since, most - len(found))
            if near is not None:
                return found + near
            found += self._from_file(since, most - len(found))
        return found

    def _from_file(self, after: int, most: int) -> list[Event]:
        """Return at least one event after a number, up to the next place noted."""
        index = after // EVERY
        with self._lock:
            begin, checksum = self._places[index], self._checksums[index]
            last = index + 1 == len(self._places)
            end = self._end if last else self._places[index + 1]
        with self._path.open("rb") as file:
            file.seek(begin)
            raw = file.read(end - begin)
        found: list[Event] = []
        at = 0
        while at + HEAD.size <= len(raw) and len(found) < most:
            read = record_at(raw, at, checksum)
            if isinstance(read, str):
                break
            event, checksum, at = read
            if event.seq > after:
                found.append(event)
        if not found:
            raise Unavailable(
                f"The journal {self._path.name} was changed while the session runs. "
                "End the session and look at the disk."
            )
        return found
