"""A session is run again from its journal: the same wishes, or the difference is named."""

import asyncio
import json
from dataclasses import replace

import pytest

from rheobase.errors import NotReady
from rheobase.session.beats import BEATS
from rheobase.session.events import MAGIC, encoded, read
from rheobase.session.replay import replayed
from tests.session.test_live import prepared, press, session


@pytest.fixture(scope="module")
def events(tmp_path_factory):
    """A session with a ladder, a block, a press down, a pause, a stop and a new beginning."""
    path = tmp_path_factory.mktemp("journals") / "one.journal"

    async def play():
        live, _ = session(path)
        await prepared(live)
        await asyncio.sleep(1.2)
        await press(live, "ladder", "A", level="functional")
        await press(live, "start")
        await asyncio.sleep(0.8)
        await press(live, "quieter", "A")
        await press(live, "note", text="fine")
        await asyncio.sleep(0.3)
        await live.stop()
        await asyncio.sleep(0.1)
        await press(live, "checklist")
        await press(live, "louder", "B")
        await asyncio.sleep(0.5)
        await live.close()

    asyncio.run(play())
    return read(path).events


def changed(events, kind, n, **data):
    """The same journal with one event of a kind changed."""
    found = [event for event in events if event.kind == kind][n]
    new = replace(found, data={**found.data, **data})
    return tuple(new if event is found else event for event in events)


def written(path, events):
    """A whole journal of some events."""
    raw, checksum = MAGIC, 0
    for event in events:
        record, checksum = encoded(event, checksum)
        raw += record
    path.write_bytes(raw)
    return path


def test_a_session_run_again_asks_for_exactly_the_same(events):
    again = replayed(events)
    assert again.differences == ()
    assert again.beats > 100
    asked = [event.data["asked_ma"] for event in events if event.kind == BEATS]
    assert max(one["A"] for one in asked) > 0.9
    assert max(one["B"] for one in asked) > 0.1


def test_a_press_at_another_unit_is_a_difference_with_its_place(events):
    presses = [event for event in events if event.kind == "command" and event.slot == "A"]
    louder = next(event for event in presses if event.data["do"] == "louder")
    forged = tuple(replace(e, slot="B") if e is louder else e for e in events)
    again = replayed(forged)
    assert any("asked" in one.what and "replayed" in one.what for one in again.differences)
    assert again.differences[0].seq >= louder.seq


def test_other_recorded_wishes_are_a_difference(events):
    (first, *_) = replayed(changed(events, BEATS, 3, sum=0)).differences
    assert first.what.startswith("asked {'A'")


def test_a_level_that_was_not_recorded_so_is_a_difference(events):
    quieter = [e for e in events if e.kind == "command"].index(
        next(e for e in events if e.data.get("do") == "quieter")
    )
    (one,) = replayed(changed(events, "command", quieter, level_ma=9.0)).differences
    assert "level 9.0 mA" in one.what


def test_a_journal_without_beats_is_shown_and_not_run(events):
    with pytest.raises(NotReady, match="can still be shown"):
        replayed(tuple(event for event in events if event.kind != BEATS))


def test_the_command_says_so_and_ends_with_2_where_something_differs(
    events, tmp_path, capsys, monkeypatch
):
    from rheobase.cli import main

    def shown(journal):
        monkeypatch.setattr("sys.argv", ["rheobase", "replay", str(journal), "--json"])
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code or 0, json.loads(capsys.readouterr().out.splitlines()[-1])

    code, said = shown(written(tmp_path / "same.journal", events))
    assert (code, said["replayed"]["differences"]) == (0, [])
    code, said = shown(written(tmp_path / "other.journal", changed(events, BEATS, 3, sum=0)))
    assert code == 2
    assert len(said["replayed"]["differences"]) == 1
