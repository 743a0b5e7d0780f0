"""Start pages, children, guardians and the log, as each role sees them."""

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.people import access, services
from rheobase.clinic.people.models import AccessLog, Child, Guardianship
from rheobase.errors import BadInput


def page(client, name, **kwargs):
    return client.get(reverse(name, kwargs=kwargs)).content.decode()


def monday(hour):
    return datetime.fromisoformat(f"2026-11-23T{hour:02}:00")


def test_ada_sees_her_visits_of_today_and_what_is_missing(world, signed_in, at):
    world.visit(world.mila, world.ada, monday(9), world.nmes)
    world.visit(world.noor, world.olivia, monday(10), world.ot_assessment)
    body = page(signed_in(world.ada), "people:start")
    assert "Mila Lindqvist" in body
    assert "Noor" not in body
    assert "Consent to muscle stimulation" in body
    assert "Signed plan" in body


def test_a_visit_without_stimulation_waits_for_no_consent_to_it(world, signed_in, at):
    world.visit(world.jonas, world.ada, monday(9))
    body = page(signed_in(world.ada), "people:start")
    assert "About your child" in body
    assert "Consent to muscle stimulation" not in body


def test_the_queries_of_a_day_do_not_grow_with_its_visits(world, signed_in, at):
    client = signed_in(world.ben)
    world.visit(world.mila, world.ada, monday(9))
    client.get("/")

    def count():
        with CaptureQueriesContext(connection) as seen:
            client.get("/")
        return len(seen)

    one = count()
    for hour in range(10, 16):
        world.visit(world.jonas, world.ada, monday(hour))
    assert count() == one


def test_a_family_sees_its_own_child_and_may_book_only_with_the_right(world, signed_in, at):
    body = page(signed_in(world.milas_mother), "people:start")
    assert "Mila" in body
    assert "Book a visit" in body
    assert "Jonas" not in body
    assert "Book a visit" not in page(signed_in(world.milas_father), "people:start")


def test_the_front_desk_sees_no_clinical_step_of_a_child(world, signed_in):
    body = page(signed_in(world.ben), "people:child", child=world.mila.pk)
    assert "Visits" in body
    for step in ("Screening", "Assessment", "Notes", "Sessions", "Export"):
        assert f">{step}</a>" not in body


def test_children_are_found_by_name_among_those_one_may_see(world, signed_in):
    client = signed_in(world.ada)
    assert "Lindqvist" in client.get("/children/", {"name": "mil"}).content.decode()
    assert "Haddad" not in client.get("/children/", {"name": "noor"}).content.decode()


def test_ben_registers_a_child_with_its_mother_and_reads_her_first_password_once(world, signed_in):
    client = signed_in(world.ben)
    response = client.post(
        reverse("people:new_child"),
        {
            "given_name": "Lea",
            "family_name": "Winter",
            "born": "2022-03-01",
            "sex": "female",
            "condition": "other",
            "guardian-username": "winter",
            "guardian-first_name": "Ines",
            "guardian-last_name": "Winter",
            "guardian-relation": "mother",
        },
    )
    password = response.context["password"]
    assert password in response.content.decode()
    assert client.login(username="winter", password=password)
    assert Child.objects.get(given_name="Lea").guardians.get().username == "winter"


def test_registering_a_sibling_alters_nothing_of_an_account_that_exists(world):
    _, user, password = services.register(
        child={
            "given_name": "Max",
            "family_name": "Lindqvist",
            "born": clock.now().date(),
            "sex": "male",
            "condition": "other",
        },
        guardian={
            "username": "mother.lindqvist",
            "first_name": "X",
            "last_name": "Y",
            "relation": "mother",
        },
        now=clock.now(),
    )
    assert (user, password) == (world.milas_mother, "")
    assert str(user) == "Sara Lindqvist"


def test_staff_cannot_be_made_a_guardian_by_their_work_account(world):
    with pytest.raises(BadInput, match="family account of their own"):
        services.entrust(child=world.mila, user=world.ada, relation="aunt", now=clock.now())


def test_changing_rights_ends_the_old_ones_and_keeps_them_on_record(world):
    services.entrust(
        child=world.mila,
        user=world.milas_father,
        relation="father",
        now=clock.now(),
        rights={"can_book": True, "can_consent": False},
    )
    rows = Guardianship.objects.filter(user=world.milas_father).order_by("starts")
    assert [(r.can_book, r.ends is None) for r in rows] == [(False, False), (True, True)]


def test_the_lead_ends_a_guardianship_and_the_father_sees_nothing_more(world, signed_in):
    row = Guardianship.objects.get(user=world.milas_father)
    keys = {"child": world.mila.pk, "key": row.pk}
    signed_in(world.lead).post(reverse("people:end_guardianship", kwargs=keys))
    client = signed_in(world.milas_father)
    assert client.get(reverse("people:child", kwargs={"child": world.mila.pk})).status_code == 404


def test_who_saw_this_child_shows_the_stranger_who_was_refused(world, signed_in):
    path = reverse("people:child", kwargs={"child": world.mila.pk})
    signed_in(world.olivia).get(path)
    body = page(signed_in(world.lead), "people:child_access", child=world.mila.pk)
    assert "olivia" in body
    assert "refused" in body


def test_the_log_page_says_whether_the_chain_is_whole(world, signed_in, unguarded):
    client = signed_in(world.lead)
    page(client, "people:child", child=world.mila.pk)
    assert "The log is whole" in client.get("/access-log/", {"check": "1"}).content.decode()
    unguarded("people_accesslog")
    AccessLog.objects.update(username="somebody")
    assert access.first_break() is not None
    assert "The chain is broken" in client.get("/access-log/", {"check": "1"}).content.decode()


def test_the_administrator_reads_the_log_but_no_child(world, signed_in):
    client = signed_in(world.admin)
    assert client.get("/access-log/").status_code == 200
    assert client.get(reverse("people:child", kwargs={"child": world.mila.pk})).status_code == 404
