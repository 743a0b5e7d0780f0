"""Passive stiffness of the ankle near the end of its range, 9.8 years."""

from pathlib import Path

import numpy as np
from csv_rows import rows
from verdict import Verdict, close

from rheobase.evidence.chain_parameters import norms
from rheobase.evidence.movement_facts import movement_facts, poses
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.body.size import sizes_of
from rheobase.model.movement.build import joint_of
from rheobase.model.movement.one_joint import torques_nm
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture

SECTOR_DEG = (-10.0, 0.0)


def _stiffness(condition):
    child = Child(age_months=118.0, sex=Sex.MALE, condition=condition, gmfcs=1)
    pose = poses()["ankle", Posture.SIDE_LYING]
    n = 256
    sizes = sizes_of(child, Side.LEFT, norms(), n, 1)
    joint = joint_of(
        child,
        Side.LEFT,
        sizes,
        movement_facts(),
        joint="ankle",
        direction="dorsiflexion",
        pose=pose,
        noise=np.zeros((n, 12)),
    )
    low, high = (torques_nm(joint, pose, np.full(n, angle)) for angle in SECTOR_DEG)
    rise = sum(low[k] - high[k] for k in ("passive", "range of motion"))
    linear = joint.stiffness_nm_per_rad
    return float(np.median(rise)) / (SECTOR_DEG[1] - SECTOR_DEG[0]), float(np.median(linear))


def verdicts() -> list[Verdict]:
    typical, typical_linear = _stiffness(Condition.TYPICAL)
    spastic, spastic_linear = _stiffness(Condition.SPASTIC_UNILATERAL)
    sector = "last 10 degrees up to neutral; the sector of the paper was not read"
    soft = "our prior is softer, and a leg opposite a paretic one is not typical"
    table = rows(Path(__file__).parent / "table.csv")
    legs = {row["leg"]: float(row["stiffness_nm_per_deg"]) for row in table}
    theirs, unit = legs["not paretic"], "Nm/deg"
    return [
        close("not paretic", typical, theirs, 0.5, unit=unit, note=soft, known_miss=True),
        close("paretic", spastic, legs["paretic"], 0.5, unit=unit, note=sector),
        close(
            "tissue stiffness, cerebral palsy over typical",
            spastic_linear / typical_linear,
            2.1,
            0.05,
            unit="1",
            note="a setting of the population, not a prediction",
        ),
    ]
