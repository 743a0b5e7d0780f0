"""Sizes by age and sex: smooth curves through published medians.

Source
    Medians extracted from WHO 2006/2007, CDC, KiGGS, LIFE-Child (body.md 1.2) and, for infants,
    Snyder 1975 (body.md 1.3); each curve in evidence/growth.toml names its own.

Equations
    y(age) = exp( S( ln(age + 0.75) ) ), S the cubic spline (not-a-knot) through the table. Growth is
    nearly straight in this coordinate, so few knots are enough; the offset keeps infancy calm.

Valid for
    0.33 to 19 years; held constant before the first and after the last knot of a curve.
"""

from dataclasses import dataclass
from functools import cache
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.body.child import Sex
from rheobase.model.body.splines import at, shaped_slopes, smooth_slopes

Array = NDArray[np.float64]

OFFSET_YEARS = 0.75  # of the age coordinate: a choice of interpolation, not a fact about children
SMOOTH_FROM = 8  # knots; shorter curves use the shape-preserving interpolant


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A median by age for both sexes.

    Attributes:
        unit: of the values.
        age_years: (n_knots,) increasing. [years]
        female, male: (n_knots,) medians, positive. [unit]
        spread: standard deviation over children of one age and sex, as a fraction. [1]
        source, population, tag: where it comes from.
    """

    unit: str
    age_years: tuple[float, ...]
    female: tuple[float, ...]
    male: tuple[float, ...]
    spread: float
    source: str
    population: str
    tag: str

    def __post_init__(self) -> None:
        if not len(self.age_years) == len(self.female) == len(self.male) >= 2:
            raise BadInput("A growth curve needs one value per age for each sex. Complete it.")
        if any(b <= a for a, b in zip(self.age_years, self.age_years[1:], strict=False)):
            raise BadInput("The ages of a growth curve must increase. Sort them.")
        if min(self.female + self.male) <= 0.0:
            raise BadInput("The values of a growth curve must be positive. Correct them.")

    def at(self, age_months: float, sex: Sex) -> float:
        """Return the median at an age. [unit]"""
        low, high = self.age_years[0], self.age_years[-1]
        age_years = min(max(age_months / 12.0, low), high)
        return float(np.exp(at(*_spline(self, sex), float(np.log(age_years + OFFSET_YEARS)))))


@cache
def _spline(curve: Curve, sex: Sex) -> tuple[Array, Array, Array]:
    """Return knots, values and slopes, in logarithms."""
    x = np.log(np.array(curve.age_years) + OFFSET_YEARS)
    y = np.log(np.array(curve.female if sex is Sex.FEMALE else curve.male))
    return x, y, (smooth_slopes if len(x) >= SMOOTH_FROM else shaped_slopes)(x, y)
