"""A time that a family looks at is kept for it, for ten minutes, and then for nobody."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from rheobase.clinic.booking import holds, services, wait
from rheobase.clinic.booking.availability import Wish, free_for
from rheobase.clinic.booking.models import Allocation, Appointment, Outbox, StatusChange
from rheobase.errors import BadInput, Taken

TUESDAY_10 = datetime.fromisoformat("2026-11-24T10:00")


@pytest.fixture
def another(world, wanted):
    """The same time, wanted by another family."""
    return {**wanted, "by": world.jonas_mother, "child": world.jonas}


def test_a_held_time_is_free_for_nobody_else(wanted, another):
    services.hold(**wanted)
    with pytest.raises(Taken, match="nearest free times"):
        services.book(**another)


def test_nobody_hears_of_a_held_time_and_nothing_stays_of_it(wanted, now):
    services.hold(**wanted)
    assert not Outbox.objects.exists()
    assert holds.release_expired(now + timedelta(minutes=9)) == 0
    assert holds.release_expired(now + timedelta(minutes=10)) == 1
    for left in (Appointment, Allocation, StatusChange):
        assert not left.objects.exists()


def test_a_held_time_becomes_a_visit_with_everything_it_needs(wanted):
    held = services.hold(**wanted)
    visit = services.book(**wanted, interested=True)
    assert Appointment.objects.get() == visit
    assert visit.pk != held.pk
    assert visit.allocations.filter(active=True).count() == 6
    assert [c.what for c in visit.changes.all()] == ["booked"]


def test_choosing_another_time_lets_the_first_one_go(wanted, another):
    services.hold(**wanted)
    services.hold(**{**wanted, "wall": TUESDAY_10 + timedelta(hours=2)})
    services.book(**another)
    assert Appointment.objects.filter(status="held").count() == 1


def test_whoever_is_too_slow_still_gets_the_time_if_nobody_took_it(wanted, now):
    services.hold(**wanted)
    visit = services.book(**{**wanted, "now": now + timedelta(minutes=11)})
    assert visit.status == "confirmed"


def test_whoever_is_too_slow_is_told_who_was_first(wanted, another, now):
    services.hold(**wanted)
    later = now + timedelta(minutes=11)
    services.book(**{**another, "now": later})
    with pytest.raises(Taken, match="just been taken"):
        services.book(**{**wanted, "now": later})


def test_a_booking_that_fails_keeps_what_was_held(wanted):
    services.hold(**wanted)
    with pytest.raises(BadInput):
        services.book(**{**wanted, "wall": datetime.fromisoformat("2026-11-24T17:00")})
    assert Appointment.objects.get().status == "held"


def test_a_held_time_does_not_count_as_one_that_became_free(world, wanted, now):
    services.hold(**wanted)
    holds.let_go(world.milas_mother, world.mila)
    assert wait.freed(now) == []


def test_the_times_shown_to_whoever_holds_one_still_have_it(world, wanted, now):
    held = services.hold(**wanted)
    wish = Wish(
        by=world.milas_mother, child=world.mila, service=world.nmes, therapist=world.ada, now=now
    )
    day = TUESDAY_10.date()
    assert TUESDAY_10 not in [f.wall for f in free_for(wish, day, day)]
    mine = Wish(
        by=world.milas_mother,
        child=world.mila,
        service=world.nmes,
        therapist=world.ada,
        now=now,
        without=(held,),
    )
    assert TUESDAY_10 in [f.wall for f in free_for(mine, day, day)]


def test_a_tap_on_a_time_holds_it_and_the_next_page_says_until_when(world, signed_in, now):
    client = signed_in(world.milas_mother)
    query = {"service": world.assessment.pk, "with": "any"}
    times = reverse("booking:times", kwargs={"child": world.mila.pk}, query=query)
    page = client.post(times, {"at": "2026-11-24T10:00"}, follow=True).content.decode()
    assert "held for you until 08:10" in page
    assert "10:00" in client.get(times).content.decode()
    confirm = reverse(
        "booking:confirm",
        kwargs={"child": world.mila.pk},
        query={**query, "at": "2026-11-24T10:00"},
    )
    client.post(confirm)
    assert Appointment.objects.get().status == "confirmed"


def test_a_tap_on_a_time_that_is_gone_leads_back_to_the_times(world, signed_in, another, now):
    services.book(**another)
    query = {"service": world.assessment.pk, "with": world.ada.pk}
    times = reverse("booking:times", kwargs={"child": world.mila.pk}, query=query)
    page = signed_in(world.milas_mother).post(times, {"at": "2026-11-24T10:00"}, follow=True)
    assert "has just been taken" in page.content.decode()
    assert page.redirect_chain[-1][0] == times
