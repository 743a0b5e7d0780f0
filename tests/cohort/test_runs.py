"""A table does not depend on parts, workers or interruptions; a folder is of one study."""

import json
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from tests.cohort.conftest import SMALL

from rheobase.cohort import read_study, run, study_file
from rheobase.cohort.store import opened
from rheobase.errors import BadInput, Taken


class Ended(Exception):
    """Somebody ended the run."""


def after(children):
    """A progress that ends the run once so many children are done."""

    def progress(now):
        if now.done >= children:
            raise Ended

    return progress


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The report of a run in one part, in this process."""
    return run(SMALL, tmp_path_factory.mktemp("whole") / "study", part=16)


def test_the_table_has_a_row_for_every_child_and_dose(whole):
    table = pq.read_table(whole.file)
    pairs = set(zip(table["child"].to_pylist(), table["dose"].to_pylist(), strict=True))
    assert pairs == {(child, dose) for child in range(5) for dose in range(2)}
    assert (whole.children, whole.doses, whole.rows) == (5, 2, 10)
    assert [path.name for path in sorted(whole.file.parent.iterdir())] == [
        "cohort.parquet", "study.json",
    ]  # fmt: skip


def test_parts_change_row_groups_and_nothing_else(whole, tmp_path):
    seen = []
    report = run(SMALL, tmp_path / "study", part=2, progress=seen.append)
    assert pq.read_table(report.file).equals(pq.read_table(whole.file))
    assert pq.read_metadata(report.file).num_row_groups == 3
    assert [now.done for now in seen] == [0, 2, 4, 5]


def test_an_interrupted_run_goes_on_where_it_was(whole, tmp_path):
    with pytest.raises(Ended):
        run(SMALL, tmp_path / "study", part=2, progress=after(2))
    (tmp_path / "study" / "parts" / "half.tmp").write_bytes(b"PAR1 half a part")
    seen = []
    report = run(SMALL, tmp_path / "study", part=2, progress=seen.append)
    assert (seen[0].done, seen[0].kept, report.kept) == (2, 2, 2)
    assert pq.read_table(report.file).equals(pq.read_table(whole.file))
    again = run(SMALL, tmp_path / "study", part=2)
    assert again == replace(report, kept=5)


def test_a_part_that_is_damaged_is_computed_again(whole, tmp_path):
    with pytest.raises(Ended):
        run(SMALL, tmp_path / "study", part=2, progress=after(2))
    (part,) = (tmp_path / "study" / "parts").iterdir()
    part.write_bytes(part.read_bytes()[:-100])
    report = run(SMALL, tmp_path / "study", part=2)
    assert report.kept == 0
    assert pq.read_table(report.file).equals(pq.read_table(whole.file))


def test_the_file_says_what_it_rests_on(whole):
    about = {k.decode(): v.decode() for k, v in pq.read_schema(whole.file).metadata.items()}
    plain = whole.file.parent / "again.json"
    plain.write_text(about["study"], "utf-8")
    try:
        assert read_study(plain) == SMALL
    finally:
        plain.unlink()
    assert set(json.loads(about["versions"])) >= {"python", "numpy", "numba"}
    assert about["made_by"].startswith("rheobase ")
    references = {one["key"]: one for one in json.loads(about["references"])}
    assert "Ding" in references["ding2003"]["citation"]
    assert references["ding2003"]["supports"]


def test_another_study_in_the_folder_is_refused(whole):
    other = replace(SMALL, population=replace(SMALL.population, seed=8))
    with pytest.raises(BadInput, match=r"another study\. Name a new folder"):
        run(other, whole.file.parent)


@pytest.mark.parametrize("key", ["evidence_sha256", "made_by"])
def test_a_folder_of_another_version_is_refused(tmp_path, key):
    with pytest.raises(Ended):
        run(SMALL, tmp_path, part=2, progress=after(0))
    path = tmp_path / "study.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), key: "older"}), "utf-8")
    with pytest.raises(BadInput, match="Name a new folder"):
        run(SMALL, tmp_path, part=2)


def test_other_parts_than_it_was_begun_with_are_refused(tmp_path):
    with pytest.raises(Ended):
        run(SMALL, tmp_path, part=2, progress=after(0))
    with pytest.raises(BadInput, match="begun with 2 children"):
        run(SMALL, tmp_path, part=3)


def test_a_part_of_another_version_never_enters_the_folder(tmp_path):
    """A worker elsewhere may have another version installed."""
    other = replace(SMALL, title="not this one")
    report = run(other, tmp_path / "other", part=16)
    with opened(tmp_path / "mine", SMALL, 16) as store:
        with pytest.raises(BadInput, match="another version"):
            store.keep((0, 5), report.file.read_bytes())
        assert store.missing() == [(0, 5)]


def test_two_runs_in_one_folder_do_not_mix(tmp_path):
    with opened(tmp_path, SMALL, 2), pytest.raises(Taken, match="Wait for it"):
        run(SMALL, tmp_path, part=2)


def test_a_folder_of_tables_without_their_study_is_refused(tmp_path):
    (tmp_path / "cohort.parquet").write_bytes(b"PAR1")
    with pytest.raises(BadInput, match="not of which study"):
        run(SMALL, tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BadInput, match="Name another folder"):
        run(SMALL, tmp_path / "file" / "study")


def test_a_study_file_of_the_folder_can_be_read_by_people(whole):
    written = json.loads((whole.file.parent / "study.json").read_text("utf-8"))
    assert study_file(SMALL).items() <= written.items()
