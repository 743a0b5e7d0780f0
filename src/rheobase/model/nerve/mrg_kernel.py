"""The compiled step of the MRG double cable: one node-by-node sweep for eight or sixteen fibres.

Source
    McIntyre, Richardson, Grill 2002; equations and numbers in `mrg2002.py`. The scheme is the one
    of NEURON's fixed step (backward Euler for the potentials with the gates frozen, then the gates
    by their exact exponential), so that both can be compared digit by digit.

Unknowns
    u = V_i - V_e - V_rest inside the axon and p = V_p - V_e under the myelin, both zero at rest.
    V_e enters only as axial source currents, computed once at 64 bits: a fibre in a strong but
    smooth field loses no digits, even at 32 bits.

Elimination
    An internode is linear and the same at every place of a fibre. Its ten 2x2 block rows are
    factored once (`mrg_factors`). A step keeps in `inner` the internode's solution for grounded
    nodes; the share of its two nodes is a fixed column each (LEFT, RIGHT), added when the next step
    reads it. What remains is a tridiagonal system over the nodes.

Rows of `factors`: CELL x 10, LEFT, RIGHT, then the node's numbers in the order of the constants
below. Rows of `sources`, per period: the node's u, then u and p of ten compartments. Arrays are of
`Lanes` (`rheobase.model.lanes`), one fibre each.
"""

# Compiled code: Numba finds the types, and a kernel takes many plain arguments.
# mypy: ignore-errors
# ruff: noqa: PLR0917

from numba import njit

from rheobase.model.lanes import (
    COMPILED,
    INLINED,
    exponential,
    exponential_less_one,
    filled,
    larger,
    load,
    muladd,
    near_zero,
    smaller,
    store,
    width,
)

CELLS = 10  # internodal compartments
CELL = 12  # c_m/dt, c_my/dt, g_i, g_p, inverse (4), inverse times the next link (4)
LEFT, RIGHT = CELLS * CELL, CELLS * CELL + 2 * CELLS
CAPACITY = RIGHT + 2 * CELLS
G_NA, G_NAP, G_K, G_LEAK = CAPACITY + 1, CAPACITY + 2, CAPACITY + 3, CAPACITY + 4
SELF_RIGHTWARD, SELF_LEFTWARD = CAPACITY + 5, CAPACITY + 6
INTO_RIGHTWARD, INTO_LEFTWARD = CAPACITY + 7, CAPACITY + 8
FROM_PREVIOUS, FROM_NEXT = CAPACITY + 9, CAPACITY + 10
FACTOR_ROWS = CAPACITY + 11
PERIOD = 2 * CELLS + 1
GATES = 4  # p, m, h, s
HIGHEST, LOWEST, BEFORE, EXTREMES = 0, 1, 2, 3  # rows of `extremes`, and how many
NEAR_REST_MV, AFTER_MS = 5.0, 0.1  # when a fibre fires no more: see `march`
WAITING, HOPELESS = -1, -2


@njit(**INLINED)
def _linear_over_exponential(a, x, c):
    """Return a*x/(1 - exp(-x/c)), a*c at x = 0."""
    y = x * (-1.0 / c)
    return near_zero(y, (a * c) * (1.0 - 0.5 * y), (x * -a) / exponential_less_one(y))


@njit(**INLINED)
def rates(v, warm_pm, warm_h, warm_s):
    """Return the opening and closing rates of p, m, h, s at v [mV]; [1/ms].

    Far below rest both rates of a gate all but vanish; they must not be 0, since a gate divides by
    their sum.
    """
    alpha_p = warm_pm * _linear_over_exponential(0.01, v + 27.0, 10.2)
    beta_p = warm_pm * _linear_over_exponential(0.00025, (v + 34.0) * -1.0, 10.0)
    alpha_m = warm_pm * _linear_over_exponential(1.86, v + 21.4, 10.3)
    beta_m = warm_pm * _linear_over_exponential(0.086, (v + 25.7) * -1.0, 9.16)
    alpha_h = warm_h * _linear_over_exponential(0.062, (v + 114.0) * -1.0, 11.0)
    beta_h = (warm_h * 2.3) / (1.0 + exponential((v + 31.8) * (-1.0 / 13.4)))
    alpha_s = (warm_s * 0.3) / (1.0 + exponential((v + 53.0) * -0.2))
    beta_s = (warm_s * 0.03) / (1.0 + exponential((v + 90.0) * -1.0))
    return alpha_p, beta_p, alpha_m, beta_m, alpha_h, beta_h, alpha_s, beta_s


@njit(**INLINED)
def _moved(gate, alpha, beta, dt):
    """Return a gate after dt at fixed rates: exact."""
    total = alpha + beta
    return muladd(gate - alpha / total, exponential_less_one(total * -dt), gate)


@njit(**INLINED)
def _move_gates(u, gates, extremes, n_nodes, v_rest, dt, warm_pm, warm_h, warm_s):
    """Advance all gates and note the highest and the lowest membrane potential."""
    top, bottom = filled(u, -1e6), filled(u, 1e6)
    for i in range(n_nodes):
        v = load(u, i) + v_rest
        top, bottom = larger(top, v), smaller(bottom, v)
        ap, bp, am, bm, ah, bh, as_, bs = rates(v, warm_pm, warm_h, warm_s)
        g = GATES * i
        store(gates, g, _moved(load(gates, g), ap, bp, dt))
        store(gates, g + 1, _moved(load(gates, g + 1), am, bm, dt))
        store(gates, g + 2, _moved(load(gates, g + 2), ah, bh, dt))
        store(gates, g + 3, _moved(load(gates, g + 3), as_, bs, dt))
    store(extremes, BEFORE, load(extremes, HIGHEST))
    store(extremes, HIGHEST, top)
    store(extremes, LOWEST, bottom)


@njit(**INLINED)
def _membranes(factors, sources, u, gates, diagonal, right, n_nodes, drive, e_na, e_k, e_leak):
    """Write each node's own conductance and current; e_* are relative to rest."""
    for i in range(n_nodes):
        g = GATES * i
        p, m, h, s = load(gates, g), load(gates, g + 1), load(gates, g + 2), load(gates, g + 3)
        sodium = muladd(load(factors, G_NAP) * p, p * p, (load(factors, G_NA) * m * m) * (m * h))
        potassium = load(factors, G_K) * s
        leak, capacity = load(factors, G_LEAK), load(factors, CAPACITY)
        store(diagonal, i, (sodium + potassium) + (leak + capacity))
        ionic = muladd(sodium, e_na, muladd(potassium, e_k, leak * e_leak))
        store(
            right, i, muladd(load(sources, PERIOD * i), drive, muladd(capacity, load(u, i), ionic))
        )


@njit(**INLINED)
def _forward(factors, sources, inner, k, row, source, before_u, before_p, left, right, drive):
    """Eliminate one internodal compartment; return its intermediate (u, p)."""
    c = k * CELL
    a, b = LEFT + 2 * k, RIGHT + 2 * k
    u = muladd(load(factors, a), left, muladd(load(factors, b), right, load(inner, row)))
    p = muladd(
        load(factors, a + 1), left, muladd(load(factors, b + 1), right, load(inner, row + 1))
    )
    stored = load(factors, c) * (u - p)
    r_u = muladd(load(factors, c + 2), before_u, muladd(load(sources, source), drive, stored))
    kept = muladd(load(factors, c + 1), p, muladd(load(sources, source + 1), drive, stored * -1.0))
    r_p = muladd(load(factors, c + 3), before_p, kept)
    new_u = muladd(load(factors, c + 4), r_u, load(factors, c + 5) * r_p)
    return new_u, muladd(load(factors, c + 6), r_u, load(factors, c + 7) * r_p)


@njit(**INLINED)
def _backward(factors, inner, k, row, after_u, after_p):
    """Substitute back into one internodal compartment; return its (u, p)."""
    c = k * CELL + 8
    u = muladd(load(factors, c), after_u, muladd(load(factors, c + 1), after_p, load(inner, row)))
    p = muladd(
        load(factors, c + 2), after_u, muladd(load(factors, c + 3), after_p, load(inner, row + 1))
    )
    return u, p


@njit(**INLINED)
def _internodes(factors, sources, inner, u, diagonal, right, n_nodes, drive):
    """Solve every internode for grounded nodes and give the nodes their share."""
    zero = filled(u, 0.0)
    for i in range(n_nodes - 1):
        first = 2 * CELLS * i
        left_u, right_u = load(u, i), load(u, i + 1)
        x, y = zero, zero
        for k in range(CELLS):
            row = first + 2 * k
            source = PERIOD * i + 1 + 2 * k
            x, y = _forward(factors, sources, inner, k, row, source, x, y, left_u, right_u, drive)
            store(inner, row, x)
            store(inner, row + 1, y)
        last_u = x
        for back in range(1, CELLS):
            k = CELLS - 1 - back
            row = first + 2 * k
            x, y = _backward(factors, inner, k, row, x, y)
            store(inner, row, x)
            store(inner, row + 1, y)
        store(diagonal, i, load(diagonal, i) + load(factors, SELF_RIGHTWARD))
        store(right, i, muladd(load(factors, INTO_RIGHTWARD), x, load(right, i)))
        store(diagonal, i + 1, load(diagonal, i + 1) + load(factors, SELF_LEFTWARD))
        store(right, i + 1, muladd(load(factors, INTO_LEFTWARD), last_u, load(right, i + 1)))


@njit(**INLINED)
def _nodes(factors, u, diagonal, right, n_nodes):
    """Solve the tridiagonal system over the nodes; one division per node."""
    before, after = load(factors, FROM_PREVIOUS), load(factors, FROM_NEXT)
    inverse = 1.0 / load(diagonal, 0)
    known = load(right, 0)
    store(diagonal, 0, inverse)
    for i in range(1, n_nodes):
        share = before * inverse
        inverse = 1.0 / (load(diagonal, i) - share * after)
        known = muladd(share, known, load(right, i))
        store(diagonal, i, inverse)
        store(right, i, known)
    value = known * inverse
    store(u, n_nodes - 1, value)
    for back in range(1, n_nodes):
        i = n_nodes - 1 - back
        value = muladd(after, value, load(right, i)) * load(diagonal, i)
        store(u, i, value)


@njit(**INLINED)
def _rebase(factors, inner, u, n_nodes, sign):
    """Take the nodes' share out of `inner` (sign -1) or put it in (+1): when the step changes."""
    for i in range(n_nodes - 1):
        left_u, right_u = load(u, i) * sign, load(u, i + 1) * sign
        for k in range(2 * CELLS):
            row = 2 * CELLS * i + k
            share = muladd(load(factors, LEFT + k), left_u, load(factors, RIGHT + k) * right_u)
            store(inner, row, load(inner, row) + share)


@njit(**INLINED)
def _at_rest(u, inner, gates, n_nodes, v_rest, warm_pm, warm_h, warm_s):
    """Set every potential to rest and every gate to its steady state there."""
    zero = filled(u, 0.0)
    ap, bp, am, bm, ah, bh, as_, bs = rates(zero + v_rest, warm_pm, warm_h, warm_s)
    for i in range(n_nodes):
        store(u, i, zero)
        store(gates, GATES * i, ap / (ap + bp))
        store(gates, GATES * i + 1, am / (am + bm))
        store(gates, GATES * i + 2, ah / (ah + bh))
        store(gates, GATES * i + 3, as_ / (as_ + bs))
    for row in range(2 * CELLS * (n_nodes - 1)):
        store(inner, row, zero)


@njit(**COMPILED)
def _step(factors, sources, state, n_nodes, drive, dt, membrane):
    """Advance all fibres of a block by dt."""
    u, inner, gates, diagonal, right, extremes = state
    v_rest, e_na, e_k, e_leak, warm_pm, warm_h, warm_s = membrane
    strength = load(drive, 0)
    _membranes(factors, sources, u, gates, diagonal, right, n_nodes, strength, e_na, e_k, e_leak)
    _internodes(factors, sources, inner, u, diagonal, right, n_nodes, strength)
    _nodes(factors, u, diagonal, right, n_nodes)
    _move_gates(u, gates, extremes, n_nodes, v_rest, dt, warm_pm, warm_h, warm_s)


@njit(**COMPILED)
def settle(factors, sources, state, n_nodes, steps, dt, membrane, drive):
    """Bring a block from nominal rest to its true steady state, without a field.

    `factors` are those of `dt` here; the caller steps on with others, so the nodes' share is put
    back into `inner` at the end.
    """
    u, inner, gates = state[0], state[1], state[2]
    v_rest, warm_pm, warm_h, warm_s = membrane[0], membrane[4], membrane[5], membrane[6]
    _at_rest(u, inner, gates, n_nodes, v_rest, warm_pm, warm_h, warm_s)
    store(drive, 0, filled(u, 0.0))
    for _ in range(steps):
        _step(factors, sources, state, n_nodes, drive, dt, membrane)
    _rebase(factors, inner, u, n_nodes, 1.0)


@njit(**INLINED)
def is_over(top, bottom, before, v_rest):
    """Return whether a fibre without current can fire no more."""
    return top < before and top < v_rest + NEAR_REST_MV and bottom > v_rest - NEAR_REST_MV


@njit(**INLINED)
def silence(wave):
    """Return the first step from which on a waveform is zero."""
    first = wave.size
    while first > 0 and wave[first - 1] == 0.0:
        first -= 1
    return first


@njit(**COMPILED)
def march(
    factors, sources, state, n_nodes, wave, dt, membrane, amplitude, drive, fired, watched, trace
):
    """Run a block through a waveform until its end, or until every fibre's answer is certain.

    A fibre fires no more whose nodes all lie near rest, the highest of them falling, 0.1 ms after
    the pulse: no node is left to recover from an anode, or to rise again by the sodium channels
    that a short pulse has opened (they close sooner).

    Args:
        factors: (FACTOR_ROWS * width,) of the block.
        sources: (rows * width,) currents of its fields. [nA]
        state: u, inner (with the nodes' share inside), gates, two work spaces, extremes.
        n_nodes: nodes per fibre.
        wave: (n_steps,) waveform, 1 at full amplitude. [1]
        dt: step. [ms]
        membrane: v_rest; e_na, e_k, e_leak relative to it [mV]; three temperature factors [1].
        amplitude: (width,) per fibre, what `sources` are multiplied with.
        drive: (width,) work space.
        fired: (width,) in: WAITING, or 0 for lanes not to wait for; out: step of the first
            crossing of 0 mV, negative if none.
        watched: node whose crossing counts; -1 for any node.
        trace: (n_steps or 0, n_nodes, width) membrane potential, written if it has room. [mV]
    """
    u, inner, extremes = state[0], state[1], state[5]
    v_rest = membrane[0]
    lanes = width(u)
    late = silence(wave) + AFTER_MS / dt
    _rebase(factors, inner, u, n_nodes, -1.0)
    for t in range(wave.size):
        store(drive, 0, load(amplitude, 0) * wave[t])
        _step(factors, sources, state, n_nodes, drive, dt, membrane)
        waiting = 0
        for lane in range(lanes):
            if fired[lane] == WAITING:
                top, bottom = extremes[HIGHEST * lanes + lane], extremes[LOWEST * lanes + lane]
                if (top if watched < 0 else u[watched * lanes + lane] + v_rest) >= 0.0:
                    fired[lane] = t
                elif t >= late and is_over(top, bottom, extremes[BEFORE * lanes + lane], v_rest):
                    fired[lane] = HOPELESS
                else:
                    waiting += 1
        if trace.shape[0]:
            for i in range(n_nodes):
                for lane in range(lanes):
                    trace[t, i, lane] = u[i * lanes + lane] + v_rest
        elif waiting == 0:
            break
