"""Charge, r.m.s. current, density and energy of a train: exact arithmetic, no model.

Valid for a charge-balanced pulse of two rectangular phases of equal charge.
"""

import math

from rheobase.stimulus.pulse import Train

IEC_LOAD_OHM = 500.0  # load at which pulse energy is quoted (FDA 1999; IEC 60601-2-10)


def phase_charge_uc(train: Train) -> float:
    """Charge of one phase. [uC]"""
    return train.amplitude_ma * train.pulse_width_us / 1000.0


def current_rms_ma(train: Train) -> float:
    """Root-mean-square current while the train is on: I sqrt(2 w f). [mA]"""
    return train.amplitude_ma * math.sqrt(2.0 * train.pulse_width_us * 1e-6 * train.frequency_hz)


def density_rms_ma_per_cm2(train: Train, area_cm2: float) -> float:
    """R.m.s. current density under a pad in contact over `area_cm2`. [mA/cm2]"""
    return current_rms_ma(train) / area_cm2


def pulse_energy_mj(train: Train) -> float:
    """Energy of one pulse (both phases) into 500 ohm. [mJ]"""
    current_a = train.amplitude_ma / 1000.0
    return current_a**2 * IEC_LOAD_OHM * 2.0 * train.pulse_width_us * 1e-6 * 1000.0
