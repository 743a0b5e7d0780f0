"""The fast predictor against the exact model on 2040 montages of children it was not fitted on.

Every montage has its own pads, size of axon and motor point; children from four months to eighteen
years, limb muscles of the catalogue, widths of 50 to 450 us; half of the axons end, sealed, at their
motor point. The fit saw legs of other children, under other pads and pulses, and no arms at all. The
exact fibre is solved in single precision to 0.4 %. Thresholds above 150 mA do not count: no
stimulator for the skin gives more.
"""

import numpy as np
from montages import BY_CHILD, draw
from verdict import Verdict, within

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.evidence.nerve import mrg2002, mrg2002_sizes, polarisation
from rheobase.model.nerve.mrg2002 import centres_mm
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.polarisation import predicted_thresholds_ma
from rheobase.model.nerve.pulse_samples import Phases, rectangular
from rheobase.model.nerve.thresholds import thresholds_ma
from rheobase.stimulus.pads import Segment

SEED, N_CHILDREN, PULSES, DT_US = 314, 60, 6, 5.0
USEFUL_MA, TOLERANCE = 150.0, 4e-3
RMS_PERCENT, P95_PERCENT, WORST_PERCENT = 3.0, 6.0, 25.0
SEVERAL = 4  # kinds: one or two phases, running on or sealed
ARM = (Segment.UPPER_ARM, Segment.FOREARM, Segment.HAND)
AT_ONCE = 32  # exact fibres of about one internode: they share the number of nodes


def along(axon, at_mm):
    """Return the potential of a path; level beyond its ends, where its gradient is zero."""
    return axon.path(np.clip(at_mm, 0.0, axon.length_mm))


def exact_ma(axons, phases, width_us, gap_us, *, sealed, rng):
    """Return thresholds of the exact fibres; a sealed one ends at its motor point.

    Args:
        axons: best sorted by internode.
        phases: of the pulse.
        width_us: of one phase. [us]
        gap_us: between two. [us]
        sealed: whether they end.
        rng: for the place of the nodes.
    """
    parts = [axons[first : first + AT_ONCE] for first in range(0, len(axons), AT_ONCE)]
    found = [_exact_ma(some, phases, width_us, gap_us, sealed=sealed, rng=rng) for some in parts]
    return np.concatenate(found)


def _exact_ma(axons, phases, width_us, gap_us, *, sealed, rng):
    d, internode, myelin = (np.array(x) for x in zip(*(a.size for a in axons), strict=True))
    fibres = immature(fitted(mrg2002_sizes(), d), 1.0, internode, myelin)
    step = fibres.internode_um / 1000.0
    last = np.array([a.point_mm if sealed else a.length_mm + rng.random() * s
                     for a, s in zip(axons, step, strict=True)])  # fmt: skip
    n_nodes = int(np.ceil((last / step).max())) + 1
    at = centres_mm(mrg2002(), fibres, n_nodes)
    at = at - at[:, -1:] + last[:, None]
    ve = np.array([along(a, x) for a, x in zip(axons, at, strict=True)])
    pulse = rectangular(phases, width_us, gap_us=gap_us, dt_us=DT_US)
    return thresholds_ma(mrg2002(), fibres, ve, pulse, precision=32, tolerance=TOLERANCE)


def fast_ma(axon, phases, width_us, gap_us, *, sealed):
    """Return the predicted threshold of one axon on the samples the chain would take."""
    at = np.arange(0.0, axon.length_mm, axon.spacing_mm)
    return predicted_thresholds_ma(
        polarisation(), along(axon, at)[None], spacing_mm=axon.spacing_mm,
        adult_diameter_um=[axon.size[0]], internode_scale=axon.size[1], myelin_scale=axon.size[2],
        phases=phases, width_us=width_us, gap_us=gap_us,
        terminal_mm=axon.point_mm if sealed else None,
    )[0, 0]  # fmt: skip


def errors():
    """Return (n,) relative errors [1], whether each has two phases, ends sealed, lies in an arm."""
    rng = np.random.default_rng(SEED)
    axons = draw(rng, N_CHILDREN)
    groups = np.array_split(rng.permutation(len(axons)), SEVERAL * PULSES)
    found = []
    for k, group in enumerate(groups):
        phases = (Phases.BIPHASIC, Phases.MONOPHASIC)[k % 2]
        sealed = bool(k // 2 % 2)
        width = float(round(rng.uniform(50.0, 450.0) / DT_US) * DT_US)
        gap = float(rng.choice([0.0, 50.0, 100.0])) if phases is Phases.BIPHASIC else 0.0
        some = sorted((axons[i] for i in group), key=lambda a: a.size[0] * a.size[1])
        exact = exact_ma(some, phases, width, gap, sealed=sealed, rng=rng)
        for axon, true in zip(some, exact, strict=True):
            if true < USEFUL_MA:
                off = fast_ma(axon, phases, width, gap, sealed=sealed) / true - 1.0
                arm = chain_parameters().muscle(axon.muscle).segment in ARM
                found.append((off, phases is Phases.BIPHASIC, sealed, arm))
    off, biphasic, sealed, arm = (np.array(x) for x in zip(*found, strict=True))
    return off, biphasic, sealed, arm


def verdicts() -> list[Verdict]:
    """Return root mean square, 95th percentile and worst: of all montages, and by kind."""
    off, biphasic, sealed, arm = errors()
    kinds = {
        f"all {N_CHILDREN * BY_CHILD} montages": np.ones(len(off), bool),
        "biphasic, running on": biphasic & ~sealed,
        "monophasic, running on": ~biphasic & ~sealed,
        "biphasic, sealed end": biphasic & sealed,
        "monophasic, sealed end": ~biphasic & sealed,
        "arms, which the fit never saw": arm,
    }
    found = []
    for name, rows in kinds.items():
        size = 100.0 * np.abs(off[rows])
        for what, value, limit in (
            ("r.m.s. error", np.sqrt(np.mean(size**2)), RMS_PERCENT),
            ("95th percentile", np.quantile(size, 0.95), P95_PERCENT),
            ("worst", size.max(), WORST_PERCENT),
        ):
            note = f"{len(size)} below {USEFUL_MA:g} mA"
            found.append(within(f"{name}: {what}", float(value), 0.0, limit, unit="%", note=note))
    return found
