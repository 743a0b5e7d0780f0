"""The small-signal answer of the exact model: how far each piece of a field polarises a node.

Source
    Ours. The model is MRG 2002; its answer to 1 mV at one compartment is computed, not fitted.

Equation
    P(node) = sum_j w_|j| V_e(compartment j), at the end of a phase of the pulse; sum w = 0

Valid for
    Long straight fibres, small signals: everything nonlinear is left to `polarisation`.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.model.nerve.mrg2002 import Mrg2002, compartments
from rheobase.model.nerve.mrg_geometry import (
    COMPARTMENTS_PER_PERIOD,
    GeometryTable,
    fitted,
    immature,
)
from rheobase.model.nerve.mrg_launch import Block, blocks, in_threads
from rheobase.model.nerve.pulse_samples import Phases, rectangular

Array = NDArray[np.float64]

REACH = 28  # internodes to either side
HALF_PERIOD = 6  # sources at compartments 0 to 5; the rest follows by symmetry
LANES = 8  # of a block at 64 bits: the sources, and lanes without a field
N_NODES, MIDDLE = 2 * REACH + 3, REACH + 1
SMALL = 1e-3  # mV at the source: far inside the linear range, far above rounding
DT_US = 5.0

# Where the weights are computed; between these they are interpolated.
DIAMETERS_UM = np.array([4.0, 5.0, 5.7, 6.8, 8.0, 9.5, 11.5, 13.5, 16.0])
INTERNODE_SCALES = np.array([0.3, 0.42, 0.6, 0.8, 1.0])
MYELIN_SCALES = np.array([0.4, 0.55, 0.75, 1.0])


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weights over the grid of fibre sizes.

    Attributes:
        table: (n_phases, n_diameters, n_internodes, n_myelins, 11 REACH + 1) weights w_0, w_1, ...
            at the end of each phase. [1]
    """

    table: Array


@lru_cache(maxsize=32)
def _weights_of(
    model: Mrg2002, sizes: "Identity", phases: Phases, width_us: float, gap_us: float
) -> Weights:
    pulse = rectangular(phases, width_us, gap_us=gap_us, dt_us=DT_US)
    ends_us = [width_us] if phases is Phases.MONOPHASIC else [width_us, 2 * width_us + gap_us]
    rows = [int(np.ceil(end / DT_US - 1e-9)) - 1 for end in ends_us]
    grid = np.stack(
        np.meshgrid(DIAMETERS_UM, INTERNODE_SCALES, MYELIN_SCALES, indexing="ij"), axis=-1
    )
    d, internode, myelin = grid.reshape(-1, 3).T
    fibres = immature(fitted(sizes.table, d), 1.0, internode, myelin)
    n = len(fibres)
    ready = blocks(model, fibres.take(np.repeat(np.arange(n), LANES)), _unit_fields(n), DT_US, 64)
    parts = in_threads(lambda block: _answer(block, pulse.wave, rows), ready)
    table = np.stack(parts, axis=1).reshape(len(rows), *grid.shape[:3], -1)
    return Weights(table=table)


@final
@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """A table of sizes that a cache can hold: equal only to itself."""

    table: GeometryTable


def weights(
    model: Mrg2002, sizes: Identity, phases: Phases, width_us: float, gap_us: float
) -> Weights:
    """Return the weights of a pulse; remembered, since a search asks for the same ones again.

    Args:
        model: membrane and material.
        sizes: adult sizes.
        phases: one or two.
        width_us: of one phase. [us]
        gap_us: between two. [us]
    """
    return _weights_of(model, sizes, phases, float(width_us), float(gap_us))


def _unit_fields(n_fibres: int) -> Array:
    """Return (n_fibres * LANES, n_compartments): 1 mV at one compartment each, then no field."""
    field = np.zeros((LANES, compartments(N_NODES)))
    for c in range(HALF_PERIOD):
        field[c, COMPARTMENTS_PER_PERIOD * MIDDLE + c] = 1.0
    return np.tile(field, (n_fibres, 1))


def _answer(block: Block, wave: Array, rows: list[int]) -> Array:
    """Return (n_phases, 11 REACH + 1) weights of one fibre, whose copies fill a block."""
    _, trace = block.run(wave, np.full(LANES, SMALL), traced=True)
    at_ends = trace[rows]
    raised = (at_ends[:, :, :HALF_PERIOD] - at_ends[:, :, -1:]) / SMALL  # phase, node, source
    node, source = np.meshgrid(np.arange(N_NODES), np.arange(HALF_PERIOD), indexing="ij")
    away = np.abs(COMPARTMENTS_PER_PERIOD * (MIDDLE - node) + source)
    inside = away <= COMPARTMENTS_PER_PERIOD * REACH
    found = np.zeros((len(rows), COMPARTMENTS_PER_PERIOD * REACH + 1))
    found[:, away[inside]] = raised[:, inside]
    rest = found[:, 0] + 2.0 * found[:, 1:].sum(axis=1)
    found[:, -1] -= 0.5 * rest  # a level field does nothing
    return found
