"""The chart at a glance: what is known, what is missing, and who may look."""

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.assessment import chart, measures
from rheobase.clinic.assessment.models import Episode


@pytest.fixture
def page(world, at):
    return reverse("assessment:chart", kwargs={"child": world.mila.pk})


def test_it_lists_what_is_missing_in_the_order_of_work(world, at):
    gaps = [g.text for g in chart.gaps(world.mila, world.episodes["Mila"])]
    assert [g.split(" ")[0] for g in gaps] == ["No", "The", "Not", "No", "No"]
    assert "consent" in gaps[0]
    assert "screened" in gaps[1]
    assert "height" in gaps[2]


def test_a_chart_without_an_episode_offers_to_open_one(world, page, signed_in):
    Episode.objects.filter(child=world.mila).update(closed=clock.now())
    world.visit(world.mila, world.ada, clock.to_wall(clock.now(), "America/Edmonton"))
    client = signed_in(world.ada)
    assert "Open an episode of care" in client.get(page).content.decode()
    client.post(reverse("assessment:open", kwargs={"child": world.mila.pk}), {"reason": "Hands"})
    assert Episode.objects.get(child=world.mila, closed=None).reason == "Hands"


def test_a_difference_inside_the_error_is_not_called_a_change(world, page, signed_in):
    episode = world.episodes["Mila"]
    for value in ("3", "8"):
        entries, _ = measures.read_sheet("legs", {"knee-extension-passive_min_deg:left": value})
        measures.record(
            episode, entries, by=world.ada, at=clock.now(), conditions="", with_stimulation=False
        )
    body = signed_in(world.ada).get(page).content.decode()
    assert "+5 deg: within measurement error" in body


def test_the_front_desk_and_the_other_discipline_see_no_chart(world, page, signed_in):
    for stranger in (world.ben, world.olivia, world.milas_mother, world.admin):
        assert signed_in(stranger).get(page).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_record(
    world, page, signed_in, django_assert_max_num_queries
):
    episode = world.episodes["Mila"]
    client = signed_in(world.ada)
    client.get(page)
    for _ in range(6):
        typed = {
            f"{j}-selective-selective_control:left": "1"
            for j in ("hip", "knee", "ankle", "subtalar", "toes")
        }
        entries, _ = measures.read_sheet("legs", typed)
        measures.record(
            episode, entries, by=world.ada, at=clock.now(), conditions="", with_stimulation=False
        )
    with django_assert_max_num_queries(40):
        client.get(page)
