"""Muscles the tests share, and a plain NumPy twin of the compiled kernel."""

import numpy as np

from rheobase.evidence import muscle_sets
from rheobase.model.muscle.muscles import Muscles, batch

ADULT = muscle_sets.kinetics("ding2003")
AFTER_INJURY = muscle_sets.kinetics("ding2007")
FATIGUE = muscle_sets.fatigue()


def many(n, muscle=ADULT, factor=1.0):
    return batch(muscle, FATIGUE, factor * np.ones(n))


def varied(n, seed=1):
    """A batch in which every parameter differs from muscle to muscle."""
    rng = np.random.default_rng(seed)
    one = many(n)
    spread = {
        name: getattr(one, name) * rng.uniform(0.7, 1.4, n)
        for name in ("a_n_per_ms", "tau_1_ms", "tau_2_ms", "tau_c_ms", "km", "tau_fat_ms")
    }
    return Muscles(
        **spread,
        r0=1.0 + rng.uniform(0.0, 0.3, n),
        alpha_a_per_ms2=one.alpha_a_per_ms2,
        alpha_tau_1_per_n=one.alpha_tau_1_per_n,
        alpha_km_per_ms_n=one.alpha_km_per_ms_n,
        r0_follows_km=True,
    )


def twin_force_n(muscle, fatigue, pulses_ms, recruited, at_ms, free=(0.0, 0.0, 0.0), h=0.02):
    """Equations (1) to (3) with all five states, by classical Runge-Kutta on a fine grid."""
    rest = np.array([muscle.a_n_per_ms, muscle.tau_1_ms, muscle.km])
    rates = np.zeros(3)
    if fatigue is not None:
        rates = np.array(
            [fatigue.alpha_a_per_ms2, fatigue.alpha_tau_1_per_n, fatigue.alpha_km_per_ms_n]
        )
    tau_fat = np.inf if fatigue is None else fatigue.tau_fat_ms
    most = max(recruited) if len(recruited) else 1.0

    def slope(y, source, r):
        cn, force, a, tau_1, km = y
        x = cn / (km + cn)
        d_rest = -(y[2:] - rest) / tau_fat + rates * force / most
        return np.concatenate(
            (
                [
                    (source - cn) / muscle.tau_c_ms,
                    r * a * x - force / (tau_1 + muscle.tau_2_ms * x),
                ],
                d_rest,
            )
        )

    y = np.concatenate(([0.0, 0.0], rest + np.array(free)))
    source, r, last, answer = 0.0, 0.0, -np.inf, []
    events = sorted([(t, 0, k) for k, t in enumerate(pulses_ms)] + [(t, 1, 0) for t in at_ms])
    now = 0.0
    for t, kind, k in events:
        steps = int(np.ceil((t - now) / h - 1e-9))
        for _ in range(steps):
            dt = (t - now) / steps
            half, whole = np.exp(-0.5 * dt / muscle.tau_c_ms), np.exp(-dt / muscle.tau_c_ms)
            k1 = slope(y, source, r)
            k2 = slope(y + 0.5 * dt * k1, source * half, r)
            k3 = slope(y + 0.5 * dt * k2, source * half, r)
            k4 = slope(y + dt * k3, source * whole, r)
            y = y + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
            source *= whole
        now = t
        if kind == 0 and recruited[k] > 0.0:
            r0 = muscle.r0 + (y[4] - muscle.km if muscle.r0_follows_km else 0.0)
            source += 1.0 + (r0 - 1.0) * np.exp(-(t - last) / muscle.tau_c_ms)
            last, r = t, recruited[k]
        elif kind == 1:
            answer.append(y[1])
    return np.array(answer)
