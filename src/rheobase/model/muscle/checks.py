"""The checks of this folder: times in order, numbers that are numbers. They refuse, never repair."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput

Array = NDArray[np.float64]


def positive(name: str, value: float) -> None:
    """Refuse a parameter that is not a positive, finite number.

    Raises:
        BadInput: with the name and the value.
    """
    if not (value > 0.0 and math.isfinite(value)):
        raise BadInput(f"{name} is {value:g}, but must be a positive number. Correct it.")


def increasing(name: str, times_ms: Any) -> Array:
    """Return times as an array, or refuse them: 1-D, finite, each later than the one before.

    Raises:
        BadInput: naming the first time that is wrong.
    """
    times = np.asarray(times_ms, dtype=np.float64)
    if times.ndim != 1:
        raise BadInput(f"{name} has shape {times.shape}; give one list of times in ms.")
    wrong = np.flatnonzero(~np.isfinite(times))
    if wrong.size:
        raise BadInput(f"{name} holds no number at index {wrong[0]}. Give every time in ms.")
    falls = np.flatnonzero(np.diff(times) <= 0.0)
    if falls.size:
        raise BadInput(
            f"{name} must increase, but falls or repeats after index {falls[0]} "
            f"({times[falls[0]]:g} ms). Sort the times, and drop repeats."
        )
    return times


def from_zero(name: str, times_ms: Any) -> Array:
    """Return increasing times that do not start before 0.

    Raises:
        BadInput: naming what is wrong.
    """
    times = increasing(name, times_ms)
    if times.size and times[0] < 0.0:
        raise BadInput(f"{name} starts at {times[0]:g} ms. Let time start at 0 ms.")
    return times


def within(name: str, values: Any, low: float, high: float, unit: str) -> Array:
    """Return values as an array, or refuse them if one lies outside `low..high`.

    Raises:
        BadInput: with the first value that is wrong.
    """
    array = np.asarray(values, dtype=np.float64)
    bad = array[~((array >= low) & (array <= high))]  # so written that NaN is refused too
    if bad.size:
        raise BadInput(
            f"{name} holds {bad.flat[0]:g}, but must lie between {low:g} and {high:g} {unit}. "
            "Correct it."
        )
    return array
