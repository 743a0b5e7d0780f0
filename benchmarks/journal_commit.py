"""How long until an event is safe: our framed file with fsync, against SQLite in WAL mode.

    python benchmarks/journal_commit.py [folder]

Each engine gets 500 events of a session one by one, each made durable before the next. SQLite runs
with journal_mode=WAL and synchronous=FULL, the setting that survives a power cut.
"""

import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from pathlib import Path

from rheobase.session.journal import Journal

EVENTS = 500
DATA = {"do": "louder", "key": "k", "level_ma": 8.0}


def framed(folder: Path) -> list[float]:
    journal = Journal(folder / "one.journal")
    spent = []
    for _ in range(EVENTS):
        began = time.perf_counter()
        journal.append("command", "A", data=DATA).result()
        spent.append(time.perf_counter() - began)
    journal.close()
    return spent


def bare(folder: Path) -> list[float]:
    """The floor: one write and one fsync, no thread."""
    handle = os.open(folder / "floor", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    record = json.dumps(DATA).encode() * 5
    spent = []
    for _ in range(EVENTS):
        began = time.perf_counter()
        os.write(handle, record)
        os.fsync(handle)
        spent.append(time.perf_counter() - began)
    os.close(handle)
    return spent


def sqlite(folder: Path) -> list[float]:
    base = sqlite3.connect(folder / "one.sqlite", isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, ns INTEGER, body TEXT)")
    spent = []
    for n in range(EVENTS):
        began = time.perf_counter()
        base.execute(
            "INSERT INTO event VALUES (?, ?, ?)", (n, time.monotonic_ns(), json.dumps(DATA))
        )
        spent.append(time.perf_counter() - began)
    base.close()
    return spent


def main() -> None:
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        for engine in (bare, framed, sqlite):
            ms = sorted(1000.0 * s for s in engine(Path(name)))
            print(
                f"{engine.__name__:8s} median {statistics.median(ms):6.2f} ms   "
                f"p99 {ms[int(0.99 * len(ms))]:6.2f} ms   worst {ms[-1]:6.2f} ms"
            )


if __name__ == "__main__":
    main()
