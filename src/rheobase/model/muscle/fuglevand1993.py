"""A pool of motor units: twitch forces, contraction times, fusion (Fuglevand 1993).

Source
    A. J. Fuglevand, D. A. Winter, A. E. Patla, J. Neurophysiol. 70:2470-2488, 1993, in the form of
    Potvin & Fuglevand 2017 (their published code was read).

Equations, unit i = 1..n
    threshold  thr_i = exp[(i-1) ln(range)/(n-1)]
    twitch     P_i   = exp[(i-1) ln(twitch range)/(n-1)]
    time       ct_i  = longest * P_i^(-1/c),  c = ln(twitch range)/ln(contraction range)
    fusion     u = ct f;  Pr = (u/0.4)(1 - exp(-2 * 0.4^3)) for u <= 0.4, else 1 - exp(-2 u^3)

Ours, not the paper's
    Stimulated units all fire at the rate of the stimulator, and which of them fire comes from
    outside (axon thresholds of the nerve model), not from the size principle.

Valid for
    Relative force of a pool; the numbers stem from a small hand muscle of adults.
"""

from dataclasses import dataclass
from typing import final

import numpy as np

from rheobase.errors import BadInput
from rheobase.model.muscle.checks import Array, positive, within


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PoolShape:
    """How the units of a pool differ.

    Attributes:
        n_units: motor units. [1]
        recruitment_range: last voluntary threshold over the first. [1]
        twitch_range: strongest twitch over the weakest. [1]
        longest_contraction_ms: twitch contraction time of the weakest unit. [ms]
        contraction_range: slowest over fastest contraction time. [1]
    """

    n_units: int
    recruitment_range: float
    twitch_range: float
    longest_contraction_ms: float
    contraction_range: float

    def __post_init__(self) -> None:
        within("n_units", self.n_units, 2, 100_000, "units")
        for name in ("recruitment_range", "twitch_range", "contraction_range"):
            within(name, getattr(self, name), 1.0 + 1e-9, 1e6, "(a ratio above 1)")
        positive("longest_contraction_ms", self.longest_contraction_ms)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """A pool, weakest unit first; every array is (n_units,).

    Attributes:
        threshold: voluntary excitation at which a unit begins, first unit 1. [1]
        twitch: peak force, weakest unit 1. [1]
        contraction_ms: twitch contraction time, fresh. [ms]
    """

    threshold: Array
    twitch: Array
    contraction_ms: Array


def units(shape: PoolShape) -> Units:
    """Return the pool of a shape.

    Args:
        shape: its ranges.

    Returns:
        The units, weakest first.

    Source:
        Fuglevand et al. 1993, equations of threshold, twitch force and contraction time.
    """
    rank = np.arange(shape.n_units) / (shape.n_units - 1.0)
    twitch = shape.twitch_range**rank
    c = np.log(shape.twitch_range) / np.log(shape.contraction_range)
    return Units(
        threshold=shape.recruitment_range**rank,
        twitch=twitch,
        contraction_ms=shape.longest_contraction_ms * twitch ** (-1.0 / c),
    )


def fusion(contraction_ms: Array, frequency_hz: Array) -> Array:
    """Return the mean force of a unit at a rate, as a fraction of its tetanus.

    Args:
        contraction_ms: (n_units,) contraction times. [ms]
        frequency_hz: (n_units,) or one number: firing rates. [Hz]

    Returns:
        (n_units,) 0 to 1, rising with rate and with contraction time. [1]

    Raises:
        BadInput: if a rate is negative or no number.

    Source:
        Fuglevand et al. 1993, as in Potvin & Fuglevand 2017.
    """
    rate = within("frequency_hz", frequency_hz, 0.0, 2000.0, "Hz")
    u = np.asarray(contraction_ms) * rate / 1000.0
    line = u / 0.4 * -np.expm1(-2.0 * 0.4**3)
    return np.where(u <= 0.4, line, -np.expm1(-2.0 * u**3))


def recruited_units(threshold_ma: Array, amplitude_ma: Array) -> Array:
    """Return which units a current recruits: the order comes from the axons, not from size.

    Args:
        threshold_ma: (n_units,) or (n_twins, n_units) threshold of each unit's axon. [mA]
        amplitude_ma: one number or (n_twins,). [mA]

    Returns:
        (n_units,) or (n_twins, n_units) True where the unit fires.

    Raises:
        BadInput: if a threshold is no number; infinity means "never".
    """
    threshold = np.asarray(threshold_ma, dtype=np.float64)
    if np.isnan(threshold).any():
        raise BadInput("A threshold is no number. Use infinity for an axon that never fires.")
    amplitude = within("amplitude_ma", amplitude_ma, 0.0, 1000.0, "mA")
    return np.asarray(threshold <= (amplitude[..., None] if amplitude.ndim else amplitude))
