"""The MRG step on a GPU: the functions of `mrg_kernel`, word for word, one thread per fibre.

A kernel function says `load`, `store`, `exponential`; on the CPU these words act on lanes of a
register. Here the same functions are built again with words that act on one fibre, whose values
are a column: neighbouring threads read neighbouring numbers. Only the loop over time is new, since
a thread may stop alone.

Run so far on Numba's CUDA simulator alone, against the CPU (tests/model/nerve/test_mrg_cuda.py),
and compiled for a card by numba-cuda 0.30 (sm_90: 88 registers, nothing spilled), but never run or
timed on one. Memory: 27 numbers of state and 21 of field per node and fibre, all in columns. One
thread per fibre should need tens of thousands of fibres to fill a card: an estimate.
"""

# Compiled code: Numba finds the types, and a kernel takes many plain arguments.
# mypy: ignore-errors
# ruff: noqa: PLR0917

import math
from dataclasses import dataclass
from functools import cache
from types import FunctionType, SimpleNamespace
from typing import Any, final

import numpy as np
from numba import cuda
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.nerve import mrg_kernel as kernel
from rheobase.model.nerve.mrg2002 import Mrg2002
from rheobase.model.nerve.mrg_factors import factors, links, sources
from rheobase.model.nerve.mrg_geometry import MrgFibres
from rheobase.model.nerve.mrg_launch import (
    ANY_NODE,
    NEVER,
    SETTLE_MS,
    SETTLE_STEPS,
    check_field,
    padded,
    state_sizes,
    unfired,
)

Array = NDArray[np.float64]
THREADS = 64  # per block; fibres are filled up to a multiple, as lanes are


def _load(array, row):
    return array[row * cuda.gridsize(1) + cuda.grid(1)]


def _store(array, row, value):
    array[row * cuda.gridsize(1) + cuda.grid(1)] = value


def _filled(_array, value):
    return value


def _muladd(x, y, z):
    return x * y + z


def _larger(x, y):
    return max(x, y)


def _smaller(x, y):
    return min(x, y)


def _near_zero(test, then, otherwise):
    return then if abs(test) < 1e-4 else otherwise


def _exponential(x):
    return math.exp(min(max(x, -708.0), 709.0))


def _exponential_less_one(x):
    return math.expm1(min(max(x, -708.0), 709.0))


WORDS = {
    "load": _load,
    "store": _store,
    "filled": _filled,
    "muladd": _muladd,
    "larger": _larger,
    "smaller": _smaller,
    "near_zero": _near_zero,
    "exponential": _exponential,
    "exponential_less_one": _exponential_less_one,
}


@cache
def programs() -> SimpleNamespace:
    """Return `settle` and `march` for the device, made of the CPU's own step functions."""
    space = {**vars(kernel), "cuda": cuda, "math": math}
    steps = {
        name: function.py_func  # in the order of the file: callees come first
        for name, function in vars(kernel).items()
        if hasattr(function, "py_func") and name not in {*WORDS, "settle", "march"}
    }
    for name, function in {**WORDS, **steps}.items():
        space[name] = cuda.jit(_seen_from(space, function), device=True)
    return SimpleNamespace(
        settle=cuda.jit(_seen_from(space, kernel.settle.py_func)),
        march=cuda.jit(_seen_from(space, _march)),
    )


def _seen_from(space, function):
    """Return the same function, its names looked up in `space`."""
    return FunctionType(function.__code__, space, function.__name__)


# ruff: noqa: F821  (names below are looked up where `programs` puts the function)
def _march(
    factors, sources, state, n_nodes, wave, dt, membrane, amplitude, drive, fired, watched, trace
):
    """Run one fibre as `mrg_kernel.march` runs a block; only compiled code calls it."""
    i = cuda.grid(1)
    u, inner, extremes = state[0], state[1], state[5]
    v_rest = membrane[0]
    late = silence(wave) + AFTER_MS / dt
    _rebase(factors, inner, u, n_nodes, -1.0)
    for t in range(wave.size):
        store(drive, 0, load(amplitude, 0) * wave[t])
        _step(factors, sources, state, n_nodes, drive, dt, membrane)
        top, bottom = load(extremes, HIGHEST), load(extremes, LOWEST)
        if fired[i] == WAITING:
            if (top if watched < 0 else load(u, watched) + v_rest) >= 0.0:
                fired[i] = t
            elif t >= late and is_over(top, bottom, load(extremes, BEFORE), v_rest):
                fired[i] = HOPELESS
        if trace.shape[0]:
            for node in range(n_nodes):
                trace[t, node, i] = load(u, node) + v_rest
        elif fired[i] != WAITING:
            break


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceBlock:
    """All fibres on the device, at rest: what `mrg_launch.Block` is for a register.

    Attributes:
        n_nodes, n_fibres, columns: sizes; n_fibres of the columns are real.
        dt_us: step. [us]
        membrane: see `Mrg2002.membrane`.
        factors, sources: kernel tables on the device, flat.
        rest: (potentials, internodes, gates) at the steady state, on the device, flat.
    """

    n_nodes: int
    n_fibres: int
    columns: int
    dt_us: float
    membrane: tuple[float, ...]
    factors: Any
    sources: Any
    rest: tuple[Any, Any, Any]

    def rest_mv(self) -> Array:
        """Return (n_nodes, n_fibres) membrane potential at rest. [mV]"""
        at_rest = self.rest[0].copy_to_host().reshape(self.n_nodes, self.columns)
        return np.asarray(at_rest[:, : self.n_fibres] + self.membrane[0])

    def run(
        self,
        wave: Array,
        amplitude_ma: Array,
        *,
        waiting: NDArray[np.bool_] | None = None,
        watched: int = ANY_NODE,
        traced: bool = False,
    ) -> tuple[NDArray[np.int64], Array]:
        """Run all fibres through a waveform; arguments and answers as `mrg_launch.Block.run`."""
        state = _state(self.n_nodes, self.columns)
        for live, rest in zip(state[:3], self.rest, strict=True):
            live.copy_to_device(rest)
        found = cuda.to_device(unfired(self.n_fibres, self.columns, waiting))
        steps = len(wave) if traced else 0
        trace = cuda.to_device(np.zeros((steps, self.n_nodes, self.columns)))
        programs().march[self.columns // THREADS, THREADS](
            self.factors,
            self.sources,
            state,
            self.n_nodes,
            cuda.to_device(np.ascontiguousarray(wave, dtype=np.float64)),
            self.dt_us / 1000.0,
            self.membrane,
            cuda.to_device(padded(amplitude_ma, self.columns)),
            cuda.to_device(np.zeros(self.columns)),
            found,
            watched,
            trace,
        )
        when = found.copy_to_host()[: self.n_fibres]
        return np.where(when < 0, NEVER, when), trace.copy_to_host()[:, :, : self.n_fibres]


def device_block(model: Mrg2002, fibres: MrgFibres, ve_per_ma: Array, dt_us: float) -> DeviceBlock:
    """Return the fibres on the GPU, at rest; arguments as `mrg_launch.blocks`, at 64 bits.

    Raises:
        BadInput: if there is no GPU, or the field does not fit the fibres.
    """
    if not cuda.is_available():
        raise BadInput(
            "No GPU was found. It needs an NVIDIA card with its driver and pip install "
            "'rheobase[gpu]'. Or leave out the device: the CPU gives the same thresholds."
        )
    check_field(fibres, ve_per_ma, 64)
    link = links(model, fibres)
    driven = sources(link, ve_per_ma)
    n_nodes = (len(driven) - 1) // kernel.PERIOD + 1
    columns = -(-len(fibres) // THREADS) * THREADS
    settling, running, currents = (
        cuda.to_device(padded(table, columns).ravel())
        for table in (factors(model, link, SETTLE_MS), factors(model, link, dt_us / 1000.0), driven)
    )
    state = _state(n_nodes, columns)
    membrane, drive = model.membrane(), cuda.to_device(np.zeros(columns))
    programs().settle[columns // THREADS, THREADS](
        settling, currents, state, n_nodes, SETTLE_STEPS, SETTLE_MS, membrane, drive
    )
    return DeviceBlock(
        n_nodes=n_nodes,
        n_fibres=len(fibres),
        columns=columns,
        dt_us=dt_us,
        membrane=membrane,
        factors=running,
        sources=currents,
        rest=state[:3],
    )


def _state(n_nodes: int, columns: int) -> tuple[Any, ...]:
    """Return room on the device, as `mrg_launch` has it for a register."""
    return tuple(cuda.to_device(np.zeros(size * columns)) for size in state_sizes(n_nodes))
