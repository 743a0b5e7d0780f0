"""Hours in the clinic's archive: what is open, what of it is taken, and nothing about whom."""

import json
from datetime import UTC, datetime, timedelta
from random import Random

from rheobase.clinic.exchange import bundle_hours
from rheobase.clinic.exchange.fhir_hours import parted

EIGHT = datetime(2026, 11, 23, 15, tzinfo=UTC)


def test_free_and_busy_fill_the_hours_without_gap_or_overlap():
    for seed in range(300):
        draw = Random(seed)
        marks = [EIGHT + timedelta(minutes=draw.randint(-120, 600)) for _ in range(12)]
        taken = [tuple(sorted(pair)) for pair in zip(marks[:6], marks[6:], strict=True)]
        fills_the_hours([one for one in taken[: seed % 7] if one[0] < one[1]])


def fills_the_hours(taken):
    opened = EIGHT, EIGHT + timedelta(hours=7)
    parts = list(parted(opened, taken))
    edges = [edge for _, stretch in parts for edge in stretch]
    assert (edges[0], edges[-1]) == opened
    assert edges[1:-1:2] == edges[2::2]
    for status, (starts, ends) in parts:
        touched = any(first < ends and starts < last for first, last in taken)
        assert starts < ends
        assert touched == (status == "busy")


def test_a_visit_is_busy_and_says_of_nobody_that_it_is_theirs(world, at):
    visit = world.visit(world.mila, world.ada, datetime.fromisoformat("2026-11-24T10:00"))
    found = list(bundle_hours.of_clinic(EIGHT))
    busy = [s for s in found if s.get("status") == "busy"]
    assert [(s["schedule"]["reference"], s["start"]) for s in busy] == [
        (f"Schedule/s{world.ada.pk}", "2026-11-24T16:00:00+00:00")
    ]
    hidden = ("Mila", "Lindqvist", world.mila.pk.hex, str(world.mila.pk), visit.pk.hex)
    assert not [word for word in hidden if word in json.dumps(found)]


def test_the_free_hours_are_those_of_four_weeks(world, at):
    found = [s for s in bundle_hours.of_clinic(EIGHT) if s["resourceType"] == "Slot"]
    assert {s["status"] for s in found} == {"free"}
    assert len(found) == 2 * 20  # two therapists, five days a week
