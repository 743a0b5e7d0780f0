"""What bodies are like when nothing was measured: curves by age and single facts, each with origin."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from rheobase.errors import BadInput
from rheobase.model.body.growth import Curve


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One number with its spread and origin.

    Attributes:
        value: in `unit`.
        unit: of the value.
        spread: standard deviation as a fraction of the value; 0 if none is known.
        source, population, tag: where it comes from and whom it describes.
    """

    value: float
    unit: str
    spread: float
    source: str
    population: str
    tag: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Norms:
    """Everything the body needs from the literature.

    Attributes:
        curves: medians by age and sex (evidence/growth.toml).
        facts: single numbers (evidence/body.toml).
    """

    curves: Mapping[str, Curve]
    facts: Mapping[str, Fact]

    def fact(self, key: str) -> float:
        """Return the value of a fact.

        Raises:
            BadInput: if the table lacks it.
        """
        try:
            return self.facts[key].value
        except KeyError:
            raise BadInput(f"The table of body facts lacks {key!r}. Add it to body.toml.") from None
