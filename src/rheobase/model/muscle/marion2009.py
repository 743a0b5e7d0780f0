"""Force gain over knee angle, isometric (Perumal 2008; Marion, Wexler, Hull, Binder-Macleod 2009).

Source
    M. S. Marion et al., "Predicting the effect of muscle length on fatigue during electrical
    stimulation," Muscle Nerve 40:573-581, 2009. Form and numbers from published code; the
    paper's tables were not read.

Equations
    A(theta) = A90 [1 + a (90 - theta)^2 + b (90 - theta)], theta = knee flexion, 0 = straight;
    force as in `ding2003.py` with A(theta) in place of A.

Ours, not the paper's
    Where the parabola is negative (beyond full extension) the gain is refused, not shown. Fatigue
    acts on A90, which the angle multiplies; two of its three rates are in doubt by a factor of ten.

Valid for
    Isometric contractions of the adult quadriceps at 20 to 90 degrees (5 adults).
"""

from dataclasses import dataclass
from typing import final

import numpy as np

from rheobase.errors import BadInput
from rheobase.model.muscle.checks import Array, within


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Marion2009:
    """How knee angle changes the gain.

    Attributes:
        a_per_deg2: curvature. [1/deg^2]
        b_per_deg: slope at 90 degrees, towards extension. [1/deg]
    """

    a_per_deg2: float
    b_per_deg: float

    def __post_init__(self) -> None:
        within("a_per_deg2", self.a_per_deg2, -1.0, 0.0, "1/deg^2")
        within("b_per_deg", self.b_per_deg, -1.0, 1.0, "1/deg")

    @property
    def best_angle_deg(self) -> float:
        """Knee flexion of the greatest gain. [deg]"""
        return 90.0 + self.b_per_deg / (2.0 * self.a_per_deg2)


def length_factor(length: Marion2009, knee_flexion_deg: Array) -> Array:
    """Return A(theta)/A90.

    Args:
        length: the parabola.
        knee_flexion_deg: (n_angles,) 0 is straight. [deg]

    Returns:
        (n_angles,) factor on the force gain at 90 degrees. [1]

    Raises:
        BadInput: outside 0 to 120 degrees, or where the parabola has no meaning.

    Source:
        Marion et al. 2009.
    """
    angle = within("knee_flexion_deg", knee_flexion_deg, 0.0, 120.0, "deg")
    away = 90.0 - angle
    factor = np.asarray(1.0 + length.a_per_deg2 * away**2 + length.b_per_deg * away)
    if (factor <= 0.0).any():
        raise BadInput(
            "The parabola of Marion 2009 is not positive at one of these angles. "
            "Stay within 20 to 90 degrees of knee flexion."
        )
    return factor
