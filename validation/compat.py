"""CocoFEST's own numerics, rebuilt to show that the equations agree: RK4, ten steps per pulse.

Only the last ten pulses count, and the first of them gets R = 1: that is what its tests assert.
"""

import numpy as np
from verdict import Verdict, close


def trajectory_n(muscle, fraction, rate_hz=33.0, n=33, kept=10):
    """Return force at every pulse of an even train, as CocoFEST's test computes it."""
    period = 1000.0 / rate_hz
    h = period / 10.0

    def slope(t, y, pulses, r):
        gaps = np.diff(pulses, prepend=-1e10)
        gain = 1.0 + (muscle.r0 - 1.0) * np.exp(-gaps / muscle.tau_c_ms)
        source = (gain * np.exp(-(t - pulses) / muscle.tau_c_ms)).sum()
        x = y[0] / (muscle.km + y[0])
        force = r * muscle.a_n_per_ms * x - y[1] / (muscle.tau_1_ms + muscle.tau_2_ms * x)
        return np.array([(source - y[0]) / muscle.tau_c_ms, force])

    y, answer = np.zeros(2), [0.0]
    for k in range(n):
        pulses = np.arange(max(0, k - kept + 1), k + 1) * period
        for s in range(10):
            t = k * period + s * h
            k1 = slope(t, y, pulses, fraction[k])
            k2 = slope(t + h / 2, y + h / 2 * k1, pulses, fraction[k])
            k3 = slope(t + h / 2, y + h / 2 * k2, pulses, fraction[k])
            k4 = slope(t + h, y + h * k3, pulses, fraction[k])
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        answer.append(y[1])
    return np.array(answer)


def worst_of(asserted_n, theirs_n) -> Verdict:
    """Return the verdict on the force that lies farthest from what CocoFEST's test asserts."""
    asserted_n = np.asarray(asserted_n)
    worst = int(np.abs(theirs_n - asserted_n).argmax())
    wanted = float(asserted_n[worst])
    return close(
        f"worst of {len(asserted_n) - 1} asserted forces",  # the first is 0, before any pulse
        float(theirs_n[worst]),
        wanted,
        1e-6 / wanted,
        unit="N",
        note="our equations, CocoFEST's numerics",
    )
