"""The axons of a nerve at an age: how thick, how far apart their nodes, how much myelin.

Ours
    Axon calibre is normal around a mean that grows with age; internode and myelin are shares of
    the adult's at the same calibre. All three courses are straight between the ages of a table.
    A pool is n quantiles that stand for all its axons, the thickest last.

Valid for
    Healthy maturation; the courses are hypotheses held to conduction velocity by age
    (validation/conduction_velocity_by_age). Below `extrapolated_below_years` a pool says so.
    Not for neuropathies.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range

Array = NDArray[np.float64]
STEADY_SPREADS = 3.0  # a child's place among its peers within which its nerves only mature [1]


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PoolCourse:
    """How a kind of axon matures; numbers in evidence/axons.toml.

    Attributes:
        age_years: (n_ages,) rising. [years]
        adult_diameter_um: (n_ages,) mean, as the diameter of an adult fibre with this axon. [um]
        internode_scale, myelin_scale: (n_ages,) share of the adult's at this calibre. [1]
        calibre_spread: standard deviation between axons over the mean. [1]
        child_calibre, child_internode, child_myelin: the same between children. [1]
        fast_quantile: of the axons that a conduction study times. [1]
        extrapolated_below_years: below, answers are extrapolated. [years]
    """

    age_years: Array
    adult_diameter_um: Array
    internode_scale: Array
    myelin_scale: Array
    calibre_spread: float
    child_calibre: float
    child_internode: float
    child_myelin: float
    fast_quantile: float
    extrapolated_below_years: float

    def __post_init__(self) -> None:
        courses = (self.adult_diameter_um, self.internode_scale, self.myelin_scale)
        if any(len(course) != len(self.age_years) for course in courses):
            raise BadInput("Every course of a pool needs one value per age. Complete the table.")
        if not np.all(np.diff(self.age_years) > 0.0):
            raise BadInput("The ages of a pool must rise. Sort the table.")


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AxonPool:
    """Axons that stand for a pool, of one child or of many twins.

    Attributes:
        adult_diameter_um: (n_twins, n_axons) calibre, rising along the pool. [um]
        internode_scale: (n_twins, 1) share of the adult internode. [1]
        myelin_scale: (n_twins, 1) share of the adult lamellae. [1]
        extrapolated: whether the age lies below what the courses rest on.
    """

    adult_diameter_um: Array
    internode_scale: Array
    myelin_scale: Array
    extrapolated: bool


def axon_pool(
    course: PoolCourse,
    age_years: float,
    n_axons: int,
    *,
    calibre_z: ArrayLike = 0.0,
    internode_z: ArrayLike = 0.0,
    myelin_z: ArrayLike = 0.0,
) -> AxonPool:
    """Return the pool of one age, for the median child or for twins around it.

    Args:
        course: motor or sensory.
        age_years: of the child. [years]
        n_axons: how many stand for the pool.
        calibre_z: standard normal number or (n_twins,): the child's place among its peers. [1]
        internode_z: the same for internode length. [1]
        myelin_z: the same for myelin. [1]

    Raises:
        BadInput: if the age is not 0 to 120 years, or there are no axons.
    """
    in_range("age_years", age_years, 0.0, 120.0, "years")
    in_range("n_axons", n_axons, 1, 100_000, "")
    z = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(v, float)) for v in (calibre_z, internode_z, myelin_z))
    )
    mean_um = float(np.interp(age_years, course.age_years, course.adult_diameter_um))
    internode = float(np.interp(age_years, course.age_years, course.internode_scale))
    myelin = float(np.interp(age_years, course.age_years, course.myelin_scale))
    quantile = ndtri((np.arange(n_axons) + 0.5) / n_axons)
    own_um = mean_um * np.exp(course.child_calibre * z[0])
    return AxonPool(
        adult_diameter_um=own_um[:, None] * (1.0 + course.calibre_spread * quantile)[None, :],
        internode_scale=_share(internode, course.child_internode, z[1])[:, None],
        myelin_scale=_share(myelin, course.child_myelin, z[2])[:, None],
        extrapolated=age_years < course.extrapolated_below_years,
    )


def fastest(course: PoolCourse, age_years: float) -> AxonPool:
    """Return the one axon of the median child that a conduction study times."""
    pool = axon_pool(course, age_years, 1)
    thick = 1.0 + course.calibre_spread * float(ndtri(course.fast_quantile))
    return AxonPool(
        adult_diameter_um=pool.adult_diameter_um * thick,
        internode_scale=pool.internode_scale,
        myelin_scale=pool.myelin_scale,
        extrapolated=pool.extrapolated,
    )


def _share(mean: float, spread: float, z: Array) -> Array:
    """Return shares around a mean that stay between 0 and 1: normal in the logit, full at 1.

    Near 1 the logit's spread is bounded, so that who is within three of them never loses with age.
    """
    if mean >= 1.0:
        return np.ones_like(z)
    middle = np.log(mean / (1.0 - mean))
    logit_spread = min(spread / (1.0 - mean), spread + 1.0 / STEADY_SPREADS)
    return np.asarray(1.0 / (1.0 + np.exp(-(middle + logit_spread * z))))
