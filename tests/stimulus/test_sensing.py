"""What a sensor may start: signed bounds that can be, and old signatures that stay valid."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import BadInput
from rheobase.simulated import cast
from rheobase.stimulus import (
    Crossing,
    Prescription,
    Sealed,
    Sensing,
    Signal,
    Trigger,
    canonical,
    from_plain,
    opened,
    seal,
    to_plain,
)

KEY = b"k" * 32
EMG = Sensing(
    signal=Signal.RAW_EMG,
    crossing=Crossing.ABOVE,
    threshold_low=10.0,
    threshold_high=120.0,
    hysteresis=5.0,
    k_sd=3.0,
    blanking_ms=250.0,
    refractory_s=8.0,
    repetitions=10,
)
# The digest that Mila's order had before a prescription could name a sensor.
BEFORE_SENSORS = "a4c9bbbd5ead021439be0471ab790a7a709aca8d726134277ff2f7b9d2d72353"


def sensed(sensing=EMG):
    usual = cast.mila()
    channels = tuple(replace(one, trigger=Trigger.SENSOR) for one in usual.channels)
    return replace(usual, channels=channels, sensing=sensing)


def test_a_prescription_without_a_sensor_reads_as_it_did_before_there_were_any():
    assert "sensing" not in canonical(cast.mila())
    assert cast.mila().digest == BEFORE_SENSORS
    assert from_plain(Prescription, to_plain(cast.mila())) == cast.mila()


def test_the_sensor_is_part_of_what_is_sealed():
    sealed = seal(sensed(), KEY)
    again = from_plain(Sealed, to_plain(sealed))
    assert opened(again, KEY) == sensed()
    bolder = replace(sensed(), sensing=replace(EMG, threshold_low=6.0))
    with pytest.raises(BadInput, match="changed after it was signed"):
        opened(replace(again, prescription=bolder), KEY)
    with pytest.raises(BadInput, match="changed after it was signed"):
        opened(replace(again, prescription=replace(sensed(), sensing=None)), KEY)


def test_a_sensor_that_starts_no_unit_is_refused():
    with pytest.raises(BadInput, match="no unit is started by one"):
        replace(cast.mila(), sensing=EMG)


def test_a_sensor_starts_no_more_contractions_than_were_signed():
    with pytest.raises(BadInput, match="repetitions of the sensor"):
        sensed(replace(EMG, repetitions=61))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"blanking_ms": 14.0}, "blanking_ms"),
        ({"refractory_s": 0.0}, "refractory_s"),
        ({"threshold_high": 9.0}, "threshold_high"),
        ({"threshold_low": float("nan")}, "threshold_low"),
        ({"hysteresis": 10.0}, "come back that far"),
        ({"crossing": Crossing.BELOW}, "lets go"),
        ({"k_sd": 0.0}, "k_sd"),
        ({"repetitions": 0}, "repetitions"),
    ],
)
def test_bounds_that_cannot_be_are_refused(change, word):
    with pytest.raises(BadInput, match=word):
        replace(EMG, **change)


@given(st.floats(allow_nan=True))
def test_a_threshold_outside_the_signed_range_is_refused_and_never_moved(threshold):
    if EMG.threshold_low <= threshold <= EMG.threshold_high:
        EMG.check_threshold(threshold)
    else:
        with pytest.raises(BadInput, match="threshold"):
            EMG.check_threshold(threshold)
