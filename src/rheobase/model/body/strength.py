"""Greatest joint torque that stimulation could evoke: anchored to children, never to adult models.

Source
    Moraux 2013, Hogrel 2012 and others: evidence/body.toml, entries `torque_*` (body.md 2.3); size of
    muscle in cerebral palsy, Pitcher, Noble, Handsfield (body.md 3.1, the fractions are our brackets).

Equations
    T = c m h  x  evoked fraction  x  spread
    evoked fraction: typically developing, what children can do more than they do (1.12);
    cerebral palsy, what is left of muscle size by GMFCS, times a distal factor.
    A measured torque replaces c m h; in cerebral palsy it is raised by the voluntary deficit.

Valid for
    Ankle, knee and elbow from 5 years. Other joints have no norm: proposed defaults, wide. Below five
    years the spread is x0.5 to x1.5.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rheobase.model.body.child import Child, Condition, JointQuantity, Sex
from rheobase.model.body.norms import Norms
from rheobase.model.body.size import Sizes
from rheobase.stimulus.pads import Side

Array = NDArray[np.float64]

YOUNG_MONTHS = 60.0  # the norms begin here
MEN_MONTHS = 180.0  # from here on the norms of the sexes part
UNGRADED_GMFCS = 2  # taken for a child with cerebral palsy whom nobody has graded (ours)
LEAST_OF_MEASURED = 0.2  # an error of measuring never makes a measured muscle vanish


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """Greatest evoked torque of one joint and direction.

    Attributes:
        torque_nm: (n_twins,) of all muscles of the movement together. [N m]
        voluntary_fraction: (n_twins,) what the child reaches by itself, of the same torque. [1]
        measured: True if a dynamometer was used.
    """

    torque_nm: Array
    voluntary_fraction: Array
    measured: bool


def norm_torque_nm(
    norms: Norms, joint: str, direction: str, *, age_months: float, sex: Sex, size: Array
) -> Array:
    """Return the median torque of healthy children: c m h.

    Args:
        norms: the table of c.
        joint: e.g. "ankle".
        direction: e.g. "dorsiflexion".
        age_months: for the growth of men. [months]
        sex: likewise.
        size: (n_twins,) mass times stature. [kg m]

    Returns:
        (n_twins,) torque. [N m]
    """
    direction = direction.replace(" ", "_")
    torque = norms.fact(f"torque_{joint}_{direction}") * size
    men = f"men_{direction}" if joint == "ankle" else f"men_{joint}_{direction}"
    if sex is Sex.MALE and age_months >= MEN_MONTHS and men in norms.facts:
        torque = torque * norms.fact(men)
    return np.asarray(torque)


def strength_of(
    child: Child,
    side: Side,
    norms: Norms,
    sizes: Sizes,
    *,
    joint: str,
    direction: str,
    noise: Array,
) -> Strength:
    """Return the greatest evoked torque of one movement for every twin.

    Args:
        child: facts; measured strength replaces the norm.
        side: of the joint.
        norms: torque laws and fractions.
        sizes: of the twins.
        joint: e.g. "ankle".
        direction: e.g. "dorsiflexion".
        noise: (n_twins, 2) standard normal draws: the norm's spread, the fraction's spread. [1]
    """
    spastic = child.condition in (Condition.SPASTIC_BILATERAL, Condition.SPASTIC_UNILATERAL)
    evoked, voluntary = _fractions(child, norms, joint, spastic)
    spread = _spread(child, norms, joint, direction)
    found = _measured(child, side, joint, direction)
    if found is None:
        size = sizes.mass_kg * sizes.height_m
        norm = norm_torque_nm(
            norms, joint, direction, age_months=child.age_months, sex=child.sex, size=size
        )
        torque = (
            norm * np.exp(spread * noise[:, 0]) * evoked.value * np.exp(evoked.spread * noise[:, 1])
        )
        own = np.full(noise.shape[0], min(1.0, voluntary / evoked.value))
        return Strength(torque_nm=torque, voluntary_fraction=own, measured=False)
    value, error = found
    rise = norms.facts["measured_to_evoked_cp" if spastic else "evoked_typical"]
    factor = rise.value * np.exp(rise.spread * noise[:, 1])
    drawn = np.maximum(value + error * noise[:, 0], LEAST_OF_MEASURED * value)
    return Strength(torque_nm=drawn * factor, voluntary_fraction=1.0 / factor, measured=True)


@dataclass(frozen=True, slots=True)
class _Fraction:
    value: float
    spread: float


def _fractions(child: Child, norms: Norms, joint: str, spastic: bool) -> tuple[_Fraction, float]:
    if not spastic:
        fact = norms.facts["evoked_typical"]
        return _Fraction(fact.value, fact.spread), 1.0
    level = child.gmfcs or UNGRADED_GMFCS
    distal = norms.fact(f"distal_{joint}")
    size = norms.facts[f"evoked_gmfcs_{level}"]
    return _Fraction(size.value * distal, size.spread), norms.fact(
        f"voluntary_gmfcs_{level}"
    ) * distal


def _spread(child: Child, norms: Norms, joint: str, direction: str) -> float:
    spread = norms.facts[f"torque_{joint}_{direction.replace(' ', '_')}"].spread
    if child.age_months < YOUNG_MONTHS:
        return max(spread, norms.fact("young_spread"))
    return spread


def _measured(child: Child, side: Side, joint: str, direction: str) -> tuple[float, float] | None:
    for found in child.findings:
        here = (found.joint, found.movement, found.side) == (joint, direction, side)
        if here and found.quantity is JointQuantity.STRENGTH_NM and found.value > 0.0:
            return found.value, found.error
    return None
