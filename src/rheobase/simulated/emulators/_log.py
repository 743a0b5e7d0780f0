"""What an emulated unit heard, said and gave, over monotonic time: the bench's logic analyser."""

import json
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import final

KEPT = 200_000  # entries in memory


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line.

    Attributes:
        at_s: monotonic. [s]
        kind: "heard", "sent", "output", "fault" or "flag".
        what: name of the command, the fault or the flag.
        raw: the bytes in hexadecimal, for frames.
        ma: highest current a heard frame asks for, or the output of all channels together. [mA]
    """

    at_s: float
    kind: str
    what: str
    raw: str = ""
    ma: float = 0.0


@final
class Log:
    """Every entry, in memory and, if wanted, in a file of JSON lines."""

    def __init__(self, path: Path | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._file = None if path is None else path.open("a", encoding="utf-8", buffering=1)

    def add(self, entry: Entry) -> None:
        """Keep one entry."""
        self._entries.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(asdict(entry)) + "\n")

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything so far."""
        return tuple(self._entries)

    def of(self, kind: str, what: str = "") -> tuple[Entry, ...]:
        """Return the entries of one kind, and of one name if given."""
        return tuple(e for e in self.entries if e.kind == kind and what in ("", e.what))

    def output_ma(self, at_s: float = float("inf")) -> float:
        """Return the output of all channels at a moment, or now. [mA]"""
        before = [entry.ma for entry in self.of("output") if entry.at_s <= at_s]
        return before[-1] if before else 0.0

    def asked_after(self, at_s: float) -> float:
        """Return the highest current any frame asked for after a moment. [mA]"""
        return max((e.ma for e in self.of("heard") if e.at_s > at_s), default=0.0)


def read_log(path: Path) -> Log:
    """Return the log that another process writes; a line that is being written is left out."""
    log = Log()
    for line in path.read_text("utf-8").splitlines():
        try:
            log.add(Entry(**json.loads(line)))
        except ValueError:
            break
    return log
