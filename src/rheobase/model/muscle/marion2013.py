"""What movement of the knee does to force: length and speed (Perumal 2006; Marion 2010, 2013).

Source
    M. S. Marion, A. S. Wexler, M. L. Hull, "Predicting non-isometric fatigue induced by electrical
    stimulation pulse trains as a function of pulse duration," J. NeuroEng. Rehabil. 10:13, 2013.
    Form and numbers from published code; the paper's tables were not read.

Equations
    dF/dt = [ A(theta) + G(theta) dtheta/dt ] x - F/(tau_1 + tau_2 x),  G = V1 theta exp(-V2 theta)
    A(theta) as in `marion2009.py`; theta = knee flexion, 0 = straight, so flexion lengthens.

Ours, not the paper's
    Angle and speed are those at each pulse and hold until the next. Where the bracket is not positive
    the knee extends faster than the model knows: refused, not shown. The knee's own motion is not
    solved here (`model/movement` does that), and the fatigue of movement is left out: two of its
    signs were changed in the code that we have.

Valid for
    Adult quadriceps, 25 people, knee moving under stimulation; r^2 of the angle 0.66 to 0.77.
"""

from dataclasses import dataclass
from typing import final

import numpy as np

from rheobase.errors import BadInput
from rheobase.model.muscle.checks import Array, positive, within
from rheobase.model.muscle.marion2009 import Marion2009, length_factor


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Marion2013:
    """How knee speed changes the gain.

    Attributes:
        v1_n_per_deg2: size. [N/deg^2]
        v2_per_deg: its decay with flexion. [1/deg]
    """

    v1_n_per_deg2: float
    v2_per_deg: float

    def __post_init__(self) -> None:
        positive("v1_n_per_deg2", self.v1_n_per_deg2)
        positive("v2_per_deg", self.v2_per_deg)


def production_factor(
    length: Marion2009,
    motion: Marion2013,
    a90_n_per_ms: float,
    knee_flexion_deg: Array,
    knee_speed_deg_s: Array,
) -> Array:
    """Return what production is of its isometric value at 90 degrees.

    Args:
        length: the parabola of the angle.
        motion: the term of the speed.
        a90_n_per_ms: force gain at 90 degrees. [N/ms]
        knee_flexion_deg: (n,) 0 is straight. [deg]
        knee_speed_deg_s: (n,) positive while the knee bends and the quadriceps lengthens. [deg/s]

    Returns:
        (n,) (A + G dtheta/dt) / A90. [1]

    Raises:
        BadInput: outside 0 to 120 degrees or 1000 degrees per second, or where it is not positive.

    Source:
        Marion et al. 2013.
    """
    speed = within("knee_speed_deg_s", knee_speed_deg_s, -1000.0, 1000.0, "deg/s")
    angle = np.asarray(knee_flexion_deg, dtype=np.float64)
    isometric = length_factor(length, angle)
    per_deg_s = motion.v1_n_per_deg2 * angle * np.exp(-motion.v2_per_deg * angle) / 1000.0
    factor = np.asarray(isometric + per_deg_s * speed / a90_n_per_ms)
    if (factor <= 0.0).any():
        raise BadInput(
            "The knee extends faster than Marion 2013 knows at one of these angles: its force gain "
            "would not be positive. Give a slower extension."
        )
    return factor
