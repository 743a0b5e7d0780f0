"""Numbers of a table as the model takes them: plain facts by name."""

from dataclasses import fields

from rheobase.evidence.load import numbers
from rheobase.model.body.norms import Fact


def facts(table: str) -> dict[str, Fact]:
    """Return every number of a table as a fact.

    Raises:
        BadInput: naming the first entry that is not a whole birth certificate.
    """
    names = [field.name for field in fields(Fact)]
    return {
        key: Fact(**{name: getattr(number, name) for name in names})
        for key, number in numbers(table).items()
    }
