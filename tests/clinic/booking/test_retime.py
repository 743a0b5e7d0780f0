"""When a government changes its clocks, an agreed wall time stays, and everything follows it."""

from datetime import UTC, datetime, timedelta

import pytest

from rheobase.clinic import clock
from rheobase.clinic.booking import retime
from rheobase.clinic.booking.models import Allocation, Appointment, Outbox, StatusChange
from rheobase.errors import BadInput, NotAllowed, Taken

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DECEMBER = datetime.fromisoformat(
    "2026-12-02T09:00"
)  # by the rules of spring 2026 16:00 UTC, now 15:00


@pytest.fixture
def under_the_old_rules(world):
    """A function that puts a visit there as it was stored when Alberta still changed its clocks."""

    def put(child, wall, therapist=None):
        visit = world.visit(child, therapist or world.ada, wall)
        late = {"starts": visit.starts + HOUR, "ends": visit.ends + HOUR}
        Allocation.objects.filter(visit=visit).update(**late)
        Appointment.objects.filter(pk=visit.pk).update(**late)
        visit.refresh_from_db()
        return visit

    return put


def test_nine_o_clock_in_december_booked_in_spring_is_nine_o_clock_again(
    world, under_the_old_rules
):
    visit = under_the_old_rules(world.mila, DECEMBER)
    assert visit.starts == datetime(2026, 12, 2, 16, tzinfo=UTC)
    [change] = retime.moved(NOW)
    assert change.becomes == datetime(2026, 12, 2, 15, tzinfo=UTC)
    retime.apply([change], world.lead, NOW)
    visit.refresh_from_db()
    assert (visit.starts, visit.ends - visit.starts) == (change.becomes, HOUR)
    assert f"{clock.to_wall(visit.starts, visit.zone):%H:%M}" == "09:00"
    assert {a.starts for a in visit.allocations.all()} == {change.becomes}
    assert all(a.active for a in visit.allocations.all())
    assert retime.moved(NOW) == []


@pytest.mark.parametrize(
    ("zone", "wall"),
    [
        ("America/Edmonton", "2025-07-01T09:00"),
        ("America/Edmonton", "2025-12-01T09:00"),
        ("America/Edmonton", "2026-12-01T09:00"),
        ("America/Edmonton", "2027-01-15T09:00"),
        ("America/Edmonton", "2027-07-01T09:00"),
        ("America/Toronto", "2026-12-01T09:00"),
        ("America/Toronto", "2027-07-01T09:00"),
    ],
)
def test_a_visit_stored_by_the_rules_of_today_is_left_alone(world, zone, wall):
    visit = world.visit(world.mila, world.ada, DECEMBER)
    starts = clock.to_utc(datetime.fromisoformat(wall), zone)
    Appointment.objects.filter(pk=visit.pk).update(zone=zone, wall_start=wall, starts=starts)
    assert retime.moved(datetime(2025, 1, 1, tzinfo=UTC)) == []


def test_visits_that_are_over_or_cancelled_are_history_and_stay(world, under_the_old_rules):
    visit = under_the_old_rules(world.mila, DECEMBER)
    assert retime.moved(visit.starts + 2 * HOUR) == []
    Appointment.objects.filter(pk=visit.pk).update(status="cancelled")
    assert retime.moved(NOW) == []


def test_it_is_written_down_and_the_reminder_goes_with_the_visit(world, under_the_old_rules):
    visit = under_the_old_rules(world.mila, DECEMBER)
    due = visit.starts - timedelta(hours=48)
    message = {"to": world.milas_mother, "visit": visit, "subject": "", "body": ""}
    Outbox.objects.create(kind="reminder", created=NOW, not_before=due, **message)
    retime.apply(retime.moved(NOW), world.admin, NOW)
    assert Outbox.objects.get(kind="reminder").not_before == due - HOUR
    change = StatusChange.objects.get(visit=visit)
    assert (change.by, change.old, change.new) == (world.admin, "confirmed", "confirmed")
    assert "was 2026-12-02 16:00 UTC" in change.reason


def test_neighbours_that_move_together_are_not_in_each_others_way(world, under_the_old_rules):
    for hour, child in ((11, world.jonas), (10, world.mila), (9, world.jonas)):
        under_the_old_rules(child, DECEMBER.replace(hour=hour))
    changes = retime.moved(NOW)
    assert retime.collisions(changes) == []
    retime.apply(changes, world.lead, NOW)
    assert sorted(a.starts.hour for a in Appointment.objects.all()) == [15, 16, 17]


def test_a_visit_booked_since_then_is_reported_and_nothing_is_changed(world, under_the_old_rules):
    old = under_the_old_rules(world.mila, DECEMBER)
    alone = under_the_old_rules(world.noor, DECEMBER, world.olivia)
    booked_since = world.visit(world.jonas, world.ada, DECEMBER)
    changes = retime.moved(NOW)
    [pair] = retime.collisions(changes)
    assert {pair.visit, pair.other} == {old, booked_since}
    assert pair.resource == f"therapist:{world.ada.pk}"
    with pytest.raises(Taken, match="Nothing was changed"):
        retime.apply(changes, world.lead, NOW)
    for visit in (old, alone):
        before = visit.starts
        visit.refresh_from_db()
        assert visit.starts == before
    assert Allocation.objects.filter(active=True).count() == 6


@pytest.mark.parametrize("who", ["ada", "ben", "milas_mother"])
def test_only_a_lead_or_an_administrator_may(world, under_the_old_rules, who):
    under_the_old_rules(world.mila, DECEMBER)
    with pytest.raises(NotAllowed):
        retime.apply(retime.moved(NOW), getattr(world, who), NOW)


def test_a_wall_time_that_no_longer_exists_is_named(world):
    visit = world.visit(world.mila, world.ada, DECEMBER)
    Appointment.objects.filter(pk=visit.pk).update(
        zone="America/Toronto", wall_start="2027-03-14T02:30"
    )
    [change] = retime.moved(NOW)
    assert change.becomes is None
    with pytest.raises(BadInput, match="2027-03-14T02:30"):
        retime.apply([change], world.lead, NOW)
