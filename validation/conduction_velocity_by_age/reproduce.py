"""The fastest axon of the median child against motor conduction velocity by age.

The courses of evidence/axons.toml were chosen with these numbers in view: this checks that they
hold together, not that they predict. Our velocities are those at 37 C and a step of 5 us (7 %
below the limit of small steps), nerves in a clinic are some degrees cooler: both are a few percent,
in opposite directions. A mean passes within one standard deviation of the children.
"""

from pathlib import Path

import numpy as np
from csv_rows import rows
from verdict import Verdict, within

from rheobase.evidence.nerve import axon_course, mrg2002, mrg2002_sizes
from rheobase.model.nerve.mrg_geometry import fitted, immature
from rheobase.model.nerve.pools import fastest
from rheobase.model.nerve.velocity import velocities_m_s

LEGS_M_S = (48.8, 5.5)  # peroneal nerve of adults: mean, standard deviation (abstract)


def fastest_m_s(age_years):
    """Return velocities at the given ages."""
    axons = [fastest(axon_course("motor"), age) for age in age_years]
    d, internode, myelin = (
        np.array([getattr(a, k)[0, 0] for a in axons])
        for k in ("adult_diameter_um", "internode_scale", "myelin_scale")
    )
    return velocities_m_s(
        mrg2002(), immature(fitted(mrg2002_sizes(), d), 1.0, internode, myelin), precision=32
    )


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
    mean, spread = LEGS_M_S
    found.append(
        within(
            "peroneal nerve of adults",
            fastest_m_s([30.0])[0],
            mean - spread,
            mean + spread,
            unit="m/s",
            note="one course serves arms and legs; leg nerves are measured cooler, and slower "
            "than arms by more than that: thresholds of leg axons may be somewhat higher",
            known_miss=True,
        )
    )
    return found
