"""Computes a study: parts of its children in processes or on a Dask cluster, then one table.

A run that was ended, by whatever, goes on where it was when it is started again: parts on disk are
whole, and stay. No child depends on parts, workers or order (`children.py`).
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

from rheobase.cohort.report import Progress, Report
from rheobase.cohort.store import Store, opened
from rheobase.cohort.study import Study, known
from rheobase.cohort.worker import begin, part_of
from rheobase.errors import Unavailable
from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.stimulus.checks import in_range

PART = 16  # children: some seconds of work, so that little is lost and progress is seen
Span = tuple[int, int]
Parts = Iterator[tuple[Span, bytes]]


def silent(progress: Progress) -> None:
    """Say nothing."""


def run(
    study: Study,
    folder: Path,
    *,
    workers: int = 1,
    scheduler: object = None,
    part: int = PART,
    progress: Callable[[Progress], None] = silent,
) -> Report:
    """Compute a study into a folder, or go on with it, and return what is there.

    Args:
        study: what is asked.
        folder: new, or that of the same study.
        workers: processes; 1 computes in this one. A script that asks for more must begin its work
            under `if __name__ == "__main__":`, since each worker imports it.
        scheduler: address of a Dask scheduler, or a `distributed.Client`, instead of processes.
        part: children in a part. [1]
        progress: called at the start and after every part.

    Raises:
        BadInput: if the study names unknown muscles, or the folder is of something else.
        Taken: if another run is at work in the folder.
        Unavailable: if a worker process ended, or the scheduler does not answer.
    """
    in_range("workers", workers, 1, 1024, "processes")
    in_range("part", part, 1, 10_000, "children")
    known(study, chain_parameters())
    children, doses = study.population.children, study.doses.count
    with opened(folder, study, part) as store:
        spans = [] if store.table.exists() else store.missing()
        kept = done = children - sum(last - first for first, last in spans)
        progress(Progress(children=children, done=done, kept=kept, doses=doses))
        for span, content in _parts(study, spans, workers, scheduler):
            store.keep(span, content)
            done += span[1] - span[0]
            progress(Progress(children=children, done=done, kept=kept, doses=doses))
        if not store.table.exists():
            store.join()
        return _report(store, kept)


def _parts(study: Study, spans: list[Span], workers: int, scheduler: object) -> Parts:
    if not spans:
        return
    if scheduler is not None:
        from rheobase.cohort.on_dask import parts_on_dask

        yield from parts_on_dask(study, spans, scheduler)
    elif workers == 1:
        for span in spans:
            yield span, part_of(study, *span, None)
    else:
        yield from _in_processes(study, spans, workers)


def _in_processes(study: Study, spans: list[Span], workers: int) -> Parts:
    """Give the parts to processes, one ahead, as they come back."""
    threads = max(1, (os.cpu_count() or 1) // workers)
    pool = ProcessPoolExecutor(
        max_workers=min(workers, len(spans)),
        mp_context=get_context("spawn"),
        initializer=begin,
        initargs=(threads,),
    )
    waiting = iter(spans)
    running: dict[Future[bytes], Span] = {}

    def more(count: int) -> None:
        for _, span in zip(range(count), waiting, strict=False):
            running[pool.submit(part_of, study, *span, None)] = span

    try:
        more(workers + 1)
        while running:
            ready, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ready:
                yield running.pop(future), future.result()
                more(1)
    except BrokenProcessPool:
        raise Unavailable(
            "A worker process ended before its time: killed, or out of memory. Parts that were "
            "done are kept: start the same study again, with fewer workers if memory is short."
        ) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _report(store: Store, kept: int) -> Report:
    rows, words_only, refused = store.counted()
    return Report(
        file=store.table,
        children=store.study.population.children,
        doses=store.study.doses.count,
        rows=rows,
        kept=kept,
        words_only=words_only,
        refused=refused,
    )
