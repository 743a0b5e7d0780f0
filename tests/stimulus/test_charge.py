"""Charge and r.m.s. current agree with the worked values of the reference tables."""

import pytest

from rheobase.stimulus import Train, Waveform
from rheobase.stimulus.charge import current_rms_ma, phase_charge_uc

# amplitude mA, pulse width us, frequency Hz, area cm2 -> uC/phase, mA rms, mA rms/cm2
# (clinical reference 1.10, "checked values")
WORKED = [
    (10, 150, 20, 6.25, 1.5, 0.78, 0.12),
    (20, 300, 35, 25.0, 6.0, 2.9, 0.12),
    (30, 300, 35, 12.25, 9.0, 4.35, 0.36),
    (60, 400, 50, 25.0, 24.0, 12.0, 0.48),
]


def train(amplitude_ma, pulse_width_us, frequency_hz):
    return Train(
        waveform=Waveform.SYMMETRIC_BIPHASIC,
        amplitude_ma=amplitude_ma,
        pulse_width_us=pulse_width_us,
        frequency_hz=frequency_hz,
        gap_us=0.0,
    )


@pytest.mark.parametrize(("ma", "us", "hz", "cm2", "uc", "rms", "density"), WORKED)
def test_the_worked_values_of_the_reference_come_out(ma, us, hz, cm2, uc, rms, density):
    one = train(ma, us, hz)
    assert phase_charge_uc(one) == pytest.approx(uc)
    assert current_rms_ma(one) == pytest.approx(rms, abs=0.01)
    assert current_rms_ma(one) / cm2 == pytest.approx(density, abs=0.006)


def test_silence_carries_nothing():
    silent = train(0, 300, 35)
    assert phase_charge_uc(silent) == current_rms_ma(silent) == 0.0
