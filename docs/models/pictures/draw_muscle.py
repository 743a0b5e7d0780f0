"""Draws ding2003.svg and marion2009.svg beside this file: rates and fatigue; knee angle and speed.

Run: python docs/models/pictures/draw_muscle.py     (in a checkout; some seconds)
"""

import csv
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np

from rheobase.evidence import muscle_sets
from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.muscle.force import fatigue_left, force_trains_n
from rheobase.model.muscle.marion2009 import length_factor
from rheobase.model.muscle.marion2013 import production_factor
from rheobase.model.muscle.muscles import batch

mpl.use("svg")
from matplotlib.figure import Figure

HERE = Path(__file__).parent
BICKEL = HERE.parents[2] / "validation/bickel2004/table.csv"
INK = ("#0b3954", "#1f7a8c", "#d1495b", "#8d5a97")
RATES_HZ = (50.0, 33.0, 20.0, 10.0)
TRAIN_MS, TRAINS, VARIANTS = 420.0, 180, 128


def save(figure, name):
    """Write one picture, the same every time."""
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(HERE / name, metadata={"Date": None})


def draw_rates(axes):
    """Draw a second of force at four rates."""
    muscle = batch(muscle_sets.kinetics("ding2003"), muscle_sets.fatigue(), np.ones(1))
    for rate_hz, colour in zip(RATES_HZ, INK, strict=True):
        pulses = np.arange(0.0, 1000.0, 1000.0 / rate_hz)
        force = force_trains_n(muscle, pulses, np.ones(1), 2.0, 1500.0, fatigue=False)[0]
        axes.plot(2.0 * np.arange(len(force)), force, color=colour, label=f"{rate_hz:g} Hz")
    axes.set(xlabel="time (ms)", ylabel="force (N)", xlim=(0, 1500), ylim=(0, 340))
    axes.set_title("One second of pulses, able-bodied quadriceps", loc="left", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="upper right")


def draw_fatigue(axes):
    """Draw what 180 short trains leave of the force, over twins, beside people."""
    p = chain_parameters()
    rng = np.random.default_rng(1)
    mean = batch(p.kinetics, p.fatigue, np.ones(VARIANTS))
    spread = p.kinetics_spread.items()
    drawn = {k: getattr(mean, k) * np.exp(s * rng.standard_normal(VARIANTS)) for k, s in spread}
    pulses = np.arange(0.0, TRAIN_MS, 70.0)
    minutes = TRAINS * 2.0 * TRAIN_MS / 60_000.0
    peaks = fatigue_left(replace(mean, **drawn), pulses, np.ones(VARIANTS), 2 * TRAIN_MS, minutes)
    left = peaks.peak_n / peaks.peak_n[:, :1]
    low, middle, high = np.percentile(left, [5, 50, 95], axis=0)
    train = np.arange(1, left.shape[1] + 1)
    axes.fill_between(train, low, high, color=INK[1], alpha=0.18, linewidth=0)
    axes.plot(train, middle, color=INK[1], label="twins: median and 90 %")
    with BICKEL.open(encoding="utf-8") as file:
        lost = next(csv.DictReader(line for line in file if not line.startswith("#")))
    people = {"able_bodied": "able-bodied", "acute_injury": "acute spinal cord injury",
              "chronic_injury": "chronic injury"}  # fmt: skip
    for (key, name), marker in zip(people.items(), "os^", strict=True):
        axes.plot(TRAINS, 1.0 - float(lost[key]), marker, color=INK[2], clip_on=False, label=name)
    axes.set(xlabel="train of six pulses, 70 ms apart", ylabel="peak force, of the first")
    axes.set(xlim=(0, TRAINS), ylim=(0, None))
    axes.set_title("Fatigue, and people (Bickel 2004)", loc="left", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="lower left")


def draw_marion(angle_axes, force_axes):
    """Draw the gain over angle, and force while a knee is still, straightens or bends."""
    flexion = np.linspace(20.0, 90.0, 71)
    angle_axes.plot(flexion, length_factor(muscle_sets.knee_angle(), flexion), color=INK[0])
    angle_axes.axvspan(80.0, 90.0, color=INK[2], alpha=0.12)
    angle_axes.text(
        79.0, 0.15, "boys of 8 to 10\nare strongest", ha="right", color=INK[2], fontsize=8
    )
    angle_axes.set(xlabel="knee flexion (degrees)", ylabel="force gain, of that at 90 degrees")
    angle_axes.set(ylim=(0, 1.8))
    angle_axes.set_title("Five adults, isometric", loc="left", fontsize=10)
    fresh = muscle_sets.kinetics("marion2009")
    pulses = np.arange(0.0, 1000.0, 30.0)
    moves = {"still at 65": (65.0, 65.0), "straightens, 90 to 40": (90.0, 40.0),
             "bends, 40 to 90": (40.0, 90.0)}  # fmt: skip
    for (name, (start, end)), colour in zip(moves.items(), INK, strict=False):
        speed = np.full(len(pulses), end - start)
        factor = production_factor(
            muscle_sets.knee_angle(), muscle_sets.knee_speed(), fresh.a_n_per_ms,
            start + (end - start) * pulses / 1000.0, speed,
        )  # fmt: skip
        most = factor.max()
        muscle = batch(fresh, muscle_sets.fatigue("marion2009"), np.ones(1))
        strong = replace(muscle, a_n_per_ms=most * muscle.a_n_per_ms)
        force = force_trains_n(strong, pulses, (factor / most)[None], 2.0, 1400.0, fatigue=False)[0]
        force_axes.plot(2.0 * np.arange(len(force)), force, color=colour, label=name)
    force_axes.set(xlabel="time (ms)", ylabel="force (N)", xlim=(0, 1400), ylim=(0, None))
    force_axes.set_title("One second at 33 Hz and 50 degrees a second", loc="left", fontsize=10)
    force_axes.legend(frameon=False, fontsize=8, title="knee (degrees)", title_fontsize=8)


def main():
    """Write both pictures."""
    figure = Figure(figsize=(10.0, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_rates(left)
    draw_fatigue(right)
    save(figure, "ding2003.svg")
    figure = Figure(figsize=(10.0, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_marion(left, right)
    save(figure, "marion2009.svg")


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "rheobase"
    main()
