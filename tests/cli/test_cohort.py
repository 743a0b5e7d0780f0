"""`rheobase cohort`: a summary, a Parquet file, and words for whatever is wrong."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "cohort_tibialis_anterior.json"


def study(path, *, children, **population):
    """The example with fewer children and doses, in the working folder."""
    plain = json.loads(EXAMPLE.read_text("utf-8"))
    plain["population"] |= {"children": children, **population}
    plain["doses"]["pulse_width_us"] = [300]
    Path(path).write_text(json.dumps(plain), "utf-8")


def test_it_writes_a_table_and_says_what_is_in_it(rheobase):
    study("study.json", children=2, from_months=36, to_months=48)
    code, out, err = rheobase("cohort study.json --out here --workers 1 --json")
    said = json.loads(out)
    assert code == 0
    assert (said["children"], said["doses"], said["rows"]) == (2, 4, 8)
    assert said["refused_rows"] == sum(said["refused"].values()) == 4
    assert said["child_doses_per_s"] > 0.0
    assert "2/2" in err
    table = pq.read_table(said["file"])
    refused = [one for one in table["refused"].to_pylist() if one]
    assert len(refused) == 4
    assert all("third" in one or "overlap" in one for one in refused)


def test_the_same_command_again_keeps_what_is_there_and_says_so(rheobase):
    study("study.json", children=1, from_months=12, to_months=12)
    rheobase("cohort study.json --out here --workers 1")
    code, out, _ = rheobase("cohort study.json --out here")
    assert code == 0
    assert "1 children were there from an earlier run" in out
    assert "2 rows with words only" in out
    assert "here/cohort.parquet" in out


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("cohort missing.json --out here", "There is no file"),
        ("cohort case.json --out here", "not a rheobase/study file"),
        ("cohort study.json --out here --workers 0", "between 1 and"),
        ("cohort study.json --out here --workers 2 --dask tcp://x:1", "Give one of them"),
        ("cohort muscle.json --out here", "There is no muscle 'biceps'"),
        ("cohort nan.json --out here", "not a number"),
    ],
)
def test_bad_input_ends_with_2_and_a_sentence(rheobase, line, says):
    study("study.json", children=1)
    Path("case.json").write_text('{"format": "rheobase/case", "version": 1}', "utf-8")
    wrong = EXAMPLE.read_text("utf-8")
    Path("muscle.json").write_text(wrong.replace("tibialis_anterior", "biceps"), "utf-8")
    Path("nan.json").write_text(wrong.replace("[8, 16]", "[NaN]"), "utf-8")
    code, out, err = rheobase(line)
    assert (code, out) == (2, "")
    assert says in err
    assert not Path("here").exists()
