"""Passive stiffness of the ankle, 9.8 years, measured as the paper does.

Slope of torque over angle by linear regression, up to the leg's own end of range: over 30 to 100 % and
over 20 to 80 % of the torque there (the two ways the abstract recommends; it does not say which its
numbers are of, so we give the mean). The other leg once over its own range, once over the angles of
the paretic leg.

In the model a spastic leg differs by the end of its range alone. These children say so: over their own
ranges both legs were equally stiff (0.24, 0.25), over equal angles the paretic one was stiffer, as a
curve is that was moved, not scaled. The 2.1 of adolescents is of tissue as a whole, and went with the
loss of range: here it is predicted from that loss, not put in.
"""

from pathlib import Path

import numpy as np
from csv_rows import rows
from verdict import Verdict, close

from rheobase.evidence.chain_parameters import norms
from rheobase.evidence.movement_facts import movement_facts, poses
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.body.size import sizes_of
from rheobase.model.movement.build import N_NOISE, joint_of
from rheobase.model.movement.one_joint import torques_nm
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture

ANGLES_DEG = np.arange(-45.0, 40.0, 0.25)
SHARES = ((0.3, 1.0), (0.2, 0.8))
HALF, RATIO = 0.5, 0.3  # between children; a ratio of two means of 23 and 11
ADULTS = "end of range after ten adults (Riener 1999), scaled by mass times stature"
NOTES = {
    "paretic": "18 degrees of dorsiflexion less, a prior; theirs is not in the abstract",
    "not paretic, own range": ADULTS,
    "not paretic, angles of the paretic": ADULTS,
    "tissue stiffness at equal angles, cerebral palsy over typical": "from the shortened range alone; it "
    "is 1.3 at 20 degrees of plantarflexion, 2.3 at a right angle. The mildly affected children above "
    "had 1.3 over equal angles: so ours have lost more range than they",
}
N = 256


class Leg:
    """The median passive torque of one group over angle, and the end of its range."""

    def __init__(self, condition):
        child = Child(age_months=118.0, sex=Sex.MALE, condition=condition, gmfcs=1)
        pose = poses()["ankle", Posture.SIDE_LYING]
        sizes = sizes_of(child, Side.LEFT, norms(), N, 1)
        joint = joint_of(
            child, Side.LEFT, sizes, movement_facts(), joint="ankle", direction="dorsiflexion",
            pose=pose, noise=np.zeros((N, N_NOISE)),
        )  # fmt: skip
        self.end_deg = float(np.median(joint.max_deg))
        self.torque_nm = np.array([self._passive(joint, pose, angle) for angle in ANGLES_DEG])

    @staticmethod
    def _passive(joint, pose, angle):
        parts = torques_nm(joint, pose, np.full(N, angle))
        return -float(np.median(parts["passive"] + parts["range of motion"]))

    def sector(self, low, high):
        """Return the angles between two shares of the torque at the end of range. [deg]"""
        most = np.interp(self.end_deg, ANGLES_DEG, self.torque_nm)
        there = (self.torque_nm >= low * most) & (self.torque_nm <= high * most)
        return ANGLES_DEG[there & (self.end_deg >= ANGLES_DEG)]

    def slope(self, angles_deg):
        return np.polyfit(angles_deg, np.interp(angles_deg, ANGLES_DEG, self.torque_nm), 1)[0]


def verdicts() -> list[Verdict]:
    typical, paretic = Leg(Condition.TYPICAL), Leg(Condition.SPASTIC_UNILATERAL)
    ours = {
        "paretic": [paretic.slope(paretic.sector(*s)) for s in SHARES],
        "not paretic, own range": [typical.slope(typical.sector(*s)) for s in SHARES],
        "not paretic, angles of the paretic": [typical.slope(paretic.sector(*s)) for s in SHARES],
    }
    found = {leg: float(np.mean(slopes)) for leg, slopes in ours.items()}
    ratio = "tissue stiffness at equal angles, cerebral palsy over typical"
    found[ratio] = found["paretic"] / found["not paretic, angles of the paretic"]
    return [
        close(
            row["what"],
            found[row["what"]],
            float(row["value"]),
            RATIO if row["what"] == ratio else HALF,
            unit=row["unit"],
            note=NOTES[row["what"]],
        )
        for row in rows(Path(__file__).parent / "table.csv")
    ]
