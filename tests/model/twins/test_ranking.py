"""Ranking many placements: a quick order that agrees with the whole answer."""

from dataclasses import replace

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.chain import respond
from rheobase.model.response import Task
from rheobase.model.twins import twins_of
from rheobase.model.twins.ranking import ranked
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Montage, Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

MILA = Child(age_months=74, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=2)
TWINS = twins_of(MILA, chain_parameters(), n=96)
USUAL = usual_montage(TWINS, chain_parameters().muscle("tibialis_anterior"), Side.LEFT)
TRAIN = Train(
    waveform=Waveform.SYMMETRIC_BIPHASIC, amplitude_ma=20, pulse_width_us=300, frequency_hz=35,
    gap_us=0,
)  # fmt: skip
TASK = Task(
    muscle="tibialis_anterior", side=Side.LEFT, posture=Posture.SITTING, voluntary=0.0, on_s=6,
    off_s=12, minutes=10,
)  # fmt: skip


def turned(by_deg: float) -> Montage:
    place = USUAL.active.place
    return replace(
        USUAL, active=replace(USUAL.active, place=replace(place, phi_deg=place.phi_deg + by_deg))
    )


def half_ma(montage: Montage) -> float:
    """Return the current of the whole answer that recruits half of the target."""
    one = respond(TWINS, montage, replace(TRAIN, amplitude_ma=60.0), TASK)
    return float(np.interp(0.5, [b.middle for b in one.recruited], one.amplitude_ma))


def test_a_pad_over_the_muscle_comes_before_one_behind_the_leg() -> None:
    found = ranked(TWINS, [turned(140.0), turned(0.0)], TRAIN, TASK)
    assert [one.montage for one in found] == [turned(0.0), turned(140.0)]
    assert found[1].needed_ma > found[0].needed_ma


def test_a_pad_over_the_neighbour_spills_more() -> None:
    spilled = {
        one.montage: one.spilled for one in ranked(TWINS, [turned(60.0), USUAL], TRAIN, TASK)
    }
    assert spilled[turned(60.0)] > spilled[USUAL]


def test_the_few_twins_need_about_the_current_that_all_need() -> None:
    for one in ranked(TWINS, [turned(0.0), turned(40.0)], TRAIN, TASK):
        assert one.needed_ma == pytest.approx(half_ma(one.montage), rel=0.15)


def test_the_same_placement_scores_the_same_in_any_company() -> None:
    (alone,) = ranked(TWINS, [turned(0.0)], TRAIN, TASK)
    together = ranked(TWINS, [turned(30.0), turned(0.0), turned(-30.0)], TRAIN, TASK)
    (same,) = (one for one in together if one.montage == alone.montage)
    assert same.score == pytest.approx(alone.score, rel=1e-6)


def test_placements_the_model_has_no_business_with_are_left_out() -> None:
    touching = replace(USUAL, other=USUAL.active)
    assert len(ranked(TWINS, [touching, USUAL], TRAIN, TASK)) == 1
    with pytest.raises(BadInput, match="Move them apart"):
        ranked(TWINS, [touching], TRAIN, TASK)
