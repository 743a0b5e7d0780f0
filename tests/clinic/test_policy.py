"""Default deny, tried out: every address, every role, and always somebody else's child.

A page that is refused must not only say so: nothing of the foreign child may be in its body.
"""

import itertools
import uuid
from datetime import datetime, timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rheobase.clinic import clock, policy
from rheobase.clinic.booking.models import Appointment
from rheobase.clinic.people.models import AccessLog, Role

OTHERS = {"key": "1", "kind": "health", "item": 1, "day": "2026-11-23"}  # arguments of no child


def every_address():
    """Yield (name, converters, view) of every address of the clinic."""

    def walk(patterns, namespace):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, pattern.namespace or namespace)
            elif isinstance(pattern, URLPattern):
                yield f"{namespace}:{pattern.name}", pattern.pattern.converters, pattern.callback

    yield from walk(get_resolver().url_patterns, "")


ADDRESSES = list(every_address())
OPENED_HERE = ("people", "booking", "intake", "exchange")
OF_A_CHILD = [
    (name, converters, view)
    for name, converters, view in ADDRESSES
    if policy.CHILD_OF.keys() & converters.keys()
]


def address(name, converters, records):
    return reverse(name, kwargs={k: records.get(k, OTHERS.get(k, 1)) for k in converters})


def markers(child, records):
    keys = {str(v) for v in records.values() if isinstance(v, uuid.UUID)}
    return {
        child.given_name,
        child.family_name,
        child.opaque,
        *keys,
        *(k.replace("-", "") for k in keys),
    }


def strangers_to_mila(world):
    """Everybody who may do nothing at all for Mila, by role."""
    return {
        "nobody": None,
        "another family": world.jonas_mother,
        "a therapist of the other discipline": world.olivia,
    }


@pytest.mark.parametrize(("name", "converters", "view"), ADDRESSES, ids=[a[0] for a in ADDRESSES])
def test_every_address_declares_an_action(name, converters, view):
    assert getattr(view, "action", None) in policy.RULES


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("who", ["nobody", "another family", "a therapist of the other discipline"])
def test_a_stranger_gets_nothing_of_mila_at_any_address(world, client, who, method):
    records = world.records(world.mila)
    hidden = markers(world.mila, records)
    user = strangers_to_mila(world)[who]
    for name, converters, _ in OF_A_CHILD:
        client.logout()
        if user:
            client.force_login(user)
        path = address(name, converters, records)
        response = getattr(client, method)(path)
        assert response.status_code == (404 if user else 302), (
            f"{who} at {name}: {response.status_code}"
        )
        body = response.content.decode(errors="replace")
        assert not {m for m in hidden if m in body}, f"{who} at {name}"


def test_each_role_reaches_exactly_what_its_rule_says(world, client):
    """The truth table: for every address and role, refused if and only if the rule says so."""
    records = world.records(world.mila)
    cast = {
        Role.GUARDIAN: world.milas_mother,
        Role.FRONT_DESK: world.ben,
        Role.THERAPIST: world.ada,
        Role.LEAD: world.lead,
        Role.ADMINISTRATOR: world.admin,
    }
    for (name, converters, view), (role, user) in itertools.product(OF_A_CHILD, cast.items()):
        allowed = policy.may(user, view.action, world.mila)
        if allowed and name.partition(":")[0] not in OPENED_HERE:
            continue  # the tests of that step open it, with a record that has everything
        client.force_login(user)
        response = client.get(address(name, converters, records), {"service": world.assessment.pk})
        if allowed:
            assert response.status_code in (200, 302, 405), f"{role} at {name}"
        else:
            assert response.status_code == 404, f"{role} at {name}: {response.status_code}"
            assert "Mila" not in response.content.decode(errors="replace"), f"{role} at {name}"


@pytest.mark.parametrize("action", policy.RULES)
def test_no_clinical_action_is_open_to_the_front_desk_or_the_administrator(action):
    clinical = {
        "see chart",
        "write chart",
        "sign plan",
        "run session",
        "see intake",
        "export child",
    }
    if action in clinical:
        assert not policy.RULES[action].roles & {Role.FRONT_DESK, Role.ADMINISTRATOR}


def test_a_father_without_the_right_to_book_or_consent_can_look_but_not_act(world, client):
    records = world.records(world.mila)
    client.force_login(world.milas_father)
    assert client.get(reverse("booking:visits", kwargs={"child": world.mila.pk})).status_code == 200
    refused = [
        (n, c, v)
        for n, c, v in OF_A_CHILD
        if policy.RULES[v.action].right in ("can_book", "can_consent")
    ]
    assert refused
    for name, converters, _ in refused:
        assert client.get(address(name, converters, records)).status_code == 404, name


def test_rights_end_with_the_guardianship(world, signed_in):
    client = signed_in(world.milas_mother)
    path = reverse("booking:visits", kwargs={"child": world.mila.pk})
    assert client.get(path).status_code == 200
    world.milas_mother.guardianship_set.update(ends=clock.now() - timedelta(seconds=1))
    assert client.get(path).status_code == 404


def test_a_time_that_is_only_held_or_was_given_back_opens_no_record_to_a_discipline(world):
    visit = world.visit(world.mila, world.olivia, datetime(2026, 11, 24, 10))  # noqa: DTZ001
    assert policy.may(world.olivia, "see chart", world.mila)
    for status in ("held", "cancelled"):
        Appointment.objects.filter(pk=visit.pk).update(status=status)
        assert not policy.may(world.olivia, "see chart", world.mila), status


def test_an_address_of_two_children_is_refused(world, rf):
    from django.http import Http404

    from rheobase.clinic.middleware import PolicyOfEveryView

    request = rf.get("/")
    request.user = world.lead
    view = policy.needs("see child")(lambda request: None)
    keys = {"child": world.mila.pk, "visit": world.records(world.jonas)["visit"]}
    with pytest.raises(Http404):
        PolicyOfEveryView(lambda request: None).process_view(request, view, (), keys)


def test_every_look_and_every_refusal_is_logged(world, signed_in):
    path = reverse("people:child", kwargs={"child": world.mila.pk})
    signed_in(world.ada).get(path)
    signed_in(world.olivia).get(path)
    lines = AccessLog.objects.filter(child=world.mila)
    assert [(x.username, x.allowed) for x in lines] == [("ada", True), ("olivia", False)]
