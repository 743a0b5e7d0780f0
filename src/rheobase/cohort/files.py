"""A study as a file: JSON with a name and a version, read strictly."""

from pathlib import Path
from typing import Any

from rheobase.cohort.study import Study
from rheobase.errors import BadInput
from rheobase.stimulus.codec import from_plain, read_json, to_plain

FORMAT, VERSION = "rheobase/study", 1


def study_file(study: Study) -> dict[str, Any]:
    """Return a study as plain JSON types under its format and version."""
    return {"format": FORMAT, "version": VERSION, **to_plain(study)}


def read_study(path: Path) -> Study:
    """Return a study from a file.

    Raises:
        BadInput: if the file is missing, no JSON, or not exactly a study; with what to correct.
    """
    plain = read_json(path)
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        found = plain.get("format") if isinstance(plain, dict) else type(plain).__name__
        raise BadInput(
            f"{path.name} is not a {FORMAT} file (its format is {found!r:.60}). "
            f'It begins with {{"format": "{FORMAT}", "version": {VERSION}, ...}}.'
        )
    if plain.get("version") != VERSION:
        raise BadInput(
            f"{path.name} has version {plain.get('version')!r:.60} of {FORMAT}; this program reads "
            f"version {VERSION}. Write it again for this program."
        )
    rest = {key: value for key, value in plain.items() if key not in ("format", "version")}
    return from_plain(Study, rest, "study")
