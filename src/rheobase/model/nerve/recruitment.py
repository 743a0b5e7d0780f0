"""Thresholds of a pool to the share of it that fires, over current and over pulse width.

Equations
    (1)  recruited(I) = mean over axons of Phi(ln(I / I_axon) / s); s = 0 is a count
    (2)  Weiss: I = I_rheobase (1 + chronaxie / width), fitted as a straight line of charge

Valid for
    Single pulses of any shape whose thresholds are given. Rheobase and chronaxie belong to fibre
    and field together, not to the fibre alone.
"""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from rheobase.errors import BadInput

Array = NDArray[np.float64]
FAR = 8.5  # standard deviations: the rest is below rounding


def recruited_fraction(threshold_ma: Array, amplitude_ma: Array, *, softness: float = 0.0) -> Array:
    """Return the share of a pool that fires at each amplitude.

    Args:
        threshold_ma: (..., n_axons) thresholds, infinity allowed. [mA]
        amplitude_ma: (n_amplitudes,) currents, zero allowed. [mA]
        softness: standard deviation of ln(threshold) around each axon that stands for others. [1]

    Returns:
        (..., n_amplitudes) share, never falling with the amplitude. [1]

    Raises:
        BadInput: if a threshold is not positive or an amplitude is negative.
    """
    threshold, amplitude = np.asarray(threshold_ma, float), np.asarray(amplitude_ma, float)
    if not (threshold > 0.0).all():
        raise BadInput("Thresholds must be positive. Correct them; infinity means never.")
    if not (amplitude >= 0.0).all():
        raise BadInput("Amplitudes must not be negative. Give the size of the current.")
    if softness == 0.0:
        return np.asarray((amplitude[:, None] >= threshold[..., None, :]).mean(axis=-1))
    with np.errstate(divide="ignore"):
        steps = np.log(amplitude) / softness
    axons = np.log(threshold.reshape(-1, threshold.shape[-1])) / softness
    found = np.empty((len(axons), len(steps)))
    _soft(axons, steps, found)
    return found.reshape(*threshold.shape[:-1], len(steps))


@njit(cache=True, nogil=True)
def _soft(axons: Array, steps: Array, found: Array) -> None:
    """Write (n_pools, n_steps) means of the normal distribution; most axons are far from a step."""
    for pool in range(len(axons)):
        for k in range(len(steps)):
            total = 0.0
            for axon in axons[pool]:
                above = steps[k] - axon
                if above > FAR:
                    total += 1.0
                elif above > -FAR:
                    total += 0.5 * math.erfc(-above * math.sqrt(0.5))
            found[pool, k] = total / axons.shape[1]


def rheobase_and_chronaxie(width_us: Array, threshold_ma: Array) -> tuple[float, float]:
    """Return rheobase [mA] and chronaxie [us] of a strength-duration curve: (2).

    Args:
        width_us: (n_widths,) two at least. [us]
        threshold_ma: (n_widths,) thresholds. [mA]

    Raises:
        BadInput: if there are fewer than two widths, or charge does not rise with width.
    """
    if len(width_us) < 2:
        raise BadInput("A strength-duration curve needs two pulse widths at least. Add one.")
    charge = np.asarray(width_us) * np.asarray(threshold_ma)
    rheobase_ma, at_zero = np.polyfit(width_us, charge, 1)
    if rheobase_ma <= 0.0:
        raise BadInput("Charge must rise with pulse width. Check the thresholds.")
    return float(rheobase_ma), float(at_zero / rheobase_ma)
