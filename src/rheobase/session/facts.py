"""Something for the journal, before it has a number and a time."""

from dataclasses import dataclass
from typing import Any, final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something for the journal: kind, unit and what else belongs to it."""

    kind: str
    slot: str
    data: dict[str, Any]
