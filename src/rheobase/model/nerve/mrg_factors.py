"""What of the double cable does not change: link conductances, the factored internode, sources.

Elimination of the internode by 2x2 blocks, as in `mrg_kernel`; here at 64 bits, once per fibre.
Conductances in uS, potentials in mV, currents in nA, time in ms.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.nerve import mrg_kernel as rows
from rheobase.model.nerve.mrg2002 import Mrg2002, lengths_um
from rheobase.model.nerve.mrg_geometry import COMPARTMENTS_PER_PERIOD, MrgFibres

Array = NDArray[np.float64]
CM_PER_UM = 1e-4


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Conductances of a period; link k joins compartment k to k + 1, the node being 0.

    Attributes:
        axial: (11, n_fibres) in the axoplasm. [uS]
        periaxonal: (11, n_fibres) under the myelin. [uS]
        axolemma_nf, axolemma_us: (10, n_fibres) of the internodal compartments. [nF], [uS]
        myelin_nf, myelin_us: (10, n_fibres). [nF], [uS]
        node_cm2: (n_fibres,) membrane area of a node. [cm2]
    """

    axial: Array
    periaxonal: Array
    axolemma_nf: Array
    axolemma_us: Array
    myelin_nf: Array
    myelin_us: Array
    node_cm2: Array

    def part(self, fibres: slice) -> "Links":
        """Return those of some of the fibres."""
        return Links(
            axial=self.axial[:, fibres],
            periaxonal=self.periaxonal[:, fibres],
            axolemma_nf=self.axolemma_nf[:, fibres],
            axolemma_us=self.axolemma_us[:, fibres],
            myelin_nf=self.myelin_nf[:, fibres],
            myelin_us=self.myelin_us[:, fibres],
            node_cm2=self.node_cm2[fibres],
        )


def links(model: Mrg2002, fibres: MrgFibres) -> Links:
    """Return the conductances and capacities of fibres.

    Raises:
        BadInput: if an internode is too short for its paranodes.
    """
    length_um = lengths_um(model, fibres)
    if not (length_um > 0.0).all():
        raise BadInput(
            "An internode is shorter than its node and paranodes. Give a longer internode or "
            "shorter paranodes."
        )
    place = np.arange(COMPARTMENTS_PER_PERIOD)
    attached = (place <= 1) | (place == COMPARTMENTS_PER_PERIOD - 1)  # node and MYSA
    fluted = (place == 2) | (place == COMPARTMENTS_PER_PERIOD - 2)
    axon_um = np.where(attached[:, None], fibres.node_um, fibres.axon_um)
    gap_um = np.where(attached, model.gap_mysa_um, model.gap_internode_um)[:, None]
    leak = np.where(attached, model.g_mysa_s_cm2, model.g_stin_s_cm2)
    leak = np.where(fluted, model.g_flut_s_cm2, leak)[1:, None]

    axoplasm_um2 = np.pi * (axon_um / 2.0) ** 2
    ring_um2 = np.pi * ((axon_um / 2.0 + gap_um) ** 2 - (axon_um / 2.0) ** 2)
    mohm = model.rho_ohm_cm * length_um / CM_PER_UM * 1e-6  # times 1/area [um2]
    axolemma_cm2 = (np.pi * axon_um * length_um * CM_PER_UM**2)[1:]
    myelin_cm2 = (np.pi * fibres.fibre_um * length_um * CM_PER_UM**2)[1:]
    membranes = 2.0 * fibres.lamellae
    return Links(
        axial=_in_series(mohm / axoplasm_um2),
        periaxonal=_in_series(mohm / ring_um2),
        axolemma_nf=model.c_axolemma_uf_cm2 * axolemma_cm2 * 1e3,
        axolemma_us=leak * axolemma_cm2 * 1e6,
        myelin_nf=model.c_myelin_uf_cm2 / membranes * myelin_cm2 * 1e3,
        myelin_us=model.g_myelin_s_cm2 / membranes * myelin_cm2 * 1e6,
        node_cm2=np.pi * fibres.node_um * model.node_um * CM_PER_UM**2,
    )


def _in_series(resistance_mohm: Array) -> Array:
    """Return (11, n) conductances between centres: half of each neighbour, around the period."""
    return np.asarray(2.0 / (resistance_mohm + np.roll(resistance_mohm, -1, axis=0)))


def factors(model: Mrg2002, link: Links, dt_ms: float) -> Array:
    """Return (FACTOR_ROWS, n_fibres) everything the kernel reads at a step of `dt_ms`."""
    n = link.node_cm2.size
    table = np.zeros((rows.FACTOR_ROWS, n))
    stored = link.axolemma_nf / dt_ms
    kept = link.myelin_nf / dt_ms
    across = stored + link.axolemma_us
    gi, gp = link.axial, link.periaxonal
    inverse = np.zeros((2, 2, n))
    for k in range(rows.CELLS):
        block = np.array(
            [
                [across[k] + gi[k] + gi[k + 1], -across[k]],
                [-across[k], across[k] + kept[k] + link.myelin_us[k] + gp[k] + gp[k + 1]],
            ]
        )
        before = np.array([gi[k], gp[k]])
        if k:
            block = block - before[:, None] * inverse * before[None, :]
        inverse = _inverse(block)
        after = np.array([gi[k + 1], gp[k + 1]])
        cell = k * rows.CELL
        table[cell : cell + 4] = stored[k], kept[k], gi[k], gp[k]
        table[cell + 4 : cell + 8] = inverse.reshape(4, n)
        table[cell + 8 : cell + 12] = (inverse * after[None, :]).reshape(4, n)
    table[rows.LEFT : rows.LEFT + 2 * rows.CELLS] = _column(table, link, 0)
    table[rows.RIGHT : rows.RIGHT + 2 * rows.CELLS] = _column(table, link, rows.CELLS - 1)
    _node_rows(table, model, link, dt_ms)
    return table


def _inverse(block: Array) -> Array:
    (a, b), (c, d) = block
    return np.asarray(np.array([[d, -b], [-c, a]]) / (a * d - b * c))


def _column(table: Array, link: Links, entry: int) -> Array:
    """Return (20, n) the internode's answer to 1 mV at the node next to compartment `entry`."""
    n = table.shape[1]
    z = np.zeros((rows.CELLS, 2, n))
    for k in range(rows.CELLS):
        pushed = np.zeros((2, n))
        if k == entry:
            pushed[0] += link.axial[0 if entry == 0 else rows.CELLS]
        if k:
            pushed += np.array([link.axial[k], link.periaxonal[k]]) * z[k - 1]
        inverse = table[k * rows.CELL + 4 : k * rows.CELL + 8].reshape(2, 2, n)
        z[k] = np.einsum("ijn,jn->in", inverse, pushed)
    for k in range(rows.CELLS - 2, -1, -1):
        onward = table[k * rows.CELL + 8 : k * rows.CELL + 12].reshape(2, 2, n)
        z[k] += np.einsum("ijn,jn->in", onward, z[k + 1])
    return z.reshape(2 * rows.CELLS, n)


def _node_rows(table: Array, model: Mrg2002, link: Links, dt_ms: float) -> None:
    area_us = link.node_cm2 * 1e6  # times S/cm2
    table[rows.CAPACITY] = model.c_node_uf_cm2 * link.node_cm2 * 1e3 / dt_ms
    table[rows.G_NA] = model.g_na_s_cm2 * area_us
    table[rows.G_NAP] = model.g_nap_s_cm2 * area_us
    table[rows.G_K] = model.g_k_s_cm2 * area_us
    table[rows.G_LEAK] = model.g_leak_s_cm2 * area_us
    first, last = link.axial[0], link.axial[rows.CELLS]
    end = 2 * (rows.CELLS - 1)
    table[rows.SELF_RIGHTWARD] = first * (1.0 - table[rows.LEFT])
    table[rows.SELF_LEFTWARD] = last * (1.0 - table[rows.RIGHT + end])
    table[rows.INTO_RIGHTWARD] = first
    table[rows.INTO_LEFTWARD] = last
    table[rows.FROM_PREVIOUS] = last * table[rows.LEFT + end]
    table[rows.FROM_NEXT] = first * table[rows.RIGHT]


def sources(link: Links, ve_mv: Array) -> Array:
    """Return the axial currents a field drives, in the kernel's order.

    Args:
        link: of the fibres.
        ve_mv: (n_fibres, n_compartments) potential outside. [mV]

    Returns:
        (21 (n_nodes - 1) + 1, n_fibres) currents into u and p. [nA]
    """
    step = np.diff(ve_mv.T, axis=0)
    place = np.arange(step.shape[0]) % COMPARTMENTS_PER_PERIOD
    into_u = _divergence(step * link.axial[place])
    into_p = _divergence(step * link.periaxonal[place])
    periods = step.shape[0] // COMPARTMENTS_PER_PERIOD
    table = np.empty((rows.PERIOD * periods + 1, step.shape[1]))
    table[:: rows.PERIOD] = into_u[::COMPARTMENTS_PER_PERIOD]
    for k in range(1, COMPARTMENTS_PER_PERIOD):
        table[2 * k - 1 :: rows.PERIOD] = into_u[k::COMPARTMENTS_PER_PERIOD]
        table[2 * k :: rows.PERIOD] = into_p[k::COMPARTMENTS_PER_PERIOD]
    return table


def _divergence(current: Array) -> Array:
    padded = np.zeros((current.shape[0] + 1, current.shape[1]))
    padded[:-1] += current
    padded[1:] -= current
    return padded
