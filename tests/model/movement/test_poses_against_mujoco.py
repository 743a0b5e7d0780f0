"""Eight poses against MuJoCo, which knows nothing of hanging angles: only bodies, axes and weight."""

from importlib import import_module

import numpy as np
import pytest
from tests.model.movement.cast import knee

from rheobase.evidence.movement_facts import poses
from rheobase.model.movement.one_joint import swing
from rheobase.stimulus.prescription import Posture

# joint, posture -> direction of the moving part at angle 0, axis of growing angle (z up, y left)
POSES = {
    ("knee", Posture.SITTING): ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), 20.0),
    ("knee", Posture.PRONE): ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), 80.0),
    ("knee", Posture.SUPINE): ((0.866025, 0.0, 0.5), (0.0, 1.0, 0.0), 15.0),
    ("ankle", Posture.SUPINE): ((0.0, 0.0, 1.0), (0.0, -1.0, 0.0), 10.0),
    ("elbow", Posture.SITTING): ((0.0, 0.0, -1.0), (0.0, -1.0, 0.0), 100.0),
    ("hip_frontal", Posture.SIDE_LYING): ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), 30.0),
    ("trunk", Posture.PRONE): ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), -20.0),
    ("shoulder_frontal", Posture.SITTING): ((0.0, 0.0, -1.0), (1.0, 0.0, 0.0), 60.0),
}
MASS_KG, REACH_M, INERTIA = 2.5, 0.22, 0.05  # INERTIA about the centre of mass
G = 9.81 * MASS_KG * REACH_M


@pytest.mark.oracle
@pytest.mark.parametrize("placed", POSES, ids=lambda p: f"{p[0]} {p[1].value}")
def test_our_joint_moves_as_mujocos_body_does(placed):
    mujoco = import_module("mujoco")
    toward, axis, start_deg = POSES[placed]
    low, high = {"ankle": (-45.0, 40.0), "trunk": (-30.0, 60.0)}.get(placed[0], (0.0, 140.0))
    joint = knee(
        inertia_kgm2=INERTIA + MASS_KG * REACH_M**2,
        gravity_nm=G,
        rest_deg=30.0,
        stiffness_nm_per_rad=2.0,
        damping_nms=0.15,
        min_deg=low,
        max_deg=high,
        tone_nm=-0.4,
        srs_per_rad=0.0,
        width_deg=60.0,
        speed_limit_deg_s=900.0,
    )
    pose = poses()[placed]
    n = 601
    torque = np.zeros((1, n))
    torque[0, 200:400] = 3.0 * np.sin(np.linspace(0.0, np.pi, 200)) ** 2
    ours = swing(joint, torque, 5.0, None, pose, start_deg=np.array([start_deg]))[0]

    com = " ".join(str(REACH_M * c) for c in toward)
    model = mujoco.MjModel.from_xml_string(f"""
    <mujoco><option timestep="0.0001" integrator="RK4" gravity="0 0 -9.81"/>
    <worldbody><body><joint type="hinge" axis="{axis[0]} {axis[1]} {axis[2]}" damping="0.15"
    stiffness="2.0" springref="30"/>
    <inertial pos="{com}" mass="{MASS_KG}" diaginertia="{INERTIA} {INERTIA} {INERTIA}"/>
    </body></worldbody></mujoco>""")
    data = mujoco.MjData(model)
    data.qpos[0] = np.radians(start_deg)
    width, (lowest, highest) = np.radians(5.0), np.radians(pose.supports_deg)
    theirs = [start_deg]
    for t in range(1, n):
        for s in range(50):
            q, speed = data.qpos[0], data.qvel[0]
            drive = torque[0, t - 1] + s / 50.0 * (torque[0, t] - torque[0, t - 1])
            v = speed / np.radians(900.0)
            f_v = (1.0 - v) / (1.0 + 4.0 * v) if v >= 0.0 else (0.08 - 1.4 * v) / (0.08 - v)
            pull = drive * np.exp(-(((q - np.radians(85.0)) / np.radians(60.0)) ** 2)) * f_v
            pull += -0.4 + 7.0 * np.exp((np.radians(low) - q) / width)
            pull -= 7.0 * np.exp((q - np.radians(high)) / width)
            pull += 100.0 * G * (max(lowest - q, 0.0) - max(q - highest, 0.0))
            if not lowest <= q <= highest:
                pull -= 2.0 * np.sqrt(100.0 * G * (INERTIA + MASS_KG * REACH_M**2)) * speed
            data.qfrc_applied[0] = pull
            mujoco.mj_step(model, data)
        theirs.append(np.degrees(data.qpos[0]))
    assert np.abs(ours - theirs).max() < 0.5
