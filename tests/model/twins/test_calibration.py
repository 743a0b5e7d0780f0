"""Calibration: what a therapist sees narrows the twins, and nonsense is not swallowed."""

from dataclasses import replace

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.chain import respond
from rheobase.model.response import Band, Observation, Response, Seen, Task
from rheobase.model.twins import Twins, calibrated, twins_of
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

MILA = Child(age_months=74, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=2)
NOOR = Child(age_months=9, sex=Sex.FEMALE, condition=Condition.OTHER, gmfcs=None)
SEEN = Observation(
    muscle="tibialis_anterior", side=Side.LEFT, seen=Seen.MOTOR_THRESHOLD_MA, amplitude_ma=5.5,
    pulse_width_us=300, frequency_hz=2, value=5.5, error=0.3,
)  # fmt: skip


def answer(twins: Twins, amplitude_ma: float = 12.0, muscle: str = "tibialis_anterior") -> Response:
    montage = usual_montage(twins, chain_parameters().muscle(muscle), Side.LEFT)
    train = Train(
        waveform=Waveform.SYMMETRIC_BIPHASIC, amplitude_ma=amplitude_ma, pulse_width_us=300,
        frequency_hz=35, gap_us=0,
    )  # fmt: skip
    task = Task(
        muscle=muscle, side=Side.LEFT, posture=Posture.SITTING, voluntary=0, on_s=3, off_s=6,
        minutes=5,
    )  # fmt: skip
    return respond(twins, montage, train, task)


def width(band: Band) -> float:
    return float(np.log(band.high / band.low))


def fresh(child: Child = MILA) -> Twins:
    return twins_of(child, chain_parameters(), n=128)


def test_a_threshold_that_was_seen_is_found_again_and_narrower() -> None:
    before, after = answer(fresh()), answer(calibrated(fresh(), [SEEN]))
    assert after.motor_threshold_ma.middle == pytest.approx(5.5, rel=0.12)
    assert width(after.motor_threshold_ma) < 0.5 * width(before.motor_threshold_ma)


def test_a_low_threshold_of_one_muscle_makes_the_whole_child_more_excitable() -> None:
    low = replace(SEEN, value=2.4, amplitude_ma=2.4, error=0.12)
    assert calibrated(fresh(), [low]).normal("threshold").mean() < -0.1


def test_a_twitch_that_was_not_seen_raises_the_threshold_and_one_that_was_lowers_it() -> None:
    middle = answer(fresh()).motor_threshold_ma.middle
    twitch = replace(SEEN, seen=Seen.TWITCH, amplitude_ma=middle, error=0.0)
    yes = answer(calibrated(fresh(), [replace(twitch, value=1.0)])).motor_threshold_ma.middle
    no = answer(calibrated(fresh(), [replace(twitch, value=0.0)])).motor_threshold_ma.middle
    assert yes < middle < no


def test_an_angle_that_was_seen_narrows_the_predicted_movement() -> None:
    before = answer(fresh()).movement
    assert before is not None
    seen = replace(
        SEEN, seen=Seen.ANGLE_DEG, amplitude_ma=12.0, frequency_hz=35, value=8.0, error=2.0
    )
    after = answer(calibrated(fresh(), [SEEN, seen])).movement
    assert after is not None
    assert after.change_deg.middle == pytest.approx(8.0, abs=3.0)
    spread_before = before.change_deg.high - before.change_deg.low
    assert after.change_deg.high - after.change_deg.low < 0.7 * spread_before


def test_a_wildly_different_observation_is_refused_not_swallowed() -> None:
    with pytest.raises(BadInput, match="Check the pads"):
        calibrated(fresh(), [replace(SEEN, value=0.2, amplitude_ma=0.2, error=0.01)])


def test_an_observation_frees_the_numbers_of_an_infant() -> None:
    baby = fresh(NOOR)
    middle = answer(baby).motor_threshold_ma.middle
    seen = replace(SEEN, value=middle, amplitude_ma=middle)
    assert answer(baby).words_only
    assert not answer(calibrated(baby, [seen])).words_only


@pytest.mark.parametrize(
    "elsewhere",
    [{"muscle": "quadriceps"}, {"side": Side.RIGHT}, {"seen": Seen.SENSORY_THRESHOLD_MA}],
)
def test_what_was_felt_or_seen_elsewhere_frees_no_number_of_this_muscle(elsewhere) -> None:
    baby = fresh(NOOR)
    seen = replace(SEEN, value=4.0, amplitude_ma=4.0, error=2.0)
    assert answer(calibrated(baby, [replace(seen, **elsewhere)])).words_only


def test_a_group_that_was_seen_frees_the_numbers_of_its_parts_and_of_nothing_else() -> None:
    seen = replace(SEEN, muscle="triceps_surae", value=4.0, amplitude_ma=4.0, error=2.0)
    twins = calibrated(fresh(NOOR), [seen])
    free = {
        muscle.key
        for muscle in twins.parameters.muscles.values()
        if not twins.words_only(muscle, Side.LEFT)
    }
    assert free == {"triceps_surae", "soleus", "gastrocnemius_medial", "gastrocnemius_lateral"}


def test_an_observation_of_the_child_is_named_in_the_basis() -> None:
    lines = answer(calibrated(fresh(), [SEEN])).basis
    assert [b.what for b in lines if b.measured] == ["motor threshold of tibialis_anterior (left)"]


def test_calibration_gives_the_same_twins_again() -> None:
    assert answer(calibrated(fresh(), [SEEN])) == answer(calibrated(fresh(), [SEEN]))


def test_no_observation_changes_nothing() -> None:
    twins = fresh()
    assert calibrated(twins, []) is twins


def test_a_twitch_is_seen_or_not_seen() -> None:
    with pytest.raises(BadInput, match="Give 1 for seen"):
        calibrated(fresh(), [replace(SEEN, seen=Seen.TWITCH, value=0.5)])
