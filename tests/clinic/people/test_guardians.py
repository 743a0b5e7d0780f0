"""Rights of guardians: dated, revocable, one by one; court notes; and children who decide themselves."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock, policy
from rheobase.clinic.booking import services as booking
from rheobase.clinic.booking.models import Outbox
from rheobase.clinic.intake import services as intake
from rheobase.clinic.intake.models import Consent
from rheobase.clinic.live.services import has_consent
from rheobase.clinic.people import services
from rheobase.clinic.people.models import Guardianship, MatureMinor
from rheobase.errors import BadInput, NotAllowed

RIGHTS = ("can_view", "can_book", "can_consent", "gets_notices")
WHY = "Explained muscle stimulation and its risks back in own words"
COURT = "Father may be present only together with the mother (order of 3 May 2026)"


def url(name, child, **more):
    return reverse(name, kwargs={"child": child.pk, **more})


def only(world, user, child, *rights):
    Guardianship.objects.filter(user=user, child=child).update(
        **{right: right in rights for right in RIGHTS}
    )


@pytest.fixture
def decides(world, at):
    """Jonas decides himself."""
    return services.find_mature(child=world.jonas, basis=WHY, by=world.ada, now=clock.now())


@pytest.mark.parametrize(
    ("right", "opens"),
    [
        ("can_view", {"people:child": 200, "booking:visits": 200, "intake:list": 200}),
        ("can_book", {"booking:discipline": 200}),
        ("can_consent", {"intake:give": 200}),
        ("gets_notices", {}),
    ],
)
def test_each_right_opens_its_pages_and_no_other(world, signed_in, at, right, opens):
    only(world, world.milas_mother, world.mila, right)
    client = signed_in(world.milas_mother)
    for name in ("people:child", "booking:visits", "intake:list", "booking:discipline"):
        assert client.get(url(name, world.mila)).status_code == opens.get(name, 404), name
    consent = client.get(url("intake:give", world.mila, kind="stimulation"))
    assert consent.status_code == opens.get("intake:give", 404)


def test_somebody_who_may_book_but_not_look_is_told_that_it_is_booked(world, signed_in, at):
    only(world, world.milas_mother, world.mila, "can_book")
    client, query = signed_in(world.milas_mother), {"service": world.assessment.pk}
    page = reverse("booking:confirm", kwargs={"child": world.mila.pk}, query=query)
    answer = client.post(f"{page}&at=2026-11-25T10:00", follow=True)
    assert answer.status_code == 200
    assert "Booked: Wed 25 Nov 2026, 10:00." in answer.content.decode()


def test_somebody_who_may_consent_but_not_look_comes_back_to_the_start(world, signed_in, at):
    only(world, world.milas_mother, world.mila, "can_consent")
    page = url("intake:give", world.mila, kind="stimulation")
    answer = signed_in(world.milas_mother).post(page, {"read": "yes"}, follow=True)
    assert answer.status_code == 200
    assert "Your consent is noted" in answer.content.decode()


@pytest.mark.parametrize("right", [True, False])
def test_messages_about_visits_go_to_who_gets_them(world, at, right):
    Guardianship.objects.filter(user=world.milas_father).update(gets_notices=right)
    booking.book(
        by=world.ben,
        child=world.mila,
        service=world.assessment,
        therapist=world.ada,
        wall=clock.to_wall(clock.now(), world.zone).replace(tzinfo=None)
        + timedelta(days=1, hours=2),
        now=clock.now(),
        interested=False,
        told_us=None,
    )
    told = set(Outbox.objects.values_list("to__username", flat=True))
    assert ("father.lindqvist" in told) == right
    assert "mother.lindqvist" in told


def test_rights_begin_and_end_on_their_days(world, signed_in, at):
    start = clock.now()
    signed_in(world.lead).post(
        url("people:guardians", world.mila),
        {
            "username": "mother.haddad",
            "relation": "foster parent",
            "can_view": "on",
            "first_day": "2026-11-25",
            "last_day": "2026-11-26",
        },
    )
    page = url("people:child", world.mila)
    for days, answer in ((1, 404), (2, 200), (3, 200), (4, 404)):
        at(start + timedelta(days=days))
        signed_in(world.noors_mother).logout()
        assert signed_in(world.noors_mother).get(page).status_code == answer, days


def test_old_rights_hold_until_the_new_ones_begin(world, at):
    begin = clock.now() + timedelta(days=2)
    services.entrust(
        child=world.mila,
        user=world.milas_mother,
        relation="mother",
        now=clock.now(),
        rights={"can_book": False},
        starts=begin,
    )
    assert policy.may(world.milas_mother, "book", world.mila)
    at(begin)
    assert not policy.may(world.milas_mother, "book", world.mila)
    assert policy.may(world.milas_mother, "see child", world.mila)


def test_dated_rights_are_revoked_before_their_day(world, signed_in, at):
    row = services.entrust(
        child=world.mila,
        user=world.noors_mother,
        relation="foster parent",
        now=clock.now(),
        ends=clock.now() + timedelta(days=30),
    )
    signed_in(world.lead).post(url("people:end_guardianship", world.mila, key=row.pk))
    assert not policy.may(world.noors_mother, "see child", world.mila)


def test_rights_that_end_before_they_begin_are_refused(world, at):
    with pytest.raises(BadInput, match="before they begin"):
        services.entrust(
            child=world.mila,
            user=world.milas_mother,
            relation="mother",
            now=clock.now(),
            ends=clock.now() - timedelta(days=1),
        )


def test_staff_see_the_court_note_at_booking_and_consent_and_families_never(world, signed_in, at):
    services.entrust(
        child=world.mila,
        user=world.milas_father,
        relation="father",
        now=clock.now(),
        court_note=COURT,
    )
    asked = {"service": world.assessment.pk, "with": world.ada.pk, "at": "2026-11-24T10:00"}
    for user in (world.ben, world.lead):
        client = signed_in(user)
        assert COURT in client.get(url("people:child", world.mila)).content.decode()
        assert COURT in client.get(url("booking:confirm", world.mila), asked).content.decode()
    assert COURT in signed_in(world.ada).get(url("intake:list", world.mila)).content.decode()
    for user in (world.milas_mother, world.milas_father):
        client = signed_in(user)
        for name in ("people:child", "intake:list"):
            body = client.get(url(name, world.mila)).content.decode()
            assert COURT not in body
            assert "ourt note" not in body
        assert COURT not in client.get("/").content.decode()


def test_a_guardian_of_a_child_who_decides_itself_books_and_comes_along(world, decides):
    for action in ("see child", "see visits", "book"):
        assert policy.may(world.jonas_mother, action, world.jonas)


def test_but_neither_consents_nor_reads_what_is_about_health(world, decides, signed_in):
    for action in ("consent", "see intake", "answer intake", "see progress"):
        assert not policy.may(world.jonas_mother, action, world.jonas), action
    client = signed_in(world.jonas_mother)
    assert client.get(url("intake:list", world.jonas)).status_code == 404
    for body in (client.get("/"), client.get(url("people:child", world.jonas))):
        assert "Health questions" not in body.content.decode()


def test_unless_the_child_lets_them_read(world, decides):
    services.entrust(
        child=world.jonas,
        user=world.jonas_mother,
        relation="mother",
        now=clock.now(),
        rights={"child_agrees": True},
    )
    assert policy.may(world.jonas_mother, "see progress", world.jonas)
    assert not policy.may(world.jonas_mother, "consent", world.jonas)


def test_the_child_consents_itself_with_its_therapist(world, decides, signed_in):
    client = signed_in(world.ada)
    page = url("intake:give_itself", world.jonas, kind="stimulation")
    body = client.get(page).content.decode()
    assert "decides itself" in body
    assert "your child" not in body.lower(), "it is said to the child"
    client.post(page, {"read": "yes"})
    row = Consent.objects.get(child=world.jonas)
    assert "your child" not in row.text.lower()
    assert (row.relation, row.by) == ("the child", world.ada)
    assert has_consent(world.jonas)
    client.post(reverse("intake:withdraw_itself", kwargs={"consent": row.pk}))
    assert not has_consent(world.jonas)


def test_what_a_guardian_consented_to_before_no_longer_counts(world, at):
    intake.give(child=world.jonas, kind="stimulation", by=world.jonas_mother, now=clock.now())
    assert has_consent(world.jonas)
    services.find_mature(child=world.jonas, basis=WHY, by=world.ada, now=clock.now())
    assert not has_consent(world.jonas)
    done = {item.key: item.done for item in intake.checklist(world.jonas, clock.now())}
    assert done["stimulation"] is False
    services.end_mature(child=world.jonas, by=world.ada, now=clock.now())
    assert has_consent(world.jonas)


def test_no_therapist_consents_for_a_child_who_does_not_decide_itself(world, at):
    with pytest.raises(NotAllowed):
        intake.give(child=world.jonas, kind="stimulation", by=world.ada, now=clock.now())


def test_who_found_it_why_and_who_ended_it_stay_on_record(world, signed_in, at):
    client = signed_in(world.ada)
    page = url("people:minor", world.jonas)
    assert client.post(page, {"basis": "old enough"}).status_code == 422
    client.post(page, {"basis": WHY})
    client.post(page, {"end": "yes"})
    row = MatureMinor.objects.get()
    assert (row.basis, row.by, row.ended_by) == (WHY, world.ada, world.ada)
    assert WHY in client.get(page).content.decode()


@pytest.mark.parametrize("who", ["ben", "admin", "jonas_mother", "olivia"])
def test_only_its_own_therapist_or_the_lead_can_find_it(world, signed_in, at, who):
    client = signed_in(getattr(world, who))
    assert client.post(url("people:minor", world.jonas), {"basis": WHY}).status_code == 404
    assert not MatureMinor.objects.exists()


def test_a_birthday_alone_changes_nothing(world, at):
    """Maturity is found by a person, never computed from an age."""
    world.jonas.born = date(2009, 1, 1)
    world.jonas.save()
    assert policy.may(world.jonas_mother, "consent", world.jonas)
