"""The caps are those of the reference (clinical facts, 1.10), and nobody raises them."""

import dataclasses
import math

import pytest

from rheobase.errors import BadInput
from rheobase.safety import (
    BANDS,
    STANDING,
    TAG,
    ClinicLimits,
    band_for,
    child_limits,
    limits_for,
)
from rheobase.safety import limits as module
from tests.safety.cast import alone, infant, plan
from tests.stimulus.orders import order

# Reference, clinical facts 1.10: ages [months], units, soft cap, step, least ramp, pulse, rate,
# longest session per muscle; and our own: session, time between scores.
REFERENCE = [
    (4, 12, 2, 8, 0.5, 2, 50, 150, 1, 20, 10, 30, 60),
    (12, 36, 2, 15, 0.5, 2, 50, 200, 5, 30, 15, 45, 300),
    (36, 96, 3, 30, 1, 1, 50, 300, 10, 35, 30, 60, 300),
    (96, 228, 3, 60, 1, 1, 50, 400, 10, 50, 30, 60, 600),
]


def test_the_caps_are_those_of_the_reference():
    rows = [tuple(getattr(b, n) for n in b.__slots__ if n != "name") for b in BANDS]
    assert rows == REFERENCE


def test_the_caps_say_that_they_are_proposed():
    assert (TAG, STANDING) == ("clinical:D", "proposed default, needs clinical sign-off")


def test_the_safety_factors_are_those_of_the_reference():
    assert module.DENSITY_MAX_MA_PER_CM2 == 1.0
    assert module.CONTACT_FRACTION == 0.5
    assert module.RISE_MAX_MA_PER_S == 2.0
    assert (module.SEARCH_MIN_HZ, module.SEARCH_MAX_HZ) == (0.5, 3.0)
    assert module.RAMP_OUT_S == 5.0


@pytest.mark.parametrize(
    ("band", "charge_uc", "rms_ma"),
    list(zip(BANDS, (1.2, 3.0, 9.0, 24.0), (0.620, 1.643, 4.347, 12.0), strict=True)),
)
def test_charge_and_rms_follow_from_the_caps(band, charge_uc, rms_ma):
    # 60 mA, 400 us, 50 Hz is 12 mA r.m.s. in the reference (clinical facts, 1.10)
    assert band.phase_charge_max_uc == pytest.approx(charge_uc)
    assert band.region_rms_max_ma == pytest.approx(rms_ma, abs=5e-4)


@pytest.mark.parametrize(
    ("age_months", "name"),
    [
        (4.0, "4 to 12 months"),
        (11.999, "4 to 12 months"),
        (12.0, "1 to 3 years"),
        (35.999, "1 to 3 years"),
        (36.0, "3 to 7 years"),
        (95.999, "3 to 7 years"),
        (96.0, "8 to 18 years"),
        (228.0, "8 to 18 years"),
    ],
)
def test_a_birthday_belongs_to_the_older_band(age_months, name):
    assert band_for(age_months).name == name


@pytest.mark.parametrize("age_months", [3.99, 228.01, math.nan, math.inf, -1.0, None, "7"])
def test_an_age_without_caps_is_refused(age_months):
    with pytest.raises(BadInput, match="age_months"):
        band_for(age_months)


def test_the_limits_of_a_channel_are_the_signed_ones_where_those_are_lower():
    signed = order(
        ceiling_ma=12.0, step_ma=0.4, pulse_width_us=180.0, frequency_hz=25.0, gap_us=30.0
    )
    limits = limits_for(plan(channels=(signed,)))["A"]
    assert dataclasses.asdict(limits) == {
        "amplitude_max_ma": 12.0,
        "step_max_ma": 0.4,
        "rise_max_ma_per_s": 2.0,
        "ramp_up_s": 1.0,
        "phase_charge_max_uc": 9.0,
        "density_max_ma_per_cm2": 1.0,
        "contact_cm2": 8.0,  # half of 4 cm by 4 cm
        "pulse_width_min_us": 50.0,
        "pulse_width_max_us": 180.0,
        "gap_max_us": 30.0,
        "frequency_min_hz": 10.0,
        "frequency_max_hz": 25.0,
        "stimulated_max_s": 905.0,  # 15 min and the ramp out
        "session_max_s": 1205.0,
    }


def test_the_limits_of_a_channel_are_the_caps_where_the_signature_is_higher():
    signed = order(
        ceiling_ma=80.0, step_ma=5.0, pulse_width_us=500.0, frequency_hz=90.0, minutes_max=60.0
    )
    limits = limits_for(plan(channels=(signed,), session_min=90.0))["A"]
    assert limits.amplitude_max_ma == 30.0
    assert limits.step_max_ma == 1.0
    assert limits.pulse_width_max_us == 300.0
    assert limits.frequency_max_hz == 35.0
    assert limits.stimulated_max_s == 1805.0
    assert limits.session_max_s == 3605.0


def test_a_ramp_shorter_than_the_age_allows_does_not_make_the_limit_shorter():
    short = dataclasses.replace(order().pattern, ramp_up_s=0.0)
    assert limits_for(alone(pattern=short))["A"].ramp_up_s == 1.0
    long = dataclasses.replace(order().pattern, ramp_up_s=3.0)
    assert limits_for(alone(pattern=long))["A"].ramp_up_s == 3.0


LOWERED = ClinicLimits(
    amplitude_max_ma=10.0,
    step_max_ma=0.2,
    phase_charge_max_uc=2.0,
    density_max_ma_per_cm2=0.5,
    frequency_max_hz=15.0,
    muscle_max_min=5.0,
    session_max_min=8.0,
    units_max=1,
)


def test_a_clinic_lowers_every_cap():
    limits = limits_for(plan(), LOWERED)["A"]
    assert limits.amplitude_max_ma == 10.0
    assert limits.step_max_ma == 0.2
    assert limits.phase_charge_max_uc == 2.0
    assert limits.density_max_ma_per_cm2 == 0.5
    assert limits.frequency_max_hz == 15.0
    assert limits.stimulated_max_s == 305.0
    assert limits.session_max_s == 485.0
    assert child_limits(plan(), LOWERED).units_max == 1


def test_a_clinic_value_above_the_cap_of_a_younger_child_changes_nothing():
    clinic = ClinicLimits(amplitude_max_ma=30.0, units_max=3, step_max_ma=1.0)
    assert limits_for(infant(), clinic)["A"].amplitude_max_ma == 8.0
    assert limits_for(infant(), clinic)["A"].step_max_ma == 0.5
    assert child_limits(infant(), clinic).units_max == 2


HIGHEST = {
    "amplitude_max_ma": 60.0,
    "step_max_ma": 1.0,
    "phase_charge_max_uc": 24.0,
    "density_max_ma_per_cm2": 1.0,
    "frequency_max_hz": 50.0,
    "muscle_max_min": 30.0,
    "session_max_min": 60.0,
    "units_max": 3,
}


@pytest.mark.parametrize(("name", "cap"), HIGHEST.items())
def test_a_clinic_cannot_raise_a_cap(name, cap):
    assert getattr(ClinicLimits(**{name: cap}), name) == cap
    assert getattr(ClinicLimits(**{name: 0}), name) == 0
    for value in (cap * 1.001, -0.001, math.nan, math.inf):
        with pytest.raises(BadInput, match="compiled cap"):
            ClinicLimits(**{name: value})


def test_every_number_a_clinic_can_name_is_checked():
    assert {field.name for field in dataclasses.fields(ClinicLimits)} == set(HIGHEST)


def test_all_units_together_have_the_limits_of_the_age():
    both = child_limits(plan())
    assert both.units_max == 3
    assert both.region_rms_max_ma == pytest.approx(4.347, abs=5e-4)


def test_the_strongest_train_is_every_cap_at_once():
    train = BANDS[3].strongest
    assert (train.amplitude_ma, train.pulse_width_us, train.frequency_hz) == (60.0, 400.0, 50.0)
    assert train.gap_us == 0.0
