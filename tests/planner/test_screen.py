"""Screening: what an answer does to a plan."""

from dataclasses import replace
from datetime import date

import pytest

from rheobase.evidence.contraindications import Grade
from rheobase.evidence.load import sources
from rheobase.planner.case import Answer, Clearance, Site
from rheobase.planner.screen import screen
from rheobase.stimulus import Segment, Side

TODAY = date(2026, 11, 22)
SHANK = (Site(segment=Segment.SHANK, side=Side.RIGHT),)
BELLY = (Site(segment=Segment.ABDOMEN, side=Side.RIGHT),)


def stops(findings):
    return {f.rule for f in findings if f.stops}


@pytest.fixture
def asked(jonas):
    def ask(sites=SHANK, clearances=(), **answers):
        screening = {**jonas.screening, **answers}
        return screen(screening, jonas.child, sites, TODAY, clearances)

    return ask


def test_a_child_without_findings_may_be_planned(asked):
    assert stops(asked()) == set()


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("infection", "systemic"),
        ("dvt", "active"),
        ("dissent", "yes"),
        ("hf_equipment", "yes"),
    ],
)
def test_some_answers_stop_any_plan_and_no_clearance_lifts_them(asked, rule, answer):
    cleared = (Clearance(rule=rule, by="Dr Lind", on=TODAY),)
    assert rule in stops(asked(clearances=cleared, **{rule: Answer(answer=answer)}))


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        ("active_implant", "yes"),
        ("cardiac", "yes"),
        ("epilepsy", "recent"),
        ("recent_surgery", "yes"),
        ("fragile_bone", "yes"),
        ("haemorrhage", "yes"),
    ],
)
def test_some_answers_wait_for_a_named_clinician(asked, rule, answer):
    given = {rule: Answer(answer=answer)}
    assert rule in stops(asked(**given))
    cleared = (Clearance(rule=rule, by="Dr Lind", on=TODAY),)
    findings = asked(clearances=cleared, **given)
    assert rule not in stops(findings)
    assert any("Dr Lind" in f.cleared_by for f in findings)


def test_a_baclofen_pump_closes_the_belly_but_not_the_leg(asked):
    pump = {"baclofen_pump": Answer(answer="yes")}
    cleared = (Clearance(rule="cardiac", by="Dr Lind", on=TODAY),)
    on_leg = [f for f in asked(SHANK, cleared, **pump) if f.grade is Grade.BLOCK_SITE]
    on_belly = [f for f in asked(BELLY, cleared, **pump) if f.grade is Grade.BLOCK_SITE]
    assert not any(f.touches for f in on_leg)
    assert any(f.touches and f.stops for f in on_belly)


@pytest.mark.parametrize("rule", ["active_implant", "baclofen_pump", "pregnancy"])
def test_clearance_for_a_limb_never_opens_the_trunk(asked, rule):
    cleared = (Clearance(rule=rule, by="Dr Lind", on=TODAY),)
    given = {rule: Answer(answer="yes")}
    assert rule not in stops(asked(SHANK, cleared, **given))
    assert rule in stops(asked(BELLY, cleared, **given))


def test_a_neurosurgeon_may_allow_the_belly_with_a_shunt(asked):
    given = {"vp_shunt": Answer(answer="yes")}
    assert "vp_shunt" in stops(asked(BELLY, **given))
    cleared = (Clearance(rule="vp_shunt", by="Dr Lind", on=TODAY),)
    assert "vp_shunt" not in stops(asked(BELLY, cleared, **given))


def test_broken_skin_closes_its_own_place_only(asked):
    sore = Answer(answer="yes", sites=(Site(segment=Segment.SHANK, side=Side.LEFT),))
    assert "damaged_skin" not in stops(asked(damaged_skin=sore))
    here = replace(sore, sites=SHANK)
    assert "damaged_skin" in stops(asked(damaged_skin=here))


def test_broken_skin_without_a_place_may_be_anywhere(asked):
    assert "damaged_skin" in stops(asked(damaged_skin=Answer(answer="yes")))


def test_toxin_is_a_caution_for_fourteen_days_and_information_afterwards(asked):
    def grades(on):
        toxin = Answer(answer="yes", on=on, sites=SHANK)
        return {f.grade for f in asked(botulinum_toxin=toxin) if f.rule == "botulinum_toxin"}

    assert grades(date(2026, 11, 10)) == {Grade.CAUTION, Grade.INFO}
    assert grades(date(2026, 8, 1)) == {Grade.INFO}
    assert grades(None) == {Grade.CAUTION, Grade.INFO}


def test_the_chest_is_closed_whatever_is_answered(asked):
    assert "chest" in stops(asked((Site(segment=Segment.CHEST, side=Side.LEFT),)))


@pytest.mark.parametrize("answer", [None, Answer(answer="unknown")])
def test_a_question_without_an_answer_stops_the_plan(jonas, answer):
    screening = {k: v for k, v in jonas.screening.items() if k != "epilepsy"}
    if answer is not None:
        screening["epilepsy"] = answer
    findings = screen(screening, jonas.child, SHANK, TODAY)
    assert "epilepsy" in stops(findings)


def test_every_finding_brings_sources_that_resolve(asked):
    findings = asked(**{"cardiac": Answer(answer="yes"), "vp_shunt": Answer(answer="yes")})
    assert all(set(f.sources) <= set(sources()) and f.sources for f in findings)


def test_what_stops_the_plan_comes_first(asked):
    findings = asked(cardiac=Answer(answer="yes"), infection=Answer(answer="systemic"))
    order = [f.stops for f in findings]
    assert order == sorted(order, reverse=True)


def test_before_the_third_birthday_behaviour_is_scored(noor):
    findings = screen(noor.screening, noor.child, BELLY, TODAY)
    assert any(f.rule == "cannot_communicate" and "FLACC" in f.text for f in findings)
