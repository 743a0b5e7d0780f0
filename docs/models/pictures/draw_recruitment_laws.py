"""Draws ding2007.svg and hmed2018.svg beside this file: force over pulse width, and over amplitude.

Run: python docs/models/pictures/draw_recruitment_laws.py     (in a checkout; a few seconds)
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np

from rheobase.evidence import muscle_sets
from rheobase.model import batch, simulate
from rheobase.model.muscle import ding2007, hmed2018

mpl.use("svg")
from matplotlib.figure import Figure

HERE = Path(__file__).parent
INK = ("#0b3954", "#1f7a8c", "#d1495b")
RATES_HZ = (12.5, 30.0, 60.0)


def plateau_n(kinetics, rate_hz, recruited, gain):
    """Return the greatest force of the last 300 ms of one second. [N]"""
    muscle = batch(muscle_sets.kinetics(kinetics), muscle_sets.fatigue(), np.ones(1))
    pulses_ms = np.arange(0.0, 1000.0, 1000.0 / rate_hz)
    each = np.full((1, pulses_ms.size), recruited)
    force, _ = simulate(
        muscle, pulses_ms, each, np.arange(700.0, 1000.0, 5.0), fatigue=False,
        calcium_gain=np.full(pulses_ms.size, gain),
    )  # fmt: skip
    return float(force.max())


def figure_of(label, x, curves, title, name):
    """Write one picture of force over x, a line per rate."""
    figure = Figure(figsize=(6.4, 3.3), layout="constrained")
    axes = figure.add_subplot()
    for colour, (rate, force) in zip(INK, curves.items(), strict=True):
        axes.plot(x, force, color=colour, label=f"{rate:g} Hz")
    axes.set(xlabel=label, ylabel="force (N)", xlim=(0, None), ylim=(0, None))
    axes.set_title(title, loc="left", fontsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    figure.savefig(HERE / name)


def main():
    """Draw both."""
    widths_us = np.linspace(0.0, 600.0, 61)
    fraction = ding2007.recruited(muscle_sets.pulse_width(), widths_us)
    curves = {r: [plateau_n("ding2007", r, f, 1.0) for f in fraction] for r in RATES_HZ}
    title = "Fresh paralysed quadriceps, after one second"
    figure_of("pulse width (us)", widths_us, curves, title, "ding2007.svg")
    amplitude_ma = np.linspace(0.0, 100.0, 51)
    gain = hmed2018.calcium_gain(muscle_sets.amplitude(), amplitude_ma)
    curves = {r: [plateau_n("ding2003", r, 1.0, g) for g in gain] for r in RATES_HZ}
    title = "Fresh able-bodied quadriceps, after one second"
    figure_of("amplitude (mA)", amplitude_ma, curves, title, "hmed2018.svg")


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "rheobase"
    main()
