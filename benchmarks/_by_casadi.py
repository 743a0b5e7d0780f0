"""The same muscle in CasADi, as its users write it: a symbolic step, mapped over pulses and muscles."""

import numpy as np

from rheobase.evidence import muscle_sets


def casadi_forces(n_muscles: int, n_pulses: int, gap_ms: float, steps_per_gap: int):
    """Return a job: forces of `n_muscles` at the end of an even train, by classical Runge-Kutta.

    Calcium's source decays in closed form between stages; all five states of Ding 2003 are there.
    """
    import casadi as ca

    m, f = muscle_sets.kinetics("ding2003"), muscle_sets.fatigue()
    y, strength = ca.SX.sym("y", 6), ca.SX.sym("strength")
    rest = ca.vertcat(m.a_n_per_ms * strength, m.tau_1_ms, m.km)
    alpha = ca.vertcat(
        f.alpha_a_per_ms2, f.alpha_tau_1_per_n / strength, f.alpha_km_per_ms_n / strength
    )
    h = gap_ms / steps_per_gap
    fade = {part: np.exp(-part * h / m.tau_c_ms) for part in (0.0, 0.5, 1.0)}

    def slope(z, source):
        x = z[0] / (z[4] + z[0])
        force = z[2] * x - z[1] / (z[3] + m.tau_2_ms * x)
        slow = -(z[2:] - rest) / f.tau_fat_ms + alpha * z[1]
        return ca.vertcat((source - z[0]) / m.tau_c_ms, force, slow)

    gap = np.exp(-gap_ms / m.tau_c_ms)
    first = ca.SX.sym("first")  # 1 at the first pulse, whose gain is 1
    gain = 1.0 + (1.0 - first) * (m.r0 - m.km + y[4] - 1.0) * gap
    z, source = y[:5], y[5] + gain
    for _ in range(steps_per_gap):
        k1 = slope(z, source)
        k2 = slope(z + h / 2.0 * k1, source * fade[0.5])
        k3 = slope(z + h / 2.0 * k2, source * fade[0.5])
        k4 = slope(z + h * k3, source * fade[1.0])
        z, source = z + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4), source * fade[1.0]
    pulse = ca.Function("pulse", [y, first, strength], [ca.vertcat(z, source)])
    train = pulse.mapaccum("train", n_pulses)
    strengths = np.ones(n_muscles)
    start = np.zeros((6, n_muscles))
    start[2], start[3], start[4] = m.a_n_per_ms * strengths, m.tau_1_ms, m.km
    firsts = np.zeros((1, n_pulses))
    firsts[0, 0] = 1.0
    many = train.map(n_muscles)
    inputs = (
        ca.DM(start), ca.DM(np.tile(firsts, n_muscles)),
        ca.DM(np.repeat(strengths, n_pulses)[None]),
    )  # fmt: skip

    def job() -> np.ndarray:
        ends = np.array(many(*inputs))
        return ends[1, n_pulses - 1 :: n_pulses]

    return job
