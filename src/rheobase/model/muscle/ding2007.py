"""Pulse width to recruited force capacity (Ding, Chou, Kesar, Lee, Johnston, Wexler 2007).

Source
    J. Ding et al., "Mathematical model that predicts the force-intensity and force-frequency
    relationships after spinal cord injuries," Muscle Nerve 36:214-222, 2007. Form and numbers
    from published code; of the paper only the abstract was read.

Equations
    A = A_scale [1 - exp(-(pd - pd0)/pdt)] for pd > pd0, else 0; force as in `ding2003.py`.

Ours, not the paper's
    Below pd0 the capacity is zero (published code lets it turn negative). The fraction acts per
    pulse on the production of force, so a train may change its width from pulse to pulse.

Valid for
    The amplitude at which pd0 and pdt were fitted: 10 adults 1.5 to 8 years after spinal cord
    injury, quadriceps, 12.5 to 80 Hz, 150 to 600 us. The nerve model replaces it for children.
"""

from dataclasses import dataclass
from typing import final

import numpy as np

from rheobase.model.muscle.checks import Array, positive, within


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Ding2007:
    """How pulse width recruits.

    Attributes:
        pd0_us: shortest width that makes force. [us]
        pdt_us: constant of the rise. [us]
    """

    pd0_us: float
    pdt_us: float

    def __post_init__(self) -> None:
        positive("pd0_us", self.pd0_us)
        positive("pdt_us", self.pdt_us)


def recruited(recruitment: Ding2007, pulse_width_us: Array) -> Array:
    """Return the fraction of A_scale that a pulse width calls up.

    Args:
        recruitment: pd0 and pdt.
        pulse_width_us: (n_pulses,) widths. [us]

    Returns:
        (n_pulses,) 0 up to pd0, then rising towards 1. [1]

    Raises:
        BadInput: if a width is negative or no number.

    Source:
        Ding et al. 2007.
    """
    width = within("pulse_width_us", pulse_width_us, 0.0, 100_000.0, "us")
    above = np.clip(width - recruitment.pd0_us, 0.0, None)
    return np.asarray(-np.expm1(-above / recruitment.pdt_us))
