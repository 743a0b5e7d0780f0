"""On a Dask cluster: the same table as on one machine."""

import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from tests.cohort.conftest import SMALL, assert_same

from rheobase.cohort import run
from rheobase.errors import BadInput, Unavailable


def test_without_dask_the_message_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match=r"pip install 'rheobase\[cohort\]'"):
        run(SMALL, tmp_path, scheduler="tcp://127.0.0.1:8786")


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
def test_two_dask_workers_give_the_table_of_one_machine(tmp_path):
    import distributed

    alone = run(SMALL, tmp_path / "alone")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        scheduler_port=0, host="127.0.0.1",
    ) as cluster:  # fmt: skip
        seen = []
        report = run(
            SMALL, tmp_path / "dask", part=1, progress=seen.append,
            scheduler=cluster.scheduler_address,
        )  # fmt: skip
        with distributed.Client(cluster) as client:
            other = replace(SMALL, population=replace(SMALL.population, children=2))
            by_client = run(other, tmp_path / "client", part=1, scheduler=client)
    assert [now.done for now in seen] == [0, 1, 2, 3, 4, 5]
    table = pq.read_table(alone.file)
    assert_same(pq.read_table(report.file), table)
    few = pq.read_table(by_client.file)
    assert_same(few.replace_schema_metadata(), table.slice(0, 4).replace_schema_metadata())


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("scheduler", "error", "says"),
    [
        ("tcp://127.0.0.1:1", Unavailable, "does not answer"),
        ("nowhere", BadInput, "tcp://HOST"),
        ("nope://x:1", BadInput, "no address"),
        (7, BadInput, "neither an address nor"),
    ],
)
def test_a_scheduler_that_is_not_there_is_said(tmp_path, monkeypatch, scheduler, error, says):
    monkeypatch.setattr("rheobase.cohort.on_dask.PATIENCE_S", 1)
    with pytest.raises(error, match=says):
        run(SMALL, tmp_path, scheduler=scheduler)
