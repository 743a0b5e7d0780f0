"""The parts of a study on the workers of a Dask cluster (`pip install "rheobase[cohort]"`).

A worker should have one thread and a process of its own (`dask worker --nthreads 1`): the kernels
hold the core anyway. The bytes come back to the caller, so no folder needs to be shared.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from typing import Any

from rheobase.cohort.study import Study
from rheobase.cohort.worker import part_of
from rheobase.errors import BadInput, Unavailable

PATIENCE_S = 20


def parts_on_dask(
    study: Study, spans: list[tuple[int, int]], scheduler: object
) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Yield parts as they come back, in any order.

    Args:
        study: what is asked.
        spans: first child of each part, and that after its last.
        scheduler: its address, e.g. "tcp://10.0.0.5:8786", or a `distributed.Client`.

    Raises:
        BadInput: if dask.distributed is not installed, or `scheduler` is neither.
        Unavailable: if the scheduler does not answer, or workers were lost again and again.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise BadInput(
            "Dask is not installed here. Install it with pip install 'rheobase[cohort]', here and "
            "on every worker, or leave Dask out."
        ) from None
    with ExitStack() as stack:
        client = _client(distributed, scheduler, stack)
        futures = {
            client.submit(part_of, study, first, last, 1, pure=False): (first, last)
            for first, last in spans
        }
        for future in distributed.as_completed(list(futures)):
            try:
                content = future.result()
            except distributed.KilledWorker as error:
                raise Unavailable(
                    f"Dask lost the workers of a part: {error}. Parts that were done are kept: "
                    "look at the workers' memory, and start the same study again."
                ) from None
            yield futures.pop(future), content
            future.release()


def _client(distributed: Any, scheduler: object, stack: ExitStack) -> Any:
    if isinstance(scheduler, distributed.Client):
        return scheduler
    if not isinstance(scheduler, str):
        raise BadInput(f"scheduler={scheduler!r:.60} is neither an address nor a Dask client.")
    try:
        return stack.enter_context(distributed.Client(scheduler, timeout=PATIENCE_S))
    except (OSError, TimeoutError) as error:
        raise Unavailable(
            f"The Dask scheduler {scheduler} does not answer ({error}). Start it with "
            "'dask scheduler', and name its address."
        ) from None
    except ValueError as error:
        raise BadInput(
            f"{scheduler!r:.80} is no address of a Dask scheduler ({error}). Write it as "
            "tcp://HOST:8786."
        ) from None
