"""Values to versioned JSON and back, strictly: unknown, missing and non-finite fields are refused.

Works for frozen dataclasses built from numbers, texts, booleans, enumerations, dates, other such
dataclasses, tuples of them, `X | None`, and `dict[str, X]`. Nothing is guessed or repaired.
"""

import dataclasses
import hashlib
import json
import math
import types
import typing
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from rheobase.errors import BadInput

T = TypeVar("T")

LARGEST_WHOLE = 2**63 - 1  # of a database; far beyond any number of ours


def to_plain(value: object) -> Any:
    """Return a value as plain JSON types (dict, list, str, number, bool, None)."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        given = ((f, getattr(value, f.name)) for f in dataclasses.fields(value))
        return {f.name: to_plain(v) for f, v in given if v is not None or not later(f)}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return value


def added_later() -> dict[str, bool]:
    """Return the mark of a field that was added to a signed form: `None` is left out of its text.

    What was signed before the field existed keeps its text, its digest and its seal.
    """
    return {"added_later": True}


def later(field: "dataclasses.Field[Any]") -> bool:
    """Return whether a field carries the mark of `added_later`."""
    return bool(field.metadata.get("added_later"))


def canonical(value: object) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces. Equal values, equal texts."""
    return json.dumps(to_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def from_plain(cls: type[T], data: object, where: str = "") -> T:
    """Return a value of `cls` from plain JSON types.

    Args:
        cls: a frozen dataclass.
        data: what `json.loads` gave.
        where: path of the data in its file, for the message.

    Raises:
        BadInput: naming the first field that is missing, unknown or of the wrong kind.
    """
    return typing.cast(T, _read(cls, data, where or cls.__name__))


def read_json(path: Path) -> Any:
    """Return the content of a JSON file; `NaN`, `Infinity` and a name given twice are refused.

    Raises:
        BadInput: if the file is missing, not UTF-8 or not JSON, with the line of the mistake.
    """
    try:
        text = path.read_text("utf-8-sig")  # some editors put a mark before the first character
        return json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_each_once)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}. Check the name.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}. Name a readable file.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text. Save it as UTF-8 and try again.") from None
    except json.JSONDecodeError as error:
        raise BadInput(
            f"{path} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}. "
            "Correct that place."
        ) from None
    except ValueError:
        raise BadInput(f"{path} holds a number of thousands of digits. Correct it.") from None
    except RecursionError:
        raise BadInput(f"{path} is nested too deeply to be one of our files.") from None


def of_format(plain: object, wanted: str, version: int, name: str) -> dict[str, Any]:
    """Return what a file of ours holds beside its format and version.

    Args:
        plain: what the JSON held.
        wanted: format, e.g. "rheobase/case".
        version: that this program reads.
        name: of the file, for the message.

    Raises:
        BadInput: if it is another format or another version.
    """
    if not isinstance(plain, dict) or plain.get("format") != wanted:
        found = plain.get("format") if isinstance(plain, dict) else type(plain).__name__
        raise BadInput(
            f"{name} is not a {wanted} file (its format is {found!r:.60}). "
            f'It begins with {{"format": "{wanted}", "version": {version}, ...}}.'
        )
    if plain.get("version") != version:
        raise BadInput(
            f"{name} has version {plain.get('version')!r:.60} of {wanted}; this program reads "
            f"version {version}. Write it again with this program."
        )
    return {key: value for key, value in plain.items() if key not in ("format", "version")}


def _refuse_constant(name: str) -> None:
    raise BadInput(f"The file holds {name}, which is not a number. Give a finite value.")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadInput(f"The file says {twice!r:.80} twice in one place. Leave one of them.")
    return found


def _read(kind: Any, data: object, where: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _read_union(kind, data, where)
    if origin is tuple:
        return _read_tuple(kind, data, where)
    if origin is dict:
        return {
            k: _read(typing.get_args(kind)[1], v, f"{where}.{k}")
            for k, v in _object(data, where).items()
        }
    if dataclasses.is_dataclass(kind):
        return _read_dataclass(kind, data, where)
    return _read_scalar(kind, data, where)


def _read_union(kind: Any, data: object, where: str) -> Any:
    choices = [c for c in typing.get_args(kind) if c is not type(None)]
    if data is None and len(choices) < len(typing.get_args(kind)):
        return None
    if len(choices) != 1:
        raise TypeError(f"{where}: only `X | None` can be read, not {kind}")
    return _read(choices[0], data, where)


def _read_tuple(kind: Any, data: object, where: str) -> Any:
    item, *_ = typing.get_args(kind)
    if not isinstance(data, list):
        raise BadInput(f"{where} must be a list, but is {_name(data)}.")
    return tuple(_read(item, entry, f"{where}[{i}]") for i, entry in enumerate(data))


def _read_dataclass(kind: Any, data: object, where: str) -> Any:
    given = _object(data, where)
    hints = typing.get_type_hints(kind)
    fields = {f.name: f for f in dataclasses.fields(kind)}
    unknown = sorted(set(given) - set(fields))
    if unknown:
        raise BadInput(
            f"{where} has a field {unknown[0]!r} that does not exist. "
            f"The fields are: {', '.join(sorted(fields))}."
        )
    needed = [
        n
        for n, f in fields.items()
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    missing = [n for n in needed if n not in given]
    if missing:
        raise BadInput(f"{where} lacks the field {missing[0]!r}. Add it.")
    values = {name: _read(hints[name], item, f"{where}.{name}") for name, item in given.items()}
    try:
        return kind(**values)
    except BadInput as error:
        raise BadInput(f"In {where}: {error}") from None


def _read_scalar(kind: Any, data: object, where: str) -> Any:
    if kind is Any:
        return data
    if isinstance(data, int) and abs(data) > LARGEST_WHOLE:
        raise BadInput(f"{where} is a number of {len(str(abs(data)))} digits. Give a smaller one.")
    if kind is float and isinstance(data, int | float) and not isinstance(data, bool):
        if not math.isfinite(data):
            raise BadInput(f"{where} is not a finite number. Give a finite value.")
        return float(data)
    if kind in (int, bool, str) and type(data) is kind:
        return data
    if isinstance(kind, type) and issubclass(kind, StrEnum) and isinstance(data, str):
        return _read_choice(kind, data, where)
    if kind in (date, datetime) and isinstance(data, str):
        return _read_date(kind, data, where)
    raise BadInput(f"{where} must be {_kind_name(kind)}, but is {_name(data)}.")


def _read_choice(kind: type[StrEnum], data: str, where: str) -> StrEnum:
    try:
        return kind(data)
    except ValueError:
        words = ", ".join(repr(member.value) for member in kind)
        raise BadInput(f"{where}={data!r:.80} is not known. Use one of: {words}.") from None


def _read_date(kind: type[date], data: str, where: str) -> date:
    try:
        return kind.fromisoformat(data)
    except ValueError:
        raise BadInput(f"{where}={data!r:.40} is not a date. Write it as 2026-11-22.") from None


def _object(data: object, where: str) -> dict[str, object]:
    if not isinstance(data, dict):
        raise BadInput(f"{where} must be an object with named fields, but is {_name(data)}.")
    return data


def _name(data: object) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    if data is None:
        return "empty (null)"
    return names.get(
        type(data), f"the number {data!r:.40}" if isinstance(data, int | float) else repr(data)
    )


def _kind_name(kind: Any) -> str:
    names = {float: "a number", int: "a whole number", bool: "true or false", str: "a text"}
    return names.get(kind, f"a {getattr(kind, '__name__', kind)}")
