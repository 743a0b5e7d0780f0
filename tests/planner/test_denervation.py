"""Screening says a nerve may be missing: the plan stands, but the model gives no number for it."""

from dataclasses import replace
from datetime import date

import pytest

from rheobase.evidence.muscles import muscle
from rheobase.planner.assemble import response_at
from rheobase.planner.case import Answer, Case, Site
from rheobase.planner.files import read_file
from rheobase.planner.predict import known_child, predicted
from rheobase.planner.propose import propose
from rheobase.stimulus.prescription import Posture


def screened(examples, answer):
    case = read_file(Case, examples / "jonas_dorsiflexors.json")
    return replace(case, screening={**case.screening, "denervation": answer})


def test_sites_named_in_screening_reach_the_model(examples):
    where = Site(segment=muscle("tibialis_anterior").segment)
    case = screened(examples, Answer(answer="yes", on=date(2026, 1, 1), sites=(where,)))
    assert [d.segment for d in known_child(case).denervated] == [where.segment]


def test_an_answer_without_a_site_means_anywhere(examples):
    (anywhere,) = known_child(screened(examples, Answer(answer="yes"))).denervated
    assert anywhere.segment is None


@pytest.mark.parametrize("answer", ["no", "unknown"])
def test_only_yes_takes_the_model_away(examples, answer):
    assert known_child(screened(examples, Answer(answer=answer))).denervated == ()


def test_the_channel_says_why_it_has_no_prediction(examples, predictor):
    case = read_file(Case, examples / "jonas_dorsiflexors.json")
    order = propose(case, predictor).channels[0].order
    lost = screened(examples, Answer(answer="yes"))
    response, why = response_at(lost, Posture.SITTING, order, predicted)
    assert response is None
    assert "may be without its nerve" in why
