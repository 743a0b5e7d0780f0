"""How long records are kept: rules with a source, a list of what has ended, holds, and no deletion."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from rheobase.clinic import clock
from rheobase.clinic.exchange import keeping
from rheobase.clinic.exchange.models import LegalHold
from rheobase.clinic.people.models import AccessLog, Child
from rheobase.errors import BadInput
from rheobase.evidence.load import sources
from rheobase.evidence.retention import kept_until, rules, years_after

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def test_every_rule_has_a_source_that_is_known():
    assert {rule.source for rule in rules().values()} <= set(sources())
    assert {"after_last_service", "after_18th_birthday", "equipment"} <= set(rules())


@given(born=DAYS, days=st.integers(0, 60 * 365))
def test_a_record_is_kept_ten_years_after_service_and_ten_after_the_18th_birthday(born, days):
    last = born + timedelta(days=days)
    until, rule = kept_until(born, last)
    assert until == max(years_after(last, 10), years_after(born, 28))
    assert (rule.key == "after_last_service") == (until != years_after(born, 28)) or (
        years_after(last, 10) == years_after(born, 28)
    )


def test_a_child_seen_at_four_is_kept_until_twenty_eight():
    until, rule = kept_until(date(2000, 2, 29), date(2004, 6, 1))
    assert (until, rule.key) == (date(2028, 2, 29), "after_18th_birthday")
    assert years_after(date(2004, 2, 29), 10) == date(2014, 2, 28)


@pytest.fixture
def long_ago(world, at):
    """Somebody born in 1980 and last seen in 2010."""
    child = Child.objects.create(
        given_name="Old", family_name="Record", born=date(1980, 1, 1), sex="male", condition="other"
    )
    Child.objects.filter(pk=child.pk).update(created=datetime(2010, 5, 1, tzinfo=UTC))
    return child


def of(child):
    found = keeping.kept(Child.objects.all(), clock.now())
    return next(one for one in found if one.child == child)


def test_an_old_record_has_ended_and_the_others_have_not(world, long_ago):
    world.records(world.mila)
    today = clock.now().date()
    assert [one.child for one in keeping.kept(Child.objects.all(), clock.now())
            if one.is_over(today)] == [long_ago]  # fmt: skip
    assert of(world.mila).until == date(2048, 5, 4)


@pytest.mark.parametrize("what", ["measure", "visit", "episode"])
def test_whatever_was_done_last_counts(world, long_ago, what):
    from rheobase.clinic.assessment.models import Episode, Measure

    episode = Episode.objects.create(
        child=long_ago, therapist=world.ada, reason="x",
        opened=datetime(2011, 1, 1, tzinfo=UTC), closed=datetime(2019, 3, 1, tzinfo=UTC),
    )  # fmt: skip
    if what == "measure":
        Measure.objects.create(
            episode=episode, instrument="prom", quantity="q", value=1, unit="deg", error=5,
            by=world.ada, at=datetime(2021, 3, 1, 18, tzinfo=UTC),
        )  # fmt: skip
    if what == "visit":
        visit = world.visit(long_ago, world.ada, datetime(2022, 3, 1, 10))  # noqa: DTZ001 - wall
        type(visit).objects.filter(pk=visit.pk).update(status="done")
    years = {"episode": 2029, "measure": 2031, "visit": 2032}
    assert of(long_ago).until.year == years[what]


def test_a_booked_visit_and_a_hold_keep_a_record(world, long_ago):
    today = clock.now().date()
    world.visit(long_ago, world.ada, datetime(2026, 12, 1, 10))  # noqa: DTZ001 - wall time
    assert not of(long_ago).is_over(today)
    keeping.hold(long_ago, "A court asked for it", by=world.lead, at=clock.now())
    assert of(long_ago).hold.reason == "A court asked for it"
    with pytest.raises(BadInput, match="held already"):
        keeping.hold(long_ago, "again", by=world.lead, at=clock.now())


def test_a_hold_ends_by_a_row_of_its_own(world, long_ago):
    keeping.hold(long_ago, "A court asked for it", by=world.lead, at=clock.now())
    assert not of(long_ago).is_over(clock.now().date())
    keeping.release(long_ago, "The case is closed", by=world.lead, at=clock.now())
    assert of(long_ago).is_over(clock.now().date())
    with pytest.raises(BadInput, match="not held"):
        keeping.release(long_ago, "again", by=world.lead, at=clock.now())
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        LegalHold.objects.update(reason="another")


def test_the_page_lists_holds_and_deletes_nothing(world, long_ago, signed_in):
    client, page = signed_in(world.lead), reverse("exchange:keeping")
    before = Child.objects.count()
    body = client.get(page).content.decode()
    assert "Old Record" in body
    assert "College of Physiotherapists of Alberta" in body
    assert "Delete" not in body
    hold = reverse("exchange:hold", kwargs={"child": long_ago.pk})
    client.post(hold, {"reason": ""})
    assert not LegalHold.objects.exists()
    client.post(hold, {"reason": "<b>A court</b>"})
    body = client.get(page).content.decode()
    assert "&lt;b&gt;A court&lt;/b&gt;" in body
    assert AccessLog.objects.filter(child=long_ago, username="lena").exists()
    client.post(hold, {"reason": "Closed", "do": "end"})
    assert of(long_ago).hold is None
    assert Child.objects.count() == before


@pytest.mark.parametrize("who", ["ada", "ben", "milas_mother"])
def test_nobody_else_holds_a_record(world, long_ago, signed_in, who):
    client = signed_in(getattr(world, who))
    assert client.get(reverse("exchange:keeping")).status_code == 404
    hold = reverse("exchange:hold", kwargs={"child": long_ago.pk})
    assert client.post(hold, {"reason": "mine"}).status_code == 404


def test_the_list_asks_the_database_as_often_for_three_children_as_for_one(
    world, at, django_assert_num_queries
):
    with django_assert_num_queries(3):
        keeping.kept(Child.objects.all(), clock.now())
