"""A case is born whole or not at all, and comes back from its file as it went."""

from dataclasses import replace
from datetime import date

import pytest

from rheobase.errors import BadInput
from rheobase.planner.case import Answer, Case, Clearance, History, LastTime, Target
from rheobase.planner.files import from_file, read_file, to_file
from rheobase.stimulus import Side

EXAMPLES = [
    "jonas_dorsiflexors",
    "jonas_quadriceps_tibialis",
    "jonas_wrist_reach",
    "mila_gluteus_medius_walking",
    "mila_sit_to_stand",
    "mila_weight_shift",
    "noor_trunk_sitting",
]
REFUSED_AT_THE_DOOR = {
    "missing_field": "Add it",
    "not_a_number": "finite",
    "negative_age": "between 4 and 228",
    "unknown_muscle": "Use one of",
    "unknown_field": "does not exist",
    "wrong_version": "version 1",
    "wrong_format": "rheobase/case",
    "unknown_answer": "Use one of",
    "four_muscles": "between 0 and 3",
    "not_json": "not valid JSON",
    "a_list": "format",
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_case_comes_back_from_its_file_as_it_went(examples, name):
    case = read_file(Case, examples / f"{name}.json")
    assert from_file(Case, to_file(case), name) == case


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_says_which_publication_it_follows_and_that_the_child_is_invented(
    examples, name
):
    note = read_file(Case, examples / f"{name}.json").note
    assert "is invented" in note
    assert "20" in note


@pytest.mark.parametrize(("name", "remedy"), REFUSED_AT_THE_DOOR.items())
def test_a_broken_case_is_refused_with_a_remedy(examples, name, remedy):
    with pytest.raises(BadInput, match=remedy):
        read_file(Case, examples / "broken" / f"{name}.json")


def test_a_case_without_muscle_and_task_is_refused(jonas):
    with pytest.raises(BadInput, match="Add either"):
        replace(jonas, targets=(), task="")


def test_the_same_muscle_twice_is_refused(jonas):
    with pytest.raises(BadInput, match="Name it once"):
        replace(jonas, targets=jonas.targets * 2)


def test_a_child_that_was_never_stimulated_has_no_last_time():
    last = LastTime(muscle="quadriceps", side=Side.LEFT, used_ma=10.0)
    with pytest.raises(BadInput, match="never stimulated"):
        History(first_exposure=True, sessions=0, last=(last,))


def test_a_clearance_from_tomorrow_does_not_count_today(jonas):
    late = Clearance(rule="epilepsy", by="Dr Lind", on=date(2026, 11, 23))
    assert replace(jonas, clearances=(late,)).clearance("epilepsy") is None


def test_an_answer_that_the_question_does_not_have_is_refused(jonas):
    with pytest.raises(BadInput, match="controlled, recent, unknown"):
        replace(jonas, screening={"epilepsy": Answer(answer="sometimes")})


def test_an_unknown_muscle_is_refused():
    with pytest.raises(BadInput, match="Use one of"):
        Target(muscle="tibialis_posterior", side=Side.LEFT)
