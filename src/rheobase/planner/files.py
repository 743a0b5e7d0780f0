"""Cases, proposals and prescriptions as files: JSON with a name and a version, read strictly."""

from pathlib import Path
from typing import Any, TypeVar

from rheobase.errors import BadInput
from rheobase.planner.case import Case
from rheobase.planner.proposal import Proposal, Refusal
from rheobase.stimulus.codec import from_plain, read_json, to_plain
from rheobase.stimulus.prescription import Sealed

T = TypeVar("T", Case, Proposal, Refusal, Sealed)

VERSION = 1
FORMATS: dict[type, str] = {
    Case: "rheobase/case",
    Proposal: "rheobase/proposal",
    Refusal: "rheobase/refusal",
    Sealed: "rheobase/prescription",
}


def to_file(value: Case | Proposal | Refusal | Sealed) -> dict[str, Any]:
    """Return a value as plain JSON types under its format and version."""
    return {"format": FORMATS[type(value)], "version": VERSION, **to_plain(value)}


def from_file(cls: type[T], plain: object, name: str) -> T:
    """Return a value from what a file held.

    Args:
        cls: `Case`, `Proposal`, `Refusal` or `Sealed`.
        plain: what the JSON held.
        name: of the file, for the message.

    Raises:
        BadInput: if it is another format, another version, or not exactly such a value.
    """
    wanted = FORMATS[cls]
    if not isinstance(plain, dict) or plain.get("format") != wanted:
        found = plain.get("format") if isinstance(plain, dict) else type(plain).__name__
        raise BadInput(
            f"{name} is not a {wanted} file (its format is {found!r:.60}). "
            f'It begins with {{"format": "{wanted}", "version": {VERSION}, ...}}.'
        )
    if plain.get("version") != VERSION:
        raise BadInput(
            f"{name} has version {plain.get('version')!r:.60} of {wanted}; this program reads "
            f"version {VERSION}. Write it again with this program."
        )
    rest = {key: value for key, value in plain.items() if key not in ("format", "version")}
    return from_plain(cls, rest, wanted.rsplit("/", 1)[-1])


def read_file(cls: type[T], path: Path) -> T:
    """Return a value from a file.

    Raises:
        BadInput: if the file is missing, no JSON, or not exactly such a value.
    """
    return from_file(cls, read_json(path), path.name)
