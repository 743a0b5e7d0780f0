"""Tables are read whole: what is missing, or is not there, is named with what to do."""

from dataclasses import dataclass

import pytest

from rheobase.errors import BadInput
from rheobase.evidence.load import numbers, one_of, raw, values


@dataclass(frozen=True, kw_only=True)
class Wanted:
    open_ohm: float
    height_of_the_moon_mm: float


def test_a_number_the_table_lacks_is_named():
    with pytest.raises(BadInput, match=r"contact\.toml lacks height_of_the_moon_mm\. Add it"):
        values(Wanted, "contact")


def test_a_table_that_is_not_there_is_refused():
    with pytest.raises(BadInput, match="no table 'horoscopes'"):
        raw("horoscopes")


def test_an_unknown_key_is_refused_with_those_that_are_known():
    with pytest.raises(BadInput, match=r"no instrument 'x'\. Use one of: a, b\."):
        one_of({"a": 1, "b": 2}, "instrument", "x")


@pytest.mark.parametrize("table", ["session", "contact", "trigger", "chain", "body", "movement"])
def test_every_number_of_a_table_says_whom_it_describes_and_where_it_was_read(table):
    for key, number in numbers(table).items():
        assert number.population, key
        assert number.place or number.source == "ours", key
