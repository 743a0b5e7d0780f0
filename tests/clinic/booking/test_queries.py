"""A page asks the database the same number of questions, however full the calendar is."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rheobase.clinic.booking.models import Appointment, Status

TUESDAY_9 = datetime.fromisoformat("2026-11-24T09:00")


def fill(world, first_week, weeks):
    """Visits on every weekday from nine to two, with each child in turn."""
    for n in range(25 * first_week, 25 * (first_week + weeks)):
        week, n_of_week = divmod(n, 25)
        day, hour = divmod(n_of_week, 5)
        wall = TUESDAY_9 + timedelta(days=7 * week + day + 2 * (day > 3), hours=hour)
        child = world.children[n % 2]
        visit = world.visit(child, world.ada, wall)
        if n % 7 == 0:
            Appointment.objects.filter(pk=visit.pk).update(status=Status.REQUESTED)


PAGES = {
    "the start of the front desk": ("ben", "people:start", {}, {}),
    "the start of a therapist": ("ada", "people:start", {}, {}),
    "the start of a family": ("milas_mother", "people:start", {}, {}),
    "a day of the calendar": ("ben", "booking:calendar", {}, {"day": "2026-11-24"}),
    "a week of the calendar": (
        "ada",
        "booking:calendar",
        {},
        {"day": "2026-11-24", "view": "week"},
    ),
    "the visits of a child": ("milas_mother", "booking:visits", {"child": "mila"}, {}),
    "the free times": (
        "milas_mother",
        "booking:times",
        {"child": "mila"},
        {"service": "assessment", "with": "any"},
    ),
    "whom to see": ("milas_mother", "booking:with", {"child": "mila"}, {"service": "assessment"}),
    "the requests": ("ben", "booking:requests", {}, {}),
    "the wait list": ("ben", "booking:wait_list", {}, {}),
    "the hours": ("lead", "booking:hours", {}, {}),
    "the set-up": ("lead", "setup:overview", {}, {}),
    "the children": ("ben", "people:children", {}, {}),
}


@pytest.mark.parametrize("page", PAGES)
def test_a_full_calendar_costs_no_more_questions_than_an_empty_one(world, signed_in, at, page):
    who, name, keys, query = PAGES[page]
    path = reverse(name, kwargs={k: getattr(world, v).pk for k, v in keys.items()})
    asked = {k: getattr(getattr(world, v, None), "pk", v) for k, v in query.items()}
    client = signed_in(getattr(world, who))

    def count():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path, asked).status_code == 200
        return len(seen)

    fill(world, 0, 1)
    count()  # what is asked once only: content types, the sign of life
    few = count()
    fill(world, 1, 3)
    assert count() <= few <= 30
