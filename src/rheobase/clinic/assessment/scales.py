"""The arithmetic of the scales: pure functions, no records, no dates.

Source: the reference on clinical facts, section 5, with the test vectors given there. The goal
attainment T-score is Kiresuk and Sherman (1968); the version printed in Turner-Stokes (2009) has
an erratum and is not used. Ordinal scales are summarised by medians, never by means.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low
from typing import Final, final

from django.utils.translation import gettext_noop as noop

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range

GAS_RHO: Final = 0.3  # assumed correlation between goals, Kiresuk and Sherman
MAS_CODES: Final = {"0": 0, "1": 1, "1+": 2, "2": 3, "3": 4, "4": 5}
MRC_CODES: Final = {
    "0": 0.0,
    "1": 1.0,
    "2": 2.0,
    "2-3": 2.5,
    "3": 3.0,
    "3-4": 3.5,
    "4": 4.0,
    "4-5": 4.5,
    "5": 5.0,
}
SCALE_JOINTS: Final = ("hip", "knee", "ankle", "subtalar", "toes")
# Item numbers of each dimension: 17, 20, 14, 13 and 24 items of 0 to 3 points (88 together).
GMFM_ITEMS: Final = {
    "A": range(1, 18),
    "B": range(18, 38),
    "C": range(38, 52),
    "D": range(52, 65),
    "E": range(65, 89),
}
GMFM_WORDS: Final = {
    "A": noop("lying and rolling"),
    "B": noop("sitting"),
    "C": noop("crawling and kneeling"),
    "D": noop("standing"),
    "E": noop("walking, running and jumping"),
}
GMFM_MAX: Final = {letter: 3 * len(items) for letter, items in GMFM_ITEMS.items()}
FLACC_ITEMS: Final = (
    noop("face"),
    noop("legs"),
    noop("activity"),
    noop("cry"),
    noop("consolability"),
)


def gas_t_score(levels: Sequence[int], weights: Sequence[float]) -> float:
    """Return the goal attainment T-score (mean 50, standard deviation 10).

    Args:
        levels: (n_goals,) -2 to +2, 0 is the expected outcome.
        weights: (n_goals,) importance of each goal; if all are zero each counts as 1.

    Raises:
        BadInput: if there is no goal, or a level or weight is outside its range.

    Source: Kiresuk and Sherman 1968, with rho = 0.3.
    """
    if not levels or len(levels) != len(weights):
        raise BadInput(
            "A T-score needs at least one goal, and one weight for each. Rate the goals."
        )
    for level, weight in zip(levels, weights, strict=True):
        in_range("level", level, -2, 2, "(goal attainment)")
        in_range("weight", weight, 0, 100, "[1]")
    used = list(weights) if any(weights) else [1.0] * len(levels)
    attained = sum(w * x for w, x in zip(used, levels, strict=True))
    spread = (1 - GAS_RHO) * sum(w * w for w in used) + GAS_RHO * sum(used) ** 2
    return 50.0 + 10.0 * attained / math.sqrt(spread)


def copm_mean(scores: Sequence[int]) -> float:
    """Return the mean of performance or of satisfaction scores over the problems.

    Args:
        scores: (n_problems,) 1 to 10, one to five problems.

    Raises:
        BadInput: outside those ranges.
    """
    in_range("problems", len(scores), 1, 5, "rated problems")
    for score in scores:
        in_range("score", score, 1, 10, "points")
    return sum(scores) / len(scores)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Tardieu:
    """One muscle on the modified Tardieu scale. Angles in the joint's own sign convention.

    Attributes:
        r1_deg: angle of the catch at the fastest stretch (V3). [deg]
        r2_deg: full passive angle at the slowest stretch (V1). [deg]
    """

    r1_deg: float
    r2_deg: float

    def __post_init__(self) -> None:
        in_range("r1_deg", self.r1_deg, -180.0, 180.0, "deg")
        in_range("r2_deg", self.r2_deg, -180.0, 180.0, "deg")
        if self.r1_deg > self.r2_deg:
            raise BadInput(
                f"The catch (R1, {self.r1_deg:g} deg) lies beyond the full passive angle (R2, "
                f"{self.r2_deg:g} deg). Check the two angles and the sign of the joint."
            )

    @property
    def dynamic_deg(self) -> float:
        """R2 minus R1: large is dynamic (spasticity), small is fixed. [deg]"""
        return self.r2_deg - self.r1_deg


def scale_total(scores: dict[str, int]) -> int:
    """Return the selective control sum of one leg, 0 to 10.

    Args:
        scores: joint to 0, 1 or 2; all five joints.

    Raises:
        BadInput: if a joint is missing or a score is none of the three.
    """
    missing = [joint for joint in SCALE_JOINTS if joint not in scores]
    if missing or len(scores) != len(SCALE_JOINTS):
        raise BadInput(
            f"A SCALE sum needs exactly {', '.join(SCALE_JOINTS)}"
            + (f"; {', '.join(missing)} is missing" if missing else "")
            + ". Score all five or none."
        )
    _whole_scores(scores, 2)
    return sum(scores.values())


def gmfm_percent(dimension: str, raw_score: int) -> float:
    """Return one GMFM dimension in percent of its maximum (A 51, B 60, C 42, D 39, E 72). [%]

    Raises:
        BadInput: for an unknown dimension or a sum above its maximum.
    """
    if dimension not in GMFM_MAX:
        raise BadInput(f"GMFM has no dimension {dimension!r}. Use one of: {', '.join(GMFM_MAX)}.")
    most = GMFM_MAX[dimension]
    in_range(f"GMFM {dimension}", raw_score, 0, most, "points")
    return 100.0 * raw_score / most


def gmfm_total(raw_scores: dict[str, int]) -> float:
    """Return the mean of the given dimensions' percents: all five, or the goal dimensions. [%]"""
    if not raw_scores:
        raise BadInput("There is no GMFM dimension to average. Enter at least one.")
    return sum(gmfm_percent(d, r) for d, r in raw_scores.items()) / len(raw_scores)


def flacc_total(scores: dict[str, int]) -> int:
    """Return the FLACC sum, 0 to 10.

    Raises:
        BadInput: if one of the five items is missing or not 0, 1 or 2.
    """
    if set(scores) != set(FLACC_ITEMS):
        raise BadInput(f"FLACC needs exactly {', '.join(FLACC_ITEMS)}. Score all five.")
    _whole_scores(scores, 2)
    return sum(scores.values())


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A difference between two measurements, held against the error of measuring.

    Attributes:
        amount: after minus before, in the unit of the measure.
        detectable: smallest amount that is more than measurement error, same unit; None if unknown.
    """

    amount: float
    detectable: float | None

    @property
    def is_change(self) -> bool:
        """Whether the difference is larger than measuring twice could make it."""
        return self.detectable is not None and abs(self.amount) >= self.detectable > 0.0

    @property
    def words(self) -> str:
        """The only words a page may use for this difference."""
        if self.detectable is None:
            return noop("no published error: cannot be called a change")
        if not self.is_change:
            return noop("within measurement error")
        return (
            noop("higher, beyond measurement error")
            if self.amount > 0
            else noop("lower, beyond measurement error")
        )


def change(before: float, after: float, detectable: float | None) -> Change:
    """Return the difference of two measurements of one quantity, with its honest name."""
    return Change(amount=after - before, detectable=detectable)


def summary_of(trials: Sequence[float], *, ordinal: bool) -> float:
    """Return the mean of several trials, or their lower middle value on an ordinal scale.

    Raises:
        BadInput: if there is no trial.
    """
    if not trials:
        raise BadInput("There is no value to summarise. Enter at least one trial.")
    return float(median_low(trials) if ordinal else sum(trials) / len(trials))


def _whole_scores(scores: dict[str, int], most: int) -> None:
    for item, score in scores.items():
        if type(score) is not int or not 0 <= score <= most:
            raise BadInput(f"{item}={score!r} must be a whole number from 0 to {most}. Correct it.")
