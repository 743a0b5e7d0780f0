"""The checks every value passes once, when it is born. NaN passes none of them."""

import re

from rheobase.errors import BadInput


def in_range(name: str, value: float, low: float, high: float, unit: str) -> None:
    """Refuse a number outside `low..high`, or one that is no number at all.

    Raises:
        BadInput: with the name, the value and the range that would be accepted.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(f"{name}={value!r} is not a number. Give it in {unit}.")
    if not low <= value <= high:  # so written that NaN is refused too
        shown = "not a number" if value != value else f"{_short(value)} {unit}".rstrip()  # noqa: PLR0124
        raise BadInput(
            f"{name} is {shown}, but must lie between {low:g} and {f'{high:g} {unit}'.rstrip()}. "
            "Correct it."
        )


def _short(value: float) -> str:
    try:
        return f"{value:g}"
    except OverflowError:  # a whole number beyond any floating-point one
        return f"a number of {len(str(abs(value)))} digits,"


def one_of(name: str, value: object, allowed: tuple[str, ...]) -> None:
    """Refuse a word that is not in the list, and show the list.

    Raises:
        BadInput: with every word that would be accepted.
    """
    if value not in allowed:
        raise BadInput(f"{name}={value!r} is not known. Use one of: {', '.join(allowed)}.")


def some_text(name: str, value: object, longest: int = 2000) -> None:
    """Refuse an empty text, one longer than `longest` characters, or one that no database keeps.

    Raises:
        BadInput: with what is wrong.
    """
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{name} is empty. Fill it in.")
    if len(value) > longest:
        raise BadInput(
            f"{name} has {len(value)} characters; at most {longest} are kept. Shorten it."
        )
    if "\0" in value:
        raise BadInput(f"{name} holds a character that cannot be kept (NUL). Type it again.")


def identifier(name: str, value: object) -> None:
    """Refuse anything but a short name of letters, digits, '-' and '_' (safe in files and frames).

    Raises:
        BadInput: with the pattern that would be accepted.
    """
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", value):
        raise BadInput(
            f"{name}={value!r} is not a usable name. Use 1 to 64 letters, digits, '-', '_' or '.'."
        )
