"""What a reproduction says: our number, the reference, how close it had to be, and whether it was.

Each folder of validation/ is one paper or reference code: its table as CSV, and `reproduce.py` with

    def verdicts() -> list[Verdict]

`rheobase validate` runs them all. A miss that is understood stays visible: `known_miss` with the
explanation in `note`. It does not fail the run; once it is met after all, the run says so.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One comparison.

    Attributes:
        name: what is compared.
        ours: our number.
        reference: the number it is held against; of a band, the nearer edge.
        tolerance: largest relative distance that passes, 0.01 is 1 %; of a band, 0. [1]
        unit: of both numbers.
        passed: whether it was met.
        note: where the reference is from; why a known miss misses.
        known_miss: whether a miss here is understood and explained in the note.
    """

    name: str
    ours: float
    reference: float
    tolerance: float
    unit: str
    passed: bool
    note: str = ""
    known_miss: bool = False


def close(
    name: str,
    ours: float,
    reference: float,
    tolerance: float,
    *,
    unit: str,
    note: str = "",
    known_miss: bool = False,
) -> Verdict:
    """Return the verdict on a number that should be within a relative distance of another."""
    passed = bool(math.isfinite(ours) and abs(ours - reference) <= tolerance * abs(reference))
    return Verdict(
        name=name,
        ours=float(ours),
        reference=float(reference),
        tolerance=tolerance,
        unit=unit,
        passed=passed,
        note=note,
        known_miss=known_miss,
    )


def within(
    name: str,
    ours: float,
    low: float,
    high: float,
    *,
    unit: str,
    note: str = "",
    known_miss: bool = False,
) -> Verdict:
    """Return the verdict on a number that should lie in a band."""
    nearer = low if abs(ours - low) <= abs(ours - high) else high
    return Verdict(
        name=f"{name} in {low:g} to {high:g}",
        ours=float(ours),
        reference=nearer,
        tolerance=0.0,
        unit=unit,
        passed=bool(low <= ours <= high),
        note=note,
        known_miss=known_miss,
    )
