"""What the skin notices: the first feeling, and discomfort as a relative index.

Equations
    sensory  I = I_rh (1 + t_s / w) (A / A_0)^p, Weiss' law of a published forearm model
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
from rheobase.model.twins.ensemble import Twins
from rheobase.model.twins.recruitment import Pulse, recruitment
from rheobase.stimulus.pads import Montage, Pad, Place, Side
from rheobase.stimulus.pulse import Waveform

Array = NDArray[np.float64]

USUAL = Pulse(waveform=Waveform.SYMMETRIC_BIPHASIC, pulse_width_us=300.0, gap_us=0.0)
USUAL_PAD_OF_GIRTH = 0.16
SMALLEST_MM, LARGEST_MM = 25.0, 50.0
GAP = 1.15  # centre to centre, of the pad's size


def sensory_threshold_ma(twins: Twins, montage: Montage, pulse: Pulse) -> Array:
    """Return the first current that is felt, (n_twins,). [mA]"""
    facts, fact = twins.parameters.facts, twins.parameters.fact
    weiss = 1.0 + fact("sensory_chronaxie") / pulse.pulse_width_us
    size = (montage.smallest_area_cm2 / fact("sensory_area")) ** fact("sensory_area_power")
    spread = np.exp(facts["sensory_rheobase"].spread * twins.normal("sensory"))
    return np.asarray(fact("sensory_rheobase") * weiss * size * spread)


def discomfort(
    twins: Twins, montage: Montage, pulse: Pulse, muscle: Muscle, *, side: Side, amplitude_ma: float
) -> Array:
    """Return the relative index of an amplitude, (n_twins,). [1]"""
    usual = usual_montage(twins, muscle, side)
    motor_ma = _usual_motor_threshold_ma(twins, muscle, side)
    spread = np.exp(twins.parameters.fact("pain_spread") * twins.normal("pain"))
    here = amplitude_ma * _weight(twins, montage, pulse)
    return np.asarray(spread * here / (motor_ma * _weight(twins, usual, USUAL)))


def _weight(twins: Twins, montage: Montage, pulse: Pulse) -> float:
    fact = twins.parameters.fact
    size = float(montage.smallest_area_cm2 ** fact("pain_area_power"))
    return 1.0 / size / (1.0 + fact("pain_chronaxie") / pulse.pulse_width_us)


@lru_cache(maxsize=128)
def _usual_motor_threshold_ma(twins: Twins, muscle: Muscle, side: Side) -> float:
    usual = recruitment(twins, usual_montage(twins, muscle, side), USUAL, muscle, side)
    return float(np.median(usual.current_for(twins.parameters.fact("visible_fraction"))))


@lru_cache(maxsize=128)
def usual_montage(twins: Twins, muscle: Muscle, side: Side) -> Montage:
    """Return round pads at the catalogue's places, sized to the girth: what `1` refers to.

    Where the two would touch, the second moves along the segment; where that does not help, both
    shrink.
    """
    sizes = twins.sizes(side)
    girth = float(np.median(sizes.girth_mm[muscle.segment]))
    length = float(np.median(sizes.length_mm[muscle.segment]))
    first, second = muscle.place(side), muscle.second_place(side)
    size = float(np.clip(round(USUAL_PAD_OF_GIRTH * girth), SMALLEST_MM, LARGEST_MM))
    while True:
        room, least = 0.5 * size / length, GAP * size / length
        u = float(np.clip(first.u, room, 1.0 - room))
        other = float(np.clip(second.u, room, 1.0 - room))
        if abs(other - u) < least:
            wanted = (u + least, u - least) if other >= u else (u - least, u + least)
            other = next((w for w in wanted if room <= w <= 1.0 - room), other)
        if abs(other - u) >= least or size <= SMALLEST_MM:
            return Montage(active=_at(first, u, size), other=_at(second, other, size))
        size -= 1.0


def _at(place: Place, u: float, size: float) -> Pad:
    moved = Place(segment=place.segment, side=place.side, u=u, phi_deg=place.phi_deg)
    return Pad(place=moved, width_mm=size, height_mm=size, round=True)
