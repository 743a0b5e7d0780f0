"""Draws one_joint.svg beside this file: the pendulum test, and an ankle that has lost range.

Run: python docs/models/pictures/draw_one_joint.py     (in a checkout; some seconds)
"""

import sys
from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import numpy as np

from rheobase.model.body.child import Condition
from rheobase.model.movement.one_joint import rest_angle_deg

mpl.use("svg")
from matplotlib.figure import Figure

HERE = Path(__file__).parent
VALIDATION = HERE.parents[2] / "validation"
INK = ("#0b3954", "#1f7a8c", "#d1495b", "#8d5a97")
SHOWN_S = 6.0


def reproduction(folder):
    """Return `reproduce` of one folder of validation/."""
    sys.path[:0] = [str(VALIDATION / folder), str(VALIDATION)]
    try:
        sys.modules.pop("reproduce", None)
        return import_module("reproduce")
    finally:
        del sys.path[:2]


def draw_pendulum(axes):
    """Draw the knee of a typical and of a spastic leg let go from the same angle."""
    test = reproduction("pendulum_test")
    typical, pose = test._leg(Condition.TYPICAL, None, ())
    spastic, _ = test._leg(Condition.SPASTIC_BILATERAL, 2, (test.TONE,))
    start = rest_angle_deg(typical, pose) - np.degrees(test.RELEASE_RAD)
    n = int(SHOWN_S / test.EVERY_S)
    time_s = test.EVERY_S * np.arange(n)
    for leg, colour, name in ((typical, INK[1], "typical"), (spastic, INK[2], "spastic, tone 2")):
        angle = test._drop(leg, pose, start)[0][:, :n]
        axes.plot(time_s, np.median(angle, axis=0), color=colour, label=name)
    axes.set(xlabel="time since the leg was let go (s)", ylabel="knee flexion (degrees)")
    axes.set_title("Pendulum test, 13 years, the knee hanging", loc="left", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="lower right")


def draw_ankle(axes):
    """Draw passive torque over angle, of an ankle with its range and of one that has lost some."""
    test = reproduction("ankle_stiffness")
    typical, spastic = test.Leg(Condition.TYPICAL), test.Leg(Condition.SPASTIC_UNILATERAL)
    legs = ((typical, INK[1], "typical"), (spastic, INK[2], "spastic: 18 degrees less"))
    for leg, colour, name in legs:
        seen = leg.end_deg + 4.0 >= test.ANGLES_DEG
        axes.plot(test.ANGLES_DEG[seen], leg.torque_nm[seen], color=colour, label=name)
        end_nm = np.interp(leg.end_deg, test.ANGLES_DEG, leg.torque_nm)
        axes.plot(leg.end_deg, end_nm, "o", color=colour, markersize=5)
    axes.axhline(0.0, color="0.6", linewidth=0.8)
    axes.set(xlabel="dorsiflexion (degrees)", ylabel="passive torque against it (Nm)")
    axes.set_title("Ankle at 9.8 years; dots: end of range", loc="left", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def main():
    """Write the picture."""
    figure = Figure(figsize=(10.0, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_pendulum(left)
    draw_ankle(right)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(HERE / "one_joint.svg", metadata={"Date": None})


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "rheobase"
    main()
