"""How long records are kept: the table of rules, and when one record's time is over."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import final

from rheobase.errors import BadInput
from rheobase.evidence.load import TAGS, entries

ADULT_YEARS = 18


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule (fields: see `retention.toml`)."""

    key: str
    title: str
    years: int
    source: str
    tag: str
    note: str

    def __post_init__(self) -> None:
        if self.years < 1 or self.tag not in TAGS:
            raise BadInput(f"The rule {self.key!r} is incomplete. Correct the table.")


@cache
def rules() -> dict[str, Rule]:
    """Return every rule by its key."""
    return entries(Rule, "retention")


def kept_until(born: date, last_service: date) -> tuple[date, Rule]:
    """Return the last day on which a clinical record must be kept, and the rule that says so.

    Args:
        born: of the child.
        last_service: the last day anything was done for it.
    """
    known = rules()
    service, birthday = known["after_last_service"], known["after_18th_birthday"]
    ends = [
        (years_after(last_service, service.years), service),
        (years_after(born, ADULT_YEARS + birthday.years), birthday),
    ]
    return max(ends, key=lambda pair: pair[0])


def years_after(day: date, years: int) -> date:
    """Return the same day some years later; 29 February becomes the last of February."""
    year = day.year + years
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
