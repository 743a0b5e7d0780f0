"""The smallest current that makes a fibre fire: bisection on the exact model, many fibres at once.

The first guess is the model's own small-signal answer, so the bracket is narrow from the start; a
search at 64 bits starts from one at 32 bits, whose bracket it mostly has to confirm. A guess never
changes a result beyond the tolerance, only the time it takes: both ends of the last bracket were
run as asked.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.nerve.mrg2002 import Mrg2002
from rheobase.model.nerve.mrg_geometry import MrgFibres
from rheobase.model.nerve.mrg_launch import ANY_NODE, NEVER, blocks, in_threads
from rheobase.model.nerve.pulse_samples import PulseSamples

Array = NDArray[np.float64]
Fires = Callable[[Array, NDArray[np.bool_]], NDArray[np.bool_]]

WATCH_US = 700.0  # after the pulse: within the tolerance of longer; of few nodes, 0.4 % high
RELATIVE_TOLERANCE = 2e-4
ROUNDING = 1e-5  # thresholds at 32 bits lie within 3e-6 of those at 64, as far as was seen
FINEST_32_BITS = 2e-5  # tolerance of a search at 32 bits that goes before one at 64
LIMIT_MA = 100_000.0  # nothing fires beyond: the answer is infinity
SMALL_MV = 2.0  # field of the small-signal run
STRIDES = (1.12, 1.25, 1.6, 3.0, 8.0)  # how the bracket grows until it holds the threshold


class Device(StrEnum):
    """Where fibres are computed."""

    CPU = "cpu"
    GPU = "gpu"  # needs an NVIDIA card and the extra `gpu`


def simulate(
    model: Mrg2002,
    fibres: MrgFibres,
    ve_per_ma: Array,
    amplitude_ma: Array,
    pulse: PulseSamples,
    *,
    watch_us: float,
    precision: int = 64,
) -> Array:
    """Return the membrane potential of every node over time.

    Args:
        model: membrane and material.
        fibres: sizes.
        ve_per_ma: (n_fibres, n_compartments) potential outside per mA, at the centres. [mV/mA]
        amplitude_ma: (n_fibres,) current. [mA]
        pulse: waveform.
        watch_us: time to go on after the pulse. [us]
        precision: 64 or 32 bits.

    Returns:
        (n_steps, n_nodes, n_fibres) potential at the end of each step. [mV]

    Raises:
        BadInput: if shapes do not fit, or a value is not finite.
    """
    whole = pulse.followed_by_silence(watch_us)
    current = np.broadcast_to(np.asarray(amplitude_ma, dtype=np.float64), (len(fibres),))
    ready = blocks(model, fibres, ve_per_ma, pulse.dt_us, precision)
    starts = np.cumsum([0] + [b.n_fibres for b in ready])
    parts = in_threads(
        lambda i: ready[i].run(whole.wave, current[starts[i] : starts[i + 1]], traced=True)[1],
        list(range(len(ready))),
    )
    return np.concatenate(parts, axis=2)


def thresholds_ma(
    model: Mrg2002,
    fibres: MrgFibres,
    ve_per_ma: Array,
    pulse: PulseSamples,
    *,
    precision: int = 64,
    tolerance: float = RELATIVE_TOLERANCE,
    watch_us: float = WATCH_US,
    watched_node: int = ANY_NODE,
    guess_ma: Array | None = None,
    device: Device = Device.CPU,
) -> Array:
    """Return the smallest amplitude that fires each fibre: some node reaches 0 mV.

    Args:
        model: membrane and material.
        fibres: sizes.
        ve_per_ma: (n_fibres, n_compartments) potential outside per mA, at the centres. [mV/mA]
        pulse: waveform; the amplitude scales it.
        precision: 64 or 32 bits.
        tolerance: width of the last bracket over its upper end, 1e-6 to 0.1. [1]
        watch_us: time to wait for a spike after the pulse. [us]
        watched_node: the node that must reach 0 mV, if not any.
        guess_ma: (n_fibres,) where to start, or None. [mA]
        device: where to compute; the GPU works at 64 bits.

    Returns:
        (n_fibres,) thresholds; infinity where nothing below 100 A fires. [mA]

    Raises:
        BadInput: if shapes do not fit, a value is not finite, or there is no such device.
    """
    if not 1e-6 <= tolerance <= 0.1:
        raise BadInput(
            f"tolerance={tolerance:g} must lie between 1e-6 and 0.1. Use for instance 1e-3."
        )
    strides: tuple[float, ...] = STRIDES
    if guess_ma is None and precision == 64 and device is Device.CPU:
        single = max(tolerance - 3.0 * ROUNDING, 0.5 * tolerance, FINEST_32_BITS)
        same: dict[str, Any] = {"watch_us": watch_us, "watched_node": watched_node}
        high = thresholds_ma(
            model, fibres, ve_per_ma, pulse, precision=32, tolerance=single, **same
        )
        guess_ma, strides = high * (1.0 + ROUNDING), (1.0 + single + 2.2 * ROUNDING, *STRIDES)
    ready = _ready(
        model, fibres, ve_per_ma, pulse.dt_us, precision=precision, gpu=device is Device.GPU
    )
    starts = np.cumsum([0] + [b.n_fibres for b in ready])
    wave = pulse.followed_by_silence(watch_us).wave

    def search(i: int) -> Array:
        block, part = ready[i], slice(starts[i], starts[i + 1])

        def fires(current_ma: Array, waiting: NDArray[np.bool_]) -> NDArray[np.bool_]:
            when, _ = block.run(wave, current_ma, waiting=waiting, watched=watched_node)
            return np.asarray(when != NEVER)

        first = _first_guess(block, ve_per_ma[part], pulse) if guess_ma is None else guess_ma[part]
        return _bisect(fires, first, tolerance, strides)

    return np.concatenate(in_threads(search, list(range(len(ready)))))


def _ready(
    model: Mrg2002, fibres: MrgFibres, ve_per_ma: Array, dt_us: float, *, precision: int, gpu: bool
) -> list[Any]:
    """Return the fibres at rest, in blocks: one per register, or one on the GPU."""
    if not gpu:
        return blocks(model, fibres, ve_per_ma, dt_us, precision)
    if precision != 64:
        raise BadInput(f"precision={precision} is for the CPU. Use 64 bits on the GPU.")
    from rheobase.model.nerve.mrg_cuda import device_block

    return [device_block(model, fibres, ve_per_ma, dt_us)]


def _first_guess(block: Any, ve_per_ma: Array, pulse: PulseSamples) -> Array:
    """Return the current whose small-signal polarisation would be that of a typical threshold.

    A short pulse must raise a node higher, and so must a field that raises it alone: fitted on
    drawn fields, 13 % r.m.s.
    """
    steepest = np.abs(np.diff(ve_per_ma, axis=1)).max(axis=1)
    small_ma = SMALL_MV / np.where(steepest > 0.0, np.abs(ve_per_ma).max(axis=1), np.inf)
    _, trace = block.run(pulse.wave, small_ma, traced=True)
    raised = trace - block.rest_mv()
    fibre, last = np.arange(len(small_ma)), block.n_nodes - 1
    at = raised.max(axis=1).argmax(axis=0)
    profile = raised[at, :, fibre].T
    node = profile.argmax(axis=0)
    raised_mv = profile[node, fibre]
    beside = profile[np.maximum(node - 1, 0), fibre] + profile[np.minimum(node + 1, last), fibre]
    with np.errstate(divide="ignore", invalid="ignore"):
        alone = np.clip(1.0 - 0.5 * beside / raised_mv, 0.0, 2.0)
    charge_us = np.abs(np.cumsum(pulse.wave)).max() * pulse.dt_us / np.abs(pulse.wave).max()
    needed_mv = np.exp(1.91 + 115.0 / (charge_us + 50.0) + 0.53 * alone)
    with np.errstate(divide="ignore", invalid="ignore"):
        guess = small_ma * needed_mv / raised_mv
    return np.where((raised_mv > 1e-9) & (steepest > 0.0), guess, LIMIT_MA)


def _bisect(fires: Fires, first: Array, tolerance: float, strides: tuple[float, ...]) -> Array:
    """Return the upper ends of brackets narrower than `tolerance`."""
    low, high = np.zeros_like(first), np.full_like(first, np.inf)
    now, grown = np.clip(first, 1e-9, LIMIT_MA), np.zeros(len(first), dtype=np.intp)
    waiting = np.ones(len(first), dtype=bool)
    while waiting.any():
        did = fires(now, waiting)
        high = np.where(waiting & did, now, high)
        low = np.where(waiting & ~did, now, low)
        stride = np.asarray(strides)[np.minimum(grown, len(strides) - 1)]
        grown += 1
        middle = np.where(
            np.isfinite(high), 0.5 * (low + np.where(np.isfinite(high), high, 0.0)), 0
        )
        now = np.where(~np.isfinite(high), low * stride, np.where(low > 0.0, middle, high / stride))
        hopeless = low >= LIMIT_MA
        waiting = waiting & ~hopeless & ((high - low > tolerance * high) | ~np.isfinite(high))
        now = np.clip(now, 1e-12, LIMIT_MA)
    return high
