"""Pulse amplitude as a gain of calcium (Hmed et al. 2018): for cross-checks.

Source
    A. B. Hmed et al., 2018 (muscle force model with a force-amplitude relationship of the human
    quadriceps). Form and numbers from published code; the paper was not read.

Equations
    lambda_i = a_r (tanh(b_s (I_i - I_s)) + c_r) multiplies pulse i in equation (1) of
    `ding2003.py`; zero below I_min = I_s + atanh(-c_r)/b_s.

Ours, not the paper's
    Below I_min the factor is zero, not negative.

Valid for
    Comparison with code that uses it. It lets a weak current look like little calcium, though a
    recruited fibre is always fully activated: for people, use recruitment (`force.py`) instead.
"""

import math
from dataclasses import dataclass
from typing import final

import numpy as np

from rheobase.errors import BadInput
from rheobase.model.muscle.checks import Array, positive, within


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Hmed2018:
    """How amplitude loads calcium.

    Attributes:
        a_r: height of the curve. [1]
        b_s_per_ma: its slope. [1/mA]
        i_s_ma: its middle. [mA]
        c_r: its offset, below 1. [1]
    """

    a_r: float
    b_s_per_ma: float
    i_s_ma: float
    c_r: float

    def __post_init__(self) -> None:
        for name in ("a_r", "b_s_per_ma", "i_s_ma", "c_r"):
            positive(name, getattr(self, name))
        if self.c_r >= 1.0:
            raise BadInput(f"c_r is {self.c_r:g}; below 1 there is a threshold. Correct it.")

    @property
    def threshold_ma(self) -> float:
        """The amplitude at which a pulse begins to act. [mA]"""
        return self.i_s_ma + math.atanh(-self.c_r) / self.b_s_per_ma


def calcium_gain(curve: Hmed2018, amplitude_ma: Array) -> Array:
    """Return lambda, the factor on the calcium of each pulse.

    Args:
        curve: its four numbers.
        amplitude_ma: (n_pulses,) amplitudes. [mA]

    Returns:
        (n_pulses,) 0 up to threshold, then rising towards a_r (1 + c_r). [1]

    Raises:
        BadInput: if an amplitude is negative or no number.

    Source:
        Hmed et al. 2018.
    """
    amplitude = within("amplitude_ma", amplitude_ma, 0.0, 1000.0, "mA")
    rise = np.tanh(curve.b_s_per_ma * (amplitude - curve.i_s_ma)) + curve.c_r
    return np.asarray(curve.a_r * np.clip(rise, 0.0, None))
