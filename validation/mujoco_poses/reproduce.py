"""One joint in eight poses beside MuJoCo: 3 s of falling, a second of stimulation, ends and support.

Wanted: never more than half a degree apart (science.md). Needs MuJoCo. The oracle test of model/
runs the same poses with another body, pulling the other way.
"""

import numpy as np
from mujoco_body import Limb, burst_nm, joint_of, ours_deg, placed, theirs_deg
from verdict import Verdict, within

LIMB = Limb(mass_kg=2.5, reach_m=0.22, inertia_kgm2=0.05)
APART_DEG = 0.5


def verdicts() -> list[Verdict]:
    """Return all comparisons."""
    found, torque = [], burst_nm(3.0)
    for where in placed():
        joint = joint_of(LIMB, where)
        ours, theirs = ours_deg(joint, where, torque), theirs_deg(LIMB, joint, where, torque)
        apart = float(np.abs(ours - theirs).max())
        name = f"{where.joint.replace('_', ' ')}, {where.posture.value}: largest distance over 3 s"
        moved = f"MuJoCo's angle goes from {theirs.min():.0f} to {theirs.max():.0f} degrees"
        found.append(within(name, apart, 0.0, APART_DEG, unit="deg", note=moved))
    return found
