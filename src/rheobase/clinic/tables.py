"""Tables that leave the program: the same columns as CSV, for a spreadsheet, and as Parquet, with types.

A column carries its unit in its name and, in Parquet, in its metadata with its description. CSV is
RFC 4180 in UTF-8; a cell that a spreadsheet would run is quoted. Nothing here knows a database.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any, Final, final

from rheobase.errors import BadInput

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins so
KINDS: Final = ("text", "number", "count", "moment", "yes or no")
NOT_LICENSED: Final = "none: health information that the clinic keeps under its law"
AS_SOFTWARE: Final = "Apache-2.0, as the software that computed it"
Row = Mapping[str, Any]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes:
        name: with its unit as a suffix where it has one.
        kind: "text", "number", "count", "moment" (UTC) or "yes or no".
        unit: as in UCUM, "" for none.
        text: what it is.
        digits: significant digits in CSV, 0 for all of them; Parquet always keeps all.
    """

    name: str
    kind: str
    text: str
    unit: str = ""
    digits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BadInput(f"A column is one of {', '.join(KINDS)}, not {self.kind!r}. Correct it.")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one kind of table is.

    Attributes:
        title: what a row is.
        licence: of the content.
        columns: in order.
    """

    title: str
    licence: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def csv_text(shape: Shape, rows: Iterable[Row]) -> str:
    """Return rows as CSV text with a header; missing values stay empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(shape.names)
    for row in rows:
        writer.writerow([_cell(column, row.get(column.name)) for column in shape.columns])
    return out.getvalue()


def parquet(shape: Shape, rows: Iterable[Row]) -> bytes:
    """Return rows as a Parquet file with typed columns; missing values are null.

    Raises:
        BadInput: naming the first column whose values are not of its kind.
    """
    import pyarrow as pa  # not needed to serve a page or to print help
    import pyarrow.parquet as pq

    kept = list(rows)
    fields, columns = [], []
    for column in shape.columns:
        kind = _types(pa)[column.kind]
        try:
            values = pa.array([row.get(column.name) for row in kept], type=kind)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            raise BadInput(f"The column {column.name!r} is no {column.kind}: {error}.") from None
        about = {"description": column.text, **({"unit": column.unit} if column.unit else {})}
        fields.append(pa.field(column.name, kind, metadata=about))
        columns.append(values)
    about = {"title": shape.title, "licence": shape.licence, "made_by": f"rheobase {_version()}"}
    made = pa.Table.from_arrays(columns, schema=pa.schema(fields, metadata=about))
    sink = io.BytesIO()
    pq.write_table(made, sink, compression="zstd")
    return sink.getvalue()


def _types(pa: Any) -> dict[str, Any]:
    return {
        "text": pa.string(),
        "number": pa.float64(),
        "count": pa.int32(),
        "moment": pa.timestamp("us", tz="UTC"),
        "yes or no": pa.bool_(),
    }


def _cell(column: Column, value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and column.digits:
        return f"{value:.{column.digits}g}"
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _version() -> str:
    return version("rheobase")
