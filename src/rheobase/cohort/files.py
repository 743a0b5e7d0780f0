"""A study as a file: JSON with a name and a version, read strictly."""

from pathlib import Path
from typing import Any

from rheobase.cohort.study import Study
from rheobase.stimulus.codec import from_plain, of_format, read_json, to_plain

FORMAT, VERSION = "rheobase/study", 1


def study_file(study: Study) -> dict[str, Any]:
    """Return a study as plain JSON types under its format and version."""
    return {"format": FORMAT, "version": VERSION, **to_plain(study)}


def read_study(path: Path) -> Study:
    """Return a study from a file.

    Raises:
        BadInput: if the file is missing, no JSON, or not exactly a study; with what to correct.
    """
    return from_plain(Study, of_format(read_json(path), FORMAT, VERSION, path.name), "study")
