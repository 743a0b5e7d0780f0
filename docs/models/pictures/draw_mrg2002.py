"""Draws mrg2002.svg beside this file: how a spike starts, and why chronaxie belongs to the field.

Run: python docs/models/pictures/draw_mrg2002.py     (in a checkout; some ten seconds)
"""

import sys
from pathlib import Path

import matplotlib as mpl
import numpy as np

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.field.pads import Patch
from rheobase.model.nerve.mrg2002 import centres_mm
from rheobase.model.nerve.mrg_geometry import published
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.recruitment import rheobase_and_chronaxie
from rheobase.model.nerve.thresholds import simulate, thresholds_ma

mpl.use("svg")
from matplotlib.figure import Figure

HERE = Path(__file__).parent
WIDTHS_US = np.append(20.0, np.arange(100.0, 1001.0, 100.0))
MEASURED_US = (333.0, 585.0)  # Mogyoros 1996, motor axons at the wrist: 459 +- 126
INK = ("#0b3954", "#1f7a8c", "#d1495b", "#8d5a97")


def fields():
    """Return the fibre of 10 um and its potential in three fields: name -> (fibre, field)."""
    sys.path.insert(0, str(HERE.parents[2] / "validation/layered_arm"))
    import arm

    fibre = published(mrg2002_sizes(), 10.0)
    n_nodes = int(380.0 / (fibre.internode_um[0] / 1000.0))
    at_mm = 10.0 + centres_mm(mrg2002(), fibre, n_nodes)[0]

    def under(size_mm, anode_mm, depth_mm):
        pads = tuple(
            Patch(z_mm=z, phi_deg=0.0, width_mm=size_mm, height_mm=size_mm, round=False)
            for z in (200.0, anode_mm)
        )
        return -arm.along(arm.arm(), depth_mm, at_mm, pads)[None]

    point = point_field(
        mrg2002(), fibre, 51, distance_mm=1.0, offset_mm=0.0, sigma_s_m=0.3, over_node=25
    )
    return fibre, {
        "point source, 1 mm": point,
        "wrist: 10 mm electrode, nerve 5 mm deep": under(10.0, 300.0, 5.0),
        "pads of 50 mm, nerve 10 mm deep": under(50.0, 270.0, 10.0),
    }


def draw_spike(axes, fibre, field):
    """Draw the node under the source and its neighbours just above threshold, and just below."""
    shot = pulse(Shape.CATHODIC, 100.0, dt_us=5.0)
    threshold = thresholds_ma(mrg2002(), fibre, field, shot)[0]
    for share, style in ((1.01, "-"), (0.99, "--")):
        current = np.array([share * threshold])
        trace = simulate(mrg2002(), fibre, field, current, shot, watch_us=700.0)[:, :, 0]
        time_ms = np.arange(1, len(trace) + 1) * 0.005
        for k, colour in zip((0, 2, 5, 10), INK, strict=True):
            label = f"node {k} internodes away" if k else "node under the source"
            axes.plot(
                time_ms,
                trace[:, 25 + k],
                style,
                color=colour,
                linewidth=1.4 if share > 1.0 else 0.9,
                label=label if share > 1.0 else None,
            )
    axes.axvspan(0.0, 0.1, color="0.92", zorder=0)
    axes.text(0.05, 35.0, "pulse", ha="center", color="0.35", fontsize=8)
    axes.set(xlabel="time (ms)", ylabel="membrane potential (mV)", xlim=(0.0, 0.8), ylim=(-100, 95))
    axes.set_title("1 % above threshold (full) and 1 % below (dashed)", loc="left", fontsize=9)
    axes.legend(frameon=False, fontsize=8, loc="upper right", ncols=2)


def draw_charge(axes, fibre, by_name):
    """Draw threshold charge over rheobase: Weiss's lines, whose height at 0 is the chronaxie."""
    for (name, field), colour in zip(by_name.items(), INK[1:], strict=True):
        found = np.array(
            [
                thresholds_ma(
                    mrg2002(), fibre, field, pulse(Shape.CATHODIC, w, dt_us=5.0), watch_us=1500.0
                )[0]
                for w in WIDTHS_US
            ]
        )
        rheobase_ma, chronaxie_us = rheobase_and_chronaxie(WIDTHS_US, found)
        axes.plot(WIDTHS_US, WIDTHS_US * found / rheobase_ma, "o", color=colour, markersize=3.5)
        line = np.array([0.0, 1000.0])
        label = f"{name}: {chronaxie_us:.0f} us"
        axes.plot(line, line + chronaxie_us, "-", color=colour, linewidth=1.2, label=label)
    axes.fill_between([0.0, 18.0], *MEASURED_US, color="#f2b134", alpha=0.9, linewidth=0, zorder=3)
    axes.annotate(
        "motor axons at the wrist:\n459 ± 126 us",
        (18.0, 400.0),
        (90.0, 30.0),
        color="#8a6100",
        fontsize=8,
        arrowprops={"arrowstyle": "-", "color": "#8a6100", "linewidth": 0.8},
    )
    axes.set(
        xlabel="pulse width (us)",
        ylabel="threshold charge / rheobase (us)",
        xlim=(0.0, 1020.0),
        ylim=(0.0, 2300.0),
    )
    axes.set_title("Where a line meets the axis: the chronaxie", loc="left", fontsize=9)
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def main():
    """Write the picture."""
    fibre, by_name = fields()
    figure = Figure(figsize=(10.0, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_spike(left, fibre, by_name["point source, 1 mm"])
    draw_charge(right, fibre, by_name)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    mpl.rcParams["svg.hashsalt"] = "rheobase"
    figure.savefig(HERE / "mrg2002.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
