"""Cases, proposals and prescriptions as files: JSON with a name and a version, read strictly.

Where only words may be shown of a prediction, the file of a proposal holds words: numbers that
nobody may read are not passed on.
"""

from pathlib import Path
from typing import Any, TypeVar

from rheobase.evidence.load import made_by
from rheobase.planner.case import Case
from rheobase.planner.in_words import in_words
from rheobase.planner.proposal import ChannelProposal, Proposal, Refusal
from rheobase.stimulus.codec import from_plain, of_format, read_json, to_plain
from rheobase.stimulus.prescription import Sealed

T = TypeVar("T", Case, Proposal, Refusal, Sealed)

VERSION = 1
MADE = ("made_by", "evidence_sha256")  # which program and tables answered; nothing reads them
FORMATS: dict[type, str] = {
    Case: "rheobase/case",
    Proposal: "rheobase/proposal",
    Refusal: "rheobase/refusal",
    Sealed: "rheobase/prescription",
}


def to_file(value: Case | Proposal | Refusal | Sealed) -> dict[str, Any]:
    """Return a value as plain JSON types under its format and version."""
    plain = {"format": FORMATS[type(value)], "version": VERSION, **to_plain(value)}
    if isinstance(value, Proposal | Refusal):
        plain |= made_by()
    if isinstance(value, Proposal):
        plain["channels"] = [_as_shown(channel) for channel in value.channels]
    return plain


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
    rest = of_format(plain, wanted, VERSION, name)
    if cls in (Proposal, Refusal):
        rest = {key: value for key, value in rest.items() if key not in MADE}
    if cls is Proposal and isinstance(rest.get("channels"), list):
        rest["channels"] = [_as_kept(channel) for channel in rest["channels"]]
    return from_plain(cls, rest, wanted.rsplit("/", 1)[-1])


def _as_shown(channel: ChannelProposal) -> dict[str, Any]:
    plain: dict[str, Any] = to_plain(channel)
    words = plain.pop("in_words")
    if channel.prediction is not None and channel.prediction.words_only:
        words = to_plain(in_words(channel.prediction))
    return {**plain, "prediction": words or plain["prediction"]}


def _as_kept(plain: Any) -> Any:
    """Return a channel whose prediction stands where its type belongs."""
    if not isinstance(plain, dict):
        return plain
    found = plain.get("prediction")
    if isinstance(found, dict) and "extrapolated" in found:  # a response has no such field
        return {**plain, "prediction": None, "in_words": found}
    return plain


def read_file(cls: type[T], path: Path) -> T:
    """Return a value from a file.

    Raises:
        BadInput: if the file is missing, no JSON, or not exactly such a value.
    """
    return from_file(cls, read_json(path), path.name)
