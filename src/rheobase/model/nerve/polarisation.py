"""Thresholds without solving the cable: linear polarisation of the exact model, and its shape.

Source
    Ours. The idea that a linear answer of the fibre predicts its threshold better than the
    activating function is Warman 1992's; Moffitt, McIntyre & Grill 2004 show its limits.

Equations
    (1)  P(x) = sum_j w_j V(x + x_j): polarisation of a node at x at the end of a phase, per mA;
         w_j from the exact model for this fibre and pulse (`polarisation_weights`)
    (2)  I = min over peaks of P of exp(f(shape, size, pulse)) / P
         shape: b_k = 1 - (P(x - k L) + P(x + k L)) / (2 P(x)), k = 1 to 16 internodes L; how close
         a sealed end is; what the other phase does there. Size: ln of diameter and of the scales of
         internode and myelin. Pulse: ln of width, gap
    f is a smooth table of the exact membrane's demand: a network of two small hidden layers, fitted
    to exact thresholds, one for monophasic pulses and one for each phase of biphasic ones. Its
    answers stay within those seen in the fit. A sealed end is a mirror for V. Thresholds scale
    with the field and do not know left from right, whatever f is.

Valid for
    Straight MRG fibres in fields of pads at least some 3 mm away; sizes and pulses within the
    ranges of `Predictor`. Error against the exact model: `docs/models/polarisation.md`. For other
    pulses solve the cable.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.errors import BadInput
from rheobase.model.nerve.mrg2002 import Mrg2002
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.mrg_launch import in_threads
from rheobase.model.nerve.polarisation_kernel import BENT_NODES, SHAPE, prepare, sweep
from rheobase.model.nerve.polarisation_weights import (
    DIAMETERS_UM,
    INTERNODE_SCALES,
    MYELIN_SCALES,
    REACH,
    Identity,
    weights,
)
from rheobase.model.nerve.pulse_samples import Phases
from rheobase.stimulus.checks import in_range

Array = NDArray[np.float64]
Rows = NDArray[np.int64]
LEAST_SAMPLES = 8  # of a path, and before a sealed end
PARTS_PER_CORE = 4  # threads take the next part when they have done one


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """Two hidden layers of x / sqrt(1 + x^2); the first takes SHAPE values, then size and pulse.

    Attributes:
        first, first_bias: (SHAPE + 5, HIDDEN), (HIDDEN,). [1]
        second, second_bias: (HIDDEN, HIDDEN), (HIDDEN,). [1]
        last: (HIDDEN + 1,), the bias at the end. [1]
        limits: (2,) least and greatest answer of the fit. [ln mV]
    """

    first: Array
    first_bias: Array
    second: Array
    second_bias: Array
    last: Array
    limits: Array

    @property
    def packed(self) -> Array:
        """Everything but what meets size and pulse, in one row: see `polarisation_lanes.needed`."""
        parts = self.first[:SHAPE], self.second, self.second_bias, self.last, self.limits
        return np.concatenate([part.ravel() for part in parts])


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Predictor:
    """The calibrated part of (2); numbers in evidence/polarisation.npz.

    Attributes:
        model: membrane and material.
        sizes: adult sizes.
        diameter_um, internode_scale, myelin_scale, width_us, gap_us: (2,) least and greatest value
            that may be asked for.
        monophasic: its network.
        biphasic: those of its two phases.
    """

    model: Mrg2002
    sizes: Identity
    diameter_um: Array
    internode_scale: Array
    myelin_scale: Array
    width_us: Array
    gap_us: Array
    monophasic: Network
    biphasic: tuple[Network, Network]

    def networks(self, phases: Phases) -> tuple[Network, ...]:
        """Return the network of each phase."""
        return (self.monophasic,) if phases is Phases.MONOPHASIC else self.biphasic


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """Groups of fibres, a pulse and a spacing: all that does not depend on the field.

    Attributes:
        spacing_mm: of the paths to come. [mm]
        fibres: arrays by group and fibre, see `polarisation_kernel.sweep`.
        networks: see `polarisation_kernel.sweep`.
    """

    spacing_mm: float
    fibres: tuple[Array, Rows, Array, Array, Array]
    networks: Array


def inputs(sizes: Array, width_us: float, gap_us: float) -> Array:
    """Return (..., 5) what the networks see of size and pulse, of order 1.

    Args:
        sizes: (..., at least 3) adult diameter [um], internode scale, myelin scale.
        width_us: of one phase. [us]
        gap_us: between two. [us]
    """
    d, internode, myelin = (sizes[..., k] for k in range(3))
    pulse = np.log((width_us + 10.0) / 130.0) / 0.9, gap_us / 100.0
    of_size = np.log(d / 8.0) / 0.5, np.log(internode) / 0.3 + 1.0, np.log(myelin) / 0.3 + 1.0
    return np.stack([*of_size, *(np.full_like(d, x) for x in pulse)], axis=-1)


def prepared(
    predictor: Predictor,
    *,
    spacing_mm: float,
    adult_diameter_um: ArrayLike,
    internode_scale: ArrayLike,
    myelin_scale: ArrayLike,
    phases: Phases,
    width_us: float,
    gap_us: float = 0.0,
) -> Prepared:
    """Return fibres ready for any number of fields.

    Args:
        predictor: the calibrated tables.
        spacing_mm: of the paths to come; at most a third of the depth below the pads. [mm]
        adult_diameter_um: (n_groups, n_fibres) fibre diameter an adult's axon of this calibre would
            have. [um]
        internode_scale: what fits this shape; 1 is adult. [1]
        myelin_scale: the same for the number of lamellae. [1]
        phases: one or two.
        width_us: of one phase. [us]
        gap_us: between two. [us]

    Raises:
        BadInput: outside the range of the calibration, or if shapes do not fit.
    """
    in_range("spacing_mm", spacing_mm, 0.05, 10.0, "mm")
    in_range("width_us", width_us, predictor.width_us[0], predictor.width_us[-1], "us")
    in_range("gap_us", gap_us, predictor.gap_us[0], predictor.gap_us[-1], "us")
    sizes = _sizes(predictor, adult_diameter_um, internode_scale, myelin_scale)
    shape, flat = sizes.shape[:2], sizes.reshape(-1, sizes.shape[-1])
    kernel = weights(predictor.model, predictor.sizes, phases, width_us, gap_us)
    networks = predictor.networks(phases)
    margin = reach_samples(sizes[..., 3].max(), spacing_mm)
    taps = np.empty((len(flat), len(networks), margin + 4))
    lasts = np.empty(len(flat), dtype=np.int64)
    bents = np.empty((len(flat), len(networks), BENT_NODES))

    def part(rows: slice) -> None:
        axes = (DIAMETERS_UM, INTERNODE_SCALES, MYELIN_SCALES)
        prepare(flat[rows], spacing_mm, axes, kernel.table, taps[rows], lasts[rows], bents[rows])

    _everywhere(part, len(flat), threads=True)
    about = inputs(sizes, width_us, gap_us)
    starts = np.stack([about @ net.first[SHAPE:] + net.first_bias for net in networks], axis=2)
    return Prepared(
        spacing_mm=spacing_mm,
        fibres=(
            taps.reshape(shape[0], -1, taps.shape[2]),
            lasts.reshape(shape).max(axis=1),
            bents.reshape(*shape, *bents.shape[1:]),
            np.ascontiguousarray(sizes[..., 3] / spacing_mm),
            np.ascontiguousarray(starts),
        ),
        networks=np.stack([net.packed for net in networks]),
    )


def thresholds_of(
    ready: Prepared,
    path_potential_per_ma: Array,
    groups: Rows,
    *,
    terminal_mm: ArrayLike | None = None,
    threads: bool = True,
) -> Array:
    """Return thresholds of prepared fibres along paths in a field.

    Args:
        ready: fibres, pulse and spacing.
        path_potential_per_ma: (n_lines, n_samples) potential while the leading phase carries 1 mA
            (negative under the pad that leads as cathode), along straight lines. [mV/mA]
        groups: (n_lines,) which group of fibres lies on each path.
        terminal_mm: number or (n_lines,) where the fibre ends, from the first sample, or None if it
            runs on at both sides. The fibre lies before its end. [mm]
        threads: whether to use all cores; not from within `in_threads`.

    Returns:
        (n_lines, n_fibres) thresholds; infinity where the field depolarises nothing. [mA]

    Raises:
        BadInput: if shapes do not fit.
    """
    paths = np.ascontiguousarray(path_potential_per_ma, dtype=np.float64)
    if paths.ndim != 2 or paths.shape[1] < LEAST_SAMPLES or not np.isfinite(paths).all():
        raise BadInput("Paths need finite potentials (n_lines, n_samples), 8 samples at least.")
    ends = _ends(terminal_mm, ready.spacing_mm, *paths.shape)
    out = np.empty((len(paths), ready.fibres[2].shape[1]))

    def part(rows: slice) -> None:
        some = paths[rows], ends[rows], ready.spacing_mm, groups[rows]
        sweep(*some, ready.fibres, ready.networks, out[rows])

    _everywhere(part, len(paths), threads=threads)
    return out


def predicted_thresholds_ma(
    predictor: Predictor,
    path_potential_per_ma: Array,
    *,
    spacing_mm: float,
    adult_diameter_um: ArrayLike,
    internode_scale: ArrayLike,
    myelin_scale: ArrayLike,
    phases: Phases,
    width_us: float,
    gap_us: float = 0.0,
    terminal_mm: ArrayLike | None = None,
) -> Array:
    """Return thresholds of straight fibres along paths: `prepared` and `thresholds_of` in one.

    Args:
        predictor: the calibrated tables.
        path_potential_per_ma: (n_lines, n_samples) see `thresholds_of`. [mV/mA]
        spacing_mm: of the samples; at most a third of the depth below the pads. [mm]
        adult_diameter_um: (n_fibres,) or (n_lines, n_fibres) fibre diameter an adult's axon of this
            calibre would have. [um]
        internode_scale: number, (n_lines, 1) or (n_lines, n_fibres); 1 is adult. [1]
        myelin_scale: the same for the number of lamellae. [1]
        phases: one or two.
        width_us: of one phase. [us]
        gap_us: between two. [us]
        terminal_mm: number or (n_lines,) see `thresholds_of`. [mm]

    Returns:
        (n_lines, n_fibres) thresholds; infinity where the field depolarises nothing. [mA]

    Raises:
        BadInput: outside the range of the calibration, or if shapes do not fit.
    """
    given = (np.atleast_2d(x) for x in (adult_diameter_um, internode_scale, myelin_scale))
    diameter, internode, myelin = given
    alone = len(diameter) == len(internode) == len(myelin) == 1
    n_lines = len(path_potential_per_ma)
    rows = 1 if alone else n_lines
    try:
        diameter = np.broadcast_to(diameter, (rows, diameter.shape[1]))
    except ValueError:
        raise BadInput(
            f"adult_diameter_um does not fit {n_lines} lines. Give one row, or one for each line."
        ) from None
    ready = prepared(
        predictor, spacing_mm=spacing_mm, adult_diameter_um=diameter, internode_scale=internode,
        myelin_scale=myelin, phases=phases, width_us=width_us, gap_us=gap_us,
    )  # fmt: skip
    groups = np.zeros(n_lines, dtype=np.int64) if alone else np.arange(n_lines)
    return thresholds_of(ready, path_potential_per_ma, groups, terminal_mm=terminal_mm)


def _everywhere(part: Callable[[slice], None], n: int, *, threads: bool) -> None:
    """Do n rows, in parts on all cores or in one piece."""
    each = -(-n // (PARTS_PER_CORE * (os.cpu_count() or 1))) if threads else n
    in_threads(part, [slice(first, first + each) for first in range(0, n, each)])


def _sizes(
    predictor: Predictor,
    adult_diameter_um: ArrayLike,
    internode_scale: ArrayLike,
    myelin_scale: ArrayLike,
) -> Array:
    """Return (n_groups, n_fibres, 7) what the kernel needs of each fibre."""
    shape = np.shape(adult_diameter_um)
    if len(shape) != 2:
        raise BadInput(
            "adult_diameter_um must have one row per group of fibres. Give it as a table."
        )
    given = []
    for name, value, axis in (
        ("adult_diameter_um", adult_diameter_um, predictor.diameter_um),
        ("internode_scale", internode_scale, predictor.internode_scale),
        ("myelin_scale", myelin_scale, predictor.myelin_scale),
    ):
        try:
            wide = np.broadcast_to(np.asarray(value, dtype=np.float64), shape)
        except ValueError:
            raise BadInput(
                f"{name} does not fit {shape[0]} groups of {shape[1]} fibres. Give one number, or "
                "one for each of them."
            ) from None
        if not ((wide >= axis[0]) & (wide <= axis[-1])).all():
            raise BadInput(
                f"{name} must lie between {axis[0]:g} and {axis[-1]:g}, where the predictor was "
                "calibrated. Use the exact model outside."
            )
        given.append(wide.ravel())
    fibres = immature(fitted(predictor.sizes.table, given[0]), 1.0, given[1], given[2])
    ones = np.ones(len(fibres))
    lengths = [fibres.internode_um, fibres.flut_um]
    lengths += [predictor.model.node_um * ones, predictor.model.mysa_um * ones]
    rows = [*given, *(length / 1000.0 for length in lengths)]
    return np.ascontiguousarray(np.stack(rows, axis=-1).reshape(*shape, 7))


def reach_samples(internode_mm: float, spacing_mm: float) -> int:
    """Return how many samples beyond a path the weights of a fibre may ask for."""
    return int(np.ceil((REACH + 1) * internode_mm / spacing_mm)) + 8


def _ends(terminal_mm: ArrayLike | None, spacing_mm: float, n_lines: int, n: int) -> Array:
    """Return (n_lines,) sealed ends in samples, -1 for none."""
    if terminal_mm is None:
        return np.full(n_lines, -1.0)
    ends = np.asarray(terminal_mm, dtype=np.float64) / spacing_mm
    if not ((ends >= LEAST_SAMPLES) & (ends <= n - 1.0)).all():
        raise BadInput(
            f"A terminal must lie on its path, between {LEAST_SAMPLES * spacing_mm:g} and "
            f"{(n - 1) * spacing_mm:g} mm. Make the path longer."
        )
    return np.array(np.broadcast_to(ends, (n_lines,)))
