"""The table of sessions: a header with units, a row per session and unit, nothing a spreadsheet runs."""

import csv
import io

from rheobase.clinic.exchange.csv_export import HEADER, sessions_of, table
from rheobase.clinic.live.models import Treatment


def test_there_is_one_row_per_session_and_unit_and_no_name(world):
    rows = world.records(world.mila)
    Treatment.objects.filter(pk=rows["treatment"]).update(
        units=[{"slot": s, "make": "virtual", "address": "", "name": f"Unit {s}"} for s in "AB"],
        summary={"slots": [{"slot": "A", "minutes": 12.5, "highest_ma": 14.0}]},
    )
    text = sessions_of(world.mila)
    found = list(csv.DictReader(io.StringIO(text)))
    assert [(r["slot"], r["minutes"], r["highest_ma"]) for r in found] == [
        ("A", "12.5", "14.0"),
        ("B", "", ""),
    ]
    assert "Mila" not in text


def test_a_child_without_sessions_has_a_header_only(world):
    assert sessions_of(world.mila).strip() == ",".join(HEADER)


def test_a_cell_that_a_spreadsheet_would_run_is_quoted():
    text = table(("unit",), [{"unit": "=cmd()"}])
    assert text.splitlines()[1] == "'=cmd()"
