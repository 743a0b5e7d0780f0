"""Force of many muscles from trains of pulses: the door to the compiled kernel.

Source
    Models: `ding2003.py`, `ding2007.py`, `hmed2018.py`, `marion2009.py`. Numerics: ours.

Equations
    Those of `ding2003.py`, with the recruited fraction r of the last pulse on the production
    term, dF/dt = r A x - F/tau, and fatigue driven by F / max(r): the force per recruited fibre.

Valid for
    What the model whose parameters are given is valid for.
"""

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rheobase.errors import BadInput
from rheobase.model.muscle import _kernel
from rheobase.model.muscle.checks import Array, from_zero, positive, within
from rheobase.model.muscle.muscles import Muscles, State, at_rest, state_of

# All for tau_c from 16 to 32 ms; halved for each octave below. Found by comparing with steps of 50 us:
# every gap from 10 to 200 ms, three sets of parameters, 1e-2 N of 300 N at worst.
STEP_MS = 5.0  # while there is calcium in plenty
SHORT_OF_STEP = 0.2  # the step while calcium rises out of nothing ...
WINDOW_MS = 12.0  # ... for so long after a pulse ...
REST_MS = 40.0  # ... that comes so long after the one before
SPENT_MS = 640.0  # twenty of the slowest tau_c: what calcium is left makes 1e-5 N
OCTAVE_MS = 16.0


def force_trains_n(
    muscles: Muscles,
    pulse_times_ms: Array,
    recruited: Array,
    every_ms: float,
    duration_ms: float,
    *,
    fatigue: bool = True,
) -> Array:
    """Return the force of muscles that start at rest, on an even grid from 0.

    Args:
        muscles: a batch, see `muscles.batch`.
        pulse_times_ms: (n_pulses,) the same for all; increasing, from 0. [ms]
        recruited: (n_twins, n_pulses) or (n_twins,) fraction of each muscle, 0 to 1. [1]
        every_ms: spacing of the answer. [ms]
        duration_ms: its length; the last time is the last multiple of `every_ms` within it. [ms]
        fatigue: False keeps the muscle fresh.

    Returns:
        (n_twins, n_times) force along the tendon. [N]

    Raises:
        BadInput: if times are unsorted, a fraction is outside 0 to 1, or shapes disagree.

    Source:
        Ding et al. 2003, with per-pulse recruitment.
    """
    positive("every_ms", every_ms)
    positive("duration_ms", duration_ms)
    n_times = int(np.floor(duration_ms / every_ms + 1e-9)) + 1
    at_ms = every_ms * np.arange(n_times, dtype=np.float64)
    return simulate(muscles, pulse_times_ms, recruited, at_ms, fatigue=fatigue)[0]


def simulate(
    muscles: Muscles,
    pulse_times_ms: Array,
    recruited: Array,
    at_ms: Array,
    *,
    fatigue: bool = True,
    calcium_gain: Array | None = None,
    start: State | None = None,
    most_recruited: Array | None = None,
    step_ms: float = STEP_MS,
) -> tuple[Array, State]:
    """Return force at chosen times and the state at the last of them.

    Args:
        muscles: a batch.
        pulse_times_ms: (n_pulses,) increasing, from 0. [ms]
        recruited: (n_twins, n_pulses) or (n_twins,), 0 to 1. [1]
        at_ms: (n_times,) increasing, from 0. [ms]
        fatigue: False keeps the fatigue state as it is at the start.
        calcium_gain: (n_pulses,) factor on each pulse's calcium (Hmed 2018), or None for 1. [1]
        start: the state at time 0, or None for rest.
        most_recruited: (n_twins,) highest recruitment of the whole session, over whose fibres
            fatigue is spread; None for that of these pulses. Give it when a session is cut up. [1]
        step_ms: longest inner step, of a muscle with tau_c of 16 ms or more. [ms]

    Returns:
        (n_twins, n_times) force [N], and the state at `at_ms[-1]`.

    Raises:
        BadInput: if times are unsorted, a fraction is outside 0 to 1, or shapes disagree.
    """
    pulses_ms = from_zero("pulse_times_ms", pulse_times_ms)
    times_ms = from_zero("at_ms", at_ms)
    if not times_ms.size:
        raise BadInput("at_ms is empty. Say at least one time at which force is wanted.")
    positive("step_ms", step_ms)
    fraction = recruited_per_pulse(recruited, muscles.n_twins, pulses_ms.size)
    gain = np.ones(pulses_ms.size) if calcium_gain is None else np.asarray(calcium_gain, float)
    within("calcium_gain", gain, 0.0, 1e6, "(a factor)")
    if gain.shape != pulses_ms.shape:
        raise BadInput(f"calcium_gain has shape {gain.shape}. Give one factor for each pulse.")
    state = (at_rest(muscles.n_twins) if start is None else start).table()
    if state.shape[1] != muscles.n_twins:
        raise BadInput("The start state belongs to another number of muscles. Use one from them.")
    force = np.empty((muscles.n_twins, times_ms.size))
    spread = fraction if most_recruited is None else _highest(most_recruited, fraction)
    load = _load(spread) if fatigue else np.zeros(muscles.n_twins)
    table = muscles.table()
    uneven = bool(np.ptp(gain)) if gain.size else False
    for some, pace in _paces(muscles, fraction, step_ms, uneven=uneven):
        part, answer = np.ascontiguousarray(state[:, some]), np.empty_like(force[some])
        _kernel.trains(
            np.ascontiguousarray(table[:, some]), part, load[some], pulses_ms,
            np.ascontiguousarray(fraction[some]), gain, times_ms, pace, answer,
        )  # fmt: skip
        state[:, some], force[some] = part, answer
    return force, state_of(state)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Peaks of every contraction of a session, (n_twins, n_contractions). [N]"""

    peak_n: Array

    @property
    def first_n(self) -> Array:
        """Peak of the first contraction, (n_twins,). [N]"""
        return self.peak_n[:, 0]

    @property
    def last_n(self) -> Array:
        """Peak of the last contraction, (n_twins,). [N]"""
        return self.peak_n[:, -1]

    @property
    def left(self) -> Array:
        """Last peak over first peak, (n_twins,); 1 where there was no force to lose. [1]"""
        some = self.first_n > 0.0
        return np.where(some, self.last_n / np.where(some, self.first_n, 1.0), 1.0)


def fatigue_left(
    muscles: Muscles,
    pulse_times_ms: Array,
    recruited: Array,
    cycle_ms: float,
    duration_min: float,
    *,
    step_ms: float = STEP_MS,
) -> Session:
    """Return the peak of every contraction of an on:off session that starts fresh.

    Args:
        muscles: a batch, e.g. all twins of three muscles, one after the other.
        pulse_times_ms: (n_pulses,) of one contraction, from its start. [ms]
        recruited: (n_twins, n_pulses) or (n_twins,), 0 to 1. [1]
        cycle_ms: from the start of one contraction to the start of the next. [ms]
        duration_min: length of the session; only whole cycles count. [min]
        step_ms: as in `simulate`; rests without calcium are crossed in one leap. [ms]

    Returns:
        The peaks, fresh to fatigued.

    Raises:
        BadInput: if the session holds no whole cycle, or a pulse lies outside the cycle.
    """
    pulses_ms = from_zero("pulse_times_ms", pulse_times_ms)
    positive("cycle_ms", cycle_ms)
    positive("step_ms", step_ms)
    n_cycles = int(np.floor(duration_min * 60_000.0 / cycle_ms + 1e-9))
    if n_cycles < 1 or not pulses_ms.size or pulses_ms[-1] >= cycle_ms:
        raise BadInput(
            f"A session of {duration_min:g} min with cycles of {cycle_ms:g} ms needs at least one "
            "whole cycle, and pulses inside it. Lengthen the session or the cycle."
        )
    fraction = recruited_per_pulse(recruited, muscles.n_twins, pulses_ms.size)
    peak = np.empty((muscles.n_twins, n_cycles))
    table, load = muscles.table(), _load(fraction)
    for some, pace in _paces(muscles, fraction, step_ms):
        answer = np.empty_like(peak[some])
        _kernel.sessions(
            np.ascontiguousarray(table[:, some]), load[some], pulses_ms,
            np.ascontiguousarray(fraction[some]), cycle_ms, n_cycles, pace, answer,
        )  # fmt: skip
        peak[some] = answer
    return Session(peak_n=peak)


def _paces(
    muscles: Muscles, fraction: Array, step_ms: float, *, uneven: bool = False
) -> list[tuple[Any, Array]]:
    """Return groups of muscles that may share their steps: an index, and (N_PACE,) times. [ms]

    The group is the muscle's own: the octave of its tau_c, and whether some of its pulses recruit
    nothing, so that any pulse may be the first after a rest; as it may where pulses load calcium
    unevenly.
    """
    octave = np.exp2(np.floor(np.log2(muscles.tau_c_ms / OCTAVE_MS)))
    silent = (fraction <= 0.0).any(axis=1) & (fraction > 0.0).any(axis=1) | uneven
    found: list[tuple[Any, Array]] = []
    for signed in np.unique(np.where(silent, -octave, octave)).tolist():
        one, gaps = abs(signed), signed < 0.0
        scale = min(one, 1.0)
        step = step_ms * scale
        rest = 0.0 if gaps else REST_MS * scale
        pace = np.array([SHORT_OF_STEP * step, step, WINDOW_MS * scale, rest, SPENT_MS * one])
        mine = (octave == one) & (silent == gaps)
        found.append((slice(None) if mine.all() else np.flatnonzero(mine), pace))
    return found


def recruited_per_pulse(recruited: Any, n_twins: int, n_pulses: int) -> Array:
    """Return recruitment as (n_twins, n_pulses), or (n_twins, 1) if every pulse recruits alike.

    Raises:
        BadInput: if a fraction is outside 0 to 1 or the shape fits neither form.
    """
    fraction = within("recruited", recruited, 0.0, 1.0, "(a fraction)")
    if fraction.shape == (n_twins,):
        return fraction[:, None]
    if fraction.shape != (n_twins, n_pulses):
        raise BadInput(
            f"recruited has shape {fraction.shape}. Give ({n_twins},) or ({n_twins}, {n_pulses})."
        )
    return fraction


def _highest(most_recruited: Array, fraction: Array) -> Array:
    most = within("most_recruited", most_recruited, 0.0, 1.0, "(a fraction)")
    if most.shape != (fraction.shape[0],) or (most < fraction.max(axis=1, initial=0.0)).any():
        raise BadInput(
            "most_recruited needs one fraction for each muscle, and none below what these pulses "
            "recruit. Give the highest recruitment of the whole session."
        )
    return most[:, None]


def _load(fraction: Array) -> Array:
    """Force on the recruited fibres per newton of the muscle: 1 / highest recruitment."""
    most = fraction.max(axis=1, initial=0.0)
    return np.where(most > 0.0, 1.0 / np.where(most > 0.0, most, 1.0), 0.0)
