"""The chart holds what a therapist measures: instrument, conditions, rater and error with each."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.assessment import measures, strength
from rheobase.clinic.assessment.models import CopmProblem, Goal, PainSigns
from rheobase.clinic.assessment.scales import FLACC_ITEMS
from rheobase.clinic.assessment.sheet import ROWS, SUMS

FORCE = "knee-extension-force_n:left"
FLACC = {f"flacc:{item}": "1" for item in FLACC_ITEMS}


@pytest.fixture
def sheet(world, at, signed_in):
    """Post one part of Mila's sheet as Ada, or get it."""
    address = reverse("assessment:measures", kwargs={"episode": world.episodes["Mila"].pk})
    client = signed_in(world.ada)

    def post(part, typed=None):
        target = f"{address}?part={part}"
        return client.get(target) if typed is None else client.post(target, typed)

    return post


def test_every_instrument_of_the_list_is_on_the_sheet():
    there = {row.instrument_key for row in (*ROWS, *SUMS)}
    wanted = {
        "mas", "tardieu_r1", "tardieu_quality", "mrc", "hhd", "prom", "arom", "selective_joint",
        "scale", "gmfcs", "macs", "cfcs", "flacc", "r_flacc", "faces", "fps_r", "nrs", "gmfm88",
    }  # fmt: skip
    assert wanted <= there
    for row in (*ROWS, *SUMS):
        assert row.instrument.source


def test_every_catch_has_its_end_of_range_and_its_quality_beside_it():
    rows = {(row.quantity, row.joint, row.movement) for row in ROWS}
    for quantity, joint, movement in rows:
        if quantity == "catch_deg":
            assert ("tardieu_quality", joint, movement) in rows
            assert ("tone_mas_code", joint, movement) in rows
            assert any(q.startswith("passive_") and j == joint for q, j, _ in rows)


def test_own_signs_are_kept_shown_under_the_items_and_scored_apart(world, sheet):
    answer = sheet("basics", {"sign:face": "Bites her hand", "sign:legs": ""})
    assert answer.status_code == 302
    body = sheet("basics").content.decode()
    assert body.count("Bites her hand") == 2  # under the item, and in its own field
    sheet("basics", {**FLACC, "flacc:own": "yes", "sign:face": "Bites her hand"})
    found = measures.latest(world.mila)
    assert ("r_flacc", "", "", "") in found
    assert ("flacc", "", "", "") not in found
    assert PainSigns.objects.count() == 1  # the same signs are not written down twice
    sheet("basics", {"sign:face": "Grinds her teeth"})
    assert measures.signs_of(world.mila) == {"face": "Grinds her teeth"}
    assert PainSigns.objects.count() == 2


def force(world, typed, days_ago):
    entries, _ = measures.read_sheet("legs", {FORCE: typed})
    measures.record(
        world.episodes["Mila"], entries, by=world.ada, at=clock.now() - timedelta(days=days_ago),
        conditions="Sitting, strap", with_stimulation=False,
    )  # fmt: skip


def test_two_trials_on_two_days_are_a_complete_dynamometry(world, at):
    force(world, "40 44", 5)
    (one,) = strength.design(world.mila)
    assert (one.complete, one.occasions, one.trials) == (False, 1, 2)
    assert "another day" in one.words
    force(world, "46 50", 0)
    (both,) = strength.design(world.mila)
    assert (both.complete, both.mean_n) == (True, 45.0)


def test_a_single_trial_or_a_day_long_ago_is_not_enough(world, at):
    force(world, "40 44", 60)
    force(world, "46", 0)
    (one,) = strength.design(world.mila)
    assert (one.occasions, one.trials, one.mean_n) == (1, 1, 46.0)
    assert "two trials" in one.words


def test_the_chart_shows_instrument_conditions_rater_and_error(world, at, signed_in):
    force(world, "40 44", 0)
    page = reverse("assessment:chart", kwargs={"child": world.mila.pk})
    body = signed_in(world.ada).get(page).content.decode()
    for words in ("Hand-held dynamometry", "Sitting, strap", "Ada Marsh", "± 4.55", "2 trials"):
        assert words in body


def test_goals_problems_and_signs_are_added_to_and_never_edited(world, at):
    world.records(world.mila)
    episode = world.episodes["Mila"]
    CopmProblem.objects.create(episode=episode, text="Stairs", importance=5, at=clock.now())
    PainSigns.objects.create(episode=episode, signs={}, by=world.ada, at=clock.now())
    for model, change in ((Goal, {"weight": 9}), (CopmProblem, {"importance": 9})):
        with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
            model.objects.update(**change)
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        PainSigns.objects.all().delete()


def test_the_child_points_at_faces_of_our_own(sheet):
    body = sheet("basics").content.decode()
    assert body.count('class="picture face"') == 6
    assert "hurts a little" in body
    assert 'class="picture face"' not in sheet("legs").content.decode()
