"""The double cable once more, as plainly as possible: one fibre, one dense matrix per step, NumPy.

The twin of the compiled kernel. It shares no code with it: sizes to conductances, matrix, gates.
"""

import numpy as np

PERIOD = ("node", "mysa", "flut", *["stin"] * 6, "flut", "mysa")


def rates(v):
    def over(a, x, c):
        y = np.asarray(x, float) / c
        safe = np.where(np.abs(y) < 1e-9, 1.0, y)
        return np.where(np.abs(y) < 1e-9, a * c, a * c * safe / (1.0 - np.exp(-safe)))

    warm, warm_h, warm_s = 2.2**1.7, 2.9**1.7, 3.0**0.1
    return {
        "p": (warm * over(0.01, v + 27, 10.2), warm * over(0.00025, -(v + 34), 10)),
        "m": (warm * over(1.86, v + 21.4, 10.3), warm * over(0.086, -(v + 25.7), 9.16)),
        "h": (
            warm_h * over(0.062, -(v + 114), 11),
            warm_h * 2.3 / (1 + np.exp(-(v + 31.8) / 13.4)),
        ),
        "s": (
            warm_s * 0.3 / (1 + np.exp(-(v + 53) / 5)),
            warm_s * 0.03 / (1 + np.exp(-(v + 90))),
        ),
    }


class Cable:
    """Sizes in um, conductances in uS, capacities in nF, potentials in mV, time in ms."""

    def __init__(self, n_nodes, fibre, internode, flut, axon, node, lamellae):
        kinds = (PERIOD * n_nodes)[: 11 * (n_nodes - 1) + 1]
        stin = (internode - 7.0 - 2.0 * flut) / 6.0
        length = {"node": 1.0, "mysa": 3.0, "flut": flut, "stin": stin}
        wide = {"node": node, "mysa": node, "flut": axon, "stin": axon}
        gap = {"node": 0.002, "mysa": 0.002, "flut": 0.004, "stin": 0.004}
        leak = {"node": 0.0, "mysa": 1e-3, "flut": 1e-4, "stin": 1e-4}
        self.kinds = np.array(kinds)
        self.is_node = self.kinds == "node"
        size = np.array([length[k] for k in kinds])
        d = np.array([wide[k] for k in kinds])
        ring = (d / 2 + np.array([gap[k] for k in kinds])) ** 2 - (d / 2) ** 2
        self.g_axial = self.links(0.7 * size / (np.pi * d**2 / 4.0))
        self.g_peri = self.links(0.7 * size / (np.pi * ring))
        inner_cm2 = np.pi * d * size * 1e-8
        outer_cm2 = np.pi * fibre * size * 1e-8
        self.c = 2.0 * inner_cm2 * 1e3
        self.g = np.array([leak[k] for k in kinds]) * inner_cm2 * 1e6
        self.c_myelin = 0.1 / (2 * lamellae) * outer_cm2 * 1e3
        self.g_myelin = 1e-3 / (2 * lamellae) * outer_cm2 * 1e6
        self.area_us = inner_cm2 * 1e6
        n = len(kinds)
        self.vi, self.vp, self.ve = np.full(n, -80.0), np.zeros(n), np.zeros(n)
        at_rest = rates(self.vi)
        self.gates = {k: a / (a + b) for k, (a, b) in at_rest.items()}

    @staticmethod
    def links(resistance_mohm):
        return 2.0 / (resistance_mohm[:-1] + resistance_mohm[1:])

    def laplacian(self, g):
        n = len(g) + 1
        matrix = np.zeros((n, n))
        for k, one in enumerate(g):
            matrix[[k, k + 1], [k, k + 1]] += one
            matrix[[k, k + 1], [k + 1, k]] -= one
        return matrix

    def step(self, ve, dt):
        gate = self.gates
        sodium = (3.0 * gate["m"] ** 3 * gate["h"] + 0.01 * gate["p"] ** 3) * self.area_us
        other = (0.08 * gate["s"] + 0.007) * self.area_us
        g = np.where(self.is_node, sodium + other, self.g)
        pull = np.where(self.is_node, sodium * 50.0 + other * -90.0, self.g * -80.0)
        n = len(ve)
        across = np.diag(self.c / dt + g)
        held = self.c / dt * (self.vi - self.vp) + pull
        matrix = np.zeros((2 * n, 2 * n))
        matrix[:n, :n] = across + self.laplacian(self.g_axial)
        matrix[:n, n:] = -across
        matrix[n:, :n] = -across
        myelin = np.diag(self.c_myelin / dt + self.g_myelin)
        matrix[n:, n:] = across + self.laplacian(self.g_peri) + myelin
        out = self.c_myelin / dt * (self.vp - self.ve) + (self.c_myelin / dt + self.g_myelin) * ve
        right = np.concatenate([held, -held + out])
        for k in np.flatnonzero(self.is_node):  # V_p = V_e at nodes
            matrix[n + k] = 0.0
            matrix[n + k, n + k] = 1.0
            right[n + k] = ve[k]
        both = np.linalg.solve(matrix, right)
        self.vi, self.vp, self.ve = both[:n], both[n:], np.array(ve)
        v = self.vi - self.vp
        for k, (a, b) in rates(v).items():
            self.gates[k] = a / (a + b) + (self.gates[k] - a / (a + b)) * np.exp(-(a + b) * dt)
        return v[self.is_node]
