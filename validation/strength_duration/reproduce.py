"""Chronaxie is a property of fibre and field: point sources, the wrist, and pads on the layered arm.

A measured time constant belongs to electrodes, nerve and widths. At the wrist a small electrode
stands some millimetres over the nerve, and Weiss's line runs from 20 us to 1 ms: so does ours here
(every 100 us). Electrode (10 mm) and depths (5 and 8 mm) are our assumption; the abstract has none.
Why the numbers differ so: docs/models/mrg2002.md.
"""

import sys
from pathlib import Path

import numpy as np
from csv_rows import rows
from verdict import Verdict, close, within

from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.field.pads import Patch
from rheobase.model.nerve.mrg2002 import centres_mm
from rheobase.model.nerve.mrg_geometry import published
from rheobase.model.nerve.point_source import point_field
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.recruitment import rheobase_and_chronaxie
from rheobase.model.nerve.thresholds import thresholds_ma

POINT_WIDTHS_US = np.array([50.0, 100.0, 200.0, 300.0, 500.0])  # of the reference's fit
WIDTHS_US = np.append(20.0, np.arange(100.0, 1001.0, 100.0))  # of the wrist's
LATE_US = 1500.0
SMOOTH = (
    "MRG's own answer in a smooth field: 10 mm deep under pads of 50 mm a node charges with its "
    "neighbours, slowly; 10 mm from a point NEURON itself gives 590 us. Steps of 5 us, as everywhere "
    "here, make ten of it: 704 at 2.5 us, 699 in the limit. Long pulses look better there than they "
    "may be; a threshold seen at the width in use outweighs this"
)
SENSORY = (
    "sensory fibres share the motor membrane: one 5 mm deep shows a motor axon's constant (474 in the "
    "limit of small steps, so no miss by a hair). The "
    "sensory membrane of Gaines 2018 would shorten it (validation/gaines2018): not taken"
)
NEURON_CHRONAXIE_US, NEURON_RHEOBASE_MA = 193.0, 0.0614


def curve(fibre, field, widths_us):
    """Return rheobase [mA] and chronaxie [us]."""
    found = [
        thresholds_ma(
            mrg2002(), fibre, field, pulse(Shape.CATHODIC, w, dt_us=5.0), watch_us=LATE_US
        )[0]
        for w in widths_us
    ]
    return rheobase_and_chronaxie(widths_us, np.array(found))


def square_pads(size_mm, cathode_mm, anode_mm):
    """Return two pads, cathode first."""
    return tuple(
        Patch(z_mm=z, phi_deg=0.0, width_mm=size_mm, height_mm=size_mm, round=False)
        for z in (cathode_mm, anode_mm)
    )


def on_the_arm_us(diameter_um, depth_mm, pads, last_node_mm=390.0):
    """Return the chronaxie of a fibre below pads on the layered arm. [us]"""
    sys.path.insert(0, str(Path(__file__).parents[1] / "layered_arm"))
    try:
        import arm
    finally:
        del sys.path[0]
    fibre = published(mrg2002_sizes(), diameter_um)
    n_nodes = int((last_node_mm - 10.0) / (fibre.internode_um[0] / 1000.0))
    at_mm = centres_mm(mrg2002(), fibre, n_nodes)[0]
    at_mm = at_mm - at_mm[-1] + last_node_mm
    path = arm.along(arm.arm(), depth_mm, at_mm, pads)
    return curve(fibre, -path[None], WIDTHS_US)[1]


def verdicts() -> list[Verdict]:
    """Return all comparisons."""
    fibre = published(mrg2002_sizes(), 10.0)
    field = point_field(
        mrg2002(), fibre, 51, distance_mm=1.0, offset_mm=0.0, sigma_s_m=0.3, over_node=25
    )
    rheobase_ma, chronaxie_us = curve(fibre, field, POINT_WIDTHS_US)
    found = [
        close("chronaxie 1 mm from a point", chronaxie_us, NEURON_CHRONAXIE_US, 0.01, unit="us"),
        close("rheobase 1 mm from a point", rheobase_ma, NEURON_RHEOBASE_MA, 0.01, unit="mA"),
    ]
    band, motor, sensory = (
        (float(row["low_us"]), float(row["high_us"]))
        for row in rows(Path(__file__).parent / "bands.csv")
    )
    wrist, large = square_pads(10.0, 200.0, 300.0), square_pads(50.0, 200.0, 270.0)
    for d, depth_mm in ((10.0, 5.0), (14.0, 5.0), (10.0, 8.0), (14.0, 8.0)):
        ours = on_the_arm_us(d, depth_mm, wrist)
        where = f"as at the wrist, {d:g} um, {depth_mm:g} mm deep"
        found.append(within(f"motor time constant {where}", ours, *motor, unit="us"))
        if (d, depth_mm) == (10.0, 5.0):
            name = f"sensory time constant {where}"
            found.append(within(name, ours, *sensory, unit="us", note=SENSORY, known_miss=True))
    for where, last_mm, depth_mm in (
        ("running on", 390.0, 5.0),
        ("ending there", 200.0, 10.0),
        ("running on", 390.0, 10.0),
    ):
        ours = on_the_arm_us(10.0, depth_mm, large, last_mm)
        name = f"chronaxie under pads of 50 mm, 10 um {where}, {depth_mm:g} mm deep"
        missed = depth_mm == 10.0 and where == "running on"
        note = SMOOTH if missed else ""
        found.append(within(name, ours, *band, unit="us", note=note, known_miss=missed))
    return found
