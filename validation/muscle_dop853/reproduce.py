"""scipy's DOP853 as a twin: five fatigue states, pulses and doublets, 12 s on and off."""

import numpy as np
from scipy.integrate import solve_ivp
from verdict import Verdict, close

from rheobase.evidence import muscle_sets
from rheobase.model.muscle.force import simulate
from rheobase.model.muscle.muscles import batch

ON_MS = np.sort(np.concatenate((np.arange(0.0, 2000.0, 40.0), np.arange(5.0, 2000.0, 200.0))))
PULSES_MS = np.concatenate([ON_MS + 4000.0 * k for k in range(3)])
AT_MS = np.array([100.0, 1999.0, 2300.0, 5900.0, 9990.0, 10_200.0, 12_000.0])


def twin_n(muscle, fatigue, pulses_ms, at_ms):
    """Return force of the five-state model, solved piece by piece between pulses."""
    rest = np.array([muscle.a_n_per_ms, muscle.tau_1_ms, muscle.km])
    rates = np.array(
        [fatigue.alpha_a_per_ms2, fatigue.alpha_tau_1_per_n, fatigue.alpha_km_per_ms_n]
    )

    def slope(t, y, source, start):
        x = y[0] / (y[4] + y[0])
        force = y[2] * x - y[1] / (y[3] + muscle.tau_2_ms * x)
        drive = source * np.exp(-(t - start) / muscle.tau_c_ms)
        slow = -(y[2:] - rest) / fatigue.tau_fat_ms + rates * y[1]
        return np.concatenate(([(drive - y[0]) / muscle.tau_c_ms, force], slow))

    y, source, last, now = np.concatenate(([0.0, 0.0], rest)), 0.0, -np.inf, 0.0
    answer = np.zeros(at_ms.size)
    for k, t in enumerate(np.append(pulses_ms, at_ms[-1] + 1.0)):
        wanted = (at_ms >= now) & (at_ms < t)
        if t > now:
            done = solve_ivp(
                slope, (now, t), y, "DOP853", at_ms[wanted], args=(source, now), rtol=1e-11,
                atol=1e-12,
            )  # fmt: skip
            answer[wanted] = done.y[1] if wanted.any() else 0.0
            end = solve_ivp(
                slope, (now, t), y, "DOP853", args=(source, now), rtol=1e-11, atol=1e-12
            )
            y = end.y[:, -1]
            source *= np.exp(-(t - now) / muscle.tau_c_ms)
        if k < pulses_ms.size:
            r0 = muscle.r0 + y[4] - muscle.km
            source += 1.0 + (r0 - 1.0) * np.exp(-(t - last) / muscle.tau_c_ms)
            last, now = t, t
    return answer


def verdicts() -> list[Verdict]:
    muscle, fatigue = muscle_sets.kinetics("ding2003"), muscle_sets.fatigue()
    truth = twin_n(muscle, fatigue, PULSES_MS, AT_MS)
    ours, _ = simulate(batch(muscle, fatigue, np.ones(1)), PULSES_MS, np.ones(1), AT_MS)
    note = "one fatigue state against three"
    return [
        close(
            f"force at {t / 1000.0:g} s",
            float(o),
            float(r),
            1e-2 / max(r, 1.0),
            unit="N",
            note=note,
        )
        for t, o, r in zip(AT_MS.tolist(), ours[0].tolist(), truth.tolist(), strict=True)
    ]
