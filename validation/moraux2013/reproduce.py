"""Ankle torques of healthy children against the group means of Moraux et al. 2013.

The law T = c m h was fitted to this table: this shows how well one number per movement holds over
sex and age, not that it predicts.
"""

from pathlib import Path

import numpy as np
from csv_rows import rows
from verdict import Verdict, close

from rheobase.evidence.chain_parameters import norms
from rheobase.model.body.child import Sex
from rheobase.model.body.strength import norm_torque_nm


def verdicts() -> list[Verdict]:
    """Return all comparisons."""
    found = []
    for row in rows(Path(__file__).parent / "groups.csv"):
        size = np.array([float(row["height_m"]) * float(row["mass_kg"])])
        for direction in ("dorsiflexion", "plantarflexion"):
            ours = norm_torque_nm(
                norms(),
                "ankle",
                direction,
                age_months=12.0 * float(row["years"]),
                sex=Sex(row["sex"]),
                size=size,
            )[0]
            name = f"{direction}, {row['sex']}, about {row['years']} years"
            found.append(close(name, ours, float(row[f"{direction}_nm"]), 0.20, unit="N m"))
    return found
