"""Motor units of Jonas's tibialis anterior, in the order of their axons."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.evidence import muscle_sets
from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Child, Condition, Denervated, Sex
from rheobase.model.muscle.fuglevand1993 import units
from rheobase.model.response import Task
from rheobase.model.twins import twins_of
from rheobase.model.twins.recruitment import Pulse, recruitment
from rheobase.model.twins.unit_pool import bout, unit_thresholds_ma
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Segment, Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

JONAS = Child(age_months=134, sex=Sex.MALE, condition=Condition.TYPICAL, gmfcs=None)
POOL, FATIGUE = units(muscle_sets.pool_shape()), muscle_sets.unit_fatigue()
TASK = Task(
    muscle="tibialis_anterior", side=Side.LEFT, posture=Posture.SITTING, voluntary=0.0, on_s=5.0,
    off_s=10.0, minutes=3.0,
)  # fmt: skip


@cache
def twins():
    return twins_of(JONAS, chain_parameters(), n=48)


def found():
    muscle = twins().parameters.muscle(TASK.muscle)
    pulse = Pulse(waveform=Waveform.SYMMETRIC_BIPHASIC, pulse_width_us=300.0, gap_us=0.0)
    montage = usual_montage(twins(), muscle, Side.LEFT)
    return recruitment(twins(), montage, pulse, muscle, Side.LEFT, alone=True), montage


def at(amplitude_ma, child=None):
    train = Train(
        waveform=Waveform.SYMMETRIC_BIPHASIC, amplitude_ma=amplitude_ma, pulse_width_us=300.0,
        frequency_hz=35.0, gap_us=0.0,
    )  # fmt: skip
    who = twins() if child is None else twins_of(child, chain_parameters(), n=32)
    return bout(who, found()[1], train, TASK, pool=POOL, fatigue=FATIGUE)


def test_the_share_of_units_is_the_share_the_chain_recruits():
    recruited = found()[0].target(np.array([15.0]))[:, 0]
    np.testing.assert_allclose(at(15.0).units, recruited, atol=0.05)


def test_within_one_place_thick_axons_and_so_large_units_fire_first():
    thresholds = unit_thresholds_ma(twins(), found()[0], TASK.muscle, POOL)
    of_axon = thresholds.reshape(48, 12, 10).mean(axis=2)
    assert np.all(np.diff(of_axon[:, ::3], axis=1) < 0.0)  # every third axon lies on one path


def test_a_current_that_takes_large_units_leaves_less_than_units_taken_by_size():
    weak = at(8.0)
    some = (weak.units > 0.05) & (weak.units < 0.6)
    assert np.median(weak.large[some]) > 0.5
    assert np.median(weak.left[some]) < np.median(weak.left_by_size[some])


def test_no_current_fires_nothing_and_where_all_fire_order_does_not_matter():
    none, every = at(0.0), at(130.0)
    assert np.all(none.force == 0.0)
    assert np.all(none.left == 1.0)
    whole = every.units == 1.0
    assert whole.any()
    np.testing.assert_allclose(every.left[whole], every.left_by_size[whole])


def test_a_denervated_muscle_has_no_units_to_fire():
    lost = replace(JONAS, denervated=(Denervated(segment=Segment.SHANK, side=None),))
    with pytest.raises(BadInput, match="without its nerve"):
        at(15.0, lost)
