"""Charge and r.m.s. current of a train: exact arithmetic, no model.

Valid for a charge-balanced pulse of two rectangular phases of equal charge.
"""

import math

from rheobase.stimulus.pulse import Train


def phase_charge_uc(train: Train) -> float:
    """Charge of one phase. [uC]"""
    return train.amplitude_ma * train.pulse_width_us / 1000.0


def current_rms_ma(train: Train) -> float:
    """Root-mean-square current while the train is on: I sqrt(2 w f). [mA]"""
    return train.amplitude_ma * math.sqrt(2.0 * train.pulse_width_us * 1e-6 * train.frequency_hz)
