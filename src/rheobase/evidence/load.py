"""The only code that reads the tables: numbers with their birth certificates.

A table is a TOML file in this folder. Each entry of a number table reads

    [a_n_per_ms]
    value = 3.009
    unit = "N/ms"
    spread = 0.35            # standard deviation, as a fraction of the value; 0 if none is known
    source = "ding2003"      # key in sources/
    place = "table 2"        # where in the source; "" until somebody read it there
    population = "adult"     # shown whenever a child's plan rests on it
    tag = "muscle:X"         # note:letter, as docs/evidence.md explains them
    extrapolated = false     # we stretched it beyond its population
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, final

from rheobase.errors import BadInput
from rheobase.stimulus.checks import some_text
from rheobase.stimulus.codec import from_plain

T = TypeVar("T")


class Standing(StrEnum):
    """What a tag means to whoever reads a plan."""

    PUBLISHED = "published"  # read in the source; may be shown as fact, with its citation
    DEFAULT = "proposed default, needs clinical sign-off"
    SECONDARY = "from published code or a secondary source, primary not checked"
    COMPUTED = "own calculation"
    UNVERIFIED = "unverified"


# Each note of docs/evidence.md has its own alphabet; this is the only place that knows them all.
TAGS: dict[str, Standing] = {
    "clinical:V": Standing.PUBLISHED,
    "clinical:D": Standing.DEFAULT,
    "clinical:M": Standing.UNVERIFIED,
    "body:V": Standing.PUBLISHED,
    "body:C": Standing.COMPUTED,
    "body:S": Standing.SECONDARY,
    "body:U": Standing.UNVERIFIED,
    "body:D": Standing.DEFAULT,
    "muscle:V": Standing.PUBLISHED,
    "muscle:C": Standing.SECONDARY,
    "muscle:X": Standing.SECONDARY,
    "muscle:D": Standing.COMPUTED,
    "muscle:M": Standing.UNVERIFIED,
    "nerve_field:S": Standing.PUBLISHED,
    "nerve_field:A": Standing.SECONDARY,
    "nerve_field:R": Standing.COMPUTED,
    "nerve_field:M": Standing.UNVERIFIED,
    "devices:P": Standing.PUBLISHED,
    "devices:M": Standing.COMPUTED,
    "devices:E": Standing.SECONDARY,
    "devices:U": Standing.UNVERIFIED,
    "clinic:V": Standing.PUBLISHED,
    "clinic:S": Standing.SECONDARY,
    "ours:D": Standing.DEFAULT,  # a design choice of this project; needs clinical sign-off
}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number with its birth certificate (fields: see the module)."""

    value: float
    unit: str
    spread: float
    source: str
    place: str
    population: str
    tag: str
    extrapolated: bool

    def __post_init__(self) -> None:
        some_text("source", self.source, 64)
        some_text("population", self.population, 200)
        if self.tag not in TAGS:
            raise BadInput(f"tag={self.tag!r} is not known. Use one of: {', '.join(TAGS)}.")

    @property
    def standing(self) -> Standing:
        """What the tag means to a reader."""
        return TAGS[self.tag]


@cache
def raw(name: str) -> dict[str, Any]:
    """Return a table as it is written.

    Raises:
        BadInput: if there is no such table.
    """
    path = files("rheobase.evidence") / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadInput(f"There is no table {name!r} in evidence/. Check the name.") from None


@cache
def numbers(name: str) -> dict[str, Number]:
    """Return a table of numbers, checked.

    Raises:
        BadInput: naming the first entry that is not a whole birth certificate.
    """
    return {
        key: from_plain(Number, entry, f"{name}.{key}")
        for key, entry in raw(name).items()
        if not key.startswith("_")
    }


def entries(kind: type[T], table: str) -> dict[str, T]:
    """Return a table whose every entry is one value of a kind that knows its own `key`.

    Raises:
        BadInput: naming the first entry that is incomplete.
    """
    return {
        key: from_plain(kind, {"key": key, **entry}, f"{table}.{key}")
        for key, entry in raw(table).items()
    }


def values(kind: Callable[..., T], table: str) -> T:
    """Return a dataclass whose fields are numbers of a table, each under its own name.

    Raises:
        BadInput: if the table lacks one of them.
    """
    known = numbers(table)
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    missing = [name for name in names if name not in known]
    if missing:
        raise BadInput(f"evidence/{table}.toml lacks {', '.join(missing)}. Add it with its source.")
    return kind(**{name: known[name].value for name in names})


def one_of(known: Mapping[str, T], what: str, key: str) -> T:
    """Return what stands under a key.

    Raises:
        BadInput: if nothing does, listing the keys there are.
    """
    try:
        return known[key]
    except KeyError:
        raise BadInput(f"There is no {what} {key!r}. Use one of: {', '.join(known)}.") from None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One entry of the bibliography.

    Attributes:
        citation: authors, title, where.
        doi: "" if there is none or it was not seen.
        read: what of it was read.
    """

    citation: str
    doi: str
    read: str


@cache
def sources() -> dict[str, Source]:
    """Return the whole bibliography by key.

    Raises:
        BadInput: if a key stands in two files, or an entry is incomplete.
    """
    found: dict[str, Source] = {}
    for path in sorted(files("rheobase.evidence").joinpath("sources").iterdir(), key=str):
        for key, entry in tomllib.loads(path.read_text("utf-8")).items():
            if key in found:
                raise BadInput(f"The source {key!r} stands in two files. Keep one.")
            found[key] = from_plain(Source, entry, f"sources.{key}")
    return found


@cache
def edition() -> str:
    """Return the SHA-256 over all tables: same digest, same numbers."""
    room = files("rheobase.evidence")
    found = [p for folder in (room, room / "sources") for p in folder.iterdir()]
    tables = sorted((p for p in found if p.name.endswith((".toml", ".npz"))), key=str)
    whole = hashlib.sha256()
    for path in tables:
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()


def made_by() -> dict[str, str]:
    """Return which program and which tables make an answer: it stands beside every JSON of theirs."""
    from importlib.metadata import version  # slow to import, and a supervisor never asks

    return {"made_by": f"rheobase {version('rheobase')}", "evidence_sha256": edition()}
