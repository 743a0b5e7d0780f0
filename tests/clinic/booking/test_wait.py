"""The wait list: who could take a free time, an offer that holds it, and how an offer ends."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.booking import holds, services, wait
from rheobase.clinic.booking.availability import Wish, free_for
from rheobase.clinic.booking.models import Allocation, Appointment, Outbox, Status, WaitRequest
from rheobase.clinic.people import day
from rheobase.errors import BadInput, Taken

HOUR = timedelta(hours=1)
TUESDAY_10 = datetime.fromisoformat("2026-11-24T10:00")


@pytest.fixture
def starts(world):
    return clock.to_utc(TUESDAY_10, world.zone)


@pytest.fixture
def ask(world, now):
    def ask(**changes):
        wanted = {
            "child": world.mila,
            "service": world.assessment,
            "therapist": None,
            "windows": ["1am"],
            "notice_hours": 2,
            "first_day": world.monday,
            "last_day": world.monday + timedelta(days=30),
            "by": world.milas_mother,
            "now": now,
        }
        return wait.ask(**{**wanted, **changes})

    return ask


@pytest.fixture
def offered(world, ask, starts, now):
    """Mila waits, and is offered Tuesday at ten."""
    return wait.offer(request=ask(), therapist=world.ada, starts=starts, by=world.ben, now=now)


def children_for(world, starts, now):
    return [c.request.child for c in wait.candidates(world.ada, starts, world.ben, now)]


def test_whoever_waits_longest_comes_first(world, ask, starts, now):
    ask(now=now - 2 * HOUR, child=world.jonas, by=world.jonas_mother)
    ask()
    assert children_for(world, starts, now) == [world.jonas, world.mila]


@pytest.mark.parametrize(
    "changes",
    [
        {"windows": ["1pm"]},
        {"windows": ["0am", "2am"]},
        {"notice_hours": 48},
        {"first_day": date(2026, 11, 25)},
        {"last_day": date(2026, 11, 23)},
    ],
)
def test_nobody_is_offered_a_time_at_which_they_said_they_cannot_come(
    ask, world, starts, now, changes
):
    ask(**changes)
    assert children_for(world, starts, now) == []


def test_only_times_of_the_own_discipline_and_therapist_count(world, ask, starts, now):
    ask(service=world.ot_assessment, child=world.noor, by=world.noors_mother)
    assert children_for(world, starts, now) == []
    assert [c.request.child for c in wait.candidates(world.olivia, starts, world.ben, now)] == [
        world.noor
    ]


def test_a_child_that_is_elsewhere_at_that_time_could_not_come(world, ask, starts, now):
    ask()
    world.visit(world.mila, world.olivia, TUESDAY_10, world.ot_assessment)
    assert children_for(world, starts, now) == []


def test_an_offer_holds_the_time_and_tells_the_family_and_nobody_else(world, offered, starts, now):
    visit = offered.visit
    assert visit.status == Status.HELD
    assert offered.until == now + wait.OFFERED_FOR
    assert Allocation.objects.filter(visit=visit, active=True).count() == 3
    assert set(Outbox.objects.values_list("to__username", "kind")) == {
        ("mother.lindqvist", "offer"),
        ("father.lindqvist", "offer"),
    }
    assert "Mila" not in Outbox.objects.first().body
    wish = Wish(
        by=world.ben, child=world.jonas, service=world.assessment, therapist=world.ada, now=now
    )
    assert starts not in {f.starts for f in free_for(wish, TUESDAY_10.date(), TUESDAY_10.date())}
    assert not day.visits_on(world.ada, TUESDAY_10.date()).exists()


def test_one_offer_at_a_time(world, ask, offered, starts, now):
    with pytest.raises(BadInput, match="offer to answer"):
        wait.offer(
            request=offered.request,
            therapist=world.ada,
            starts=starts + 2 * HOUR,
            by=world.ben,
            now=now,
        )


def test_accepting_makes_a_visit_and_ends_the_waiting(world, offered, now):
    wait.accept(offered, world.milas_mother, now + HOUR)
    visit = Appointment.objects.get(pk=offered.visit_id)
    assert visit.status == Status.CONFIRMED
    assert [c.new for c in visit.changes.order_by("pk")] == ["held", "confirmed"]
    assert WaitRequest.objects.get().how_it_ended == "booked"
    assert Outbox.objects.filter(kind="booked").count() == 2
    assert holds.release_expired(offered.until + HOUR) == 0


def test_declining_frees_the_time_and_keeps_the_place_but_not_for_this_time(
    world, offered, starts, now
):
    wait.decline(offered, world.milas_mother, now)
    assert not Allocation.objects.filter(active=True).exists()
    assert list(wait.waiting(now)) == [offered.request]
    assert children_for(world, starts, now) == []
    later = wait.candidates(world.ada, starts + HOUR, world.ben, now)
    assert [(c.request.child, c.passed) for c in later] == [(world.mila, 1)]


def test_an_offer_nobody_answered_is_free_for_the_next_even_before_it_is_tidied_up(
    world, offered, starts, now
):
    late = offered.until
    with pytest.raises(Taken):
        wait.accept(offered, world.milas_mother, late)
    booked = services.book(
        by=world.ben, child=world.jonas, service=world.assessment, therapist=world.ada,
        wall=TUESDAY_10, now=late,
    )  # fmt: skip
    offered.visit.refresh_from_db()
    assert (booked.status, offered.visit.status) == (Status.CONFIRMED, Status.CANCELLED)
    assert offered.visit.changes.last().reason == holds.NOT_ANSWERED
    assert list(wait.waiting(late)) == [offered.request]


def test_an_offered_time_is_answered_not_moved_or_cancelled(world, offered, now):
    with pytest.raises(BadInput, match="only offered"):
        services.cancel(visit=offered.visit, by=world.milas_mother, now=now)


def test_a_time_too_soon_is_phoned_and_not_offered(world, ask, starts):
    soon = starts - HOUR - timedelta(minutes=20)
    request = ask(now=starts - timedelta(hours=10))
    with pytest.raises(BadInput, match="Phone"):
        wait.offer(request=request, therapist=world.ada, starts=starts, by=world.ben, now=soon)


def test_an_offer_never_outlives_the_hour_before_the_visit(world, ask, starts):
    now = starts - 3 * HOUR
    made = wait.offer(
        request=ask(now=now), therapist=world.ada, starts=starts, by=world.ben, now=now
    )
    assert made.until == starts - HOUR


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"windows": []}, "at least one"),
        ({"windows": ["9am"]}, "at least one"),
        ({"notice_hours": 5}, "how long before"),
        ({"last_day": date(2026, 11, 1)}, "last day"),
        ({"last_day": date(2028, 11, 1)}, "last day"),
    ],
)
def test_a_wish_nobody_could_meet_is_refused(ask, changes, said):
    with pytest.raises(BadInput, match=said):
        ask(**changes)


def test_a_child_waits_once_for_each_service(ask):
    ask()
    with pytest.raises(BadInput, match="already"):
        ask()


def test_ending_the_wait_lets_go_what_is_held(world, offered, now):
    wait.end(offered.request, world.milas_mother, now)
    assert not Allocation.objects.filter(active=True).exists()
    assert not wait.waiting(now).exists()


def test_the_front_desk_offers_with_one_press_after_a_cancellation(
    world, ask, starts, at, signed_in
):
    visit = world.visit(world.jonas, world.ada, TUESDAY_10)
    ask()
    client = signed_in(world.ben)
    page = client.post(reverse("booking:cancel", kwargs={"visit": visit.pk}), follow=True)
    body = page.content.decode()
    assert "Mila Lindqvist" in body
    assert "Jonas" not in body
    data = {"with": world.ada.pk, "at": "2026-11-24T10:00"}
    waiting = WaitRequest.objects.get()
    page = client.post(
        reverse("booking:offer_time", kwargs={"wait": waiting.pk}), data, follow=True
    )
    assert "Held for Mila Lindqvist until Mon 23 Nov, 12:00" in page.content.decode()
    family = signed_in(world.milas_mother)
    assert "A time has become free" in family.get("/").content.decode()
    address = reverse("booking:offer", kwargs={"offer": waiting.offers.get().pk})
    assert "We come" in family.get(address).content.decode()
    assert family.post(address, {"answer": "yes"}).status_code == 302
    assert Appointment.objects.get(child=world.mila).status == Status.CONFIRMED
    assert "You took it" in family.get(address).content.decode()


def test_a_family_asks_on_a_page(world, at, signed_in):
    client, address = (
        signed_in(world.milas_mother),
        reverse("booking:wait", kwargs={"child": world.mila.pk}),
    )
    form = {
        "service": world.assessment.pk,
        "therapist": "",
        "notice": "24",
        "windows": ["1am", "3pm"],
    }
    dates = {"first": "2026-11-24", "last": "2026-12-24"}
    page = client.post(address, {**form, **dates, "windows": []}, follow=True)
    assert "at least one" in page.content.decode()
    page = client.post(address, {**form, **dates}, follow=True)
    assert "Stop waiting" in page.content.decode()
    assert WaitRequest.objects.get().windows == ["1am", "3pm"]
    ended = client.post(reverse("booking:end_wait", kwargs={"wait": WaitRequest.objects.get().pk}))
    assert (ended.status_code, WaitRequest.objects.get().how_it_ended) == (302, "withdrawn")


def test_a_father_who_may_not_book_can_answer_no_offer(world, offered, at, signed_in):
    address = reverse("booking:offer", kwargs={"offer": offered.pk})
    assert signed_in(world.milas_father).post(address, {"answer": "yes"}).status_code == 404
    assert signed_in(world.jonas_mother).post(address, {"answer": "yes"}).status_code == 404
    offered.visit.refresh_from_db()
    assert offered.visit.status == Status.HELD
