"""Fibres to blocks of lanes, blocks to threads.

A block is as many fibres as share a register. Its fibres differ in size and field, not in number
of nodes. Lanes left over in the last block repeat its last fibre and are thrown away.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, final

import numpy as np
from numba import config
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.lanes import aligned, width_of
from rheobase.model.nerve import mrg_kernel as kernel
from rheobase.model.nerve.mrg2002 import Mrg2002, compartments
from rheobase.model.nerve.mrg_factors import factors, links, sources
from rheobase.model.nerve.mrg_geometry import COMPARTMENTS_PER_PERIOD, MrgFibres

Array = NDArray[np.float64]
Row = NDArray[Any]
T = TypeVar("T")

SETTLE_STEPS, SETTLE_MS = 40, 5.0
DO_NOT_WAIT, NEVER = 0, -1
ANY_NODE = -1


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The fibres of one register, at rest, ready to run again and again.

    Attributes:
        n_nodes, n_fibres, lanes, precision: sizes; n_fibres of the lanes are real.
        dt_us: step. [us]
        membrane: see `Mrg2002.membrane`.
        factors, sources: kernel tables, flat.
        rest: (potentials, internodes, gates) at the steady state, flat.
    """

    n_nodes: int
    n_fibres: int
    lanes: int
    precision: int
    dt_us: float
    membrane: tuple[float, ...]
    factors: Row
    sources: Row
    rest: tuple[Row, Row, Row]

    def rest_mv(self) -> Row:
        """Return (n_nodes, n_fibres) membrane potential at rest. [mV]"""
        at_rest = self.rest[0].reshape(self.n_nodes, self.lanes) + self.membrane[0]
        return np.asarray(at_rest[:, : self.n_fibres])

    def run(
        self,
        wave: Array,
        amplitude_ma: Array,
        *,
        waiting: NDArray[np.bool_] | None = None,
        watched: int = ANY_NODE,
        traced: bool = False,
    ) -> tuple[NDArray[np.int64], Row]:
        """Run the block through a waveform.

        Args:
            wave: (n_steps,) waveform. [1]
            amplitude_ma: (n_fibres,) scale of each fibre's field. [mA]
            waiting: (n_fibres,) fibres whose answer matters; the run ends when they have fired.
            watched: node that must reach 0 mV; `ANY_NODE` for any.
            traced: whether to keep the potentials; the run then goes to the end of the waveform.

        Returns:
            (n_fibres,) step of the first crossing of 0 mV, `NEVER` without one;
            (n_steps or 0, n_nodes, n_fibres) membrane potential at the nodes. [mV]
        """
        state = _state(self.n_nodes, self.precision)
        for live, rest in zip(state[:3], self.rest, strict=True):
            live[:] = rest
        fired = unfired(self.n_fibres, self.lanes, waiting)
        steps = len(wave) if traced else 0
        trace = np.empty((steps, self.n_nodes, self.lanes), state[0].dtype)
        kernel.march(
            self.factors,
            self.sources,
            state,
            self.n_nodes,
            np.ascontiguousarray(wave, dtype=np.float64),
            self.dt_us / 1000.0,
            self.membrane,
            aligned(padded(amplitude_ma, self.lanes), self.precision),
            aligned(np.zeros(self.lanes), self.precision),
            fired,
            watched,
            trace,
        )
        return np.where(fired < 0, NEVER, fired)[: self.n_fibres], trace[:, :, : self.n_fibres]


def blocks(
    model: Mrg2002, fibres: MrgFibres, ve_per_ma: Array, dt_us: float, precision: int
) -> list[Block]:
    """Return the fibres as blocks at rest.

    Args:
        model: membrane and material.
        fibres: sizes.
        ve_per_ma: (n_fibres, n_compartments) potential outside per mA, at the centres. [mV/mA]
        dt_us: step. [us]
        precision: 64 or 32 bits.

    Raises:
        BadInput: if the field does not fit the fibres.
    """
    check_field(fibres, ve_per_ma, precision)
    lanes = width_of(precision)
    link = links(model, fibres)
    settling, running = factors(model, link, SETTLE_MS), factors(model, link, dt_us / 1000.0)

    def one(first: int) -> Block:
        part = slice(first, first + lanes)
        return _block(
            model.membrane(),
            (settling[:, part], running[:, part]),
            sources(link.part(part), ve_per_ma[part]),
            dt_us=dt_us,
            precision=precision,
        )

    return in_threads(one, list(range(0, len(fibres), lanes)))


def in_threads(work: Callable[[Any], T], parts: list[Any]) -> list[T]:
    """Return `work` of each part, in order, over all cores; `work` must not call this again."""
    if len(parts) == 1:
        return [work(parts[0])]
    return list(_threads(os.getpid()).map(work, parts))


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """Return threads that stay: starting them anew costs as much as a small search.

    A forked process has none of its parent's.
    """
    return ThreadPoolExecutor(max_workers=cores(), thread_name_prefix=f"nerve-{process}")


def cores() -> int:
    """Return how many cores this process uses: all, or as many as NUMBA_NUM_THREADS says."""
    return int(vars(config)["NUMBA_NUM_THREADS"])


def check_field(fibres: MrgFibres, ve_per_ma: Array, precision: int) -> None:
    """Refuse a field that does not fit the fibres.

    Raises:
        BadInput: if the shape fits no fibre, or a value is not finite.
    """
    if precision not in (32, 64):
        raise BadInput(f"precision={precision} is not known. Use 64 or 32 bits.")
    if ve_per_ma.ndim != 2 or len(ve_per_ma) != len(fibres):
        raise BadInput(
            f"The field has shape {ve_per_ma.shape} for {len(fibres)} fibres. Give one row per fibre."
        )
    periods, rest = divmod(ve_per_ma.shape[1] - 1, COMPARTMENTS_PER_PERIOD)
    if rest or periods < 2:
        raise BadInput(
            f"{ve_per_ma.shape[1]} potentials do not make a fibre: {compartments(3)} for 3 nodes, "
            f"{COMPARTMENTS_PER_PERIOD} more for each further node."
        )
    if not np.isfinite(ve_per_ma).all():
        raise BadInput("The field holds a value that is not finite. Correct the field first.")


def _block(
    membrane: tuple[float, ...],
    tables: tuple[Array, Array],
    driven: Array,
    *,
    dt_us: float,
    precision: int,
) -> Block:
    """Return a block at rest; `tables`: factors at the settling step and at the running step."""
    n_nodes = (len(driven) - 1) // kernel.PERIOD + 1
    lanes = width_of(precision)
    settling, running, currents = (
        aligned(padded(table, lanes), precision) for table in (*tables, driven)
    )
    state = _state(n_nodes, precision)
    nothing = aligned(np.zeros(lanes), precision)
    kernel.settle(settling, currents, state, n_nodes, SETTLE_STEPS, SETTLE_MS, membrane, nothing)
    return Block(
        n_nodes=n_nodes,
        n_fibres=driven.shape[1],
        lanes=lanes,
        precision=precision,
        dt_us=dt_us,
        membrane=membrane,
        factors=running,
        sources=currents,
        rest=(state[0], state[1], state[2]),
    )


def padded(table: Array, columns: int) -> Array:
    """Return the table with its last column repeated up to `columns`."""
    missing = columns - table.shape[-1]
    return np.concatenate([table, np.repeat(table[..., -1:], missing, axis=-1)], axis=-1)


def unfired(n_fibres: int, columns: int, waiting: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Return (columns,) what a kernel notes of each fibre, before it runs; repeats are not waited for."""
    fired = np.full(columns, DO_NOT_WAIT, np.int64)
    fired[:n_fibres] = (
        kernel.WAITING if waiting is None else np.where(waiting, kernel.WAITING, DO_NOT_WAIT)
    )
    return fired


def state_sizes(n_nodes: int) -> tuple[int, ...]:
    """Return the sizes of u, internodes, gates, diagonal, right-hand side and extremes, per fibre."""
    inner, gates = 2 * kernel.CELLS * (n_nodes - 1), kernel.GATES * n_nodes
    return (n_nodes, inner, gates, n_nodes, n_nodes, kernel.EXTREMES)


def _state(n_nodes: int, precision: int) -> tuple[Row, ...]:
    lanes = width_of(precision)
    return tuple(aligned(np.zeros(size * lanes), precision) for size in state_sizes(n_nodes))
