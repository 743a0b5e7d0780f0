"""Screening: one question a rule, the family's answers filled in, blocks that hold."""

import itertools
from datetime import timedelta

import pytest
from django.urls import reverse

from rheobase.clinic import clock
from rheobase.clinic.assessment import services
from rheobase.clinic.assessment.models import Clearance, Screening
from rheobase.clinic.intake.models import FormAnswer, FormVersion
from rheobase.errors import BadInput
from rheobase.evidence.contraindications import Grade, questions
from rheobase.planner.case import Answer


@pytest.fixture
def episode(world, at):
    return world.episodes["Mila"]


def all_no(child, **other):
    """The calmest answer to every question, as a form would send it."""
    age = clock.age_months(child.born, services.today())
    typed = {}
    for rule in questions(age, family=False):
        keys = [key for key, _ in rule.choices]
        typed[rule.key] = "no" if "no" in keys and rule.key != "communicate" else keys[0]
    return {**typed, **other}


def said_by_family(world, answers):
    form, _ = FormVersion.objects.get_or_create(
        kind="health",
        version=1,
        defaults={"title": "Health", "questions": [], "published": clock.now()},
    )
    FormAnswer.objects.create(
        child=world.mila,
        form=form,
        answers=answers,
        by=world.milas_mother,
        at=clock.now() - timedelta(days=3),
    )


def test_what_the_family_said_is_filled_in_with_who_and_when(world, episode, signed_in):
    said_by_family(world, {"epilepsy": {"answer": "controlled", "on": "2025-01-10"}})
    page = reverse("assessment:screening", kwargs={"episode": episode.pk})
    body = signed_in(world.ada).get(page).content.decode()
    assert "Sara Lindqvist, 20 Nov 2026" in body
    assert 'value="controlled" checked' in body
    assert 'value="2025-01-10"' in body


def test_every_rule_for_the_age_is_asked_once(world, episode):
    asked = [q.rule.key for q in services.form_of(episode)]
    age = clock.age_months(world.mila.born, services.today())
    assert sorted(asked) == sorted(r.key for r in questions(age, family=False))


def test_the_questions_of_one_heading_stand_together(episode):
    headings = [q.rule.category for q in services.form_of(episode)]
    changes = sum(one != other for one, other in itertools.pairwise(headings))
    assert changes == len(set(headings)) - 1


def test_an_open_question_is_named_and_nothing_typed_is_lost(world, episode, signed_in):
    typed = all_no(world.mila, epilepsy="recent")
    del typed["dvt"]
    page = reverse("assessment:screening", kwargs={"episode": episode.pk})
    answer = signed_in(world.ada).post(page, typed)
    assert answer.status_code == 422
    body = answer.content.decode()
    assert "Thrombosis" in body
    assert 'value="recent" checked' in body
    assert not Screening.objects.exists()


def test_a_pacemaker_stops_the_plan_and_says_who_says_so(world, episode, signed_in):
    page = reverse("assessment:screening", kwargs={"episode": episode.pk})
    client = signed_in(world.ada)
    assert client.post(page, all_no(world.mila, active_implant="yes")).status_code == 302
    body = client.get(page).content.decode()
    assert "No plan until this is settled" in body
    assert "proposed default, needs clinical sign-off" in body
    assert "Enraf" in body


def test_a_clearance_needs_a_name_a_profession_and_a_day(world, episode):
    typed = {"rule": "epilepsy", "cleared_by": "Dr Wolf", "profession": "neurologist"}
    with pytest.raises(BadInput, match="day"):
        services.record_clearance(episode, typed, by=world.ada, at=clock.now())
    with pytest.raises(BadInput, match="future"):
        services.record_clearance(
            episode, {**typed, "on": "2027-01-01"}, by=world.ada, at=clock.now()
        )
    with pytest.raises(BadInput, match="name"):
        services.record_clearance(
            episode, {**typed, "cleared_by": " ", "on": "2026-11-01"}, by=world.ada, at=clock.now()
        )
    assert not Clearance.objects.exists()


def test_a_recorded_clearance_lifts_what_it_clears(world, episode):
    answered = {k: Answer(answer=v) for k, v in all_no(world.mila, epilepsy="recent").items()}
    services.record_screening(episode, answered, by=world.ada, at=clock.now())

    def standing():
        return [
            f
            for f in services.findings_now(episode)
            if f.rule == "epilepsy" and f.grade is Grade.CLEAR
        ]

    assert standing()[0].stops
    typed = {
        "rule": "epilepsy",
        "cleared_by": "Dr Wolf",
        "profession": "neurologist",
        "on": "2026-11-20",
    }
    services.record_clearance(episode, typed, by=world.ada, at=clock.now())
    assert not standing()[0].stops
    assert "Dr Wolf" in standing()[0].cleared_by


def test_the_family_and_the_front_desk_cannot_screen(world, episode, signed_in):
    page = reverse("assessment:screening", kwargs={"episode": episode.pk})
    for stranger in (world.milas_mother, world.ben, world.olivia):
        assert signed_in(stranger).post(page, all_no(world.mila)).status_code == 404
    assert not Screening.objects.exists()


def test_a_muscle_or_a_site_can_be_cleared_by_name_but_nothing_unknown(world, episode):
    typed = {"cleared_by": "Dr Wolf", "profession": "paediatrician", "on": "2026-11-20"}
    for name in ("erector_spinae_thoracic", "clearance: back of the neck"):
        services.record_clearance(episode, {**typed, "rule": name}, by=world.ada, at=clock.now())
    with pytest.raises(BadInput, match="not known"):
        services.record_clearance(episode, {**typed, "rule": "heart"}, by=world.ada, at=clock.now())
    assert Clearance.objects.count() == 2
