"""Sizes of MRG fibres: the published table, its continuous form, and a child's fibre made of it.

Source
    Table: McIntyre, Richardson, Grill 2002 (5.7-16 um) as coded in PyFibers and ASCENT. Between the
    rows: the quadratic fits of ASCENT, 2-16 um. The 1 and 2 um rows are later additions.

Ours, not the paper's
    `immature`: axon calibre, myelin and internode mature separately in children (`nerve_field` 2.5).
    Fewer lamellae of the same thickness make the fibre thinner around the same axon; nodes,
    paranodes and gaps stay as they are. A hypothesis, held to measured conduction velocities.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.errors import BadInput

Array = NDArray[np.float64]
SMALLEST_SCALE = 0.05  # of any size over the adult one; no fibre conducts far above it
COMPARTMENTS_PER_PERIOD = 11


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class MrgFibres:
    """Sizes of many fibres. Every attribute is (n_fibres,).

    Attributes:
        fibre_um: outer diameter of the myelin. [um]
        internode_um: from node centre to node centre. [um]
        flut_um: length of the main paranode (FLUT). [um]
        axon_um: diameter of the internodal axon. [um]
        node_um: diameter of node and paranodal attachment (MYSA). [um]
        lamellae: turns of myelin. [1]
    """

    fibre_um: Array
    internode_um: Array
    flut_um: Array
    axon_um: Array
    node_um: Array
    lamellae: Array

    def __post_init__(self) -> None:
        sizes = self.rows()
        if sizes.ndim != 2 or sizes.shape[1] == 0:
            raise BadInput(
                "A set of fibres needs one value of each size per fibre; give 1-D arrays."
            )
        if not (np.isfinite(sizes).all() and (sizes > 0.0).all()):
            raise BadInput("Every size of a fibre must be a positive number. Correct the sizes.")
        if (self.axon_um >= self.fibre_um).any() or (self.node_um > self.axon_um).any():
            raise BadInput("A fibre must be thicker than its axon, and its axon than its node.")

    def __len__(self) -> int:
        """Return the number of fibres."""
        return len(self.fibre_um)

    def rows(self) -> Array:
        """Return (6, n_fibres) all sizes in the order of the attributes."""
        return np.array(
            [
                self.fibre_um,
                self.internode_um,
                self.flut_um,
                self.axon_um,
                self.node_um,
                self.lamellae,
            ],
            dtype=np.float64,
        )

    def take(self, index: ArrayLike) -> "MrgFibres":
        """Return the fibres at (n,) places, repeats allowed."""
        return _of_rows(self.rows()[:, np.asarray(index, dtype=np.intp)])


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class GeometryTable:
    """What the literature gives.

    Attributes:
        rows: (6, n_diameters) sizes in the order of `MrgFibres`, rising diameter.
        fits: (5, 3) coefficients of D^2, D, 1 for internode, FLUT, axon, node, lamellae.
        internode_below: (2,) slope and offset of the internode below `straight_below_um`.
        straight_below_um: where the internode's quadratic fit starts. [um]
        range_um: smallest and largest diameter of the fits. [um]
    """

    rows: Array
    fits: Array
    internode_below: Array
    straight_below_um: float
    range_um: tuple[float, float]


def published(table: GeometryTable, diameter_um: ArrayLike) -> MrgFibres:
    """Return fibres exactly as tabulated.

    Args:
        table: rows and fits.
        diameter_um: one diameter, or (n_fibres,). [um]

    Raises:
        BadInput: if a diameter is not a row of the table; use `fitted` for it.
    """
    wanted = np.atleast_1d(np.asarray(diameter_um, dtype=np.float64))
    known = table.rows[0]
    place = np.abs(known[None, :] - wanted[:, None]).argmin(axis=1)
    off = ~(np.abs(known[place] - wanted) < 1e-9)
    if off.any():
        listed = ", ".join(f"{d:g}" for d in known)
        raise BadInput(
            f"The table has no fibre of {wanted[off][0]:g} um. Use one of {listed} um, or fitted sizes."
        )
    return _of_rows(table.rows[:, place])


def fitted(table: GeometryTable, diameter_um: ArrayLike) -> MrgFibres:
    """Return fibres of any diameter within the range of the fits.

    Args:
        table: rows and fits.
        diameter_um: one diameter, or (n_fibres,). [um]

    Raises:
        BadInput: outside that range.
    """
    d = np.atleast_1d(np.asarray(diameter_um, dtype=np.float64))
    low, high = table.range_um
    if not ((d >= low) & (d <= high)).all():
        raise BadInput(
            f"A fibre diameter lies outside {low:g} to {high:g} um, where the MRG sizes are known. "
            "Choose one inside."
        )
    internode, flut, axon, node, lamellae = np.array([np.polyval(fit, d) for fit in table.fits])
    internode = np.where(
        d < table.straight_below_um, np.polyval(table.internode_below, d), internode
    )
    return _of_rows(np.array([d, internode, flut, axon, node, lamellae]))


def sized(table: GeometryTable, diameter_um: ArrayLike) -> MrgFibres:
    """Return tabulated fibres where every diameter is in the table, fitted ones otherwise.

    Args:
        table: rows and fits.
        diameter_um: one diameter, or (n_fibres,). [um]

    Raises:
        BadInput: if one lies outside the range of the fits.
    """
    d = np.atleast_1d(np.asarray(diameter_um, dtype=np.float64))
    tabulated = (np.abs(table.rows[0][None, :] - d[:, None]) < 1e-9).any(axis=1).all()
    return published(table, d) if tabulated else fitted(table, d)


def immature(
    fibres: MrgFibres, axon_scale: ArrayLike, internode_scale: ArrayLike, myelin_scale: ArrayLike
) -> MrgFibres:
    """Return fibres with a smaller axon, shorter internodes and less myelin than adult ones.

    Args:
        fibres: adult fibres.
        axon_scale: of axon and node diameter, 0.05 to 1; number or (n_fibres,). [1]
        internode_scale: of the internode length at this axon. [1]
        myelin_scale: of the number of lamellae. [1]

    Raises:
        BadInput: if a scale is not within 0.05 to 1, or leaves no room for the internode.
    """
    scales = [np.asarray(s, dtype=np.float64) for s in (axon_scale, internode_scale, myelin_scale)]
    if not all(((s >= SMALLEST_SCALE) & (s <= 1.0)).all() for s in scales):
        raise BadInput(
            f"A maturity scale must lie between {SMALLEST_SCALE:g} and 1 (1 is adult). Correct it."
        )
    axon_s, internode_s, myelin_s = scales
    axon = fibres.axon_um * axon_s
    myelin_um = (fibres.fibre_um - fibres.axon_um) * myelin_s
    ones = np.ones_like(axon)
    return _of_rows(
        np.array(
            [
                axon + myelin_um,
                fibres.internode_um * internode_s,
                fibres.flut_um * internode_s,
                axon,
                fibres.node_um * axon_s,
                fibres.lamellae * myelin_s * ones,
            ]
        )
    )


def _of_rows(rows: Array) -> MrgFibres:
    fibre, internode, flut, axon, node, lamellae = rows
    return MrgFibres(
        fibre_um=fibre,
        internode_um=internode,
        flut_um=flut,
        axon_um=axon,
        node_um=node,
        lamellae=lamellae,
    )
