"""The threshold of the day from a rest recording: mean + k standard deviations, or none.

After Hodges & Bui 1996: the baseline is the rectified, lightly filtered signal, and what must pass
the threshold is the mean of a window. A threshold outside the signed range is never moved into it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from rheobase.errors import BadInput
from rheobase.stimulus import Crossing, Sensing

FEWEST_SAMPLES = 20
GAP = "The stream had a gap during the rest recording. Look at the sensor, then measure again."
PULSES = "A unit delivered during the rest recording. Measure again while all are silent."


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """A recording that is on.

    Attributes:
        until_ms: its end. [ms]
        count: samples so far. [1]
        mean: of their magnitudes. [unit of the signal]
        squares: sum of squared distances from the mean. [unit of the signal, squared]
    """

    until_ms: float
    count: int
    mean: float
    squares: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A recording that has ended.

    Attributes:
        count: samples. [1]
        mean, sd: of their magnitudes. [unit of the signal]
        threshold: what follows, None if it may not be used. [unit of the signal]
        why: why it may not, or "".
    """

    count: int
    mean: float
    sd: float
    threshold: float | None
    why: str


def noted(rest: Rest, magnitudes: Sequence[float]) -> Rest:
    """Return the recording with more samples (Welford's running mean and squares)."""
    count, mean, squares = rest.count, rest.mean, rest.squares
    for one in magnitudes:
        count += 1
        step = one - mean
        mean += step / count
        squares += step * (one - mean)
    return Rest(until_ms=rest.until_ms, count=count, mean=mean, squares=squares)


def broken_off(why: str) -> Baseline:
    """Return what a recording says that was disturbed: nothing."""
    return Baseline(count=0, mean=0.0, sd=0.0, threshold=None, why=why)


def concluded(sensing: Sensing, rest: Rest) -> Baseline:
    """Return what a recording says."""
    if rest.count < FEWEST_SAMPLES:
        return broken_off(GAP)
    sd = math.sqrt(rest.squares / (rest.count - 1))
    sign = 1.0 if sensing.crossing is Crossing.ABOVE else -1.0
    threshold = round(rest.mean + sign * sensing.k_sd * sd, 2)
    why = ""
    try:
        sensing.check_threshold(threshold)
    except BadInput:
        why = (
            f"Rest gives a threshold of {threshold:g} {sensing.unit}; signed are "
            f"{sensing.threshold_low:g} to {sensing.threshold_high:g} {sensing.unit}. Let the child "
            "relax, look at the electrodes, and measure again, or set it by hand."
        )
    return Baseline(
        count=rest.count, mean=rest.mean, sd=sd, threshold=None if why else threshold, why=why
    )
