"""A feed may be fetched as often as calendars do, and not without end."""

from datetime import timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.booking import limits
from rheobase.clinic.exchange import services


@pytest.fixture
def feed(world, client, at):
    key = services.new_feed(world.milas_mother, clock.now())

    def fetch(key=key, address="192.0.2.1"):
        path = reverse("exchange:feed", kwargs={"key": key})
        return client.get(path, REMOTE_ADDR=address)

    return fetch


def test_a_greedy_reader_waits_and_is_served_again_after_an_hour(feed, at, monkeypatch):
    monkeypatch.setitem(limits.MOST, "key", 3)
    assert [feed(address=f"192.0.2.{n}").status_code for n in range(4)] == [200, 200, 200, 429]
    refused = feed()
    assert refused["Retry-After"] == "3600"
    assert refused.content == b""
    at(clock.now() + timedelta(hours=1))
    assert feed().status_code == 200


def test_guessing_is_stopped_by_address_and_a_guess_learns_nothing(feed, monkeypatch):
    monkeypatch.setitem(limits.MOST, "from", 3)
    guesses = [feed(key=f"guess{n}") for n in range(4)]
    assert [g.status_code for g in guesses] == [404, 404, 404, 429]
    assert feed().status_code == 429  # the right key too, from there
    assert feed(address="192.0.2.7").status_code == 200


def test_what_is_kept_of_a_fetch_is_gone_after_an_hour(feed, at):
    from rheobase.clinic.booking.models import FeedFetch

    feed()
    assert FeedFetch.objects.count() == 2
    at(clock.now() + timedelta(hours=2))
    feed(key="wrong")
    assert FeedFetch.objects.count() == 1
