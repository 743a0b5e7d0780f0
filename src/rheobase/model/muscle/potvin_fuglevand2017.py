"""Fatigue of a motor-unit pool under stimulation (Potvin & Fuglevand 2017).

Source
    J. R. Potvin, A. J. Fuglevand, PLoS Comput. Biol. 13:e1005581, 2017; the authors' code was read.

Equations, unit i = 1..n, Pr from `fuglevand1993.py`
    dP_i/dt = -fatr_i (rate/range) P_i,fresh Pr_i,   fatr_i = exp[(i-1) ln(range)/(n-1)]
    ct_i    = ct_i,fresh (1 + slowing (1 - P_i/P_i,fresh))

Ours, not the paper's
    Every recruited unit fires at the rate of the stimulator throughout, so there is neither rate
    adaptation nor rotation; force stops falling at zero.

Valid for
    One bout of contractions: this version has no recovery, so only the time under stimulation
    counts, and rests change nothing. Shows why low recruitment that takes large, fatigable units
    first loses force sooner than a voluntary contraction of the same force.
"""

from dataclasses import dataclass
from typing import final

import numpy as np

from rheobase.errors import BadInput
from rheobase.model.muscle.checks import Array, positive, within
from rheobase.model.muscle.fuglevand1993 import Units, fusion


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFatigue:
    """How units tire.

    Attributes:
        fatigue_range: fastest over slowest loss. [1]
        fatigue_rate_per_s: relative loss of the most fatigable unit at full fusion. [1/s]
        slowing: lengthening of contraction time when all force is lost. [1]
    """

    fatigue_range: float
    fatigue_rate_per_s: float
    slowing: float

    def __post_init__(self) -> None:
        within("fatigue_range", self.fatigue_range, 1.0, 1e6, "(a ratio)")
        positive("fatigue_rate_per_s", self.fatigue_rate_per_s)
        within("slowing", self.slowing, 0.0, 10.0, "(a fraction)")


def force_left(
    units: Units,
    fatigue: UnitFatigue,
    recruited: Array,
    frequency_hz: float,
    at_s: Array,
    *,
    step_s: float = 0.1,
) -> Array:
    """Return the force of the stimulated pool, as a fraction of the whole pool's fresh tetanus.

    Args:
        units: the pool, weakest unit first.
        fatigue: how units tire.
        recruited: (n_units,) or (n_twins, n_units) True where a unit fires.
        frequency_hz: rate of the stimulator. [Hz]
        at_s: (n_times,) increasing times under stimulation. [s]
        step_s: longest step; the authors take 0.1. [s]

    Returns:
        (n_times,) or (n_twins, n_times) mean force between pulses. [1]

    Raises:
        BadInput: if the units disagree in number or times fall.

    Source:
        Potvin & Fuglevand 2017.
    """
    positive("step_s", step_s)
    fires = np.asarray(recruited, dtype=np.float64)
    times = within("at_s", at_s, 0.0, 86_400.0, "s")
    if fires.shape[-1] != units.twitch.size or (np.diff(times) <= 0.0).any():
        raise BadInput("Give one entry of `recruited` per unit, and times that increase.")
    n = units.twitch.size
    rank = np.arange(n) / (n - 1.0)
    loss = fatigue.fatigue_range ** (rank - 1.0) * fatigue.fatigue_rate_per_s * fires
    left = np.ones(fires.shape)
    whole = units.twitch.sum()
    answer, now = [], 0.0
    for t in times:
        steps = int(np.ceil((t - now) / step_s - 1e-9))
        for _ in range(steps):
            left = np.maximum(
                left - loss * _fused(units, fatigue, left, frequency_hz) * (t - now) / steps, 0.0
            )
        now = t
        force = fires * units.twitch * left * _fused(units, fatigue, left, frequency_hz)
        answer.append(force.sum(axis=-1) / whole)
    return np.stack(answer, axis=-1)


def _fused(units: Units, fatigue: UnitFatigue, left: Array, frequency_hz: float) -> Array:
    contraction_ms = units.contraction_ms * (1.0 + fatigue.slowing * (1.0 - left))
    return fusion(contraction_ms, np.asarray(frequency_hz))
