"""What a run says while it works, and when it is done."""

from dataclasses import dataclass
from pathlib import Path
from typing import final


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is.

    Attributes:
        children: of the study. [1]
        done: whose rows are on disk. [1]
        kept: of these, found on disk at the start. [1]
        doses: each of them is given. [1]
    """

    children: int
    done: int
    kept: int
    doses: int


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run left.

    Attributes:
        file: the table, as Parquet.
        children, doses, rows: of the study; a row for each child and dose. [1]
        kept: children whose rows an earlier run had left. [1]
        words_only: rows with words and no numbers. [1]
        refused: rows without an answer by reason, numbers of a child as "#". [1]
    """

    file: Path
    children: int
    doses: int
    rows: int
    kept: int
    words_only: int
    refused: dict[str, int]
