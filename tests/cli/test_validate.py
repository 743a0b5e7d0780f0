"""`rheobase validate` and `rheobase bench`: misses are shown, and only surprises fail the run."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from rheobase.cli import app
from rheobase.errors import BadInput

VERDICT = Path(__file__).parents[2] / "validation/verdict.py"
REPRODUCE = """
from helper import NUMBER
from verdict import close, within


def verdicts():
    return [
        close("a number", NUMBER, 2.0, 0.01, unit="mA"),
        within("a band", 7.0, 1.0, 5.0, unit="us", note="understood", known_miss=True),
    ]
"""


@pytest.fixture
def folder(tmp_path):
    shutil.copy(VERDICT, tmp_path)
    for name, number in (("good", 2.001), ("bad", 2.1)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "reproduce.py").write_text(REPRODUCE, "utf-8")
        (tmp_path / name / "helper.py").write_text(f"NUMBER = {number}\n", "utf-8")
    return tmp_path


def run(folder, *words):
    result = CliRunner().invoke(app, ["validate", *words, "--folder", str(folder)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_known_miss_is_shown_and_does_not_fail_the_run(folder):
    result = run(folder, "good")
    assert result.exit_code == 0
    assert "known miss" in result.stdout
    assert "1 of 2 met, 1 known miss, 0 unexpected" in result.stdout


def test_a_surprise_fails_the_run(folder):
    result = run(folder, "bad")
    assert result.exit_code == 1
    assert "MISSED" in result.stdout


def test_folders_do_not_see_each_others_helpers(folder):
    result = run(folder, "--json")
    found = json.loads(result.stdout)
    ours = {v["folder"]: v["ours"] for v in found["verdicts"] if v["name"] == "a number"}
    assert ours == {"bad": 2.1, "good": 2.001}
    assert found["unexpected_misses"] == 1


def test_an_unknown_folder_is_refused_with_the_list(folder):
    with pytest.raises(BadInput, match="bad, good"):
        run(folder, "worse")


def test_outside_a_checkout_it_says_so(tmp_path):
    with pytest.raises(BadInput, match="checkout"):
        run(tmp_path)


def test_a_benchmark_prints_what_it_measured(tmp_path):
    (tmp_path / "tiny.py").write_text("def main():\n    return {'ratio': 3.5}\n", "utf-8")
    result = CliRunner().invoke(app, ["bench", "tiny", "--folder", str(tmp_path), "--json"])
    assert json.loads(result.stdout) == {"ratio": 3.5}
    missing = CliRunner().invoke(app, ["bench", "huge", "--folder", str(tmp_path)])
    assert isinstance(missing.exception, BadInput)
