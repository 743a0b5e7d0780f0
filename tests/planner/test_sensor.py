"""A sensor in a plan: only where a unit is started by one, with sources, and inside what can be."""

import pytest

from rheobase.evidence.load import sources
from rheobase.planner.edit import edited
from rheobase.planner.edits import ChannelEdit, Edits, SensorEdit
from rheobase.planner.proposal import Proposal, Refusal
from rheobase.planner.propose import propose
from rheobase.stimulus import Signal, Trigger


@pytest.fixture
def by_sensor(jonas, predictor):
    def make(proposal=None, trigger=Trigger.SENSOR, channel=None, **sensor):
        proposal = proposal or propose(jonas, predictor)
        channels = tuple(
            ChannelEdit(slot=c.order.slot, trigger=trigger, **(channel or {}))
            for c in proposal.channels
        )
        return edited(proposal, Edits(channels=channels, sensor=SensorEdit(**sensor)), predictor)

    return make


def about(proposal, name):
    return next(r for r in proposal.reasons if r.about == f"sensor {name}")


def test_no_plan_has_a_sensor_by_itself(jonas, predictor):
    assert propose(jonas, predictor).sensing is None


def test_a_unit_started_by_a_sensor_brings_bounds_each_with_its_source(by_sensor):
    answer = by_sensor()
    assert isinstance(answer, Proposal)
    assert answer.unsigned().sensing == answer.sensing
    for name in ("threshold_low", "threshold_high", "k_sd", "blanking_ms", "refractory_s"):
        assert about(answer, name).source in sources()
    assert about(answer, "k_sd").source == "hodges1996"
    assert answer.sensing.repetitions == min(c.order.pattern.repetitions for c in answer.channels)


def test_what_the_therapist_types_is_taken_and_named_as_the_therapists_own(by_sensor):
    answer = by_sensor(threshold_low=15.0, repetitions=2)
    assert (answer.sensing.threshold_low, answer.sensing.repetitions) == (15.0, 2)
    assert about(answer, "threshold_low").standing == "the therapist's own decision"
    again = by_sensor(answer, blanking_ms=400.0)
    assert (again.sensing.threshold_low, again.sensing.blanking_ms) == (15.0, 400.0)
    assert about(again, "threshold_low").value == "15"


def test_another_signal_begins_with_its_own_defaults(by_sensor):
    answer = by_sensor(by_sensor(threshold_low=15.0), signal=Signal.ANGLE)
    assert answer.sensing.unit == "°"
    assert answer.sensing.threshold_low != 15.0


def test_without_a_unit_that_follows_it_the_sensor_and_its_reasons_are_gone(by_sensor):
    answer = by_sensor(by_sensor(), trigger=Trigger.CHILD_BUTTON)
    assert answer.sensing is None
    assert [r for r in answer.reasons if r.about.startswith("sensor ")] == []


@pytest.mark.parametrize(
    ("sensor", "word"),
    [
        ({"blanking_ms": 1.0}, "blanking_ms"),
        ({"threshold_low": 300.0}, "threshold_high"),
        ({"repetitions": 10_000}, "repetitions"),
        ({"hysteresis": 50.0}, "hysteresis"),
    ],
)
def test_bounds_that_cannot_be_are_a_refusal(by_sensor, sensor, word):
    answer = by_sensor(**sensor)
    assert isinstance(answer, Refusal)
    assert word in answer.reasons[0].why
