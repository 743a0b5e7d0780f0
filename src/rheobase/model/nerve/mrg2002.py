"""Myelinated axon as a double cable (McIntyre, Richardson & Grill 2002): parameters and layout.

Source
    C. C. McIntyre, A. G. Richardson, W. M. Grill, "Modeling the excitability of mammalian nerve
    fibers: influence of afterpotentials on the recovery cycle," J. Neurophysiol., vol. 87,
    pp. 995-1006, 2002; as coded in ModelDB's AXNODE and in PyFibers and ASCENT. The paper's own
    tables were not read by us; the code of all three agrees.

Equations, per compartment; V_i axoplasm, V_p under the myelin, V_e outside, V_m = V_i - V_p
    (1)  c_m dV_m/dt + I_ion(V_m) = sum g_i (V_i,neighbour - V_i)
    (2)  I_m + sum g_p (V_p,neighbour - V_p) = c_my d(V_p - V_e)/dt + g_my (V_p - V_e)
         I_m is the left side of (1); at nodes V_p = V_e.
    (3)  node: I_ion = g_Na m^3 h (V - E_Na) + g_Nap p^3 (V - E_Na) + g_K s (V - E_K) + g_L (V - E_L)
    (4)  internode: I_ion = g (V_m - V_rest); area pi d_axon L; myelin on the area pi D L with
         c = c_my/(2 n), g = g_my/(2 n) for n lamellae
    (5)  dx/dt = alpha (1 - x) - beta x for x = p, m, h, s; rates in 1/ms, V in mV, at 20 C (s: 36 C),
         times q10^((T - T_q10)/10); L(A, x, C) = A x/(1 - exp(-x/C)):
         alpha_p = L(0.01, V+27, 10.2)      beta_p = L(0.00025, -(V+34), 10)
         alpha_m = L(1.86, V+21.4, 10.3)    beta_m = L(0.086, -(V+25.7), 9.16)
         alpha_h = L(0.062, -(V+114), 11)   beta_h = 2.3/(1 + exp(-(V+31.8)/13.4))
         alpha_s = 0.3/(1 + exp(-(V+53)/5)) beta_s = 0.03/(1 + exp(-(V+90)))
    A period is node, MYSA, FLUT, 6 STIN, FLUT, MYSA. Fibres end in a node, sealed: no current flows
    out of the end, as at a terminal.

Numerics
    Backward Euler with step dt, first order: thresholds at 5 us are 1.5 % above those at dt -> 0,
    velocities 7 % below those at 1 us. This is the scheme and step of the reference values.

Valid for
    Large myelinated axons, 5.7-16 um, straight, at 37 C; fitted on mammalian and human data of
    adults. A child's fibre is this model with other sizes (`mrg_geometry.immature`), no more.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.model.nerve.mrg_geometry import COMPARTMENTS_PER_PERIOD, MrgFibres

Array = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Mrg2002:
    """Membrane and material. No defaults: the numbers stand in evidence/mrg2002.toml."""

    v_rest_mv: float  # nominal rest, and reversal of the internodal leak
    e_na_mv: float
    e_k_mv: float
    e_leak_mv: float
    g_na_s_cm2: float  # fast sodium
    g_nap_s_cm2: float  # persistent sodium
    g_k_s_cm2: float  # slow potassium
    g_leak_s_cm2: float
    c_node_uf_cm2: float
    c_axolemma_uf_cm2: float
    g_mysa_s_cm2: float
    g_flut_s_cm2: float
    g_stin_s_cm2: float
    c_myelin_uf_cm2: float  # one lamella membrane
    g_myelin_s_cm2: float
    rho_ohm_cm: float  # axoplasm and periaxonal space
    gap_mysa_um: float  # width of the periaxonal space, node and MYSA
    gap_internode_um: float  # FLUT and STIN
    node_um: float  # length of a node
    mysa_um: float  # length of a MYSA
    temperature_c: float
    q10_pm: float
    q10_h: float
    q10_s: float
    q10_pmh_at_c: float
    q10_s_at_c: float

    def membrane(self) -> tuple[float, ...]:
        """Return rest, reversal potentials relative to it, and the three temperature factors."""
        warm = (self.temperature_c - self.q10_pmh_at_c) / 10.0
        warm_s = (self.temperature_c - self.q10_s_at_c) / 10.0
        return (
            self.v_rest_mv,
            self.e_na_mv - self.v_rest_mv,
            self.e_k_mv - self.v_rest_mv,
            self.e_leak_mv - self.v_rest_mv,
            self.q10_pm**warm,
            self.q10_h**warm,
            self.q10_s**warm_s,
        )


def compartments(n_nodes: int) -> int:
    """Return how many compartments a fibre of `n_nodes` has, end nodes included."""
    return COMPARTMENTS_PER_PERIOD * (n_nodes - 1) + 1


def lengths_um(model: Mrg2002, fibres: MrgFibres) -> Array:
    """Return (11, n_fibres) lengths of one period's compartments, the node first. [um]"""
    ones = np.ones(len(fibres))
    paranodes_um = model.node_um + 2.0 * model.mysa_um + 2.0 * fibres.flut_um
    stin = (fibres.internode_um - paranodes_um) / 6.0
    mysa = model.mysa_um * ones
    return np.array([model.node_um * ones, mysa, fibres.flut_um, *[stin] * 6, fibres.flut_um, mysa])


def centres_mm(model: Mrg2002, fibres: MrgFibres, n_nodes: int) -> Array:
    """Return (n_fibres, n_compartments) places of the centres, from the first node's centre. [mm]"""
    period = lengths_um(model, fibres)
    all_lengths = np.tile(period, (n_nodes, 1))[: compartments(n_nodes)]
    ends = np.cumsum(all_lengths, axis=0)
    return np.asarray((ends - 0.5 * all_lengths - 0.5 * model.node_um).T / 1000.0)
