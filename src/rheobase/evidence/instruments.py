"""Assessment instruments: their scales, and the change that is more than measurement error."""

from dataclasses import dataclass
from functools import cache
from math import sqrt
from typing import final

from rheobase.errors import BadInput
from rheobase.evidence.load import entries, one_of
from rheobase.evidence.protocols import Value
from rheobase.stimulus.checks import in_range

ERROR_KINDS = ("", "sem", "mdc", "mdc_fraction", "important")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One instrument (fields: see `instruments.toml`)."""

    key: str
    title: str
    domain: str
    unit: str
    low: float
    high: float
    step: float
    better: str
    ordinal: bool
    from_months: float
    error_kind: str
    source: str
    note: str
    error: Value | None = None
    codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.error_kind not in ERROR_KINDS or self.better not in ("higher", "lower", ""):
            raise BadInput(f"The instrument {self.key!r} is incomplete. Correct the table.")

    def check(self, value: float) -> None:
        """Refuse a value that the scale does not have.

        Raises:
            BadInput: with the range that would be accepted.
        """
        in_range(self.title, value, self.low, self.high, self.unit)

    def detectable(self, value: float) -> float | None:
        """Return the smallest change that is more than error, or None if no figure was read.

        For a standard error of measurement (SEM) it is 1.96 sqrt(2) SEM. A change that merely
        "matters" ("important") says nothing about error, so it gives None.

        Args:
            value: the earlier value, in the instrument's unit.
        """
        if self.error is None or self.error.value is None:
            return None
        if self.error_kind == "sem":
            return 1.96 * sqrt(2.0) * self.error.value
        if self.error_kind == "mdc":
            return self.error.value
        if self.error_kind == "mdc_fraction":
            return self.error.value * abs(value)
        return None


@cache
def instruments() -> dict[str, Instrument]:
    """Return every instrument by its key.

    Raises:
        BadInput: naming the first entry that is incomplete.
    """
    return entries(Instrument, "instruments")


def instrument(key: str) -> Instrument:
    """Return one instrument.

    Raises:
        BadInput: if there is none of that name.
    """
    return one_of(instruments(), "instrument", key)
