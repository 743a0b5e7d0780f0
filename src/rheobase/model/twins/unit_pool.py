"""A muscle as its motor units: which of them a current takes, and how they tire.

Source
    Units: Fuglevand 1993; fatigue: Potvin & Fuglevand 2017 (`model/muscle`). Order: thresholds of
    axons from the nerve model (`recruitment.py`), not the size principle.

Ours
    The k-th unit by size has the k-th axon by calibre. Each axon of the pool stands for a tenth or
    so of the units, whose thresholds scatter about its own by the softness of the curves.

Valid for
    Relative force of an innervated muscle during one bout; pool of a small hand muscle of adults. No
    recovery: only time under stimulation counts. Beside the Ding model, not instead of it.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from rheobase.model.muscle.fuglevand1993 import Units, fusion, recruited_units
from rheobase.model.muscle.potvin_fuglevand2017 import UnitFatigue, force_left
from rheobase.model.response import Task
from rheobase.model.twins.ensemble import Twins
from rheobase.model.twins.innervation import must_have_nerve
from rheobase.model.twins.recruitment import (
    N_AXONS,
    N_LINES,
    N_PER_LINE,
    Pulse,
    Recruitment,
    recruitment,
)
from rheobase.stimulus.pads import Montage
from rheobase.stimulus.pulse import Train

Array = NDArray[np.float64]

N_TIMES = 7
STEP_S = 0.5  # against the 0.1 of the authors: 0.03 % of the force left


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bout:
    """What one pool of every twin does.

    Attributes:
        stimulated_s: (n_times,) time under stimulation. [s]
        units: (n_twins,) share of the units that fire. [1]
        tetanus: (n_twins,) their share of the pool's force, fully fused. [1]
        large: (n_twins,) share of the stronger half of the pool among those that fire. [1]
        force: (n_twins, n_times) mean force over the pool's fresh tetanus. [1]
        by_size: (n_twins, n_times) the same, had small units come first to the same fresh force. [1]
    """

    stimulated_s: Array
    units: Array
    tetanus: Array
    large: Array
    force: Array
    by_size: Array

    @property
    def left(self) -> Array:
        """Last force over first, 1 where there was none to lose, (n_twins,). [1]"""
        return _over(self.force[:, -1], self.force[:, 0])

    @property
    def left_by_size(self) -> Array:
        """The same, had small units come first. [1]"""
        return _over(self.by_size[:, -1], self.by_size[:, 0])


def bout(
    twins: Twins,
    montage: Montage,
    train: Train,
    task: Task,
    *,
    pool: Units,
    fatigue: UnitFatigue,
) -> Bout:
    """Return which units a train takes in each twin, and what a session leaves of their force.

    Args:
        twins: the ensemble.
        montage: the two pads.
        train: what the channel delivers.
        task: muscle, side, pattern; effort and posture do not count here.
        pool: units of any one muscle, weakest first.
        fatigue: how they tire.

    Raises:
        BadInput: if the muscle is unknown, may be denervated, or the pads are refused.
    """
    muscle = twins.parameters.muscle(task.muscle)
    must_have_nerve(twins, muscle, task.side)
    pulse = Pulse(waveform=train.waveform, pulse_width_us=train.pulse_width_us, gap_us=train.gap_us)
    found = recruitment(twins, montage, pulse, muscle, task.side, alone=True)
    on_s = 60.0 * task.minutes * task.on_s / (task.on_s + task.off_s)
    times = np.linspace(0.0, on_s, N_TIMES)
    amplitude = np.array(train.amplitude_ma)
    fires = np.concatenate(
        [
            recruited_units(unit_thresholds_ma(twins, found, key, pool), amplitude)
            for key in found.parts
        ],
        axis=0,
    )
    share = np.array(list(found.parts.values()))
    share = (share / share.sum())[:, None]
    hz = train.frequency_hz
    force = force_left(pool, fatigue, fires, hz, times, step_s=STEP_S)
    small = _small_first(pool, force[:, 0], hz)
    by_size = force_left(pool, fatigue, small.astype(float), hz, times, step_s=STEP_S)

    def whole(values: Array) -> Array:
        """Parts of a group, one below the other, to the group."""
        parts = values.reshape(len(share), twins.n, -1)
        return np.asarray((share[:, :, None] * parts).sum(axis=0))

    stronger = np.arange(pool.twitch.size) >= pool.twitch.size // 2
    counts = whole(fires.sum(axis=1, dtype=float))[:, 0]
    large = whole((fires & stronger).sum(axis=1, dtype=float))[:, 0]
    return Bout(
        stimulated_s=times,
        units=counts / pool.twitch.size,
        tetanus=whole(fires @ pool.twitch)[:, 0] / pool.twitch.sum(),
        large=_over(large, counts),
        force=whole(force),
        by_size=whole(by_size),
    )


def unit_thresholds_ma(twins: Twins, found: Recruitment, key: str, pool: Units) -> Array:
    """Return the threshold of every unit of one muscle, (n_twins, n_units), weakest unit first. [mA]

    Args:
        twins: name the stream that deals the scatter out.
        found: thresholds of the axons that stand for the pool.
        key: of the muscle, or of a part of the target.
        pool: gives the number of units.
    """
    n = pool.twitch.size
    axon = np.arange(n) * N_AXONS // n  # by calibre, thin to thick
    column = (axon % N_LINES) * N_PER_LINE + axon // N_LINES  # as recruitment.py deals them out
    scatter = np.empty(n)
    stream = np.random.default_rng([twins.seed, n])
    for a in range(N_AXONS):
        mine = np.flatnonzero(axon == a)
        scatter[mine] = stream.permutation(ndtri((np.arange(mine.size) + 0.5) / mine.size))
    return np.asarray(found.threshold_ma[key][:, column] * np.exp(found.softness * scatter))


def _small_first(pool: Units, wanted: Array, frequency_hz: float) -> NDArray[np.bool_]:
    """Return the smallest units that reach a fresh force together, (n, n_units)."""
    each = pool.twitch * fusion(pool.contraction_ms, np.array(frequency_hz)) / pool.twitch.sum()
    before = np.cumsum(each) - each
    return np.asarray(before[None, :] < wanted[:, None] - 1e-12)


def _over(part: Array, whole: Array) -> Array:
    """Part over whole, 1 where there is nothing to lose."""
    some = whole > 0.0
    return np.where(some, part / np.where(some, whole, 1.0), 1.0)
