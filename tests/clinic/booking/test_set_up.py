"""The pages of the set-up: who may open them, what they change, and what they refuse."""

from datetime import date, datetime, time, timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.booking import hours
from rheobase.clinic.booking.administration.urls import urlpatterns
from rheobase.clinic.booking.models import (
    HoursException,
    HoursRule,
    OutOfService,
    Room,
    Service,
    Stimulator,
    StimulatorModel,
)
from rheobase.errors import BadInput

TUESDAY_10 = datetime.fromisoformat("2026-11-24T10:00")
SERVICE = {
    "name": "Group for hands",
    "discipline": "occupational therapy",
    "description": "Playing together.",
    "minutes": 60,
    "buffer_before_min": 0,
    "buffer_after_min": 15,
    "stimulators": 0,
    "unit_model": "",
    "notice_hours": 24,
    "horizon_days": 90,
    "cancel_hours": 48,
    "online": "on",
    "active": "on",
}
PAGES = [pattern.name for pattern in urlpatterns]


@pytest.fixture
def lead(world, signed_in, at):
    return signed_in(world.lead)


def page_of(name, key):
    pattern = next(p for p in urlpatterns if p.name == name)
    return reverse(f"setup:{name}", kwargs={"key": key} if pattern.pattern.converters else None)


def body(response):
    return response.content.decode()


@pytest.mark.parametrize("who", ["milas_mother", "ben", "ada"])
@pytest.mark.parametrize("name", PAGES)
def test_nobody_else_reaches_the_set_up(world, signed_in, name, who):
    client = signed_in(getattr(world, who))
    keys = (world.assessment.pk, world.room.pk, world.units[0].pk)
    for method in ("get", "post"):
        for key in keys:
            assert getattr(client, method)(page_of(name, key)).status_code == 404


@pytest.mark.parametrize("who", ["lead", "admin"])
def test_lead_and_administrator_see_what_is_set_up_and_no_child(world, signed_in, book, who):
    book(by=world.ben)
    client = signed_in(getattr(world, who))
    assert "3 offered" in body(client.get(reverse("setup:overview")))
    for name in ("overview", "services", "rooms", "units", "new_service", "new_unit", "new_model"):
        page = body(client.get(reverse(f"setup:{name}")))
        assert "Mila" not in page


def test_a_new_kind_of_visit_can_be_booked(world, lead, book):
    assert "is saved" in body(lead.post(reverse("setup:new_service"), SERVICE, follow=True))
    made = Service.objects.get(name="Group for hands")
    assert (made.cancel_hours, made.on_request) == (48, False)
    wednesday_10 = TUESDAY_10 + timedelta(days=1)
    mother = world.noors_mother
    visit = book(by=mother, child=world.noor, service=made, therapist=None, wall=wednesday_10)
    assert visit.ends - visit.starts == timedelta(minutes=60)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"minutes": 0}, "Correct the service"),
        ({"minutes": 1500}, "Correct the service"),
        ({"stimulators": 7}, "fewer units"),
        ({"horizon_days": 0}, "At least one day"),
        ({"name": "First visit, physiotherapy"}, "already exists"),
        ({"notice_hours": -1}, "greater than or equal to 0"),
    ],
)
def test_a_kind_of_visit_that_makes_no_sense_is_refused(world, lead, changes, why):
    answer = lead.post(reverse("setup:new_service"), {**SERVICE, **changes})
    assert answer.status_code == 422
    assert why in body(answer)
    assert Service.objects.count() == 3


def test_a_change_of_a_kind_of_visit_leaves_booked_visits_as_they_are(world, lead, book):
    visit = book(by=world.ben, service=world.assessment)
    changed = {**SERVICE, "discipline": "physiotherapy", "minutes": 30}
    lead.post(reverse("setup:service", kwargs={"key": world.assessment.pk}), changed)
    visit.refresh_from_db()
    assert visit.service.minutes == 30
    assert visit.ends - visit.starts == timedelta(minutes=60)


def test_a_room_is_added_and_one_out_of_use_says_who_is_still_in_it(world, lead):
    lead.post(reverse("setup:rooms"), {"name": "Gym", "active": "on"})
    assert Room.objects.filter(name="Gym", active=True).exists()
    world.visit(world.mila, world.ada, TUESDAY_10)
    lead.post(reverse("setup:room", kwargs={"key": world.room.pk}), {"name": "Blue room"})
    assert "One visit is in a room that is out of use" in body(lead.get(reverse("setup:overview")))


def test_a_model_and_a_unit_of_it_are_added(world, lead):
    label = {"name": "Small one", "label_from_years": "3", "label_note": "not under three"}
    lead.post(reverse("setup:new_model"), label)
    model = StimulatorModel.objects.get()
    unit = {
        "name": "Small 1",
        "model": model.pk,
        "make": "virtual",
        "address": "virtual:s",
        "serial_number": "0042",
        "inspected_until": "2027-05-01",
        "active": "on",
    }
    lead.post(reverse("setup:new_unit"), unit)
    assert Stimulator.objects.get(name="Small 1").model == model
    page = body(lead.get(reverse("setup:units")))
    assert "from 3 years" in page
    assert "0042" in page


def test_a_unit_goes_out_of_service_and_its_visits_get_another(world, lead, book, signed_in):
    book(by=world.ben)
    out = reverse("setup:take_out", kwargs={"key": world.units[0].pk})
    page = body(lead.post(out, {"reason": "cable", "first": "2026-11-23"}, follow=True))
    assert "Tuesday 24 November, 10:00, Mila Lindqvist" in page
    assert "Mila" not in body(signed_in(world.admin).get(reverse("setup:units")))
    page = body(signed_in(world.lead).post(reverse("setup:replace_all"), follow=True))
    assert "1 visits have another unit. 0 have none" in page
    back = reverse("setup:bring_back", kwargs={"key": OutOfService.objects.get().pk})
    assert "in service again" in body(lead.post(back, follow=True))


def test_days_off_for_everybody_list_the_visits_they_leave(world, lead):
    world.visit(world.mila, world.ada, TUESDAY_10)
    form = {"therapist": "", "day": "2026-11-24", "until": "2026-11-26", "starts": "", "ends": ""}
    page = body(lead.post(reverse("booking:hours"), form, follow=True))
    assert "1 visit is now outside the hours" in page
    assert HoursException.objects.count() == 6
    page = body(lead.post(reverse("booking:hours"), {**form, "do": "weekly"}, follow=True))
    assert "Those days are as every week again" in page
    assert not HoursException.objects.exists()


@pytest.mark.parametrize("until", ["2026-11-20", "2028-01-01"])
def test_days_that_run_backwards_or_for_years_are_refused(world, lead, until):
    form = {"therapist": "", "day": "2026-11-24", "until": until}
    assert "within a year" in body(lead.post(reverse("booking:hours"), form))


def test_new_hours_of_every_week_begin_on_a_day_and_leave_the_past_alone(world, lead):
    world.visit(world.mila, world.ada, TUESDAY_10 + timedelta(days=14))
    form = {
        "therapist": world.ada.pk,
        "weekday": 1,
        "first_day": "2026-12-01",
        "starts_1": "12:00",
        "ends_1": "15:00",
        "starts_2": "15:30",
        "ends_2": "18:00",
    }
    page = body(lead.post(reverse("booking:every_week"), form, follow=True))
    assert "1 visit is now outside the hours" in page
    tuesdays = HoursRule.objects.filter(therapist=world.ada, weekday=1).order_by("starts")
    assert [(r.starts, r.ends, r.first_day, r.last_day) for r in tuesdays] == [
        (time(9), time(16), date(2026, 1, 1), date(2026, 11, 30)),
        (time(12), time(15), date(2026, 12, 1), None),
        (time(15, 30), time(18), date(2026, 12, 1), None),
    ]
    assert HoursRule.objects.filter(therapist=world.ada, weekday=2).count() == 1


@pytest.mark.parametrize(
    "stretches",
    [
        [(time(15), time(9))],
        [(time(9), time(12)), (time(11), time(15))],
        [(time(9), time(12)), (time(12), time(15))],
    ],
)
def test_stretches_that_overlap_or_run_backwards_are_refused(world, at, stretches):
    with pytest.raises(BadInput, match="Correct them"):
        hours.change_week(
            therapist=world.ada,
            weekday=1,
            stretches=stretches,
            first_day=date(2026, 12, 1),
            now=clock.now(),
        )


def test_a_stretch_without_an_end_is_refused_on_the_page(world, lead):
    form = {"therapist": world.ada.pk, "weekday": 1, "first_day": "2026-12-01", "starts_1": "12:00"}
    assert "a beginning and an end" in body(lead.post(reverse("booking:every_week"), form))


def test_the_pages_ask_the_same_however_much_there_is(
    world, lead, book, django_assert_max_num_queries
):
    for n in range(20):
        Room.objects.create(name=f"Room {n}")
        Stimulator.objects.create(name=f"More {n}", make="virtual", address="")
        book(by=world.ben, wall=TUESDAY_10 + timedelta(days=7 * (n % 8), hours=n // 8))
    for name in ("overview", "services", "rooms", "units"):
        with django_assert_max_num_queries(22):
            lead.get(reverse(f"setup:{name}"))
    with django_assert_max_num_queries(14):
        lead.get(reverse("booking:hours"))
