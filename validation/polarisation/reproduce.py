"""The error of the fast predictor against the exact model, on fields it was not fitted on.

Drawn point and pad fields over an anisotropic half space (4-30 mm deep, other seeds than the
calibration), fibre sizes and widths between those of the tables, along the fibre and at sealed
ends. Layered fields: validation/layered_arm. Only thresholds below 600 mA count: what no stimulator
reaches needs no prediction.
"""

import numpy as np
from exact import sampled, thresholds
from fields import draw
from verdict import Verdict, within

from rheobase.evidence.nerve import polarisation
from rheobase.model.nerve.polarisation import predicted_thresholds_ma
from rheobase.model.nerve.pulse_samples import Phases

SEED, N_FIELDS, USEFUL_MA = 77, 40, 600.0
RMS_PERCENT, P95_PERCENT, WORST_PERCENT = 3.0, 6.0, 25.0

# (adult diameter [um], internode scale, myelin scale), width [us], gap [us]
HELD_OUT = (
    ((10.0, 1.0, 1.0), 150.0, 0.0),
    ((12.5, 0.9, 0.8), 300.0, 50.0),
    ((6.5, 0.8, 0.7), 80.0, 0.0),
    ((11.0, 0.55, 0.6), 250.0, 0.0),
    ((9.0, 0.7, 0.65), 400.0, 100.0),
    ((13.5, 1.0, 0.9), 30.0, 20.0),
)


# Ends of short internodes under brief pulses: the strongest fields, ends far below rest
BRIEF = (
    ((9.5, 0.52, 0.55), 30.0, 0.0),
    ((4.5, 0.5, 0.6), 40.0, 0.0),
    ((8.0, 0.54, 0.54), 70.0, 0.0),
)


def errors(phases, sealed, sets=HELD_OUT) -> np.ndarray:
    """Return relative errors over all held-out sets."""
    found = []
    for k, (size, width_us, gap_us) in enumerate(sets):
        rng = np.random.default_rng(SEED + k)
        s, paths, _ = draw(rng, N_FIELDS)
        ends = np.round(rng.uniform(-35.0, 35.0, N_FIELDS), 1) if sealed else None
        gap = gap_us if phases is Phases.BIPHASIC else 0.0
        exact = thresholds(size, s, paths, phases, width_us, gap_us=gap, ends_mm=ends, rng=rng)
        fast = predicted_thresholds_ma(
            polarisation(),
            sampled(s, paths, 1.0),
            spacing_mm=1.0,
            adult_diameter_um=[size[0]],
            internode_scale=size[1],
            myelin_scale=size[2],
            phases=phases,
            width_us=width_us,
            gap_us=gap,
            terminal_mm=None if ends is None else ends - s[0],
        )[:, 0]
        useful = exact < USEFUL_MA
        found.append(fast[useful] / exact[useful] - 1.0)
    return np.concatenate(found)


def verdicts() -> list[Verdict]:
    """Return root mean square, 95th percentile and worst, for each kind of pulse and end."""
    groups = {
        f"{phases}, {'sealed end' if sealed else 'running on'}": errors(phases, sealed)
        for phases in (Phases.BIPHASIC, Phases.MONOPHASIC)
        for sealed in (False, True)
    }
    brief = errors(Phases.MONOPHASIC, sealed=True, sets=BRIEF)
    groups["monophasic of 30 to 70 us, sealed ends of short internodes"] = brief
    found = []
    for name, off in groups.items():
        size = 100.0 * np.abs(off)
        for what, value, limit in (
            ("r.m.s. error", np.sqrt(np.mean(size**2)), RMS_PERCENT),
            ("95th percentile", np.quantile(size, 0.95), P95_PERCENT),
            ("worst", size.max(), WORST_PERCENT),
        ):
            what_of = f"{name}, {len(off)} fields: {what}"
            found.append(within(what_of, float(value), 0.0, limit, unit="%"))
    return found
