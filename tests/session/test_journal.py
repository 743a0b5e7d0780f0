"""The journal: nothing acknowledged is missing, and a damaged end is told, never repaired."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rheobase.errors import BadInput, NotReady, Unavailable
from rheobase.session import events, journal, tail
from rheobase.session.events import read
from rheobase.session.journal import Journal


def written(path, count=12):
    book = Journal(path)
    for n in range(count):
        book.append("command", "A", data={"n": n}, matters=n % 3 == 0)
    book.close()
    return book


def test_what_is_written_is_read_back_in_order(tmp_path):
    book = written(tmp_path / "one.journal")
    reading = read(tmp_path / "one.journal")
    assert reading.events == tuple(book.read())
    assert [event.seq for event in reading.events] == list(range(1, 14))
    assert reading.trouble == ""
    assert not reading.interrupted


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.floats(0.0, 1.0))
def test_a_journal_cut_anywhere_keeps_every_whole_event_and_says_so(tmp_path, share):
    whole = tmp_path / "whole.journal"
    if not whole.exists():
        written(whole)
    raw = whole.read_bytes()
    cut = tmp_path / "cut.journal"
    cut.write_bytes(raw[: int(share * (len(raw) - 1))])
    reading, full = read(cut), read(whole)
    assert reading.events == full.events[: len(reading.events)]
    assert reading.interrupted
    assert reading.trouble or reading.trusted_bytes == cut.stat().st_size
    assert cut.read_bytes() == raw[: int(share * (len(raw) - 1))], "reading changed the file"


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(share=st.floats(0.0, 0.999), bit=st.integers(0, 7))
def test_a_flipped_bit_is_noticed_and_nothing_wrong_is_shown(tmp_path, share, bit):
    whole = tmp_path / "whole.journal"
    if not whole.exists():
        written(whole)
    raw = bytearray(whole.read_bytes())
    at = len(events.MAGIC) + int(share * (len(raw) - len(events.MAGIC)))
    raw[at] ^= 1 << bit
    bad = tmp_path / "bad.journal"
    bad.write_bytes(raw)
    reading = read(bad)
    assert reading.trouble
    assert reading.events == read(whole).events[: len(reading.events)]


def test_a_record_that_was_taken_out_is_noticed(tmp_path):
    book = written(tmp_path / "one.journal", 3)
    parts, checksum = [], 0
    for event in book.read():
        record, checksum = events.encoded(event, checksum)
        parts.append(record)
    forged = tmp_path / "forged.journal"
    forged.write_bytes(events.MAGIC + parts[0] + b"".join(parts[2:]))
    reading = read(forged)
    assert len(reading.events) == 1
    assert "Damaged record" in reading.trouble


WRITER = """
import sys
from pathlib import Path
from rheobase.session.journal import Journal
book = Journal(Path(sys.argv[1]))
n = 0
while True:
    book.append("confirmed", "A", amounts_ma=(n, n, n), matters=False)
    seq = book.append("command", "A", data={"n": n}).result()
    print(seq, flush=True)
    n += 1
"""


@pytest.mark.parametrize("after_s", [0.05, 0.21])
def test_nothing_acknowledged_is_missing_after_the_process_is_killed(tmp_path, after_s):
    path = tmp_path / "killed.journal"
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    )
    acknowledged = [int(child.stdout.readline())]
    reader = threading.Thread(
        target=lambda: acknowledged.extend(
            int(line) for line in child.stdout if line.endswith("\n")
        )
    )
    reader.start()
    time.sleep(after_s)
    child.send_signal(signal.SIGKILL)
    reader.join(5.0)
    child.wait(5.0)
    child.stdout.close()
    reading = read(path)
    assert len(reading.events) >= max(acknowledged)
    assert reading.interrupted


def test_a_stalled_disk_delays_the_receipt_but_not_the_caller(tmp_path):
    gate = threading.Event()

    def stalled(handle):
        gate.wait(5.0)
        os.fsync(handle)

    book = Journal(tmp_path / "slow.journal", sync=stalled)
    began = time.monotonic()
    receipts = [book.append("stop") for _ in range(100)]
    assert time.monotonic() - began < 0.2
    assert not any(receipt.done() for receipt in receipts)
    gate.set()
    assert [receipt.result(5.0) for receipt in receipts] == list(range(1, 101))
    book.close()


def test_a_disk_that_fails_is_told_with_a_remedy(tmp_path):
    def broken(_):
        raise OSError(28, "No space left on device")

    book = Journal(tmp_path / "full.journal", sync=broken)
    with pytest.raises(Unavailable, match="make room"):
        book.append("command").result(5.0)
    assert book.trouble


def test_it_refuses_to_start_without_space(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "SPACE_NEEDED_BYTES", 2**62)
    with pytest.raises(NotReady, match="Make room"):
        journal.check_space(tmp_path, journal.SPACE_NEEDED_BYTES)
    assert list(tmp_path.iterdir()) == []


def test_a_session_is_never_written_over_another(tmp_path):
    written(tmp_path / "one.journal")
    with pytest.raises(NotReady, match="Start a new session"):
        Journal(tmp_path / "one.journal")


def test_any_other_file_is_refused(tmp_path):
    other = tmp_path / "notes.json"
    other.write_text(json.dumps({"a": 1}))
    with pytest.raises(BadInput, match="not a journal"):
        read(other)


def test_memory_holds_the_last_events_and_every_older_one_is_read_back(tmp_path):
    book = Journal(tmp_path / "long.journal", sync=lambda _: None)
    for n in range(3000):
        book.append("confirmed", "ABC"[n % 3], amounts_ma=(1.0, 1.0, 1.0), matters=False)
    book.append("command").result(5.0)
    assert book.held <= tail.KEPT
    assert [event.seq for event in book.read()] == list(range(1, 3002))
    for after, most in ((0, 1), (127, 3), (128, 200), (1000, 1), (2480, 40), (2999, 9), (3001, 9)):
        assert [event.seq for event in book.read(after, most)] == list(
            range(after + 1, min(after + most, 3001) + 1)
        )
    assert book.recent(0) is None
    book.close()
    assert tuple(book.read()) == read(book.path).events


def test_what_could_not_be_written_is_written_later_and_tears_nothing(tmp_path, monkeypatch):
    book = Journal(tmp_path / "full.journal")
    real, full = os.write, threading.Event()

    def write(file, data):
        if full.is_set() and len(data) > 20:
            return real(file, data[:20])
        if full.is_set():
            raise OSError(28, "No space left on device")
        return real(file, data)

    monkeypatch.setattr(os, "write", write)
    book.append("command").result(5.0)
    full.set()
    with pytest.raises(Unavailable, match="make room"):
        book.append("command").result(5.0)
    assert book.behind_s > 0.0
    full.clear()
    assert book.append("command").result(5.0) == 3
    assert book.trouble == ""
    book.close()
    reading = read(book.path)
    assert [event.kind for event in reading.events] == ["command"] * 3 + ["ended"]
    assert reading.trouble == ""


def test_a_disk_that_once_forgot_is_never_trusted_again(tmp_path):
    answers = iter([OSError(5, "Input/output error")])

    def forgets_once(_):
        for error in answers:
            raise error

    book = Journal(tmp_path / "forgets.journal", sync=forgets_once)
    for _ in range(2):
        with pytest.raises(Unavailable, match="Input/output error"):
            book.append("command").result(5.0)
    book.close()
