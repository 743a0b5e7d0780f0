"""From a sensor's samples to the level that is held against the threshold: pure, restartable.

Raw EMG is high-passed (first order), rectified and averaged over a short window; an envelope, an
angle or a velocity is only averaged (Hodges & Bui 1996 judge the mean of a window, not single
samples). Samples are counted, never timed by their own clock: stream clocks jump.
"""

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

from rheobase.session.sense_rules import SenseRules
from rheobase.stimulus import Signal

IRREGULAR_HZ = 50.0  # taken for a stream that names no rate: a window of few samples


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Smooth:
    """What the filter remembers.

    Attributes:
        last_in, last_out: of the high-pass; None before the first sample. [unit of the signal]
        window: the newest magnitudes, oldest first. [unit of the signal]
    """

    last_in: float | None
    last_out: float
    window: tuple[float, ...]


FRESH = Smooth(last_in=None, last_out=0.0, window=())


def window_samples(rules: SenseRules, rate_hz: float) -> int:
    """Return the length of the averaging window. [samples]"""
    return max(1, round(rules.window_ms * (rate_hz or IRREGULAR_HZ) / 1000.0))


def smoothed(
    signal: Signal, rules: SenseRules, rate_hz: float, before: Smooth, values: Sequence[float]
) -> tuple[Smooth, tuple[float, ...], tuple[float | None, ...]]:
    """Return the filter after some samples, their magnitudes and their levels.

    Args:
        signal: what the samples are.
        rules: corner and window.
        rate_hz: nominal rate of the stream, 0 where it has none. [Hz]
        before: the filter before them.
        values: samples of ordinary size, oldest first. [unit of the signal]

    Returns:
        The filter, one magnitude per sample, and one level per sample: None until the window is
        full, so that nothing is ever judged on half a window. [unit of the signal]
    """
    magnitudes = tuple(values)
    if signal is Signal.RAW_EMG:
        before, magnitudes = _rectified(rules, rate_hz, before, values)
    size = window_samples(rules, rate_hz)
    window = deque(before.window[-size:])
    total = math.fsum(window)  # anew for each batch: what rounding leaves never adds up
    levels: list[float | None] = []
    for one in magnitudes:
        window.append(one)
        total += one
        if len(window) > size:
            total -= window.popleft()
        levels.append(total / size if len(window) == size else None)
    return replace(before, window=tuple(window)), magnitudes, tuple(levels)


def _rectified(
    rules: SenseRules, rate_hz: float, before: Smooth, values: Sequence[float]
) -> tuple[Smooth, tuple[float, ...]]:
    keeps = 1.0 / (1.0 + 2.0 * math.pi * rules.highpass_hz / (rate_hz or IRREGULAR_HZ))
    last_in, out = before.last_in, before.last_out
    found = []
    for value in values:
        out = 0.0 if last_in is None else keeps * (out + value - last_in)
        last_in = value
        found.append(abs(out))
    return replace(before, last_in=last_in, last_out=out), tuple(found)
