"""Dose and summary against arithmetic done by hand, and against a journal's own order."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.session.dose import binned_ma, dose
from rheobase.session.events import Event
from rheobase.session.summary import how_it_ended, silent_after_ms, summary
from rheobase.simulated import cast
from rheobase.stimulus import seal, to_plain

SEALED = to_plain(seal(cast.mila(), b"k"))


def event(seq, at_s, kind, slot="", ma=None, hz=30.0, **data):
    if ma is not None:
        data |= {"pulse_width_us": 200.0, "frequency_hz": hz}
    return Event(
        seq=seq,
        monotonic_ns=round(at_s * 1e9),
        wall="2026-11-22T09:00:00+00:00",
        kind=kind,
        slot=slot,
        asked_ma=ma,
        allowed_ma=ma,
        confirmed_ma=ma,
        reasons=(),
        data=data,
    )


def told(*parts):
    first = event(1, 100.0, "opened", session="one", sealed=SEALED)
    return [first, *(replace(part, seq=n + 2) for n, part in enumerate(parts))]


TWO_CONTRACTIONS = told(
    event(0, 101.0, "confirmed", "A", 5.0),
    event(0, 102.0, "confirmed", "A", 10.0),
    event(0, 104.0, "confirmed", "A", 0.0, hz=0.0),
    event(0, 110.0, "confirmed", "A", 10.0),
    event(0, 112.0, "confirmed", "A", 0.0, hz=0.0),
    event(0, 120.0, "ended"),
)


def test_minutes_contractions_and_charge_are_what_paper_and_pencil_say():
    one = dose(TWO_CONTRACTIONS, "A")
    assert one.minutes == pytest.approx(5.0 / 60.0)
    assert one.contractions == 2
    # 5 mA x 200 us = 1 uC, 30 a second for 1 s; 10 mA: 2 uC, 30 a second for 4 s
    assert one.charge_uc == pytest.approx(1.0 * 30 * 1 + 2.0 * 30 * 4)
    assert one.highest_ma == 10.0
    assert dose(TWO_CONTRACTIONS, "B").minutes == 0.0


def test_a_search_is_no_contraction():
    search = told(
        event(0, 101.0, "confirmed", "A", 4.0, hz=2.0),
        event(0, 111.0, "confirmed", "A", 0.0, hz=0.0),
    )
    assert dose(search, "A").contractions == 0
    assert dose(search, "A").twitch_minutes == pytest.approx(10.0 / 60.0)


def test_current_that_was_never_confirmed_off_counts_to_the_last_event():
    cut = told(event(0, 101.0, "confirmed", "A", 4.0), event(0, 104.0, "note", text="x"))
    assert dose(cut, "A").minutes == pytest.approx(3.0 / 60.0)
    assert how_it_ended(cut) == "interrupted"


def test_a_stop_lasts_until_the_last_unit_is_confirmed_silent():
    stopped = told(
        event(0, 101.0, "confirmed", "A", 5.0),
        event(0, 101.0, "confirmed", "B", 5.0),
        event(0, 102.000, "stop"),
        event(0, 102.004, "confirmed", "A", 0.0),
        event(0, 102.009, "confirmed", "B", 0.0),
    )
    assert silent_after_ms(stopped, stopped[3]) == pytest.approx(9.0)
    assert silent_after_ms(stopped[:5], stopped[3]) is None, "B was never confirmed silent"


def test_a_session_that_went_on_after_a_stop_and_ramped_out_is_finished():
    stop, out, end = (
        event(0, 102.0, "stop"),
        event(0, 103.0, "step", step="ramp out"),
        event(0, 104.0, "ended"),
    )
    assert how_it_ended(told(stop, out, end)) == "finished"
    assert how_it_ended(told(out, stop, end)) == "stopped"


@given(
    currents=st.lists(st.tuples(st.floats(0.02, 30.0), st.floats(0.0, 20.0)), max_size=30),
)
def test_no_chart_hides_the_highest_current(currents):
    at_s, parts = 100.0, []
    for wait_s, ma in currents:
        at_s += wait_s
        parts.append(event(0, at_s, "confirmed", "A", ma))
    events = told(*parts, event(0, at_s + 1.0, "ended"))
    chart = binned_ma(events, "A", 50)
    assert max((ma for _, ma in chart), default=0.0) == dose(events, "A").highest_ma
    assert len(chart) <= 52


def test_the_summary_names_every_unit_and_drafts_a_note():
    shown = summary(TWO_CONTRACTIONS)
    assert [one["slot"] for one in shown["slots"]] == ["A", "B", "C"]
    assert "2 contractions" in shown["note"]
    assert shown["how_it_ended"] == "finished"
