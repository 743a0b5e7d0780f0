"""Measuring: typed once, with its error beside it, corrected by adding, never by editing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.assessment import case, chart, measures
from rheobase.clinic.assessment.models import Measure
from rheobase.errors import BadInput
from rheobase.model.body.child import JointQuantity, Quantity
from rheobase.stimulus.pads import Side

ANKLE = "ankle-dorsiflexion-passive_max_deg:left"
FORCE = "knee-extension-force_n:left"
ARM = "knee-extension-lever_arm_mm:left"
TONE = "ankle-plantarflexion-tone_mas_code:left"


@pytest.fixture
def take(world, at):
    """Type a sheet for Mila, some days ago."""

    def record(part, typed, *, days_ago=0, stimulated=False):
        entries, wrong = measures.read_sheet(part, typed)
        assert wrong == {}
        return measures.record(
            world.episodes["Mila"],
            entries,
            by=world.ada,
            at=clock.now() - timedelta(days=days_ago),
            conditions="",
            with_stimulation=stimulated,
        )

    return record


def facts(world):
    return case.facts(world.mila, clock.now().date())


def test_three_trials_are_kept_and_their_mean_counts(take):
    (m,) = take("legs", {ANKLE: "2 3 4"})
    assert (m.value, m.trials, m.unit, m.side) == (3.0, [2.0, 3.0, 4.0], "deg", "left")


def test_of_several_grades_the_middle_one_counts(take):
    (m,) = take("legs", {TONE: "1 1+ 3"})
    assert measures.written(m) == "1+"


def test_each_value_carries_its_standard_error(take):
    (m,) = take("legs", {ANKLE: "3"})
    assert m.error == pytest.approx(5.0)  # goniometer, Fosang 2003
    (force,) = take("legs", {FORCE: "100"})
    assert force.error == pytest.approx(100 * 0.30 / 2.772, rel=1e-3)


def test_a_grade_that_does_not_exist_is_refused_with_those_that_do(world, at):
    entries, wrong = measures.read_sheet("legs", {TONE: "5", ANKLE: "400"})
    assert entries == []
    assert "1+" in wrong[TONE]
    assert "between -180 and 180" in wrong[ANKLE]


def test_five_selective_joints_give_the_sum_of_the_leg(take):
    typed = {
        f"{j}-selective-selective_control:right": "1"
        for j in ("hip", "knee", "ankle", "subtalar", "toes")
    }
    found = {m.quantity: m.value for m in take("legs", typed)}
    assert found["scale_total"] == 5.0


def test_flacc_is_all_five_items_or_none(world, at):
    _, wrong = measures.read_sheet("basics", {"flacc:face": "1"})
    assert "all five" in wrong["flacc"]
    entries, wrong = measures.read_sheet(
        "basics",
        {f"flacc:{i}": "1" for i in ("face", "legs", "activity", "cry", "consolability")},
    )
    assert (entries[0].value, wrong) == (5.0, {})


def test_body_measures_and_findings_reach_the_model(world, take):
    take("basics", {"gmfcs:body": "II", "height_cm:body": "114"})
    take("legs", {"calf_girth_mm:left": "222", ANKLE: "3", TONE: "2"})
    child = facts(world)
    assert child.gmfcs == 2
    assert child.measured(Quantity.HEIGHT_CM).value == 114.0
    assert child.measured(Quantity.CALF_GIRTH_MM, Side.LEFT).value == 222.0
    found = {(f.quantity, f.joint, f.movement): f for f in child.findings}
    assert found[JointQuantity.PASSIVE_MAX_DEG, "ankle", "dorsiflexion"].value == 3.0
    assert found[JointQuantity.TONE_MAS_CODE, "ankle", "plantarflexion"].value == 3.0


def test_force_times_lever_arm_is_torque_and_force_alone_is_none(world, take):
    take("legs", {FORCE: "50"})
    assert facts(world).findings == ()
    take("legs", {ARM: "200"})
    (torque,) = facts(world).findings
    assert torque.quantity is JointQuantity.STRENGTH_NM
    assert torque.value == pytest.approx(10.0)
    assert 0.1 < torque.error / torque.value < 0.12


def test_values_with_stimulation_do_not_describe_the_child(world, take):
    take("legs", {ANKLE: "15"}, stimulated=True)
    assert facts(world).findings == ()


def test_a_correction_supersedes_and_the_old_value_stays(world, take):
    (wrong,) = take("legs", {ANKLE: "30"}, days_ago=5)
    right = measures.correct(wrong, "3", reason="typing error", by=world.ada, at=clock.now())
    assert right.at == wrong.at
    assert "typing error" in right.conditions
    assert list(measures.current(world.mila)) == [right]
    assert Measure.objects.filter(pk=wrong.pk, value=30.0).exists()
    with pytest.raises(BadInput, match="corrected before"):
        measures.correct(wrong, "4", reason="again", by=world.ada, at=clock.now())
    with pytest.raises(BadInput, match="reason"):
        measures.correct(right, "4", reason="", by=world.ada, at=clock.now())


def test_the_reason_of_every_correction_is_kept_whole_beside_long_conditions(world):
    entries, _ = measures.read_sheet("legs", {ANKLE: "30"})
    (wrong,) = measures.record(
        world.episodes["Mila"],
        entries,
        by=world.ada,
        at=clock.now(),
        conditions="c" * measures.LONGEST,
        with_stimulation=False,
    )
    for value, reason in (("3", "a" * 200), ("4", "b" * 200)):
        wrong = measures.correct(wrong, value, reason=reason, by=world.ada, at=clock.now())
        assert reason in wrong.conditions
        assert wrong.conditions.endswith("…")


def test_the_database_refuses_to_edit_a_measure(take):
    (m,) = take("legs", {ANKLE: "3"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Measure.objects.filter(pk=m.pk).update(value=10.0)


def test_nothing_typed_is_lost_when_one_value_is_wrong(world, at, signed_in):
    page = reverse("assessment:measures", kwargs={"episode": world.episodes["Mila"].pk})
    answer = signed_in(world.ada).post(
        f"{page}?part=legs", {ANKLE: "7", TONE: "9", "conditions": "tired"}
    )
    assert answer.status_code == 422
    body = answer.content.decode()
    assert 'value="7"' in body
    assert 'value="9"' in body
    assert 'value="tired"' in body
    assert "Nothing was saved" in body
    assert not Measure.objects.exists()


def test_the_sheet_shows_the_last_value_and_its_error(world, take, signed_in):
    take("legs", {ANKLE: "3"}, days_ago=3)
    page = reverse("assessment:measures", kwargs={"episode": world.episodes["Mila"].pk})
    body = signed_in(world.ada).get(f"{page}?part=legs").content.decode()
    assert "3 deg" in body
    assert "± 13.9" in body


def test_olivia_cannot_open_the_sheet_of_milas_episode(world, at, signed_in):
    page = reverse("assessment:measures", kwargs={"episode": world.episodes["Mila"].pk})
    assert signed_in(world.olivia).get(page).status_code == 404
    assert signed_in(world.ben).get(page).status_code == 404


def test_the_dynamic_component_is_shown_where_both_angles_were_measured(world, take):
    take("legs", {ANKLE: "8", "ankle-plantarflexion-catch_deg:left": "-12"})
    take(
        "legs", {"knee-extension-passive_min_deg:right": "5", "knee-flexion-catch_deg:right": "40"}
    )
    assert chart.dynamic(world.mila) == [
        ("Plantarflexors, left", "20 deg"),
        ("Hamstrings, right", "35 deg"),
    ]
