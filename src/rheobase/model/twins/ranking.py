"""Many candidate placements at once, best first: a quick look before the whole answer of a few.

Equations
    For every candidate, the current I that recruits `GOAL` of the target in the median twin, and
        score = (1 - r) / (I w),   r the greatest recruited share among the neighbours at I,
    w the weight of discomfort (`discomfort.py`): how little it spills, and how little it is felt.

Ours
    Fields superpose: each pad is solved once, each candidate is the difference of two pads. A few of
    the twins, in a few of their geometries, stand for all; strength, movement and the first feeling
    are left out. The order is right where scores differ by more than some 5 %; `respond` says the rest.

Valid for
    Comparing placements for one child and one pulse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.field.lines import line_potentials
from rheobase.model.field.pads import Patch
from rheobase.model.nerve.recruitment import recruited_fraction
from rheobase.model.response import Task
from rheobase.model.twins.conductor import Conductor, check_montage, conductors
from rheobase.model.twins.discomfort import weight
from rheobase.model.twins.ensemble import Twins
from rheobase.model.twins.paths import N_LEVELS, potentials_along
from rheobase.model.twins.recruitment import (
    LEAST_MA,
    MOST_MA,
    N_AXONS,
    N_GRID,
    Pulse,
    cast_of,
    excitability,
    paths_of,
    pool_thresholds,
    samples_mm,
)
from rheobase.stimulus.pads import Montage, Pad
from rheobase.stimulus.pulse import Train

Array = NDArray[np.float64]

GOAL = 0.5  # of the target
GEOMETRIES, TWINS_EACH = 3, 8
AT_ONCE = 25  # candidates whose fields are held in memory


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One candidate.

    Attributes:
        montage: the two pads.
        needed_ma: current that recruits half of the target, median twin. [mA]
        spilled: greatest recruited share among the neighbours at that current, median twin. [1]
        score: higher is better; only comparable within one ranking. [1/mA]
    """

    montage: Montage
    needed_ma: float
    spilled: float
    score: float


def ranked(
    twins: Twins, candidates: Sequence[Montage], train: Train, task: Task
) -> tuple[Ranked, ...]:
    """Return candidates, best first; those the model has no business with are left out.

    Args:
        twins: the ensemble; 24 of them are used.
        candidates: montages for one muscle.
        train: its pulse counts, its amplitude does not.
        task: muscle and side count.

    Raises:
        BadInput: if the muscle is unknown, or no candidate is left: the reason of the last.
    """
    muscle = twins.parameters.muscle(task.muscle)
    kept, last = [], BadInput("There are no candidates to rank. Give one at least.")
    for one in candidates:
        try:
            check_montage(twins, task.side, muscle, one)
        except BadInput as why:
            last = why
        else:
            kept.append(one)
    if not kept:
        raise last
    pulse = Pulse(waveform=train.waveform, pulse_width_us=train.pulse_width_us, gap_us=train.gap_us)
    here = conductors(twins, task.side, muscle)
    some = np.unique(np.linspace(0, len(here) - 1, GEOMETRIES).round().astype(int))
    found = np.concatenate(
        [_thresholds(twins, _few(here[g]), kept, pulse, task) for g in some], axis=2
    )  # (n_candidates, n_muscles, n_twins, N_AXONS)
    scored = [
        _scored(twins, montage, pulse, task, threshold)
        for montage, threshold in zip(kept, found, strict=True)
    ]
    return tuple(sorted(scored, key=lambda one: -one.score))


def _few(conductor: Conductor) -> Conductor:
    rows = conductor.twins
    every = np.unique(np.linspace(0, len(rows) - 1, TWINS_EACH).round().astype(int))
    return replace(conductor, twins=rows[every])


def _thresholds(
    twins: Twins, conductor: Conductor, candidates: Sequence[Montage], pulse: Pulse, task: Task
) -> Array:
    """Return (n_candidates, n_muscles, n_twins, N_AXONS) thresholds in one geometry. [mA]"""
    wanted = cast_of(twins, twins.parameters.muscle(task.muscle), alone=False)[2]
    pads = list(dict.fromkeys(pad for montage in candidates for pad in montage.pads))
    fields, spacing = _fields(twins, conductor, pads, task, tuple(wanted))
    row = {pad: k for k, pad in enumerate(pads)}
    shape = (len(wanted), len(conductor.twins), N_AXONS)
    factor = np.stack([excitability(twins, k, task.side)[conductor.twins] for k in wanted])
    found = np.empty((len(candidates), *shape))
    for first in range(0, len(candidates), AT_ONCE):
        chunk = slice(first, min(first + AT_ONCE, len(candidates)))
        some = candidates[chunk]
        lines = fields[[row[m.other] for m in some]] - fields[[row[m.active] for m in some]]
        flat = lines.reshape(-1, lines.shape[-1])
        raw = pool_thresholds(twins, pulse, flat, spacing, conductor.twins)
        found[chunk] = raw.reshape(len(some), *shape)
    return np.asarray(np.minimum(found * factor[..., None], MOST_MA))


def _fields(
    twins: Twins, conductor: Conductor, pads: list[Pad], task: Task, keys: tuple[str, ...]
) -> tuple[Array, float]:
    """Return (n_pads, n_lines, n_points) mV/mA of every pad against the first, and the spacing."""
    patches = tuple(conductor.patch(pad) for pad in pads)
    z_mm, spacing = samples_mm(conductor, patches)
    paths = [paths_of(twins, conductor, twins.parameters.muscle(key), task.side) for key in keys]
    levels = np.concatenate([path.level_mm.ravel() for path in paths])
    phi = np.concatenate([np.repeat(path.phi_deg, N_LEVELS) for path in paths])
    shape = (len(keys), len(conductor.twins), N_LEVELS, len(z_mm))

    def one(patch: Patch) -> Array:
        at_levels = line_potentials(
            conductor.modes, (patches[0], patch), (-1.0, 1.0), rho_mm=levels, phi_deg=phi, z_mm=z_mm
        ).reshape(shape)
        return potentials_along(paths, at_levels, z_mm)

    return np.stack([one(patch) for patch in patches]), spacing


def _scored(twins: Twins, montage: Montage, pulse: Pulse, task: Task, threshold: Array) -> Ranked:
    """Return the score of one candidate from (n_muscles, n_twins, N_AXONS) thresholds."""
    parts, near, wanted = cast_of(twins, twins.parameters.muscle(task.muscle), alone=False)
    by_key = dict(zip(wanted, threshold, strict=True))
    soft = twins.parameters.fact("recruitment_softness")
    grid = np.geomspace(LEAST_MA, MOST_MA, N_GRID)
    total = sum(parts.values())
    target = sum(
        share / total * recruited_fraction(by_key[key], grid, softness=soft)
        for key, share in parts.items()
    )
    middle = np.median(np.asarray(target), axis=0)
    needed_ma = float(np.exp(np.interp(GOAL, middle, np.log(grid))))
    spilled = 0.0
    for key, one in near.items():
        all_of = np.concatenate([by_key[k] for k in one.parts or (key,)], axis=1)
        share = recruited_fraction(all_of, np.array([needed_ma]), softness=soft)
        spilled = max(spilled, float(np.median(share)))
    score = (1.0 - spilled) / (needed_ma * weight(twins, montage, pulse))
    return Ranked(montage=montage, needed_ma=needed_ma, spilled=spilled, score=score)
