"""The screening rules: complete, sourced, and asked in plain words."""

import pytest

from rheobase.errors import BadInput
from rheobase.evidence.contraindications import Grade, questions, rule, rules
from rheobase.evidence.load import sources


def test_every_rule_names_sources_that_are_in_the_bibliography():
    for one in rules():
        assert one.sources
        assert set(one.sources) <= set(sources()), one.key


def test_every_rule_has_an_outcome_with_a_text_and_a_remedy():
    for one in rules():
        assert one.outcomes, one.key
        assert all(o.text.endswith(".") and o.remedy.endswith(".") for o in one.outcomes), one.key


def test_every_question_can_be_answered():
    for one in rules():
        assert bool(one.question_therapist) == one.asked, one.key
        if one.question_family:
            assert one.question_family.endswith(("?", ".")), one.key


def test_a_pacemaker_closes_the_trunk_and_needs_clearance_for_a_limb():
    grades = {o.grade for o in rule("active_implant").outcomes}
    assert grades == {Grade.CLEAR, Grade.BLOCK_SITE}


@pytest.mark.parametrize("key", ["anterior_neck", "chest", "head"])
def test_neck_chest_and_head_are_closed_whatever_is_answered(key):
    (outcome,) = rule(key).outcomes
    assert (outcome.when, outcome.grade) == ("always", Grade.BLOCK_SITE)


def test_pregnancy_is_asked_of_adolescents_privately_and_never_of_the_family():
    assert "pregnancy" not in {r.key for r in questions(180.0, family=True)}
    assert "pregnancy" in {r.key for r in questions(180.0, family=False)}
    assert "pregnancy" not in {r.key for r in questions(72.0, family=False)}


def test_an_unknown_rule_is_refused_with_the_known_ones():
    with pytest.raises(BadInput, match="epilepsy"):
        rule("gout")
