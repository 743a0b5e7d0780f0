"""The parameters of the chain, read from the tables and handed to the model as plain values."""

from collections.abc import Mapping
from functools import cache

from rheobase.evidence.load import Number, numbers, raw
from rheobase.model.body.growth import Curve
from rheobase.model.body.norms import Fact, Norms
from rheobase.stimulus.codec import from_plain


def _facts(table: Mapping[str, Number]) -> dict[str, Fact]:
    return {
        key: Fact(
            value=one.value,
            unit=one.unit,
            spread=one.spread,
            source=one.source,
            population=one.population,
            tag=one.tag,
        )
        for key, one in table.items()
    }


@cache
def norms() -> Norms:
    """Return curves and facts about bodies.

    Raises:
        BadInput: if a table is incomplete.
    """
    curves = {
        key: from_plain(Curve, entry, f"growth.{key}") for key, entry in raw("growth").items()
    }
    return Norms(curves=curves, facts=_facts(numbers("body")))
