"""The catalogue of muscles, read from muscles.toml and checked as a whole."""

from functools import cache

from rheobase.errors import BadInput
from rheobase.evidence.load import TAGS, entries, one_of
from rheobase.model.body.muscles import Muscle


@cache
def muscles() -> dict[str, Muscle]:
    """Return every muscle by its key.

    Raises:
        BadInput: if an entry is incomplete, bears an unknown tag, or names a muscle that is missing.
    """
    found = entries(Muscle, "muscles")
    for muscle in found.values():
        for other in (*muscle.parts, *muscle.antagonists, *muscle.neighbours):
            if other not in found:
                raise BadInput(f"muscles.{muscle.key} names {other!r}, which is not in the table.")
        for tag in (muscle.zone.tag, muscle.depth.tag, muscle.second.tag, muscle.action.tag):
            if tag not in TAGS:
                raise BadInput(f"muscles.{muscle.key} bears the unknown tag {tag!r}. Correct it.")
    return found


def muscle(key: str) -> Muscle:
    """Return one muscle.

    Raises:
        BadInput: if the key is unknown, listing those that are known.
    """
    return one_of(muscles(), "muscle", key)
