"""Pads and trains are born valid, or not born."""

import math

import pytest

from rheobase.errors import BadInput
from rheobase.stimulus import Pad, Place, Segment, Side, Train, Waveform

PLACE = Place(segment=Segment.SHANK, side=Side.LEFT, u=0.2, phi_deg=30.0)


def test_a_round_pad_covers_the_area_of_a_circle():
    pad = Pad(place=PLACE, width_mm=32.0, height_mm=32.0, round=True)
    assert pad.area_cm2 == pytest.approx(math.pi * 1.6**2)


def test_a_round_pad_with_two_diameters_is_refused():
    with pytest.raises(BadInput, match="one diameter"):
        Pad(place=PLACE, width_mm=32.0, height_mm=40.0, round=True)


@pytest.mark.parametrize("u", [-0.01, 1.01, math.nan])
def test_a_pad_beyond_the_end_of_its_segment_is_refused(u):
    with pytest.raises(BadInput, match="segment"):
        Place(segment=Segment.SHANK, side=Side.LEFT, u=u, phi_deg=0.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amplitude_ma", -1.0),
        ("amplitude_ma", math.nan),
        ("amplitude_ma", math.inf),
        ("amplitude_ma", 130.5),
        ("amplitude_ma", True),
        ("amplitude_ma", "10"),
        ("pulse_width_us", 10.0),
        ("frequency_hz", 0.0),
        ("gap_us", 101.0),
    ],
)
def test_a_train_that_no_unit_should_send_is_not_born(name, value):
    whole = {"amplitude_ma": 10.0, "pulse_width_us": 200.0, "frequency_hz": 20.0, "gap_us": 0.0}
    with pytest.raises(BadInput, match=name):
        Train(waveform=Waveform.SYMMETRIC_BIPHASIC, **{**whole, name: value})
