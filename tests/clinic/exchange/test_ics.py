"""Calendars: UTC, no names, folded, private, and read the same by another code."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from rheobase.clinic import clock
from rheobase.clinic.booking import services as booking
from rheobase.clinic.exchange import services
from rheobase.clinic.exchange.ics import Entry, calendar

STARTS = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)


def entry(**changes):
    values = {
        "key": "abc",
        "starts": STARTS,
        "ends": STARTS + timedelta(minutes=45),
        "wall": "2026-12-02T09:00",
        "zone": "America/Edmonton",
        "changed": datetime(2026, 11, 1, tzinfo=UTC),
        "changes": 0,
    }
    return Entry(**{**values, **changes})


def test_an_event_is_in_utc_and_says_the_clinic_time_in_words():
    text = calendar([entry()]).decode()
    assert "DTSTART:20261202T150000Z" in text
    assert "VTIMEZONE" not in text
    assert "RRULE" not in text
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert "09:00 clinic time (America/Edmonton)" in event["DESCRIPTION"]
    assert event["SUMMARY"] == "Clinic appointment"


def test_lines_are_folded_at_75_octets_and_end_with_crlf():
    raw = calendar([entry(zone="America/Argentina/ComodRivadavia")])
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_moved_visit_keeps_its_name_and_counts_up(world, at):
    now = clock.now()
    visit = booking.book(
        by=world.ben,
        child=world.mila,
        service=world.assessment,
        therapist=world.ada,
        wall=datetime.fromisoformat("2026-11-24T10:00"),
        now=now,
    )
    (before,) = services.entries([visit])
    booking.move(
        visit=visit,
        by=world.ben,
        therapist=world.ada,
        wall=datetime.fromisoformat("2026-11-24T13:00"),
        now=now,
    )
    (after,) = services.entries([visit])
    assert after.key == before.key
    assert (before.changes, after.changes) == (0, 1)


def test_a_feed_holds_no_name_and_only_ones_own_visits(world, client, at):
    world.visit(world.mila, world.ada, datetime.fromisoformat("2026-11-24T10:00"))
    world.visit(world.jonas, world.ada, datetime.fromisoformat("2026-11-24T12:00"))
    key = services.new_feed(world.milas_mother, clock.now())
    response = client.get(f"/exchange/feed/{key}.ics")
    body = response.content.decode()
    assert body.count("BEGIN:VEVENT") == 1
    assert not {n for n in ("Mila", "Lindqvist", "Ada", "physio") if n in body}


def test_a_cancelled_visit_is_not_in_the_feed(world, client, at):
    visit = world.visit(world.mila, world.ada, datetime.fromisoformat("2026-11-26T10:00"))
    key = services.new_feed(world.milas_mother, clock.now())
    booking.cancel(visit=visit, by=world.ben, now=clock.now())
    assert "VEVENT" not in client.get(f"/exchange/feed/{key}.ics").content.decode()


def test_only_the_hash_of_a_key_is_kept_and_a_new_key_ends_the_old_one(world, client, at):
    old = services.new_feed(world.milas_mother, clock.now())
    assert not type(world.milas_mother).objects.filter(calendartoken__key_hash=old).exists()
    new = services.new_feed(world.milas_mother, clock.now())
    assert client.get(f"/exchange/feed/{old}.ics").status_code == 404
    assert client.get(f"/exchange/feed/{new}.ics").status_code == 200


def test_every_key_that_does_not_work_looks_the_same(world, client, at):
    ended = services.new_feed(world.milas_mother, clock.now())
    services.revoke_feeds(world.milas_mother, clock.now())
    answers = [client.get(f"/exchange/feed/{key}.ics") for key in (ended, "nonsense")]
    # A page may repeat the address that was asked for, and each has a token of its own.
    pages = [re.sub(r'value="[^"]*"', "", one.content.decode()) for one in answers]
    assert [one.status_code for one in answers] == [404, 404]
    assert pages[0] == pages[1]


@pytest.mark.oracle
def test_another_code_reads_the_same_instants():
    import recurring_ical_events

    found = recurring_ical_events.of(Calendar.from_ical(calendar([entry()]))).at(2026)
    assert [e["DTSTART"].dt for e in found] == [STARTS]
