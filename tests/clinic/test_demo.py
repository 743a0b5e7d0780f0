"""The demo clinic: invented, complete, the same however often it is filled."""

import pytest

from rheobase.clinic import clock, demo
from rheobase.clinic.assessment.models import Measure
from rheobase.clinic.booking.models import Allocation, Appointment, Service, Stimulator
from rheobase.clinic.intake.services import checklist
from rheobase.clinic.outcomes.services import courses as courses_of
from rheobase.clinic.people.models import Child, User
from rheobase.errors import BadInput


@pytest.fixture
def quick(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def accounts(db, quick):
    return demo.fill(clock.now())


def counts():
    return [
        m.objects.count()
        for m in (User, Child, Appointment, Allocation, Service, Stimulator, Measure)
    ]


def test_filling_it_again_changes_nothing(accounts):
    before = counts()
    again = demo.fill(clock.now())
    assert counts() == before
    assert again == accounts


def test_everybody_can_sign_in_with_the_password_that_is_printed(accounts, client):
    for account in accounts:
        assert client.login(username=account.username, password=account.password), account.username


def test_there_are_six_virtual_units_and_visits_today(accounts):
    assert set(Stimulator.objects.values_list("make", flat=True)) == {"virtual"}
    assert Stimulator.objects.count() == 6
    today = f"{clock.today('America/Edmonton')}"
    found = Appointment.objects.filter(wall_start__startswith=today)
    assert {v.child.given_name for v in found} == {"Mila", "Jonas", "Noor"}
    assert found.get(child__given_name="Mila").stimulators.count() == 3


def test_mila_is_ready_and_jonas_is_not(accounts):
    now = clock.now()
    open_items = {
        child.given_name: [i.key for i in checklist(child, now) if i.required and not i.done]
        for child in Child.objects.all()
    }
    assert open_items["Mila"] == []
    assert len(open_items["Jonas"]) == 3


def test_jonas_has_a_course_with_a_change_and_with_none(accounts):
    courses = {course.label: course for course in courses_of(Child.objects.get(given_name="Jonas"))}
    assert {len(course.points) for course in courses.values()} == {4}
    verdicts = {course.verdict for course in courses.values()}
    assert {"better, beyond measurement error", "within measurement error"} <= verdicts


def test_a_demo_in_which_somebody_was_registered_goes_on(accounts):
    User.objects.create(username="claire", role="guardian")
    assert demo.fill(clock.now()) == accounts


def test_it_refuses_to_mix_with_a_real_clinic(db, quick):
    User.objects.create(username="somebody.real")
    with pytest.raises(BadInput, match="empty folder"):
        demo.fill(clock.now())
