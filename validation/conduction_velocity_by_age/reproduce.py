"""The fastest axon of the median child against motor conduction velocity by age.

The courses of evidence/axons.toml were chosen with these numbers in view: this checks that they
hold together, not that they predict. Our velocities are those at 37 C and a step of 5 us (7 %
below the limit of small steps), nerves in a clinic are some degrees cooler: both are a few percent,
in opposite directions. A mean passes within one standard deviation of the children.

One course serves arms and legs. Leg nerves conduct more slowly, and not only because they are cooler:
warmed to 34 to 36 C below the knee, and held against our axon at 35 C, they still do.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from csv_rows import rows
from verdict import Verdict, within

from rheobase.evidence.nerve import axon_course, mrg2002, mrg2002_sizes
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.pools import fastest
from rheobase.model.nerve.velocity import velocities_m_s

LEGS = (
    "; one course serves arms and legs, and nerves of the leg are slower by more than temperature, most "
    "of all towards the foot: thresholds of axons below the knee may be somewhat higher"
)


def fastest_m_s(age_years, celsius=37.0):
    """Return velocities at the given ages, of nerves as warm as said."""
    axons = [fastest(axon_course("motor"), age) for age in age_years]
    d, internode, myelin = (
        np.array([getattr(a, k)[0, 0] for a in axons])
        for k in ("adult_diameter_um", "internode_scale", "myelin_scale")
    )
    fibres = immature(fitted(mrg2002_sizes(), d), 1.0, internode, myelin)
    return velocities_m_s(replace(mrg2002(), temperature_c=celsius), fibres, precision=32)


def verdicts() -> list[Verdict]:
    """Return all comparisons."""
    found = []
    for row in rows(Path(__file__).parent / "velocities.csv"):
        young, old, mean, spread = (
            float(row[k]) for k in ("from_years", "to_years", "velocity_m_s", "spread_m_s")
        )
        ours = fastest_m_s([0.5 * (young + old)])[0]
        name = f"ulnar nerve at {young:g}-{old:g} years"
        note = f"mean {mean:g}, {row['source']}"
        found.append(within(name, ours, mean - spread, mean + spread, unit="m/s", note=note))
    return found + _adults()


def _adults() -> list[Verdict]:
    """Arms and legs of the same people; legs at a known temperature; what a degree does."""
    found = []
    for row in rows(Path(__file__).parent / "adults.csv"):
        celsius = float(row["celsius"])
        low, high = float(row["low_m_s"]), float(row["high_m_s"])
        ours = fastest_m_s([30.0], celsius)[0]
        leg = row["leg"] == "yes"
        found.append(
            within(
                row["nerve"],
                ours,
                low,
                high,
                unit="m/s",
                note=row["source"] + (LEGS if leg else ""),
                known_miss=leg,
            )
        )
    warm, cold = fastest_m_s([30.0], 33.0)[0], fastest_m_s([30.0], 22.0)[0]
    found.append(
        within(
            "slowing by cold, 33 to 22 C",
            (warm - cold) / 11.0,
            0.8,
            2.0,
            unit="m/s per degree",
            note="ulnar nerve, ten healthy and fourteen neuropathic people (Wu 1993, abstract)",
        )
    )
    return found
