"""Several processes: the same table, whoever dies on the way. Slow: each process loads the models."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest
from tests.cohort.conftest import SMALL, assert_same

from rheobase.cohort import run, study_file
from rheobase.errors import Unavailable

pytestmark = pytest.mark.slow
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The table as one process computes it."""
    return pq.read_table(run(SMALL, tmp_path_factory.mktemp("alone") / "study").file)


def kill_a_worker(now):
    """A progress that, after the first part, kills one of the workers without a word."""
    if now.done:
        os.kill(multiprocessing.active_children()[0].pid, signal.SIGKILL)


def test_a_killed_worker_ends_the_run_and_two_others_go_on_to_the_same_table(alone, tmp_path):
    with pytest.raises(Unavailable, match="start the same study again"):
        run(SMALL, tmp_path / "study", workers=2, part=1, progress=kill_a_worker)
    assert multiprocessing.active_children() == []
    report = run(SMALL, tmp_path / "study", workers=2, part=1)
    assert 1 <= report.kept < 5
    assert_same(pq.read_table(report.file), alone)


def parts_in(folder):
    return list(folder.glob("parts/*.parquet"))


def living_beside(pid):
    """The processes whose parent is or was this one's group."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "-g", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.split()


def test_a_killed_command_leaves_no_worker_and_goes_on_where_it_was(alone, tmp_path):
    many = tmp_path / "study.json"
    many.write_text(json.dumps(study_file(SMALL)), "utf-8")
    folder = tmp_path / "out"
    command = [
        sys.executable, "-c", "from rheobase.cli import main; main()", "cohort", many, "--out",
        folder, "--workers", "2", "--json",
    ]  # fmt: skip
    one = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + PATIENCE_S
    while not (folder / "study.json").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    one.kill()
    one.wait()
    while living_beside(one.pid):
        assert time.monotonic() < end, "workers outlive the command"
        time.sleep(0.1)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["rows"], summary["refused_rows"]) == (10, 0)
    assert "5/5" in done.stderr
    assert_same(pq.read_table(folder / "cohort.parquet"), alone)
