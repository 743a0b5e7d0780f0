"""Draws chain.svg beside this file: what the chain says of Mila before and after one look at her.

Run: python docs/models/pictures/draw_chain.py     (in a checkout; some ten seconds)
"""

from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import numpy as np

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.chain import respond
from rheobase.model.response import Observation, Seen, Task
from rheobase.model.twins import calibrated, twins_of
from rheobase.model.twins.usual import usual_montage
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

mpl.use("svg")
from matplotlib.figure import Figure

HERE = Path(__file__).parent
INK = ("#0b3954", "#1f7a8c", "#d1495b", "#8d5a97")
MILA = Child(age_months=74, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=2)
MUSCLE, SIDE = "tibialis_anterior", Side.LEFT
THRESHOLD_MA, ANGLE_DEG, LAST_MA = 6.0, 8.0, 25.0
TRAIN = Train(
    waveform=Waveform.SYMMETRIC_BIPHASIC, amplitude_ma=12.0, pulse_width_us=300.0,
    frequency_hz=35.0, gap_us=0.0,
)  # fmt: skip
TASK = Task(
    muscle=MUSCLE, side=SIDE, posture=Posture.SITTING, voluntary=0.0, on_s=3.0, off_s=6.0,
    minutes=5.0,
)  # fmt: skip


def seen(kind, value, error):
    """Return what Ada saw of the left tibialis anterior."""
    current = value if kind is Seen.MOTOR_THRESHOLD_MA else TRAIN.amplitude_ma
    return Observation(
        muscle=MUSCLE, side=SIDE, seen=kind, amplitude_ma=current, pulse_width_us=300.0,
        frequency_hz=TRAIN.frequency_hz, value=value, error=error,
    )  # fmt: skip


def bands(values):
    """Return low, middle and high of many bands."""
    return np.array([[b.low, b.middle, b.high] for b in values]).T


def draw(axes, x, values, colour, label):
    """Draw a median with its range."""
    low, middle, high = bands(values)
    axes.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0)
    axes.plot(x, middle, color=colour, linewidth=1.8, label=label)


def main():
    """Write the picture."""
    nothing = twins_of(MILA, chain_parameters())
    one = calibrated(nothing, [seen(Seen.MOTOR_THRESHOLD_MA, THRESHOLD_MA, 0.5)])
    two = calibrated(one, [seen(Seen.ANGLE_DEG, ANGLE_DEG, 2.0)])
    figure = Figure(figsize=(10.0, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    steps = (
        (nothing, INK[1], "nothing seen yet"),
        (one, INK[3], f"first contraction at {THRESHOLD_MA:g} mA"),
        (two, INK[2], f"and {ANGLE_DEG:g} degrees at {TRAIN.amplitude_ma:g} mA"),
    )
    for twins, colour, label in steps:
        montage = usual_montage(twins, twins.parameters.muscle(MUSCLE), SIDE)
        if twins is not two:
            strong = replace(TRAIN, amplitude_ma=LAST_MA)
            said = respond(twins, montage, strong, TASK)
            draw(left, said.amplitude_ma, said.recruited, colour, label)
        moved = respond(twins, montage, TRAIN, TASK).movement
        draw(right, np.array(moved.time_ms) / 1000.0, moved.angle_deg, colour, label)
    left.axvline(TRAIN.amplitude_ma, color="0.45", linewidth=0.8, linestyle=":")
    left.set(xlabel="current (mA)", ylabel="recruited of tibialis anterior", ylim=(0, 1.02))
    left.set(xlim=(0, LAST_MA))
    left.set_title("Pads to axons: median and 90 % of 256 twins", loc="left", fontsize=10)
    left.legend(frameon=False, fontsize=8, loc="lower right")
    right.set(xlabel="time (s)", ylabel="dorsiflexion from rest (degrees)")
    right.set_title("Axons to movement: 3 s at 12 mA, sitting", loc="left", fontsize=10)
    right.legend(frameon=False, fontsize=8, loc="upper left")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(HERE / "chain.svg", metadata={"Date": None})


if __name__ == "__main__":
    mpl.rcParams["svg.hashsalt"] = "rheobase"
    main()
