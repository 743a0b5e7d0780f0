"""The MRG fibre in NEURON: development-time oracle for traces, thresholds and speed.

Needs the `neuron` package and a C compiler (for the mechanism beside this file).
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from rheobase.evidence.nerve import mrg2002
from rheobase.model.nerve.mrg2002 import lengths_um

MECHANISM = Path(__file__).parent / "rbmrg.mod"


def neuron(mechanism=MECHANISM):
    """Return NEURON's `h` with a mechanism compiled and loaded, once per process."""
    from neuron import h, load_mechanisms

    if not hasattr(h, mechanism.stem):
        build = Path(sys.executable).parent / "nrnivmodl"
        with tempfile.TemporaryDirectory(prefix="mechanism-") as folder:  # once loaded, not needed
            shutil.copy(mechanism, folder)
            subprocess.run([str(build)], cwd=folder, check=True, capture_output=True)  # noqa: S603
            load_mechanisms(folder)
    h.load_file("stdrun.hoc")
    return h


class NeuronFibre:
    """One fibre of `MrgFibres`, all nodes active, ends sealed."""

    def __init__(self, fibre, n_nodes):
        self.h, self.n_nodes = neuron(), n_nodes
        model = mrg2002()
        kinds = ["node", "mysa", "flut", *["stin"] * 6, "flut", "mysa"]
        lengths = lengths_um(model, fibre)[:, 0]
        count = 11 * (n_nodes - 1) + 1
        self.sections = [self._section(kinds[k % 11], lengths[k % 11], fibre) for k in range(count)]
        for a, b in zip(self.sections, self.sections[1:], strict=False):
            b.connect(a(1), 0)
        self.vectors = []

    def _section(self, kind, length_um, fibre):
        one = self.h.Section()
        axon, node = float(fibre.axon_um[0]), float(fibre.node_um[0])
        outer, lamellae = float(fibre.fibre_um[0]), float(fibre.lamellae[0])
        d = node if kind in ("node", "mysa") else axon
        gap = 0.002 if kind in ("node", "mysa") else 0.004
        one.nseg, one.L = 1, length_um
        one.insert("extracellular")
        ring = (d / 2 + gap) ** 2 - (d / 2) ** 2
        for layer in range(2):
            one.xraxial[layer] = 1e10
        one.xraxial[0] = 70.0 / (np.pi * ring * 1e-8) * 1e-6  # Mohm/cm
        if kind == "node":
            one.diam, one.Ra, one.cm = node, 70.0, 2.0
            one.insert("rbmrg")
            one.xg[0], one.xc[0] = 1e10, 0.0
        else:
            # NEURON's membrane has the fibre's diameter; inner numbers are scaled to it.
            one.diam = outer
            one.Ra = 70.0 * (outer / d) ** 2
            one.cm = 2.0 * d / outer
            one.insert("pas")
            leak = {"mysa": 1e-3, "flut": 1e-4, "stin": 1e-4}[kind]
            one.g_pas, one.e_pas = leak * d / outer, -80.0
            one.xg[0], one.xc[0] = 1e-3 / (2 * lamellae), 0.1 / (2 * lamellae)
        one.xg[1], one.xc[1] = 1e10, 0.0
        return one

    def run(self, ve_mv_per_ma, current_ma, wave, dt_us, stop_ms):
        """Return (n_steps, n_nodes) membrane potential at the end of each step. [mV]"""
        h = self.h
        h.celsius, h.secondorder = 37.0, 0
        h.cvode_active(0)
        for one in self.sections:
            one.e_extracellular = 0.0
        h.dt = 5.0
        h.finitialize(-80.0)
        for _ in range(40):
            h.fadvance()
        h.t, h.dt = 0.0, dt_us / 1000.0
        h.fcurrent()
        nodes = self.sections[::11]
        steps = round(stop_ms / h.dt)
        trace = np.empty((steps, self.n_nodes))
        for k in range(steps):
            now = wave[k] if k < len(wave) else 0.0
            before = wave[k - 1] if 0 < k <= len(wave) else 0.0
            if now != before or k == 0:
                for one, ve in zip(self.sections, ve_mv_per_ma, strict=True):
                    one.e_extracellular = current_ma * now * ve
            h.fadvance()
            trace[k] = [one(0.5).v for one in nodes]
        return trace

    def threshold_ma(
        self, ve_mv_per_ma, wave, dt_us, guess_ma, *, stop_ms=5.0, tolerance=5e-4, within=2.0
    ):
        """Return the threshold by bisection with the protocol of the reference values.

        Raises ValueError if it does not lie within a factor of the guess.
        """
        watched = round(0.9 * (self.n_nodes - 1))

        def fires(current_ma):
            return self.run(ve_mv_per_ma, current_ma, wave, dt_us, stop_ms)[:, watched].max() >= 0.0

        low, high = guess_ma / within, guess_ma * within
        if fires(low) or not fires(high):
            raise ValueError(f"The threshold lies outside {low:g} to {high:g} mA.")
        while (high - low) / high >= tolerance:
            middle = 0.5 * (low + high)
            low, high = (low, middle) if fires(middle) else (middle, high)
        return high
