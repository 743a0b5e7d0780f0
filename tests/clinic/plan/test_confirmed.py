"""A plan is signed by a person who has just shown who they are, not from a tablet left open."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.plan.models import SignedPlan


@pytest.fixture
def later(world, draft, signed_in, at):
    """Ada's client, a quarter of an hour after she signed in."""
    client, now = signed_in(world.ada), clock.now()
    at(now + timedelta(minutes=14))
    return client


def signs(client, draft, **headers):
    page = reverse("plan:sign", kwargs={"draft": draft.pk})
    return client.post(page, {"agreed": "yes"}, headers=headers)


def test_whoever_signed_in_a_while_ago_is_asked_again_before_signing(world, draft, later):
    page = "http://testserver" + reverse("plan:draft", kwargs={"draft": draft.pk})
    asked = signs(later, draft, referer=page)
    assert urlsplit(asked["Location"]).path == reverse("account_reauthenticate")
    assert parse_qs(urlsplit(asked["Location"]).query) == {"next": [page]}
    assert not SignedPlan.objects.exists()
    assert "sign once more" in later.get(asked["Location"]).content.decode()


def test_the_way_back_is_never_to_another_site(world, draft, later):
    asked = signs(later, draft, referer="https://elsewhere.example/plan")
    assert parse_qs(urlsplit(asked["Location"]).query) == {"next": ["/"]}


def test_after_confirming_it_is_signed(world, draft, later, signed_in):
    signs(later, draft)
    signs(signed_in(world.ada), draft)
    assert SignedPlan.objects.count() == 1
