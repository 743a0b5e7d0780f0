"""Draws axon_pools.svg beside this file: conduction velocity by age, and what it makes of thresholds.

Run: python docs/models/pictures/draw_axon_pools.py     (in a checkout; some ten seconds)
"""

import csv
from pathlib import Path

import matplotlib as mpl
import numpy as np

from rheobase.evidence.nerve import axon_course, mrg2002, mrg2002_sizes
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.pools import axon_pool, fastest
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.thresholds import thresholds_ma
from rheobase.model.nerve.velocity import velocities_m_s

mpl.use("svg")
from matplotlib.figure import Figure

HERE = Path(__file__).parent
MEASURED = HERE.parents[2] / "validation/conduction_velocity_by_age/velocities.csv"
AGES = np.array([0.02, 0.125, 0.25, 0.42, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 5.5, 7.0, 10.0, 14.0, 18.0])
INK = ("#0b3954", "#1f7a8c", "#d1495b", "#8d5a97")


def fibres_of(pools):
    """Return one fibre per pool of one axon."""
    d, internode, myelin = (
        np.array([getattr(pool, name)[0, 0] for pool in pools])
        for name in ("adult_diameter_um", "internode_scale", "myelin_scale")
    )
    return immature(fitted(mrg2002_sizes(), d), 1.0, internode, myelin)


def draw_velocity(axes):
    """Draw the fastest motor axon of the median child beside the means of children."""
    course = axon_course("motor")
    speed = velocities_m_s(mrg2002(), fibres_of([fastest(course, a) for a in AGES]), precision=32)
    axes.plot(AGES, speed, color=INK[0], linewidth=1.6, label="model, the fastest motor axon")
    with MEASURED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    for row in rows:
        young, old, mean, spread = (
            float(row[k]) for k in ("from_years", "to_years", "velocity_m_s", "spread_m_s")
        )
        label = "ulnar nerve, mean and standard deviation" if row is rows[0] else None
        middle = 0.5 * (young + old)
        axes.errorbar(
            middle,
            mean,
            yerr=spread,
            xerr=[[middle - young], [old - middle]],
            fmt="o",
            color=INK[2],
            capsize=2,
            label=label,
        )
    axes.axvspan(0.0, 2.0, color="0.94", zorder=0)
    axes.text(1.0, 5.0, "extra-\npolated", color="0.35", fontsize=8, ha="center")
    axes.set(xlabel="age (years)", ylabel="conduction velocity (m/s)", xlim=(0, 18), ylim=(0, 80))
    axes.set_title("Held to the velocities of healthy children", loc="left", fontsize=9)
    axes.legend(frameon=False, fontsize=8, loc="lower right")


def draw_threshold(axes):
    """Draw the mean axon's threshold over that of an adult, near and far."""
    course = axon_course("motor")
    fibres = fibres_of([axon_pool(course, a, 1) for a in AGES])
    shot = pulse(Shape.CATHODIC, 300.0, dt_us=5.0)
    for distance_mm, colour in zip((1.0, 5.0, 10.0, 20.0), INK, strict=True):
        field = point_field(
            mrg2002(),
            fibres,
            241,
            distance_mm=distance_mm,
            offset_mm=0.0,
            sigma_s_m=0.3,
            over_node=120,
        )
        found = thresholds_ma(mrg2002(), fibres, field, shot, precision=32)
        axes.plot(AGES, found / found[-1], color=colour, linewidth=1.4, label=f"{distance_mm:g} mm")
    axes.axvspan(0.0, 2.0, color="0.94", zorder=0)
    axes.set(
        xlabel="age (years)", ylabel="threshold / adult threshold", xlim=(0, 18), ylim=(0, None)
    )
    axes.set_title("The mean motor axon, point source, 300 us", loc="left", fontsize=9)
    axes.legend(frameon=False, fontsize=8, title="source to axon", title_fontsize=8)


def main():
    """Write the picture."""
    figure = Figure(figsize=(10.0, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_velocity(left)
    draw_threshold(right)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    mpl.rcParams["svg.hashsalt"] = "rheobase"
    figure.savefig(HERE / "axon_pools.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
