"""The one step of the Ding family, compiled: blocks of muscles side by side, states in cache.

Equations: `ding2003.py`. Calcium is stepped exactly (three numbers: CN, its source S, and G, the
trace of the last pulse). Force is linear once calcium is known: variation of constants, with
Simpson's rule for the production and for the decay, and exponentials by their Taylor sum of fourth
order. Fourth order in the step (second in fatigue, which is slow), never negative. Fatigue is one
number, the impulse Q that decays with tau_fat; what a start state holds beyond it decays freely.

Steps are short while calcium rises out of nothing (the first pulse after a rest), long while the
muscle is loaded with it, and one leap once it is spent. Where they change depends on the times of
the pulses and on the muscle's own class (`pace_of` in force.py), never on a neighbour: blocks are
filled up with idle copies, and each lane runs the same instructions in any batch.
"""

from typing import Any

import numpy as np
from numba import njit

LANES = 32  # muscles side by side: whole vectors on every CPU, and all rows in the first cache
LONGEST_RUN = 64  # steps between two renewals of the exponentials

# Rows of the parameter table, (N_PARAMETERS, n_twins).
(A, TAU_1, TAU_2, TAU_C, KM, R0_BASE, R0_PER_KM, ALPHA_A, ALPHA_TAU_1, ALPHA_KM, TAU_FAT) = range(
    11
)
N_PARAMETERS = 11

# Rows of the state table, (N_STATES, n_twins).
(CN, SOURCE, TRACE, RECRUITED, FORCE, IMPULSE, FREE_A, FREE_TAU_1, FREE_KM) = range(9)
N_STATES = 9

# A block is one flat array, so that the compiler sees that its rows never overlap. Offsets of its
# rows: state, parameters (`P_`), then what is constant during a run of steps.
_OFFSETS = tuple(row * LANES for row in range(N_STATES + N_PARAMETERS + 12))
_CN, _SOURCE, _TRACE, _RECRUITED, _FORCE, _IMPULSE, _FREE_A, _FREE_TAU_1, _FREE_KM = _OFFSETS[:9]
(
    P_A,
    P_TAU_1,
    P_TAU_2,
    P_TAU_C,
    P_KM,
    P_R0_BASE,
    P_R0_PER_KM,
    P_ALPHA_A,
    P_ALPHA_TAU_1,
    P_ALPHA_KM,
    P_TAU_FAT,
) = _OFFSETS[9:20]
_GAIN, _T1, _K0, _S, _E, _FAT, _E_RUN, _FAT_RUN, _X, _RATE, _LOAD, _TOP = _OFFSETS[20:]
_SIZE = len(_OFFSETS) * LANES

_jit = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "nsz"})


# A pace: short and long step, how long steps stay short after a pulse that follows a rest, the gap
# that counts as a rest, and the time from the last pulse until its calcium is spent. [ms]
FINE, LONG, WINDOW, REST, SPENT = range(5)
N_PACE = 5
WORTH_A_LEAP = 20  # long steps that cost as much as the exponentials of one leap
_KEPT_ROWS = 5


@njit(inline="always")
def travel(  # noqa: PLR0917
    w: Any, now_ms: float, to_ms: float, lead_ms: float, pulse_ms: float, pace: Any, gears: Any
) -> None:
    """Move one block from `now_ms` to `to_ms`; `lead_ms`, `pulse_ms`: last pulse after a rest, last."""
    fine_ms = min(max(lead_ms + pace[WINDOW], now_ms), to_ms)
    if fine_ms > now_ms:
        advance(w, fine_ms - now_ms, pace[FINE], 0, gears)
    spent_ms = max(pulse_ms + pace[SPENT], fine_ms)
    leaps = to_ms - spent_ms > WORTH_A_LEAP * pace[LONG]
    advance(w, (spent_ms if leaps else to_ms) - fine_ms, pace[LONG], 1, gears)
    if leaps:
        leap(w, to_ms - spent_ms)


@_jit
def new_gears() -> Any:
    """Return memory for the exponentials of both step lengths: h, n and rows; then which is in use."""
    gears = np.zeros((3, 2 + _KEPT_ROWS * LANES))
    gears[2, 0] = -1.0
    return gears


@_jit
def advance(w: Any, duration_ms: float, step_ms: float, gear: int, gears: Any) -> None:
    """Move one block by `duration_ms`, in equal steps of at most `step_ms`.

    `gears` holds step, number of steps and exponentials of the last run of each gear.
    """
    left = int(np.ceil(duration_ms / step_ms - 1e-9))
    if left < 1:
        return
    h = duration_ms / left
    if abs(h - gears[gear, 0]) <= 1e-13 * h:
        h = gears[gear, 0]
    while left > 0:
        n = min(left, LONGEST_RUN)
        left -= n
        if h != gears[gear, 0] or n != gears[gear, 1] or gear != gears[2, 0]:
            _shift(w, h, n, gear, gears)
        for j in range(LANES):
            free = w[_FAT_RUN + j]  # the free offsets at the middle of the run
            w[_GAIN + j] = w[P_A + j] + w[_FREE_A + j] * free
            w[_T1 + j] = w[P_TAU_1 + j] + w[_FREE_TAU_1 + j] * free
            w[_K0 + j] = w[P_KM + j] + w[_FREE_KM + j] * free
        for _ in range(n):
            _step(w, h)
        for j in range(LANES):
            w[_TRACE + j] *= w[_E_RUN + j] * w[_E_RUN + j]
            decay = w[_FAT_RUN + j] * w[_FAT_RUN + j]
            w[_FREE_A + j] *= decay
            w[_FREE_TAU_1 + j] *= decay
            w[_FREE_KM + j] *= decay


@_jit
def _shift(w: Any, h: float, n: int, gear: int, gears: Any) -> None:
    """Have the exponentials of `n` steps of `h` in the block: kept, or fetched, or computed."""
    rows = _KEPT_ROWS * LANES
    if h != gears[gear, 0] or n != gears[gear, 1]:
        _exponentials(w, h, n)
        gears[gear, 0], gears[gear, 1], gears[2, 0] = h, n, gear
        for k in range(rows):
            gears[gear, 2 + k] = w[_S + k]
    else:
        gears[2, 0] = gear
        for k in range(rows):
            w[_S + k] = gears[gear, 2 + k]


@_jit
def _exponentials(w: Any, h: float, n: int) -> None:
    """Decays over half a step, and over half a run of n steps."""
    for j in range(LANES):
        w[_S + j] = 0.5 * h / w[P_TAU_C + j]
        w[_E + j] = np.exp(-w[_S + j])
        w[_FAT + j] = np.exp(-0.5 * h / w[P_TAU_FAT + j])
        w[_E_RUN + j] = np.exp(-n * w[_S + j])
        w[_FAT_RUN + j] = np.exp(-0.5 * n * h / w[P_TAU_FAT + j])


@_jit
def _take_up(w: Any) -> None:
    """Set x and 1/tau from the state; afterwards each step leaves them for the next."""
    for j in range(LANES):
        q = w[_IMPULSE + j]
        tau_1 = w[P_TAU_1 + j] + w[P_ALPHA_TAU_1 + j] * q + w[_FREE_TAU_1 + j]
        km = w[P_KM + j] + w[P_ALPHA_KM + j] * q + w[_FREE_KM + j]
        w[_X + j] = w[_CN + j] / (km + w[_CN + j])
        w[_RATE + j] = 1.0 / (tau_1 + w[P_TAU_2 + j] * w[_X + j])


@njit(inline="always")
def _exp_minus(z: float) -> float:
    """exp(-z) to fourth order; an even Taylor sum, so positive for every z."""
    return 1.0 - z * (1.0 - z * (0.5 - z * (1.0 / 6.0 - z * (1.0 / 24.0))))


@_jit
def _step(w: Any, h: float) -> None:
    for j in range(LANES):
        s, e, keep, force = w[_S + j], w[_E + j], w[_FAT + j], w[_FORCE + j]
        source = w[_SOURCE + j] * e
        cn_half = (w[_CN + j] + w[_SOURCE + j] * s) * e  # exact, at the middle of the step
        cn = (cn_half + source * s) * e  # exact, at its end
        w[_CN + j] = cn
        w[_SOURCE + j] = source * e

        more = 0.5 * h * force * w[_LOAD + j]
        q = w[_IMPULSE + j] * keep + more  # in the middle of the step
        gain = (w[_GAIN + j] + w[P_ALPHA_A + j] * q) * w[_RECRUITED + j] * (h / 6.0)
        tau_1 = w[_T1 + j] + w[P_ALPHA_TAU_1 + j] * q
        km = w[_K0 + j] + w[P_ALPHA_KM + j] * q

        over_half, over = km + cn_half, km + w[P_ALPHA_KM + j] * more + cn
        m_half = tau_1 * over_half + w[P_TAU_2 + j] * cn_half  # tau = m / over
        m = (tau_1 + w[P_ALPHA_TAU_1 + j] * more) * over + w[P_TAU_2 + j] * cn
        product_half, product = over_half * m_half, over * m
        both = 1.0 / (product_half * product)  # one division for x and 1/tau, twice
        inverse_half, inverse = both * product, both * product_half
        x_half, k_half = cn_half * m_half * inverse_half, over_half * over_half * inverse_half
        x, k = cn * m * inverse, over * over * inverse

        whole = h / 6.0 * (w[_RATE + j] + 4.0 * k_half + k)
        later = h / 24.0 * (8.0 * k_half + 5.0 * k - w[_RATE + j])  # the second half of the step
        all_decay = _exp_minus(whole)
        late_decay = _exp_minus(later)

        after = (force + gain * w[_X + j]) * all_decay + gain * (4.0 * x_half * late_decay + x)
        w[_FORCE + j] = after
        w[_IMPULSE + j] = (w[_IMPULSE + j] * keep + 0.5 * h * (force + after) * w[_LOAD + j]) * keep
        w[_X + j] = x
        w[_RATE + j] = k
        w[_TOP + j] = after if after > w[_TOP + j] else w[_TOP + j]


@_jit
def fire(w: Any, recruited: Any, calcium_gain: float) -> None:
    """Let one pulse load calcium in every lane where it recruits anything."""
    for j in range(LANES):
        if recruited[j] > 0.0:
            km = w[P_KM + j] + w[P_ALPHA_KM + j] * w[_IMPULSE + j] + w[_FREE_KM + j]
            r0 = w[P_R0_BASE + j] + w[P_R0_PER_KM + j] * km
            w[_SOURCE + j] += calcium_gain * (1.0 + (r0 - 1.0) * w[_TRACE + j])
            w[_TRACE + j] = 1.0
            w[_RECRUITED + j] = recruited[j]


@_jit
def load_block(w: Any, first: int, parameters: Any, state: Any, load: Any) -> int:
    """Fill one block from `first` on; spare lanes repeat the last muscle. Returns lanes in use."""
    n: int = min(LANES, parameters.shape[1] - first)
    for j in range(LANES):
        i = first + min(j, n - 1)
        for row in range(N_STATES):
            w[row * LANES + j] = state[row, i]
        for row in range(N_PARAMETERS):
            w[P_A + row * LANES + j] = parameters[row, i]
        w[_LOAD + j] = load[i]
        w[_TOP + j] = 0.0
    _take_up(w)
    return n


@_jit
def trains(  # noqa: PLR0917
    parameters: Any,
    state: Any,
    load: Any,
    pulse_ms: Any,
    recruited: Any,
    calcium_gain: Any,
    at_ms: Any,
    pace: Any,
    force: Any,
) -> None:
    """Force at given times from time 0 on; `state` (N_STATES, n_twins) is moved to the last one.

    Args:
        parameters: (N_PARAMETERS, n_twins).
        state: (N_STATES, n_twins), at time 0.
        load: (n_twins,) force on the recruited fibres per newton of the muscle. [1]
        pulse_ms: (n_pulses,) not decreasing. [ms]
        recruited: (n_twins, n_pulses), or (n_twins, 1) if all pulses recruit alike. [1]
        calcium_gain: (n_pulses,). [1]
        at_ms: (n_times,) not decreasing. [ms]
        pace: (N_PACE,). [ms]
        force: (n_twins, n_times), filled. [N]
    """
    w = np.empty(_SIZE)
    fired = np.empty(LANES)
    n_twins, n_pulses, n_times = parameters.shape[1], pulse_ms.size, at_ms.size
    for first in range(0, n_twins, LANES):
        n = load_block(w, first, parameters, state, load)
        gears = new_gears()
        now, p, lead, last = 0.0, 0, -np.inf, 0.0
        for t in range(n_times):
            while p < n_pulses and pulse_ms[p] <= at_ms[t]:
                travel(w, now, pulse_ms[p], lead, last, pace, gears)
                now = pulse_ms[p]
                if p == 0 or now - last >= pace[REST]:
                    lead = now
                last = now
                _recruit(fired, recruited, first, n, p)
                fire(w, fired, calcium_gain[p])
                p += 1
            travel(w, now, at_ms[t], lead, last, pace, gears)
            now = at_ms[t]
            for j in range(n):
                force[first + j, t] = w[_FORCE + j]
        for row in range(N_STATES):
            for j in range(n):
                state[row, first + j] = w[row * LANES + j]


@njit(inline="always")
def _recruit(fired: Any, recruited: Any, first: int, n: int, p: int) -> None:
    """Fill (LANES,) with what pulse `p` recruits in each lane."""
    column = min(p, recruited.shape[1] - 1)
    for j in range(LANES):
        fired[j] = recruited[first + min(j, n - 1), column]


@_jit
def leap(w: Any, duration_ms: float) -> None:
    """Move one block through a rest in which calcium is spent: force only relaxes.

    With tau_1 = b + d exp(-t/tau_fat), the integral of 1/tau_1 is closed; what the last of the force
    adds to fatigue takes tau_1 as it is at the start.
    """
    for j in range(LANES):
        tau_c, tau_fat, b = w[P_TAU_C + j], w[P_TAU_FAT + j], w[P_TAU_1 + j]
        d = w[P_ALPHA_TAU_1 + j] * w[_IMPULSE + j] + w[_FREE_TAU_1 + j]
        tau_1, slow = b + d, np.exp(-duration_ms / tau_fat)
        fast = np.exp(-(duration_ms + tau_fat * np.log((b + d * slow) / tau_1)) / b)
        impulse = w[_FORCE + j] * w[_LOAD + j] * (slow - fast) / (1.0 / tau_1 - 1.0 / tau_fat)
        w[_IMPULSE + j] = w[_IMPULSE + j] * slow + impulse
        w[_FORCE + j] *= fast
        s, e = duration_ms / tau_c, np.exp(-duration_ms / tau_c)
        w[_CN + j] = (w[_CN + j] + w[_SOURCE + j] * s) * e
        w[_SOURCE + j] *= e
        w[_TRACE + j] *= e
        w[_FREE_A + j] *= slow
        w[_FREE_TAU_1 + j] *= slow
        w[_FREE_KM + j] *= slow
    _take_up(w)


@_jit
def sessions(  # noqa: PLR0917
    parameters: Any,
    load: Any,
    pulse_ms: Any,
    recruited: Any,
    cycle_ms: float,
    n_cycles: int,
    pace: Any,
    peak: Any,
) -> None:
    """Peak force of each contraction of a session that starts at rest.

    Args:
        parameters: (N_PARAMETERS, n_twins).
        load: (n_twins,). [1]
        pulse_ms: (n_pulses,) within one cycle, not decreasing. [ms]
        recruited: (n_twins, n_pulses), or (n_twins, 1) if all pulses recruit alike. [1]
        cycle_ms: from one contraction's start to the next. [ms]
        n_cycles: contractions. [1]
        pace: (N_PACE,). [ms]
        peak: (n_twins, n_cycles), filled: the greatest force at the end of a step. [N]
    """
    w = np.empty(_SIZE)
    fired = np.empty(LANES)
    rest = np.zeros((N_STATES, parameters.shape[1]))
    for first in range(0, parameters.shape[1], LANES):
        n = load_block(w, first, parameters, rest, load)
        gears = new_gears()
        for c in range(n_cycles):
            w[_TOP : _TOP + LANES] = 0.0
            now, lead = 0.0, 0.0
            for p in range(pulse_ms.size):
                travel(w, now, pulse_ms[p], lead, now, pace, gears)
                if p == 0 or pulse_ms[p] - now >= pace[REST]:
                    lead = pulse_ms[p]
                now = pulse_ms[p]
                _recruit(fired, recruited, first, n, p)
                fire(w, fired, 1.0)
            travel(w, now, cycle_ms, lead, now, pace, gears)
            for j in range(n):
                peak[first + j, c] = w[_TOP + j]
