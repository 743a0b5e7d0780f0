"""Force over rate at two levels of recruitment, and fatigue over rate (Binder-Macleod 1995)."""

import numpy as np
from verdict import Verdict, within

from rheobase.evidence import muscle_sets
from rheobase.model.muscle.fuglevand1993 import recruited_units, units
from rheobase.model.muscle.potvin_fuglevand2017 import force_left

RATES_HZ = np.arange(2.0, 101.0, 2.0)
START_S, LATER_S = np.array([0.0]), np.array([0.0, 90.0])


def verdicts() -> list[Verdict]:
    pool, fatigue = units(muscle_sets.pool_shape()), muscle_sets.unit_fatigue()
    draws = np.random.default_rng(1)
    shift = []
    for _ in range(50):  # people; a surface pad takes units as they lie: axons in random order
        order = draws.permutation(120).astype(float)
        half_hz = []
        for level in (0.2, 0.5):
            who = recruited_units(order, np.array(120.0 * level))
            force = [force_left(pool, fatigue, who, f, START_S)[0] for f in RATES_HZ]
            half_hz.append(float(np.interp(0.5 * force[-1], force, RATES_HZ)))
        shift.append(half_hz[1] / half_hz[0])
    everyone = np.ones(120, dtype=bool)
    left = []
    for rate_hz in (20.0, 40.0, 60.0):
        start, end = force_left(pool, fatigue, everyone, rate_hz, LATER_S)
        left.append(float(end / start))
    falls = min(left[0] - left[1], left[1] - left[2])
    return [
        within(
            "half-force rate at 50 % over that at 20 % recruited",
            float(np.mean(shift)),
            0.9,
            1.1,
            unit="1",
            note="no shift in 50 people (abstract)",
        ),
        within(
            "loss grows from 20 to 40 to 60 Hz: smallest rise",
            falls,
            0.0,
            1.0,
            unit="1",
            note="fatigue rose with rate (abstract)",
        ),
    ]
