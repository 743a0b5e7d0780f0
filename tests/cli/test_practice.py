"""Commands of the practice, as somebody at a terminal meets them."""

import json
import os
import subprocess
import sys

import pytest

RHEOBASE = "from rheobase.cli import main; main()"
TABLE = "given_name;family_name;born;sex;condition\nZoë;Lake;2019-04-30;female;other\n"


@pytest.fixture
def rheobase(tmp_path):
    """Run a command in a clinic of its own; return its exit code and what it printed."""
    environment = {**os.environ, "RHEOBASE_HOME": str(tmp_path / "home"), "DATABASE_URL": ""}

    def run(*command):
        done = subprocess.run(
            [sys.executable, "-c", RHEOBASE, *map(str, command)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout

    return run


def test_an_import_says_first_what_would_become_of_every_line(rheobase, tmp_path):
    file = tmp_path / "children.csv"
    file.write_bytes((TABLE + "Ann;Lake;30.4.2019;female;other\n").encode("cp1252"))
    code, said = rheobase("import-children", file, "--dry-run", "--json")
    answer = json.loads(said)
    assert (code, answer["encoding"]) == (1, "Windows-1252")
    assert [line["fate"] for line in answer["lines"]] == ["new", "wrong"]
    assert answer["imported"] == []


def test_an_import_wants_to_know_who_imports_and_a_file_that_is_there(rheobase, tmp_path):
    file = tmp_path / "children.csv"
    file.write_text(TABLE, "utf-8")
    code, said = rheobase("import-children", file, "--json")
    assert (code, "--by" in json.loads(said)["error"]) == (2, True)
    assert rheobase("import-children", tmp_path / "none.csv", "--json")[0] == 2


def test_in_a_new_clinic_no_visit_is_moved_by_new_rules(rheobase):
    code, said = rheobase("retime", "--json")
    assert (code, json.loads(said)) == (0, {"visits": [], "collisions": [], "applied": False})
