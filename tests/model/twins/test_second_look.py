"""A rare observation is asked for again: how often, over children whose truth is known."""

from dataclasses import replace

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.response import Observation, Seen
from rheobase.model.twins import Twins, twins_of
from rheobase.model.twins.recruitment import Pulse, recruitment
from rheobase.model.twins.second_look import second_look
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Side
from rheobase.stimulus.pulse import Waveform

MILA = Child(age_months=74, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=2)
SEEN = Observation(
    muscle="tibialis_anterior", side=Side.LEFT, seen=Seen.MOTOR_THRESHOLD_MA, amplitude_ma=5.5,
    pulse_width_us=300, frequency_hz=2, value=5.5, error=0.3,
)  # fmt: skip
ANGLE = replace(
    SEEN, seen=Seen.ANGLE_DEG, amplitude_ma=14.0, frequency_hz=35, value=14.0, error=2.0
)


def fresh(seed: int = 1) -> Twins:
    return twins_of(MILA, chain_parameters(), n=256, seed=seed)


def threshold(value: float) -> Observation:
    return replace(SEEN, value=value, amplitude_ma=value, error=0.05 * value)


def thresholds_ma(twins: Twins) -> np.ndarray:
    """What every child of an ensemble would show, (n_twins,)."""
    muscle = chain_parameters().muscle(SEEN.muscle)
    montage = usual_montage(twins, muscle, Side.LEFT)
    pulse = Pulse(waveform=Waveform.SYMMETRIC_BIPHASIC, pulse_width_us=300, gap_us=0.0)
    found = recruitment(twins, montage, pulse, muscle, Side.LEFT, alone=True)
    return found.current_for(chain_parameters().fact("visible_fraction"))


def asked(factor: float) -> float:
    """The share of true children whose threshold is asked for again if it is wrong by a factor."""
    twins, truths = fresh(), thresholds_ma(fresh(seed=2))
    seen = np.clip(truths * np.where(np.arange(256) % 2, factor, 1.0 / factor), 0.2, 120.0)
    return float(np.mean([bool(second_look(twins, [threshold(float(ma))])) for ma in seen]))


def test_right_thresholds_are_asked_for_again_in_one_child_of_ten() -> None:
    assert 0.04 < asked(1.0) < 0.16


def test_thresholds_wrong_by_a_factor_of_four_are_mostly_asked_for_again() -> None:
    assert asked(4.0) > 0.5


def test_an_angle_shows_that_a_threshold_of_three_times_cannot_be_of_this_child() -> None:
    wrong = threshold(3.0 * float(np.median(thresholds_ma(fresh()))))
    alone, beside = (second_look(fresh(), seen) for seen in ([wrong], [wrong, ANGLE]))
    assert alone == ()
    assert beside[0].seen is wrong
    assert "Look again" in beside[0].text


def test_what_fits_is_not_asked_for_again() -> None:
    middle = float(np.median(thresholds_ma(fresh())))
    assert second_look(fresh(), [threshold(middle), ANGLE]) == ()


def test_a_twitch_far_below_every_threshold_is_asked_for_again() -> None:
    twitch = replace(SEEN, seen=Seen.TWITCH, amplitude_ma=1.0, value=1.0, error=0.0)
    (found,) = second_look(fresh(), [twitch])
    assert "twitch seen at 1 mA" in found.text


def test_it_refuses_what_is_no_observation() -> None:
    with pytest.raises(BadInput, match="Give 1 for seen"):
        second_look(fresh(), [replace(SEEN, seen=Seen.TWITCH, value=0.5)])
