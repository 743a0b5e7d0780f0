"""Thresholds without solving the cable: linear polarisation of the exact model, and its shape.

Source
    Ours. The idea that a linear answer of the fibre predicts its threshold better than the
    activating function is Warman 1992's; Moffitt, McIntyre & Grill 2004 show its limits.

Equations
    (1)  P(x) = sum_j w_j V(x + x_j): polarisation of a node at x at the end of a phase, per mA;
         w_j from the exact model for this fibre and pulse (`polarisation_weights`)
    (2)  I = min over peaks of P of exp(c_0 + sum c_k b_k + c_5 b_2^2 + c_6 b_4^2) / P
         b_k = 1 - (P(x - k L) + P(x + k L)) / (2 P(x)), k = 1, 2, 4, 8 internodes L
    A biphasic pulse has two chances, the end of each phase: the smaller current counts. A sealed
    end is a mirror for V, with coefficients of its own (b from the inner side).

Valid for
    Straight MRG fibres in fields of pads at least some 3 mm away; adult diameters 4-16 um,
    internode scale 0.3-1, myelin scale 0.4-1, 20-500 us, gap 0-100 us. Error against the exact
    model: `docs/models/polarisation.md`. For other pulses solve the cable.
"""

import os
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.errors import BadInput
from rheobase.model.nerve.mrg2002 import Mrg2002
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.mrg_launch import in_threads
from rheobase.model.nerve.polarisation_kernel import sweep
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
LEAST_SAMPLES = 8  # of a path, and before a sealed end
PARTS_PER_CORE = 4  # threads take the next part when they have done one


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """The calibrated part of (2); numbers in evidence/polarisation.npz.

    Attributes:
        model: membrane and material.
        sizes: adult sizes.
        diameter_um, internode_scale, myelin_scale, width_us, gap_us: rising axes of the tables.
        single: (3, n_diameters, n_internodes, n_myelins, n_widths, 7) monophasic; along
            the fibre, at a sealed end, beside it. [1]
        double: (n_gaps, 2 phases, 3, n_diameters, n_internodes, n_myelins, n_widths, 7). [1]
    """

    model: Mrg2002
    sizes: Identity
    diameter_um: Array
    internode_scale: Array
    myelin_scale: Array
    width_us: Array
    gap_us: Array
    single: Array
    double: Array

    def coefficients(self, phases: Phases, width_us: float, gap_us: float) -> Array:
        """Return (n_phases, 3, n_diameters, n_internodes, n_myelins, 7) of one pulse."""
        if phases is Phases.MONOPHASIC:
            return _between(self.width_us, self.single[None], width_us, -2)
        each = _between(self.width_us, self.double, width_us, -2)
        return _between(self.gap_us, each, gap_us, 0)


def _between(axis: Array, table: Array, x: float, along: int) -> Array:
    """Return the table interpolated along one axis (linear in log x + 10 us)."""
    scale, here = np.log(axis + 10.0), np.log(x + 10.0)
    k = int(np.clip(np.searchsorted(scale, here) - 1, 0, len(axis) - 2))
    share = (here - scale[k]) / (scale[k + 1] - scale[k])
    low, high = np.take(table, k, axis=along), np.take(table, k + 1, axis=along)
    return np.ascontiguousarray(low + share * (high - low))


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
    """Return thresholds of straight fibres along paths in a field.

    Args:
        predictor: the calibrated tables.
        path_potential_per_ma: (n_lines, n_samples) potential while the leading phase carries 1 mA
            (negative under the pad that leads as cathode), along straight lines. [mV/mA]
        spacing_mm: of the samples; at most a third of the depth below the pads. [mm]
        adult_diameter_um: (n_fibres,) or (n_lines, n_fibres) fibre diameter an adult's axon of this
            calibre would have. [um]
        internode_scale: number, (n_lines, 1) or (n_lines, n_fibres); 1 is adult. [1]
        myelin_scale: the same for the number of lamellae. [1]
        phases: one or two.
        width_us: of one phase. [us]
        gap_us: between two. [us]
        terminal_mm: number or (n_lines,) where the fibre ends, from the first sample, or None if it
            runs on at both sides. The fibre lies before its end. [mm]

    Returns:
        (n_lines, n_fibres) thresholds; infinity where the field depolarises nothing. [mA]

    Raises:
        BadInput: outside the range of the calibration, or if shapes do not fit.
    """
    paths = np.ascontiguousarray(path_potential_per_ma, dtype=np.float64)
    if paths.ndim != 2 or paths.shape[1] < LEAST_SAMPLES or not np.isfinite(paths).all():
        raise BadInput("Paths need finite potentials (n_lines, n_samples), 8 samples at least.")
    in_range("spacing_mm", spacing_mm, 0.05, 10.0, "mm")
    in_range("width_us", width_us, predictor.width_us[0], predictor.width_us[-1], "us")
    in_range("gap_us", gap_us, predictor.gap_us[0], predictor.gap_us[-1], "us")
    sizes = _sizes(predictor, len(paths), adult_diameter_um, internode_scale, myelin_scale)
    margin = reach_samples(sizes[..., 3].max(), spacing_mm)
    ends = _ends(terminal_mm, spacing_mm, *paths.shape)
    kernel = weights(predictor.model, predictor.sizes, phases, width_us, gap_us)
    coefficients = predictor.coefficients(phases, width_us, gap_us)
    out = np.empty(sizes.shape[:2])

    per_part = -(-len(paths) // (PARTS_PER_CORE * (os.cpu_count() or 1)))

    def part(first: int) -> None:
        chunk = slice(first, first + per_part)
        sweep(
            paths[chunk],
            ends[chunk],
            margin,
            spacing_mm,
            sizes[chunk],
            (DIAMETERS_UM, INTERNODE_SCALES, MYELIN_SCALES),
            kernel.table,
            (predictor.diameter_um, predictor.internode_scale, predictor.myelin_scale),
            coefficients,
            out[chunk],
        )

    in_threads(part, list(range(0, len(paths), per_part)))
    return out


def _sizes(
    predictor: Predictor,
    n_lines: int,
    adult_diameter_um: ArrayLike,
    internode_scale: ArrayLike,
    myelin_scale: ArrayLike,
) -> Array:
    """Return (n_lines, n_fibres, 7) what the sweep needs of each fibre."""
    diameter = np.atleast_1d(np.asarray(adult_diameter_um, dtype=np.float64))
    shape = (n_lines, diameter.shape[-1])
    given = []
    for name, value, axis in (
        ("adult_diameter_um", diameter, predictor.diameter_um),
        ("internode_scale", internode_scale, predictor.internode_scale),
        ("myelin_scale", myelin_scale, predictor.myelin_scale),
    ):
        try:
            wide = np.broadcast_to(np.asarray(value, dtype=np.float64), shape)
        except ValueError:
            raise BadInput(f"{name} does not fit {shape[0]} lines of {shape[1]} fibres.") from None
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
