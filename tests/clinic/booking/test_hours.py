"""Other hours on one day: what nobody can book any more, and which visits are left outside."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from rheobase.clinic.booking import hours
from rheobase.clinic.booking.models import Appointment, HoursException
from rheobase.errors import BadInput

TUESDAY = date(2026, 11, 24)


@pytest.fixture
def visits(world):
    """Tuesday at nine and at two with Ada, at nine with Olivia."""
    return [
        world.visit(child, therapist, datetime.combine(TUESDAY, time(hour)))
        for child, therapist, hour in (
            (world.mila, world.ada, 9),
            (world.jonas, world.ada, 14),
            (world.noor, world.olivia, 9),
        )
    ]


@pytest.mark.parametrize(
    ("starts", "ends", "left"),
    [
        (None, None, [0, 1]),
        (time(10), time(16), [0]),
        (time(9), time(14, 30), [1]),  # an hour from two does not end by half past two
        (time(9), time(15), []),
        (time(11), time(13), [0, 1]),
    ],
)
def test_the_visits_left_outside_are_listed_and_stay_where_they_are(
    world, visits, now, starts, ends, left
):
    found = hours.change_day(therapist=world.ada, day=TUESDAY, starts=starts, ends=ends, now=now)
    assert found == [visits[n] for n in left]
    assert hours.outside(now) == found
    assert set(Appointment.objects.values_list("status", flat=True)) == {"confirmed"}


def test_a_second_change_of_a_day_replaces_the_first_and_can_be_taken_back(world, visits, now):
    hours.change_day(therapist=world.ada, day=TUESDAY, starts=None, ends=None, now=now)
    hours.change_day(therapist=world.ada, day=TUESDAY, starts=time(9), ends=time(15), now=now)
    assert HoursException.objects.count() == 1
    assert hours.outside(now) == []
    hours.as_every_week(therapist=world.ada, day=TUESDAY)
    assert not HoursException.objects.exists()


def test_visits_that_are_over_or_cancelled_are_not_listed(world, visits, now):
    hours.change_day(therapist=world.ada, day=TUESDAY, starts=None, ends=None, now=now)
    Appointment.objects.filter(pk=visits[0].pk).update(status="cancelled")
    assert hours.outside(now) == [visits[1]]
    assert hours.outside(now + timedelta(days=3)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"starts": time(9), "ends": None},
        {"starts": time(15), "ends": time(9)},
        {"day": date(2026, 11, 22)},
    ],
)
def test_a_change_that_is_none_is_refused(world, now, changes):
    wanted = {"therapist": world.ada, "day": TUESDAY, "starts": None, "ends": None, "now": now}
    with pytest.raises(BadInput):
        hours.change_day(**{**wanted, **changes})


def test_the_page_lists_them_for_the_lead_by_name_and_for_the_administrator_without(
    world, visits, at, signed_in
):
    form = {"therapist": world.ada.pk, "day": "2026-11-24", "starts": "", "ends": ""}
    page = signed_in(world.lead).post(reverse("booking:hours"), form, follow=True)
    assert "2 visits are now outside" in page.content.decode()
    assert "Mila Lindqvist" in page.content.decode()
    page = signed_in(world.admin).get(reverse("booking:hours")).content.decode()
    assert "Tue 24 Nov, 09:00" in page
    assert "Mila" not in page
    page = signed_in(world.admin).post(reverse("booking:hours"), {**form, "day": "2020-01-01"})
    assert "That day is over" in page.content.decode()


@pytest.mark.parametrize("who", ["ada", "ben", "milas_mother"])
def test_nobody_else_changes_hours(world, signed_in, who):
    assert signed_in(getattr(world, who)).get(reverse("booking:hours")).status_code == 404
