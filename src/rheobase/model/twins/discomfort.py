"""What the skin notices: the first feeling, and discomfort as a relative index.

Equations
    sensory  smallest threshold of large skin fibres that end, sealed, under both pads and their
             edges, at the depth of the fascia; same field and axon model as the motor axons
    index    D(I, A, w) / D(I_motor, A_usual, w_usual),   D = I / A^q / (1 + t_p / w)
    1 is the median child at motor threshold with the usual pads of that muscle at 300 us.

Ours
    The exponents: directions are published (larger pads hurt less and are felt later, pain follows
    charge more closely than motor threshold does), sizes are proposed defaults.

Valid for
    Comparing placements and pulses for one child. Never a pain threshold in milliamperes.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rheobase.model.body.muscles import Muscle
from rheobase.model.field.lines import line_potentials
from rheobase.model.nerve.pools import AxonPool, fastest
from rheobase.model.twins.conductor import conductors
from rheobase.model.twins.ensemble import Twins
from rheobase.model.twins.recruitment import (
    Pulse,
    axon_thresholds_ma,
    recruitment,
    samples_mm,
)
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Montage, Side
from rheobase.stimulus.pulse import Waveform

Array = NDArray[np.float64]

EDGES = (-1.0, 0.0, 1.0)
USUAL = Pulse(waveform=Waveform.SYMMETRIC_BIPHASIC, pulse_width_us=300.0, gap_us=0.0)


@lru_cache(maxsize=64)
def sensory_threshold_ma(
    twins: Twins, montage: Montage, pulse: Pulse, muscle: Muscle, side: Side
) -> Array:
    """Return the first current that is felt, (n_twins,). [mA]"""
    p = twins.parameters
    axon = fastest(p.skin_axons, twins.child.age_months / 12.0)
    felt = np.empty(twins.n)
    for conductor in conductors(twins, side, muscle):
        patches = tuple(conductor.patch(pad) for pad in montage.pads)
        z_mm, spacing = samples_mm(conductor, patches)
        half_deg = [90.0 * q.width_mm / (np.pi * conductor.modes.radius_mm) for q in patches]
        phi = [q.phi_deg + e * h for q, h in zip(patches, half_deg, strict=True) for e in EDGES]
        lines = line_potentials(
            conductor.modes,
            patches,
            (-1.0, 1.0),
            rho_mm=np.full(len(phi), conductor.surface_mm),
            phi_deg=np.array(phi),
            z_mm=z_mm,
        )
        ends = np.array([q.z_mm + 0.5 * e * q.height_mm for q in patches for e in EDGES]) - z_mm[0]
        ends = np.clip(ends, 8.0 * spacing, z_mm[-1] - z_mm[0] - spacing)
        count = len(phi) * len(ends)
        ending = AxonPool(
            adult_diameter_um=np.repeat(p.fact("skin_ending") * axon.adult_diameter_um, count, 0),
            internode_scale=np.repeat(axon.internode_scale, count, 0),
            myelin_scale=np.repeat(axon.myelin_scale, count, 0),
            extrapolated=axon.extrapolated,
        )
        felt[conductor.twins] = axon_thresholds_ma(
            twins,
            pulse,
            np.repeat(lines, len(ends), axis=0),
            spacing,
            ending,
            terminal_mm=np.tile(ends, len(phi)),
        ).min()
    spread = np.exp(
        p.fact("threshold_child") * twins.normal("threshold")
        + p.fact("sensory_spread") * twins.normal("sensory")
    )
    return np.asarray(felt * spread)


def discomfort(
    twins: Twins, montage: Montage, pulse: Pulse, muscle: Muscle, *, side: Side, amplitude_ma: float
) -> Array:
    """Return the relative index of an amplitude, (n_twins,). [1]"""
    usual = usual_montage(twins, muscle, side)
    motor_ma = _usual_motor_threshold_ma(twins, muscle, side)
    spread = np.exp(twins.parameters.fact("pain_spread") * twins.normal("pain"))
    here = amplitude_ma * weight(twins, montage, pulse)
    return np.asarray(spread * here / (motor_ma * weight(twins, usual, USUAL)))


def weight(twins: Twins, montage: Montage, pulse: Pulse) -> float:
    """Return the discomfort of one milliampere, in a unit that cancels in the index."""
    fact = twins.parameters.fact
    size = float(montage.smallest_area_cm2 ** fact("pain_area_power"))
    return 1.0 / size / (1.0 + fact("pain_chronaxie") / pulse.pulse_width_us)


@lru_cache(maxsize=128)
def _usual_motor_threshold_ma(twins: Twins, muscle: Muscle, side: Side) -> float:
    usual = recruitment(twins, usual_montage(twins, muscle, side), USUAL, muscle, side, alone=True)
    return float(np.median(usual.current_for(twins.parameters.fact("visible_fraction"))))
