"""What the predictor is fitted on: drawn fibres in drawn fields, and their exact thresholds.

Seven in ten fields are those of the chain: random pads on the legs of random children (arms are left
to the check). The others are pads and points over a half space, 4 to 30 mm away. A path is cut to a
window around its motor point, where its gradient fades to zero, so that thin fibres stay affordable;
exact fibre and predictor see the same path.
"""

from dataclasses import dataclass

import fields
import numpy as np
from montages import Axon, one_child
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.nerve.mrg2002 import centres_mm
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.pulse_samples import Phases, rectangular
from rheobase.model.nerve.thresholds import thresholds_ma
from rheobase.stimulus.pads import Segment

LEGS = (Segment.THIGH, Segment.SHANK, Segment.FOOT)
DT_US, TOLERANCE = 5.0, 5e-3
WINDOW = 220  # internodes to each side, at most
IN_LIMBS, FROM_THE_BOX, SEALED, AT_THE_POINT = 0.7, 0.4, 0.6, 0.4  # shares
BOX = ((4.0, 16.0), (0.33, 1.0), (0.4, 1.0))  # adult diameter [um], internode and myelin scale
WIDTHS_US, GAPS_US = (15.0, 530.0), (0.0, 125.0)
AT_ONCE = 32  # fibres solved together, of about one internode


@dataclass(frozen=True)
class Sample:
    """One fibre in one field under one pulse.

    `path` is sampled [mV/mA]; `terminal_mm` is negative for a fibre that runs on.
    """

    size: tuple[float, float, float]
    phases: Phases
    width_us: float
    gap_us: float
    terminal_mm: float
    spacing_mm: float
    path: NDArray[np.float64]
    exact_ma: float


def axons(rng, n_children, n_half_space):
    """Return axons below pads on legs, and below pads and points over a half space."""
    limbs = [one for _ in range(n_children) for one in one_child(rng, LEGS)]
    s, paths, made = fields.draw(rng, n_half_space)
    start, every = s[0], 5
    others = [
        Axon(
            CubicSpline(s[::every] - start, path[::every]), s[-1] - start,
            float(np.clip(np.floor(4.0 * field.depth_mm / 3.0) / 4.0, 0.25, 2.0)),
            float(rng.uniform(-35.0, 35.0) - start), (0.0, 0.0, 0.0), 0.0, field.kind,
        )
        for path, field in zip(paths, made, strict=True)
    ]  # fmt: skip
    return limbs, others


def pulse_of(rng, turn):
    """Return phases, width and gap; two pulses in five have one phase."""
    phases = Phases.MONOPHASIC if turn % 5 < 2 else Phases.BIPHASIC
    width = float(round(np.exp(rng.uniform(*np.log(WIDTHS_US))) / DT_US) * DT_US)
    gap = 0.0
    if phases is Phases.BIPHASIC and rng.random() < 0.6:
        gap = float(round(rng.uniform(*GAPS_US) / DT_US) * DT_US)
    return phases, width, gap


def size_of(rng, axon):
    """Return the size of an axon: its own, or one from the whole box."""
    if axon.size[0] > 0.0 and rng.random() > FROM_THE_BOX:
        return axon.size
    d = float(np.exp(rng.uniform(*np.log(BOX[0]))))
    return d, float(rng.uniform(*BOX[1])), float(rng.uniform(*BOX[2]))


def windowed(axon, centre_mm, half_mm):
    """Return a path cut to a window, its length, and where it starts on the whole path. [mm]"""
    low, high = max(0.0, centre_mm - half_mm), min(axon.length_mm, centre_mm + half_mm)
    z = np.linspace(low, high, max(400, int((high - low) / 0.25)))
    share = np.ones(len(z))
    if low > 0.0:
        share *= np.clip((z - low) / (0.4 * half_mm), 0.0, 1.0)
    if high < axon.length_mm:
        share *= np.clip((high - z) / (0.4 * half_mm), 0.0, 1.0)
    slope = axon.path(z, 1) * share * share * (3.0 - 2.0 * share)
    return CubicSpline(z - low, slope).antiderivative(), high - low, low


def placed(rng, axon, step_mm):
    """Return path, length, spacing and end (negative if it runs on) of one fibre."""
    half = WINDOW * step_mm
    if rng.random() < SEALED:
        away = 0.0 if rng.random() < AT_THE_POINT else rng.uniform(-50.0, 50.0)
        end = float(
            np.clip(axon.point_mm + away, max(12 * axon.spacing_mm, 20.0), axon.length_mm - 1.0)
        )
        path, length, low = windowed(axon, end - 0.55 * half, half)
    else:
        end = -1.0
        path, length, low = windowed(axon, axon.point_mm + rng.uniform(-20.0, 20.0), half)
    spacing = min(axon.spacing_mm, max(0.25, np.floor(length / 15.0) / 4.0))
    if end >= 0.0 and not 8.0 * spacing <= end - low <= length:
        end = -1.0
    return path, length, spacing, end - low if end >= 0.0 else -1.0


def one_pulse(rng, limbs, others, turn, n):
    """Return n samples under one pulse."""
    phases, width_us, gap_us = pulse_of(rng, turn)
    some = [
        pool[rng.integers(len(pool))]
        for pool in (limbs if rng.random() < IN_LIMBS else others for _ in range(n))
    ]
    sizes = np.array([size_of(rng, axon) for axon in some])
    fibres = immature(fitted(mrg2002_sizes(), sizes[:, 0]), 1.0, sizes[:, 1], sizes[:, 2])
    step = fibres.internode_um / 1000.0
    found = []
    for rows in np.array_split(np.argsort(step), -(-n // AT_ONCE)):
        ready = [placed(rng, some[k], step[k]) for k in rows]
        last = np.array([
            end if end >= 0.0 else length + rng.random() * step[k]
            for k, (_, length, _, end) in zip(rows, ready, strict=True)
        ])  # fmt: skip
        at = centres_mm(mrg2002(), fibres.take(rows), int(np.ceil((last / step[rows]).max())) + 1)
        at = at - at[:, -1:] + last[:, None]
        ve = np.array([
            path(np.clip(x, 0.0, length)) for (path, length, _, _), x in zip(ready, at, strict=True)
        ])  # fmt: skip
        pulse = rectangular(phases, width_us, gap_us=gap_us, dt_us=DT_US)
        upper = thresholds_ma(
            mrg2002(), fibres.take(rows), ve, pulse, precision=32, tolerance=TOLERANCE
        )
        for k, (path, length, spacing, end), ma in zip(rows, ready, upper, strict=True):
            z = np.arange(0.0, max(length, end) + spacing, spacing)
            found.append(Sample(
                tuple(sizes[k].tolist()), phases, width_us, gap_us, end, spacing,
                path(np.clip(z, 0.0, length)), float(ma * (1.0 - 0.35 * TOLERANCE)),
            ))  # fmt: skip
    return found


def samples(seed, *, n_pulses, n_each, n_children, n_half_space):
    """Yield the samples of one pulse after the other."""
    rng = np.random.default_rng(seed)
    limbs, others = axons(rng, n_children, n_half_space)
    for turn in range(n_pulses):
        yield one_pulse(rng, limbs, others, turn, n_each)
