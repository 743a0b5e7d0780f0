"""Simulation-based calibration: are the twins right as often as they say, and do they learn enough?

500 virtual children drawn from the prior are each seen twice at the bedside, a motor threshold and an
ankle angle, with error. Then the 90 % range of the calibrated twins must cover the truth in 85 to
95 % of children, and the range of ankle movement must be half of what it was. Observations that
cannot be of this child must be refused. (The sampling error of a coverage over 500 is 1.3 %.)
"""

from dataclasses import replace

import numpy as np
from children import CAST, OVER_THRESHOLD, answer, ensembles, observations
from verdict import Verdict, within

from rheobase.errors import BadInput
from rheobase.model.twins import calibrated

SEED, N_TWINS, N_CHILDREN = 5, 256, 500
QUANTITIES = ("threshold_ma", "torque_nm", "angle_deg")
LOW, HIGH = 5.0, 95.0


def study():
    """Return, per child: covered before, covered after, ranges before and after, or None if refused."""
    rng, found = np.random.default_rng(SEED), []
    each = N_CHILDREN // len(CAST)
    for child in CAST:
        twins, truths = ensembles(child, N_TWINS, each)
        ma = OVER_THRESHOLD * float(np.median(answer(twins, 10.0).threshold_ma))
        before, truth = answer(twins, ma), answer(truths, ma)
        for row in range(each):
            seen = observations(truth, row, ma, rng)
            try:
                after = answer(calibrated(twins, seen), ma)
            except BadInput:
                found.append(None)
                continue
            found.append([ranges(one, truth, row) for one in (before, after)])
    return found


def ranges(believed, truth, row):
    """Return whether the 90 % range covers the truth, and its width, per quantity."""
    found = {}
    for name in QUANTITIES:
        low, high = np.percentile(getattr(believed, name), [LOW, HIGH])
        found[name] = (low <= getattr(truth, name)[row] <= high, high - low)
    return found


def refused(factor, right_first):
    """Return the share of thresholds wrong by a factor, up or down, that are refused. [%]"""
    rng, found = np.random.default_rng(SEED), []
    for child in CAST:
        twins, truths = ensembles(child, N_TWINS, 32)
        truth = answer(truths, 10.0)
        away = np.abs(np.log(truth.threshold_ma / np.median(truth.threshold_ma)))
        for row in np.argsort(away)[:5]:  # children as the twins expect them
            seen, _ = observations(truth, row, 10.0, rng)
            for times in (factor, 1.0 / factor):
                wrong = replace(seen, value=times * seen.value, error=times * seen.error)
                try:
                    calibrated(twins, [seen, wrong] if right_first else [wrong])
                except BadInput:
                    found.append(1.0)
                else:
                    found.append(0.0)
    return 100.0 * float(np.mean(found))


def verdicts() -> list[Verdict]:
    """Return coverage before and after, what was learnt, and what was refused."""
    found = study()
    kept = [one for one in found if one is not None]
    said = []
    words = {
        "threshold_ma": "motor threshold",
        "torque_nm": "torque",
        "angle_deg": "ankle movement",
    }
    for name, word in words.items():
        for when, k in (("before", 0), ("after two observations", 1)):
            share = 100.0 * float(np.mean([one[k][name][0] for one in kept]))
            title = f"90 % range of {word} covers the truth, {when}"
            said.append(within(title, share, 85.0, 95.0, unit="%", note=f"{len(kept)} children"))
    shrunk = np.median([one[0]["angle_deg"][1] / one[1]["angle_deg"][1] for one in kept])
    wide = np.median([one[1]["angle_deg"][1] for one in kept])
    lost = 100.0 * (1.0 - len(kept) / len(found))
    times = "range of ankle movement shrinks, times"
    said += [
        within(times, float(shrunk), 2.0, np.inf, unit="", note=f"to {wide:.1f} deg; medians"),
        within("right observations refused", lost, 0.0, 5.0, unit="%", note="rare children"),
        within(
            "first threshold wrong by a decimal place is refused", refused(10.0, False), 90.0, 100.0,
            unit="%",
        ),
        within(
            "threshold wrong by a factor of 4 is refused after a right one", refused(4.0, True),
            90.0, 100.0, unit="%",
        ),
        within(
            "first threshold wrong by a factor of 4 is refused", refused(4.0, False), 90.0, 100.0,
            unit="%", note="children of one age differ by as much: to refuse it would refuse many "
            "who are right; a second look catches it", known_miss=True,
        ),
    ]  # fmt: skip
    return said
