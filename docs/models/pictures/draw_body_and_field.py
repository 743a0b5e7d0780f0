"""Draws body.svg and field.svg beside this file.

Run: python docs/models/pictures/draw_body_and_field.py     (in a checkout; some seconds)
"""

from pathlib import Path

import matplotlib as mpl
import numpy as np

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model import Child, Condition, Segment, Sex, Side, sizes_of
from rheobase.model.body.layers import Cylinder, cylinder
from rheobase.model.field.bodies import limb
from rheobase.model.field.lines import line_potentials
from rheobase.model.field.pads import Patch

mpl.use("svg")
from matplotlib.figure import Figure
from matplotlib.patches import Circle

HERE = Path(__file__).parent
INK = ("#0b3954", "#1f7a8c", "#d1495b", "#8d5a97")
SKINS = ("#f3d9c4", "#f6e7b5", "#c96a5b", "#efeae0", "#e2b9a0")  # skin, fat, muscle, bone, marrow
AGES = (("9 months", 9.0), ("6 years", 72.0), ("14 years", 168.0))


def body_of(months):
    """Return 256 typically developing girls of an age."""
    child = Child(age_months=months, sex=Sex.FEMALE, condition=Condition.TYPICAL, gmfcs=None)
    return sizes_of(child, Side.LEFT, chain_parameters().norms, 256, 1)


def bare(axes):
    """Take away the frame."""
    axes.spines[["top", "right"]].set_visible(False)


def draw_body():
    """Lower legs of three ages to scale; calf girth by age with its spread."""
    figure = Figure(figsize=(8.4, 3.5), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.25, 1.0))
    x = 0.0
    for name, months in AGES:
        leg = cylinder(body_of(months), chain_parameters().norms, Segment.SHANK, np.arange(256))
        radii = (leg.skin_mm, leg.fat_mm, leg.muscle_mm, leg.bone_mm, leg.marrow_mm)
        x += radii[0]
        for radius, colour in zip(radii, SKINS, strict=True):
            left.add_patch(Circle((x, 0.0), radius, facecolor=colour, edgecolor="0.35", lw=0.6))
        left.text(x, -62.0, f"{name}\ngirth {2 * np.pi * radii[0]:.0f} mm", ha="center", va="top")
        x += radii[0] + 18.0
    left.set(xlim=(-4.0, x - 14.0), ylim=(-86.0, 62.0), aspect="equal")
    left.set_title("Median lower legs: skin, fat, muscle, bone, marrow", loc="left", fontsize=10)
    left.axis("off")
    months = np.linspace(4.0, 216.0, 24)
    table = np.array(
        [np.percentile(body_of(m).girth_mm[Segment.SHANK], [5, 50, 95]) for m in months]
    )
    right.fill_between(months / 12.0, table[:, 0], table[:, 2], color=INK[1], alpha=0.2)
    right.plot(months / 12.0, table[:, 1], color=INK[1])
    right.set(xlabel="age (years)", ylabel="calf girth (mm)", xlim=(0, 18), ylim=(0, None))
    right.set_title("Nothing measured: 90 % of the twins", loc="left", fontsize=10)
    bare(right)
    figure.savefig(HERE / "body.svg")


def draw_field():
    """Potential along nerves of three depths under two pads, and what fat does to the field."""
    p = chain_parameters()
    leg = cylinder(body_of(72.0), p.norms, Segment.SHANK, np.arange(256))
    z_mm = np.linspace(0.36 * leg.length_mm, 0.78 * leg.length_mm, 400)
    middle = 0.57 * leg.length_mm
    pads = tuple(
        Patch(z_mm=middle + off, phi_deg=0.0, width_mm=30.0, height_mm=30.0, round=True)
        for off in (-25.0, 25.0)
    )

    def along(one: Cylinder, depth_mm: float):
        return line_potentials(
            limb(one, p.tissue, 3.0), pads, (-1.0, 1.0), z_mm=z_mm,
            rho_mm=np.array([one.muscle_mm - depth_mm]), phi_deg=np.zeros(1),
        )[0]  # fmt: skip

    figure = Figure(figsize=(8.4, 3.3), layout="constrained")
    left, right = figure.subplots(1, 2)
    for colour, depth in zip(INK, (2.0, 6.0, 12.0), strict=False):
        left.plot(z_mm - middle, along(leg, depth), color=colour, label=f"{depth:g} mm into muscle")
    left.axvspan(-40, -10, color=INK[2], alpha=0.08)
    left.axvspan(10, 40, color=INK[0], alpha=0.08)
    left.set(xlabel="along the limb (mm)", ylabel="potential (mV per mA)")
    left.set_title("Under a cathode and an anode of 30 mm, six years", loc="left", fontsize=10)
    left.legend(frameon=False, fontsize=8)
    fat_mm = np.linspace(1.5, 12.0, 12)
    for colour, depth in zip(INK, (2.0, 6.0, 12.0), strict=False):
        peaks = []
        for fat in fat_mm:
            more = fat - (leg.fat_mm - leg.muscle_mm)
            fatter = Cylinder(
                length_mm=leg.length_mm, marrow_mm=leg.marrow_mm, bone_mm=leg.bone_mm,
                muscle_mm=leg.muscle_mm, fat_mm=leg.fat_mm + more, skin_mm=leg.skin_mm + more,
            )  # fmt: skip
            peaks.append(-along(fatter, depth).min())
        right.plot(fat_mm, peaks, color=colour, label=f"{depth:g} mm into muscle")
    right.set(
        xlabel="fat over the muscle (mm)", ylabel="deepest potential (mV per mA)", ylim=(0, None)
    )
    right.set_title("Fat spreads the field", loc="left", fontsize=10)
    for axes in (left, right):
        bare(axes)
    figure.savefig(HERE / "field.svg")


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "rheobase"
    draw_body()
    draw_field()
