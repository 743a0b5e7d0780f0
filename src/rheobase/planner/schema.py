"""JSON Schema of our files, derived from the types that read them."""

import dataclasses
import json
import types
import typing
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from rheobase.planner.files import FORMATS, MADE, VERSION
from rheobase.planner.proposal import Proposal, Refusal

DRAFT = "https://json-schema.org/draft/2020-12/schema"
SCALARS = {
    float: {"type": "number"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    str: {"type": "string"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def documents() -> dict[str, str]:
    """Return the published files by name (docs/schemas/), one per format."""
    return {
        f"{name.rsplit('/', 1)[-1]}.schema.json": json.dumps(schema_of(cls), indent=2) + "\n"
        for cls, name in FORMATS.items()
    }


def schema_of(cls: type, name: str | None = None, version: int = VERSION) -> dict[str, Any]:
    """Return the JSON Schema of a file format.

    Args:
        cls: one of the keys of `files.FORMATS`, or any other type that `codec.from_plain` reads.
        name: of the format, where it is none of `files.FORMATS`.
        version: of the format.
    """
    name = name or FORMATS[cls]
    definitions: dict[str, Any] = {}
    body = _object(cls, definitions)
    if "InWords" in definitions:
        _words_for_numbers(definitions["ChannelProposal"]["properties"])
    made = {key: {"type": "string"} for key in MADE} if cls in (Proposal, Refusal) else {}
    header = {"format": {"const": name}, "version": {"const": version}, **made}
    return {
        "$schema": DRAFT,
        "title": name,
        "description": _first_line(cls),
        "type": "object",
        "properties": {**header, **body["properties"]},
        "required": ["format", "version", *body["required"]],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _words_for_numbers(channel: dict[str, Any]) -> None:
    """Put the words where a file has them: in place of the prediction (`planner/files.py`)."""
    words = channel.pop("in_words")["anyOf"][0]
    channel["prediction"]["anyOf"].insert(1, words)


def _object(cls: type, definitions: dict[str, Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    fields = dataclasses.fields(cls)
    return {
        "type": "object",
        "description": _first_line(cls),
        "properties": {f.name: _schema(hints[f.name], definitions) for f in fields},
        "required": [
            f.name
            for f in fields
            if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        ],
        "additionalProperties": False,
    }


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_schema(k, definitions) for k in inner]}
    if origin is tuple:
        return {"type": "array", "items": _schema(inner[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(inner[1], definitions)}
    return _plain(kind, definitions)


def _plain(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind is type(None):
        return {"type": "null"}
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}  # holds the name while its fields are read
            definitions[kind.__name__] = _object(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if issubclass(kind, StrEnum):
        return {"enum": [member.value for member in kind]}
    return dict(SCALARS[kind])


def _first_line(cls: type) -> str:
    return (cls.__doc__ or "").strip().split("\n", 1)[0]
