"""The table of what was asked and measured: it reads runs, and says what it has not seen."""

import runpy
from pathlib import Path

TABLE = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks/science_table.py"))
ROOT = Path(__file__).parents[2]


def verdict(folder, name, *, ours, passed, known_miss=False):
    return {
        "folder": folder, "name": name, "ours": ours, "reference": 1.0, "tolerance": 0.0, "unit": "%",
        "passed": passed, "known_miss": known_miss,
    }  # fmt: skip


def said(rows, words):
    return next(value for asked, value in rows.items() if words in asked)


def test_a_row_nobody_measured_says_so():
    rows = TABLE["table"]({}, [])
    assert said(rows, "256 twins < 50 ms") == "NOT MEASURED"
    assert said(rows, "growth medians") == "NOT MEASURED"


def test_a_speed_is_held_against_what_was_asked():
    name = "256 bodies, both sides, with strength, processor ms"
    assert said(TABLE["table"]({"body": {name: 12.0}}, []), "256 twins < 50") == "met: 12 ms"
    assert said(TABLE["table"]({"body": {name: 70.0}}, []), "256 twins < 50") == "MISSED: 70 ms"


def test_a_miss_that_is_not_known_is_not_hidden_behind_one_that_is():
    fine = verdict("growth", "median of a in 0 to 0.5", ours=0.1, passed=True)
    known = verdict("growth", "median of b in 0 to 0.5", ours=0.7, passed=False, known_miss=True)
    bad = verdict("growth", "median of c in 0 to 0.5", ours=0.9, passed=False)
    rows = [TABLE["table"]({}, given) for given in ([fine], [fine, known], [fine, known, bad])]
    words = [said(one, "growth medians").split(":")[0] for one in rows]
    assert words == ["met", "known miss", "MISSED"]


def test_every_folder_and_file_it_names_is_there():
    for row in TABLE["ROWS"]:
        folder, file = getattr(row, "folder", None), getattr(row, "file", None)
        assert folder is None or folder in TABLE["FOLDERS"]
        assert folder is None or (ROOT / "validation" / folder / "reproduce.py").exists()
        assert file is None or (ROOT / file).exists()
