"""Skin and pads as a load: what a current source meets, and what a dry or lifted pad does to it.

Equations (the reference on devices, section 3; our own proposal)
    v(w) = I [Rs + Rp (1 - exp(-w / (Rp Cp)))]      after a phase of w
    Rs = 250 ohm (1 + d)        Rp = 1.5 kohm (25 / A) / c (1 + 4 d) / (1 + I / 20 mA)
    Cp = 0.4 uF (A / 25) c      A pad area, c contact fraction, d dryness

Valid for test benches: the parameters are assumptions to be calibrated, no figures for children's
skin were found. Never used to decide what may be delivered.
"""

import math
from dataclasses import dataclass
from typing import final

SERIES_OHM = 250.0
PARALLEL_OHM = 1500.0
HALVING_MA = 20.0
CAPACITANCE_UF = 0.4
REFERENCE_CM2 = 25.0
OPEN_OHM = 100_000.0  # a pad that has come off
DRYING_PER_MIN = 0.005  # of dryness, while worn (assumption)
NARROWING = 60  # halvings of the search for the largest current that fits


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """Two pads on skin, lumped.

    Attributes:
        area_cm2: of the pad. [cm2]
        contact: fraction that touches, above 0 to 1. [1]
        dryness: 0 fresh to 1 dry. [1]
        off: a pad has come off.
    """

    area_cm2: float
    contact: float
    dryness: float
    off: bool

    def voltage_v(self, current_ma: float, pulse_width_us: float) -> float:
        """Return the voltage at the end of a phase. [V]"""
        if self.off:
            return current_ma * OPEN_OHM / 1000.0
        scale = REFERENCE_CM2 / self.area_cm2 / self.contact
        series = SERIES_OHM * (1.0 + self.dryness)
        parallel = (
            PARALLEL_OHM * scale * (1.0 + 4.0 * self.dryness) / (1.0 + current_ma / HALVING_MA)
        )
        tau_us = parallel * CAPACITANCE_UF / scale
        charged = 1.0 - math.exp(-pulse_width_us / tau_us)
        return current_ma / 1000.0 * (series + parallel * charged)

    def delivered_ma(self, current_ma: float, pulse_width_us: float, source_v: float) -> float:
        """Return the current that a source of `source_v` can drive: at most what was set. [mA]"""
        if self.voltage_v(current_ma, pulse_width_us) <= source_v:
            return current_ma
        low, high = 0.0, current_ma
        for _ in range(NARROWING):
            middle = (low + high) / 2.0
            if self.voltage_v(middle, pulse_width_us) <= source_v:
                low = middle
            else:
                high = middle
        return low
