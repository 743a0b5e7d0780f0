"""What an emulated pulse meets: pads on skin, and a lead that hangs in the air. For the read-back only.

Equations (the reference on devices, section 3, a proposal; parameters are assumptions)
    current I into Rs + (Rp beside Cp)
    Rs = 250 ohm (1 + d)        Rp = 1.5 kohm (25 / A) / c (1 + 4 d) / (1 + I / 20 mA)
    Cp = 0.4 uF (A / 25) c      A pad area, c contact fraction, d dryness
    an open lead is 100 kohm beside 1 nF

Valid for the bench. Here A is 10 cm2, the smallest pad of the reference; a dry pad (d = 1) is half lifted.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

AREA_CM2 = 10.0
SOURCE_V = 150.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A resistance in series with one beside a capacity.

    Attributes:
        series_ohm, parallel_ohm: resistances; the second falls with the current. [ohm]
        parallel_nf: capacity. [nF]
        halving_ma: current at which the second resistance is half. [mA]
    """

    series_ohm: float
    parallel_ohm: float
    parallel_nf: float
    halving_ma: float

    def volts(self, points: Sequence[tuple[int, float]], count: int) -> tuple[float, list[float]]:
        """Return the time between samples [us] and the size of the voltage at each [V].

        Args:
            points: durations [us] and currents [mA], one after the other.
            count: of samples; they span the pulse.
        """
        whole_us = sum(us for us, _ in points)
        every_us = max(1, math.ceil(whole_us / count))
        samples, held_v, began_us = [0.0] * count, 0.0, 0.0
        for us, ma in points:
            ohm = self.parallel_ohm / (1.0 + abs(ma) / self.halving_ma)
            tau_us, end_v = ohm * self.parallel_nf / 1000.0, ma / 1000.0 * ohm
            for i in range(count):
                since_us = i * every_us - began_us
                if 0.0 <= since_us < us:
                    at_v = end_v + (held_v - end_v) * math.exp(-since_us / tau_us)
                    samples[i] = min(SOURCE_V, abs(at_v + ma / 1000.0 * self.series_ohm))
            held_v = end_v + (held_v - end_v) * math.exp(-us / tau_us)
            began_us += us
        return every_us, samples


def skin(contact: float, dryness: float) -> Load:
    """Return the load of two pads on skin.

    Args:
        contact: fraction that touches. [1]
        dryness: 0 fresh to 1 dry. [1]
    """
    share = AREA_CM2 / 25.0 * contact
    return Load(
        series_ohm=250.0 * (1.0 + dryness),
        parallel_ohm=1500.0 / share * (1.0 + 4.0 * dryness),
        parallel_nf=400.0 * share,
        halving_ma=20.0,
    )


GOOD = skin(1.0, 0.0)
DRY = skin(0.5, 1.0)
OFF = Load(series_ohm=0.0, parallel_ohm=100_000.0, parallel_nf=1.0, halving_ma=math.inf)
