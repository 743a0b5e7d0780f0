"""Poses against MuJoCo, which knows nothing of hanging angles: only bodies, axes and weight.

`rheobase validate mujoco_poses` moves one body so; here another, pulled the other way.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

VALIDATION = Path(__file__).parents[3] / "validation"


@pytest.fixture(scope="module")
def twin():
    sys.path[:0] = [str(VALIDATION / "mujoco_poses"), str(VALIDATION)]
    try:
        import mujoco_body

        yield mujoco_body
    finally:
        del sys.path[:2]


@pytest.mark.oracle
@pytest.mark.parametrize("k", range(8))
def test_our_joint_moves_as_mujocos_body_does(twin, k):
    where = twin.placed()[k]
    limb = twin.Limb(mass_kg=1.1, reach_m=0.3, inertia_kgm2=0.02)
    joint = twin.joint_of(limb, where, tone_nm=0.3, best_deg=40.0, end_width_deg=9.0)
    torque = twin.burst_nm(-2.0)
    ours, theirs = twin.ours_deg(joint, where, torque), twin.theirs_deg(limb, joint, where, torque)
    assert np.ptp(theirs) > 5.0
    assert np.abs(ours - theirs).max() < 0.5


def test_a_pose_without_mujoco_says_what_to_install(twin, monkeypatch):
    monkeypatch.setattr(twin.importlib.util, "find_spec", lambda name: None)
    where = twin.placed()[0]
    limb = twin.Limb(mass_kg=1.0, reach_m=0.2, inertia_kgm2=0.02)
    with pytest.raises(twin.BadInput, match=r"oracles\.lock"):
        twin.theirs_deg(limb, twin.joint_of(limb, where), where, twin.burst_nm(1.0))
