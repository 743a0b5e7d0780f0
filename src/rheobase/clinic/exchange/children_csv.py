"""A table of children from another program, read strictly: every line is right, or says what is wrong.

Nothing is guessed: a date is a year, a month and a day in that order, a condition is one of ours, and
a name holds what names hold. What another program left in a cell (a formula, markup, a character
that turns the text around) is refused by name.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, final

from django.utils.translation import gettext as _

from rheobase.clinic.people.names import wrong_birthday, wrong_name
from rheobase.errors import BadInput
from rheobase.model.body.child import Condition, Sex

LARGEST: Final = 1_000_000  # bytes
MOST_LINES: Final = 5_000
LONGEST_SIGN_IN: Final = 60
CHILD: Final = ("given_name", "family_name", "born", "sex", "condition")
GUARDIAN: Final = (
    "guardian_sign_in",
    "guardian_given_name",
    "guardian_family_name",
    "guardian_relation",
)
RELATIONS: Final = ("mother", "father", "legal guardian", "foster parent", "grandparent")
SEXES: Final = {**{s.value: s.value for s in Sex}, "f": "female", "m": "male"}
CONDITIONS: Final = {c.value.casefold(): c.value for c in Condition}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the table.

    Attributes:
        number: of the line in the file, from 1.
        cells: its cells by column, trimmed, as composed characters.
        wrong: everything that keeps it from being imported.
        born: the date of birth, or None if that is wrong.
    """

    number: int
    cells: dict[str, str]
    wrong: tuple[str, ...]
    born: date | None

    @property
    def name(self) -> str:
        """The name as it stands there."""
        return f"{self.cells.get('given_name', '')} {self.cells.get('family_name', '')}".strip()

    @property
    def key(self) -> tuple[str, str, date | None]:
        """What makes two lines one child."""
        return (
            self.cells.get("given_name", "").casefold(),
            self.cells.get("family_name", "").casefold(),
            self.born,
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A whole file.

    Attributes:
        encoding: how its letters were read; if not UTF-8, look at the names.
        lines: every line but the header and empty ones.
    """

    encoding: str
    lines: tuple[Line, ...] = field(default=())


def read(content: bytes, today: date) -> Table:
    """Read a file.

    Args:
        content: of the file, in UTF-8, UTF-16 or Windows-1252, with commas, semicolons or tabs.
        today: nobody is born after it.

    Raises:
        BadInput: if it is no such table, or its columns are not ours.
    """
    if len(content) > LARGEST:
        raise BadInput(
            _("The file is larger than %(size)s kB. Split it.") % {"size": LARGEST // 1000}
        )
    text, encoding = decoded(content)
    first = text.strip().partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(first), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise BadInput(
            _("Line %(n)s cannot be read as a table (%(why)s). Correct it in the file.")
            % {"n": reader.line_num, "why": error}
        ) from None
    if not rows:
        raise BadInput(
            _("The file is empty. Its first line names the columns: %(columns)s.")
            % {"columns": ", ".join(CHILD)}
        )
    columns = _columns(rows[0][1])
    if len(rows) - 1 > MOST_LINES:
        raise BadInput(_("The file has more than %(most)s lines. Split it.") % {"most": MOST_LINES})
    lines = tuple(_line(number, row, columns, today) for number, row in rows[1:])
    return Table(encoding=encoding, lines=lines)


def decoded(content: bytes) -> tuple[str, str]:
    """Return the text of a file, and the encoding it is in.

    Raises:
        BadInput: if it is none of the three.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tries = ["utf-16"]
    elif content[1:2] == b"\0":
        tries = ["utf-16-le"]
    elif content[:1] == b"\0":
        tries = ["utf-16-be"]
    else:
        tries = ["utf-8-sig", "cp1252"]
    for encoding in tries:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(encoding, "UTF-16")
    raise BadInput(_("The letters of this file cannot be read. Save it as CSV in UTF-8."))


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)


def _columns(row: list[str]) -> list[str]:
    columns = [cell.strip().casefold().replace(" ", "_") for cell in row]
    problems = []
    if unknown := [c or _("(no name)") for c in columns if c not in (*CHILD, *GUARDIAN)]:
        problems.append(_("unknown columns: %(names)s") % {"names": ", ".join(map(shown, unknown))})
    if missing := [c for c in CHILD if c not in columns]:
        problems.append(_("missing columns: %(names)s") % {"names": ", ".join(missing)})
    if twice := sorted({c for c in columns if columns.count(c) > 1}):
        problems.append(
            _("columns that are there twice: %(names)s") % {"names": ", ".join(map(shown, twice))}
        )
    if "guardian_sign_in" in columns and (rest := [c for c in GUARDIAN if c not in columns]):
        problems.append(
            _("missing columns of the guardian: %(names)s") % {"names": ", ".join(rest)}
        )
    if problems:
        raise BadInput(
            _(
                "%(problems)s. The first line names the columns: %(child)s, and if you like %(guardian)s."
            )
            % {
                "problems": "; ".join(problems).capitalize(),
                "child": ", ".join(CHILD),
                "guardian": ", ".join(GUARDIAN),
            }
        )
    return columns


def _line(number: int, row: list[str], columns: list[str], today: date) -> Line:
    if len(row) != len(columns):
        odd = _("%(n)s cells instead of %(wanted)s") % {"n": len(row), "wanted": len(columns)}
        return Line(number=number, cells={}, wrong=(odd,), born=None)
    tidy = [unicodedata.normalize("NFC", cell.strip()) for cell in row]
    cells = dict(zip(columns, tidy, strict=True))
    born, why = _born(cells["born"], today)
    wrong = [
        *wrong_name(_("given name"), cells["given_name"]),
        *wrong_name(_("family name"), cells["family_name"]),
        *([why] if why else []),
        *_wrong_choice("sex", cells["sex"], SEXES),
        *_wrong_choice("condition", cells["condition"], CONDITIONS),
        *_wrong_guardian(cells),
    ]
    for name, choices in (("sex", SEXES), ("condition", CONDITIONS)):
        cells[name] = choices.get(cells[name].casefold(), cells[name])
    return Line(number=number, cells=cells, wrong=tuple(wrong), born=born)


def _born(text: str, today: date) -> tuple[date | None, str]:
    try:
        born = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        born = None
    if born is None:
        said = _("%(text)s is not a date: write year-month-day, for example 2019-04-30")
        return None, said % {"text": shown(text)}
    why = wrong_birthday(born, today)
    return (None if why else born), why


def _wrong_choice(what: str, text: str, choices: dict[str, str]) -> Iterator[str]:
    if text.casefold() not in choices:
        allowed = ", ".join(sorted(set(choices.values())))
        yield _("%(what)s %(text)s is unknown; one of: %(allowed)s") % {
            "what": what,
            "text": shown(text),
            "allowed": allowed,
        }


def _wrong_guardian(cells: dict[str, str]) -> Iterator[str]:
    given = [name for name in GUARDIAN if cells.get(name)]
    if not given:
        return
    if missing := [name for name in GUARDIAN if name not in given]:
        yield _("the guardian lacks %(names)s") % {"names": ", ".join(missing)}
        return
    sign_in = cells["guardian_sign_in"]
    plain = (
        sign_in.isascii() and sign_in.replace("-", "").replace("_", "").replace(".", "").isalnum()
    )
    if not plain or len(sign_in) > LONGEST_SIGN_IN:
        yield _(
            "the sign-in name of the guardian holds other things than letters, digits, - . and _"
        )
    yield from wrong_name(_("guardian's given name"), cells["guardian_given_name"])
    yield from wrong_name(_("guardian's family name"), cells["guardian_family_name"])
    yield from _wrong_choice("relation", cells["guardian_relation"], {r: r for r in RELATIONS})


def shown(text: str) -> str:
    """Return a foreign text as it may be shown: short, and without characters that are not seen."""
    seen = "".join(c if c.isprintable() else "�" for c in text[:40])
    return f"“{seen}{'…' if len(text) > 40 else ''}”"
