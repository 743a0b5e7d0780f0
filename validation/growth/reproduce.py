"""Bodies of healthy children against WHO and CDC medians, and against their own sums.

medians.csv: WHO 2006 and 2007, CDC 2000 (mass above 10 years), as read in body.md 1.2, to the digit that
was read. The curves hold these knots, so this shows that nothing on the way changes them; stature and
weight must also be the sums of the segments, for every twin.
"""

from pathlib import Path

import numpy as np
from csv_rows import rows
from verdict import Verdict, within

from rheobase.evidence.chain_parameters import norms
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.body.size import LIMB_MASSES, sizes_of
from rheobase.stimulus.pads import Segment, Side

GROWTH_PERCENT, SUM_PERCENT = 0.5, 1e-6
UPRIGHT = (
    Segment.THIGH, Segment.SHANK, Segment.NECK, Segment.CHEST, Segment.ABDOMEN, Segment.PELVIS,
    Segment.HEAD,
)  # fmt: skip


def verdicts() -> list[Verdict]:
    """Return the worst of each."""
    medians, stature, weight = {"height": [], "mass": []}, [], []
    for row in rows(Path(__file__).parent / "medians.csv"):
        months = max(4.0, 12.0 * float(row["years"]))
        for sex in Sex:
            for key, unit in (("height", "cm"), ("mass", "kg")):
                ours = norms().curves[key].at(months, sex)
                medians[key].append(abs(ours / float(row[f"{key}_{sex.value}_{unit}"]) - 1.0))
            child = Child(age_months=months, sex=sex, condition=Condition.TYPICAL, gmfcs=None)
            body = sizes_of(child, Side.LEFT, norms(), 256, 1)
            tall = sum(body.length_mm[s] for s in UPRIGHT) + body.ankle_height_mm
            heavy = body.segment_kg["trunk"] + 2.0 * sum(body.segment_kg[k] for k in LIMB_MASSES)
            stature.append(np.abs(tall / (1000.0 * body.height_m) - 1.0).max())
            weight.append(np.abs(heavy / body.mass_kg - 1.0).max())
    found = [
        within(
            f"worst median of {key}, 6 ages, both sexes", 100.0 * max(off), 0.0, GROWTH_PERCENT,
            unit="%",
        )
        for key, off in medians.items()
    ]  # fmt: skip
    for name, off in (("lengths add up to stature", stature), ("masses to weight", weight)):
        worst = 100.0 * float(max(off))
        found.append(within(f"{name}, worst of all twins", worst, 0.0, SUM_PERCENT, unit="%"))
    return found
