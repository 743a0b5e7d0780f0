"""What one joint is made of, for every twin, and how the child is placed."""

import math
from dataclasses import dataclass, fields
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.stimulus.checks import some_text

Array = NDArray[np.float64]

MAY_BE_INFINITE = ("width_deg", "speed_limit_deg_s")
NOT_NEGATIVE = (
    "gravity_nm",
    "stiffness_nm_per_rad",
    "damping_nms",
    "end_torque_nm",
    "srs_per_rad",
    "reflex_force_gain",
    "reflex_velocity_nms",
    "reflex_delay_ms",
)
POSITIVE = (
    "inertia_kgm2",
    "end_width_deg",
    "width_deg",
    "speed_limit_deg_s",
    "reflex_rise_ms",
    "srs_range_deg",
    "srs_recovery_ms",
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OneJoint:
    """One joint of n_twins virtual children; every array is (n_twins,).

    Angles grow towards dorsiflexion (ankle, wrist) or flexion (knee, hip, elbow); 0 is the foot at
    a right angle, the straight knee, hip, elbow and wrist.

    Attributes:
        inertia_kgm2: of everything that moves, about the joint. [kg m^2]
        gravity_nm: weight times distance of its centre of mass. [N m]
        rest_deg: where passive tissue is slack. [deg]
        stiffness_nm_per_rad: of passive tissue about `rest_deg`. [N m/rad]
        damping_nms: viscous, of passive tissue. [N m s/rad]
        min_deg, max_deg: ends of the passive range as measured, contractures included. [deg]
        end_torque_nm: passive torque of the end of range at its end. [N m]
        end_width_deg: angle over which that torque grows by e. [deg]
        best_deg: angle of greatest active torque. [deg]
        width_deg: active torque falls to 1/e this far from it; infinite for no dependence. [deg]
        speed_limit_deg_s: unloaded shortening, as joint speed; infinite for none. [deg/s]
        tone_nm: constant torque of the spastic muscle, with its direction. [N m]
        srs_per_rad: short-range stiffness per newton metre of tone. [1/rad]
        srs_range_deg: stretch beyond which it stops growing. [deg]
        srs_recovery_ms: rest after which it is back; until then movement has used it up. [ms]
        reflex_force_gain: reflex torque per torque above tone, below 1. [1]
        reflex_velocity_nms: reflex torque per speed of stretch (the alternative). [N m s/rad]
        reflex_delay_ms: from stretch to its answer. [ms]
        reflex_rise_ms: rise time of that torque. [ms]
    """

    inertia_kgm2: Array
    gravity_nm: Array
    rest_deg: Array
    stiffness_nm_per_rad: Array
    damping_nms: Array
    min_deg: Array
    max_deg: Array
    end_torque_nm: Array
    end_width_deg: Array
    best_deg: Array
    width_deg: Array
    speed_limit_deg_s: Array
    tone_nm: Array
    srs_per_rad: Array
    srs_range_deg: Array
    srs_recovery_ms: Array
    reflex_force_gain: Array
    reflex_velocity_nms: Array
    reflex_delay_ms: Array
    reflex_rise_ms: Array

    def __post_init__(self) -> None:
        for name in (f.name for f in fields(self)):
            _check(name, getattr(self, name), self.n_twins)
        if (self.min_deg >= self.max_deg).any():
            raise BadInput(
                "A range of motion ends before it begins. Give min_deg below max_deg for every twin."
            )
        if (self.reflex_force_gain >= 1.0).any():
            raise BadInput(
                "reflex_force_gain is 1 or more: the reflex would feed itself without end. "
                "Give a gain below 1."
            )

    @property
    def n_twins(self) -> int:
        """How many twins."""
        return int(np.shape(self.inertia_kgm2)[0])


def _check(name: str, values: Any, n_twins: int) -> None:
    if np.shape(values) != (n_twins,):
        raise BadInput(
            f"{name} has shape {np.shape(values)}, but there are {n_twins} twins. Give one each."
        )
    fine = ~np.isnan(values) if name in MAY_BE_INFINITE else np.isfinite(values)
    if name in POSITIVE:
        fine &= values > 0.0
    if name in NOT_NEGATIVE:
        fine &= values >= 0.0
    if not fine.all():
        raise BadInput(
            f"{name} holds {np.asarray(values)[~fine][0]:g}, which no joint has. Correct it."
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """How gravity and the support act on one joint.

    Attributes:
        hanging_deg: joint angle at which the moving part would hang straight down. [deg]
        gravity_share: 1, or 0 where it moves in a horizontal plane. [1]
        folded: True if the knee hangs bent while the hip moves.
        how: how the child is placed, for the report.
        support_low_deg: what it lies on stops it here from below, if anything. [deg]
        support_high_deg: the same from above. [deg]
    """

    hanging_deg: float
    gravity_share: float
    folded: bool
    how: str
    support_low_deg: float | None = None
    support_high_deg: float | None = None

    def __post_init__(self) -> None:
        some_text("how", self.how)
        if not (math.isfinite(self.hanging_deg) and 0.0 <= self.gravity_share <= 1.0):
            raise BadInput("A pose needs a hanging angle, and a share of gravity from 0 to 1.")
        low, high = self.supports_deg
        if not low < high:
            raise BadInput("The supports of a pose leave no room to move. Correct the pose.")

    @property
    def supports_deg(self) -> tuple[float, float]:
        """Both supports, infinitely far where there is none. [deg]"""
        low = -math.inf if self.support_low_deg is None else self.support_low_deg
        high = math.inf if self.support_high_deg is None else self.support_high_deg
        return low, high
