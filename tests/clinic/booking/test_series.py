"""Weekly visits: conflicts come before the booking, and every visit lives by itself afterwards."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.booking import series, services
from rheobase.clinic.booking.availability import Wish
from rheobase.clinic.booking.models import (
    Allocation,
    Appointment,
    HoursException,
    HoursRule,
    Outbox,
    Series,
)
from rheobase.errors import BadInput, Taken

WEEK = timedelta(days=7)
TUESDAY_10 = datetime.fromisoformat("2026-11-24T10:00")


@pytest.fixture
def wish(world, now):
    return Wish(
        by=world.milas_mother, child=world.mila, service=world.nmes, therapist=world.ada, now=now
    )


def weeks(count, first=TUESDAY_10):
    return [first + n * WEEK for n in range(count)]


@pytest.fixture
def six(wish):
    return series.book(wish, weeks(6))


def test_a_week_on_leave_is_named_with_other_times_of_that_week(world, wish):
    HoursException.objects.create(therapist=world.ada, day=date(2026, 12, 8))
    rows = series.plan(wish, TUESDAY_10, 4)
    assert [bool(row.why_not) for row in rows] == [False, False, True, False]
    assert len(rows[2].instead) == 3
    assert {wall.isocalendar().week for wall in rows[2].instead} == {50}
    assert rows[0].instead == ()


def test_a_week_that_somebody_else_has_is_named(world, wish, book):
    book(by=world.ben, child=world.jonas, wall=TUESDAY_10 + WEEK)
    rows = series.plan(wish, TUESDAY_10, 3)
    assert [bool(row.why_not) for row in rows] == [False, True, False]
    assert rows[1].instead[0] < TUESDAY_10 + WEEK < rows[1].instead[-1]


def test_a_week_beyond_the_horizon_says_so(wish):
    assert "60 days ahead" in series.plan(wish, TUESDAY_10, 10)[-1].why_not


@pytest.mark.parametrize("count", [0, 1, 27])
def test_a_series_of_none_one_or_a_year_is_none(wish, count):
    with pytest.raises(BadInput, match="2 to 26"):
        series.plan(wish, TUESDAY_10, count)


def test_six_weeks_are_six_visits_with_all_they_need(six):
    assert [v.wall_start for v in six] == [w.isoformat(timespec="minutes") for w in weeks(6)]
    assert len({v.series_id for v in six}) == 1
    assert all(v.allocations.filter(active=True).count() == 6 for v in six)


def test_if_one_was_taken_meanwhile_none_is_booked(world, wish, book):
    book(by=world.ben, child=world.jonas, wall=TUESDAY_10 + 2 * WEEK)
    with pytest.raises(Taken):
        series.book(wish, weeks(4))
    assert Appointment.objects.count() == 1
    assert not Series.objects.exists()


def test_the_same_time_twice_is_refused(wish):
    with pytest.raises(BadInput):
        series.book(wish, [TUESDAY_10, TUESDAY_10])


def test_one_of_them_ends_alone(six, world, now):
    services.cancel(visit=six[2], by=world.milas_mother, now=now)
    assert Appointment.objects.filter(status="confirmed").count() == 5


def test_the_rest_ends_together_and_what_is_too_late_is_reported(six, world, now):
    late = six[2].starts - timedelta(hours=2)
    done, too_late = series.cancel(visit=six[2], by=world.milas_mother, now=late)
    assert (done, too_late) == (six[3:], [six[2]])
    assert Appointment.objects.filter(status="confirmed").count() == 3


def test_the_rest_moves_by_the_same_step(six, world, now):
    thursday = TUESDAY_10 + 2 * WEEK + timedelta(days=2, hours=1)
    rows = series.plan_move(six[2], thursday, world.ben, world.ada, now)
    assert [r.why_not for r in rows] == [""] * 4
    series.move(walls={r.visit: r.wall for r in rows}, by=world.ben, therapist=world.ada, now=now)
    walls = [v.wall_start for v in Appointment.objects.order_by("starts")]
    assert walls[2:] == [w.isoformat(timespec="minutes") for w in weeks(4, thursday)]
    assert walls[:2] == [w.isoformat(timespec="minutes") for w in weeks(2)]
    assert Allocation.objects.filter(active=True).count() == 36


def test_a_step_of_a_week_does_not_stumble_over_the_series_itself(six, world, now):
    rows = series.plan_move(six[0], TUESDAY_10 + WEEK, world.ben, world.ada, now)
    assert [r.why_not for r in rows] == [""] * 6
    series.move(walls={r.visit: r.wall for r in rows}, by=world.ben, therapist=world.ada, now=now)
    assert Appointment.objects.order_by("starts").first().wall_start == "2026-12-01T10:00"


def test_a_visit_that_stays_is_in_the_way_of_one_that_moves_and_then_none_moves(six, world, now):
    rows = series.plan_move(six[0], TUESDAY_10 + WEEK, world.ben, world.ada, now)
    walls = {r.visit: r.wall for r in rows[:3]}  # the fourth stays where the third would go
    with pytest.raises(Taken):
        series.move(walls=walls, by=world.ben, therapist=world.ada, now=now)
    assert Appointment.objects.order_by("starts").first().wall_start == "2026-11-24T10:00"
    assert Allocation.objects.filter(active=True).count() == 36


def test_all_of_them_can_be_undone_for_three_minutes(six, world, now):
    row = Series.objects.get()
    assert series.undo(series=row, by=world.milas_mother, now=now + timedelta(minutes=2)) == 6
    assert not Allocation.objects.filter(active=True).exists()
    assert not Outbox.objects.filter(withdrawn__isnull=True).exists()
    with pytest.raises(BadInput, match="three minutes"):
        series.undo(series=row, by=world.milas_mother, now=now + timedelta(minutes=2))


@pytest.mark.parametrize(
    ("zone", "first", "utc_hours"),
    [
        ("America/Edmonton", "2025-02-25T09:00", [16, 16, 15, 15]),  # clocks forward on 9 March
        ("America/Edmonton", "2025-10-21T09:00", [15, 15, 16, 16]),  # and back on 2 November
        ("America/Edmonton", "2026-02-24T09:00", [16, 16, 15, 15]),  # forward for the last time
        ("America/Edmonton", "2026-10-20T09:00", [15, 15, 15, 15]),  # they stay
        ("America/Edmonton", "2027-03-02T09:00", [15, 15, 15, 15]),
        ("America/Toronto", "2026-10-20T09:00", [13, 13, 14, 14]),
        ("America/Toronto", "2027-03-02T09:00", [14, 14, 13, 13]),
    ],
)
def test_nine_o_clock_stays_nine_o_clock_in_every_week(world, settings, zone, first, utc_hours):
    settings.CLINIC_ZONE = zone
    HoursRule.objects.update(first_day=date(2020, 1, 1))
    wall = datetime.fromisoformat(first)
    now = clock.to_utc(wall, zone) - timedelta(days=7)
    wish = Wish(by=world.ben, child=world.mila, service=world.nmes, therapist=world.ada, now=now)
    assert [row.why_not for row in series.plan(wish, wall, 4)] == [""] * 4
    made = series.book(wish, weeks(4, wall))
    assert [clock.to_wall(v.starts, zone).time() for v in made] == [time(9)] * 4
    assert [v.starts.hour for v in made] == utc_hours


def test_a_family_plans_books_and_undoes_on_pages(world, signed_in, now):
    HoursException.objects.create(therapist=world.ada, day=date(2026, 12, 8))
    client = signed_in(world.milas_mother)
    query = {"service": world.nmes.pk, "with": world.ada.pk, "at": "2026-11-24T10:00", "count": 4}
    path = reverse("booking:series", kwargs={"child": world.mila.pk}, query=query)
    page = client.get(path).content.decode()
    assert "One week is not free then" in page
    chosen = {f"week{n}": w.isoformat(timespec="minutes") for n, w in enumerate(weeks(4))}
    page = client.post(path, chosen).content.decode()
    assert "Choose one of the times shown" in page
    assert not Appointment.objects.exists()
    page = client.post(path, {**chosen, "week2": ""}, follow=True).content.decode()
    assert "Your visits are booked" in page
    assert Appointment.objects.count() == 3
    one = reverse("booking:series_visits", kwargs={"series": Series.objects.get().pk})
    assert "Nobody was told" in client.post(one, follow=True).content.decode()
    assert not Appointment.objects.exclude(status="cancelled").exists()


def test_a_family_moves_and_cancels_the_rest_on_pages(world, signed_in, six):
    client = signed_in(world.milas_mother)
    move = reverse("booking:move", kwargs={"visit": six[1].pk})
    assert "4 more visits after this one" in client.get(move).content.decode()
    rest = reverse("booking:move_rest", kwargs={"visit": six[1].pk})
    path = f"{rest}?at=2026-12-02T11:00"
    page = client.get(path).content.decode()
    assert "All of them can move" in page
    assert "Wednesday 9 December 2026, 11:00" in page
    chosen = {
        f"week{n}": w.isoformat(timespec="minutes")
        for n, w in enumerate(weeks(5, datetime.fromisoformat("2026-12-02T11:00")))
    }
    assert "5 visits are moved" in client.post(path, chosen, follow=True).content.decode()
    cancel = reverse("booking:cancel", kwargs={"visit": six[3].pk})
    assert "This one and the 2 after it" in client.get(cancel).content.decode()
    page = client.post(cancel, {"which": "rest"}, follow=True).content.decode()
    assert "3 visits are cancelled" in page
    assert Appointment.objects.filter(status="confirmed").count() == 3
