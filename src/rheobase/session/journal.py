"""The append-only journal of one session: nothing acknowledged is ever missing.

A writer thread of its own writes and syncs, several records at a time when they come fast, so that
a slow disk never delays a stop. Who must be sure waits for the receipt of a record. What could not
be written is tried again; nothing is written behind a torn record.
"""

import fcntl
import os
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, final

from rheobase.errors import NotReady, Unavailable
from rheobase.session.events import END, MAGIC, Event, encoded
from rheobase.session.tail import Tail

SPACE_NEEDED_BYTES = 64 * 1024 * 1024  # thirty minutes of three units take less than 20 MB
SYNC_EVERY_S = 0.5  # for records that nobody waits for
MOST = 2**62  # events: all of them


def check_space(folder: Path, needed_bytes: int = SPACE_NEEDED_BYTES) -> None:
    """Refuse a session that could not be recorded.

    Raises:
        NotReady: if the disk is too full.
    """
    stat = os.statvfs(folder)
    free = stat.f_bavail * stat.f_frsize
    if free < needed_bytes:
        raise NotReady(
            f"The disk has {free // 2**20} MB left; a session needs {needed_bytes // 2**20} MB. "
            "Nothing was started. Make room on the disk."
        )


@final
class Journal:
    """An open journal. `append` never waits; the receipt says when a record is safe.

    Args:
        path: a file that does not exist yet.
        monotonic_ns: the clock of the session. [ns]
        wall: the label clock.
        sync: makes what was written durable; given by tests of slow disks.

    Raises:
        NotReady: if the disk is too full, or the file exists.
    """

    def __init__(
        self,
        path: Path,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        wall: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        check_space(path.parent)
        try:
            self._file = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        except FileExistsError:
            raise NotReady(
                f"There is a journal {path.name} already. Start a new session."
            ) from None
        self.path = path
        self.trouble = ""
        self._monotonic_ns, self._wall, self._sync = monotonic_ns, wall, sync
        self._lock = threading.Lock()
        self._tail = Tail(path)
        self._seq = self._checksum = 0
        self._good = len(MAGIC)  # length of what was written whole [byte]
        self._dirty, self._synced_s = False, time.monotonic()
        self._lost: OSError | None = None
        self._queue: queue.SimpleQueue[tuple[bytes, Future[int] | None, int] | None]
        self._queue = queue.SimpleQueue()
        fcntl.flock(self._file, fcntl.LOCK_EX)  # tells others that this session lives
        os.write(self._file, MAGIC)
        _sync_folder(path.parent)
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    @property
    def seq(self) -> int:
        """Number of the last event. [1]"""
        return self._seq

    @property
    def last(self) -> Event | None:
        """The last event, or None."""
        return self._tail.last

    @property
    def held(self) -> int:
        """Events in memory. [1]"""
        return self._tail.held

    @property
    def behind_s(self) -> float:
        """How long events have been waiting to be written. [s]"""
        return self._tail.behind_s

    def recent(self, after: int, most: int = MOST) -> list[Event] | None:
        """Return what follows an event, or None if that must be `read`; never waits."""
        return self._tail.recent(after, most)

    def read(self, after: int = 0, most: int = MOST) -> list[Event]:
        """Return what follows an event, oldest first, from memory and file.

        Args:
            after: number of an event, 0 for the beginning.
            most: longest answer. [1]
        """
        return self._tail.read(after, most)

    def append(
        self,
        kind: str,
        slot: str = "",
        *,
        amounts_ma: tuple[float, float, float] | None = None,
        reasons: tuple[str, ...] = (),
        data: dict[str, Any] | None = None,
        monotonic_ns: int | None = None,
        matters: bool = True,
    ) -> "Future[int]":
        """Add a fact and return its receipt, without waiting.

        Args:
            kind: of the event.
            slot: the unit, or "".
            amounts_ma: asked, allowed and confirmed. [mA]
            reasons: why.
            data: what else belongs to it.
            monotonic_ns: when it happened, if not now. [ns]
            matters: written and synced at once; otherwise with the next group.

        Returns:
            A future: the event's seq once it is safe on the disk.
        """
        asked, allowed, confirmed = amounts_ma or (None, None, None)
        receipt: Future[int] = Future()
        with self._lock:
            event = Event(
                seq=self._seq + 1,
                monotonic_ns=self._monotonic_ns() if monotonic_ns is None else monotonic_ns,
                wall=self._wall().isoformat(timespec="milliseconds"),
                kind=kind,
                slot=slot,
                asked_ma=asked,
                allowed_ma=allowed,
                confirmed_ma=confirmed,
                reasons=reasons,
                data=data or {},
            )
            record, self._checksum = encoded(event, self._checksum)
            self._seq = event.seq
            self._tail.add(event, len(record), self._checksum)
            self._queue.put((record, receipt if matters else None, event.seq))
        if not matters:
            receipt.set_result(event.seq)
        return receipt

    def close(self, timeout_s: float = 5.0) -> None:
        """Write the end of the session, if it is not there, and wait for the disk."""
        if not self._thread.is_alive():
            return
        if self.last is None or self.last.kind != END:
            self.append(END)
        self._queue.put(None)
        self._thread.join(timeout_s)

    def _write(self) -> None:
        left, last, closing = b"", 0, False
        while not closing:
            batch, closing = self._batch(bool(left) or self._dirty)
            receipts = [(receipt, seq) for _, receipt, seq in batch if receipt is not None]
            left += b"".join(record for record, _, _ in batch)
            last = batch[-1][2] if batch else last
            try:
                self._put(left)
                left = b""
                self._tail.written(last)
                self._make_durable(bool(receipts) or closing)
            except OSError as error:
                self._fail(error, receipts)
                continue
            self.trouble = ""
            for receipt, seq in receipts:
                receipt.set_result(seq)
        os.close(self._file)

    def _make_durable(self, now: bool) -> None:
        """Sync, now or when it is time.

        After a failure nothing is ever called safe again: a system may forget what it could not
        write, and then report success.
        """
        if self._lost is not None:
            raise self._lost
        if self._dirty and (now or time.monotonic() - self._synced_s > SYNC_EVERY_S):
            try:
                self._sync(self._file)
            except OSError as error:
                self._lost = error
                raise
            self._synced_s, self._dirty = time.monotonic(), False

    def _put(self, data: bytes) -> None:
        """Write all of it, or none."""
        try:
            _write_all(self._file, data)
        except OSError:
            with suppress(OSError):
                os.ftruncate(self._file, self._good)
            raise
        self._good += len(data)
        self._dirty = self._dirty or bool(data)

    def _batch(self, dirty: bool) -> tuple[list[tuple[bytes, Future[int] | None, int]], bool]:
        """Return everything that waits, and whether the journal is to be closed."""
        try:
            item = self._queue.get(timeout=SYNC_EVERY_S if dirty else None)
        except queue.Empty:
            return [], False
        batch: list[tuple[bytes, Future[int] | None, int]] = []
        while item is not None:
            batch.append(item)
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _fail(self, error: OSError, receipts: list[tuple[Future[int], int]]) -> None:
        self.trouble = (
            f"The journal cannot be written: {error.strerror}. Stop the session and make room."
        )
        for receipt, _ in receipts:
            receipt.set_exception(Unavailable(self.trouble))


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
