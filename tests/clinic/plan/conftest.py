"""Mila screened and measured, and a draft of a plan for her."""

import pytest

from rheobase.clinic import clock
from rheobase.clinic.assessment import measures
from rheobase.clinic.assessment import services as assessing
from rheobase.clinic.plan import services
from rheobase.evidence.contraindications import questions
from rheobase.planner.case import Answer

ASKED = {
    "focus": "strength",
    "what": "muscles",
    "muscle:1": "quadriceps",
    "side:1": "left",
    "muscle:2": "tibialis_anterior",
    "side:2": "left",
    "posture": "sitting",
}


def _screened(child, episode, by, **other):
    age = clock.age_months(child.born, assessing.today())
    answered = {}
    for rule in questions(age, family=False):
        keys = [key for key, _ in rule.choices]
        calm = "no" if "no" in keys and rule.key != "communicate" else keys[0]
        answered[rule.key] = Answer(answer=other.get(rule.key, calm))
    return assessing.record_screening(episode, answered, by=by, at=clock.now())


@pytest.fixture
def screened():
    """A function that screens a child: screened(child, episode, by, rule="answer")."""
    return _screened


@pytest.fixture
def asked():
    """What the therapist asks for: quadriceps and tibialis anterior on the left."""
    return dict(ASKED)


@pytest.fixture
def episode(world, at):
    """Mila's episode, screened without a finding that stops, and measured."""
    found = world.episodes["Mila"]
    _screened(world.mila, found, world.ada)
    entries, wrong = measures.read_sheet(
        "basics", {"gmfcs:body": "II", "height_cm:body": "114", "mass_kg:body": "19.8"}
    )
    assert wrong == {}
    measures.record(
        found, entries, by=world.ada, at=clock.now(), conditions="", with_stimulation=False
    )
    return found


@pytest.fixture
def draft(world, episode):
    """A proposal for quadriceps and tibialis anterior."""
    made = services.start_draft(episode, ASKED, by=world.ada, at=clock.now())
    assert made.proposal is not None, made.refusal
    return made
