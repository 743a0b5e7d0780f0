"""Files of numbers, as `force` and `thresholds` take them: a column, a row, or one JSON list."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from rheobase.errors import BadInput

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
HEADING = re.compile(r"[^\W\d][^,;]*")  # one name over one column
FORM = (
    "Write plain numbers with spaces, commas or new lines between (0.5, not 0,5), or a JSON list."
)


def read_numbers(option: str, file: Path) -> "Array":
    """Return the numbers of a file, (n,). A heading over the first is passed over.

    Args:
        option: that names the file, for the message.
        file: text, UTF-8.

    Raises:
        BadInput: naming the first word that is no finite number, and its line.
    """
    import numpy as np

    try:
        text = file.read_text("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise BadInput(f"{option}: {file} is not UTF-8 text. {FORM}") from None
    except OSError as error:
        raise BadInput(
            f"{option}: {file} cannot be read: {error.strerror}. Name a text file."
        ) from None
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    lines = text.splitlines()
    found = [
        _number(f"{option}: line {at} of {file}", word)
        for at, line in enumerate(lines, 1)
        if not (at == 1 < len(lines) and _is_heading(line))
        for word in line.replace(",", " ").split()
    ]
    if not found:
        raise BadInput(f"{option}: {file} is empty. Write at least one number into it.")
    return np.array(found)


def _is_heading(line: str) -> bool:
    return bool(HEADING.fullmatch(line.strip())) and line.strip().lower() not in {
        "nan", "inf", "infinity", "true", "false", "null", "none",
    }  # fmt: skip


def _number(where: str, word: str) -> float:
    value = float(word) if NUMBER.fullmatch(word) else float("nan")
    if not abs(value) < float("inf"):
        raise BadInput(f"{where} holds {word[:40]!r}, which is no finite number. {FORM}")
    return value
