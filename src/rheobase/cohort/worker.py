"""What a worker does: the rows of some children of a study, as the bytes of a Parquet file.

Light to import: a process sets its threads before the models are loaded. Works in a process of this
machine and on a Dask worker, which both hand the bytes back; only the caller writes files.
"""

import os
import signal
import sys
import threading
from multiprocessing import connection, parent_process
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rheobase.cohort.study import Study

ORPHANED = 1


def part_of(study: "Study", first: int, last: int, threads: int | None) -> bytes:
    """Return the rows of children first to last - 1.

    Args:
        study: what is asked.
        first: number of the first child.
        last: number after the last child.
        threads: cores to use, or None to leave that as it is.
    """
    if threads is not None:
        use_threads(threads)
    import pyarrow as pa
    import pyarrow.parquet as pq

    from rheobase.cohort.answers import rows_of
    from rheobase.cohort.columns import table_of
    from rheobase.cohort.provenance import about
    from rheobase.evidence.chain_parameters import chain_parameters

    parameters = chain_parameters()
    rows = [row for number in range(first, last) for row in rows_of(study, number, parameters)]
    table = table_of(study, rows, about(study, parameters))
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd", row_group_size=max(1, len(rows)))
    return bytes(sink.getvalue().to_pybytes())


def use_threads(threads: int) -> None:
    """Let the kernels of this process use so many cores; workers beside it have the others."""
    os.environ["NUMBA_NUM_THREADS"] = str(threads)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    if "numba" in sys.modules:
        sys.modules["numba"].config.NUMBA_NUM_THREADS = threads


def begin(threads: int) -> None:
    """Begin a worker process: its threads, no Ctrl-C of its own, and no life after its parent's."""
    use_threads(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(ORPHANED)
