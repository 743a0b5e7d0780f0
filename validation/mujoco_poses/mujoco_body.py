"""A hinge with a weight in MuJoCo, drawn to move as one of our joints: development-time oracle.

Needs the `mujoco` package. MuJoCo gets a body, where it points at angle 0, an axis and gravity; it
knows nothing of hanging angles, which is where a pose of ours could be wrong. Muscle, ends of range
and support are pushed on from outside, from the same equations written out once more; MuJoCo's own
spring and damper are the tissue's.
"""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from csv_rows import rows

from rheobase.errors import BadInput
from rheobase.evidence.movement_facts import poses
from rheobase.model.movement.one_joint import swing
from rheobase.model.movement.parameters import OneJoint
from rheobase.stimulus.prescription import Posture

NEEDED = "It needs MuJoCo: install requirements/oracles.lock."
G_M_S2 = 9.81
EVERY_MS, SECONDS, STEPS = 5.0, 3.0, 50  # of MuJoCo between two samples
SUPPORT = 100.0  # stiffness of bed and seat, times weight and reach


@dataclass(frozen=True, kw_only=True)
class Limb:
    """What moves: mass, distance of its centre from the axis, inertia about that centre."""

    mass_kg: float
    reach_m: float
    inertia_kgm2: float

    @property
    def about_axis_kgm2(self):
        return self.inertia_kgm2 + self.mass_kg * self.reach_m**2

    @property
    def weight_nm(self):
        return G_M_S2 * self.mass_kg * self.reach_m


@dataclass(frozen=True, kw_only=True)
class Placed:
    """One row of poses.csv."""

    joint: str
    posture: Posture
    toward: tuple[float, float, float]
    axis: tuple[float, float, float]
    start_deg: float
    range_deg: tuple[float, float]

    @property
    def pose(self):
        return poses()[self.joint, self.posture]


def placed():
    """Return the poses of the table."""
    return [
        Placed(
            joint=row["joint"],
            posture=Posture(row["posture"]),
            toward=tuple(float(row[f"toward_{c}"]) for c in "xyz"),
            axis=tuple(float(row[f"axis_{c}"]) for c in "xyz"),
            start_deg=float(row["start_deg"]),
            range_deg=(float(row["range_low_deg"]), float(row["range_high_deg"])),
        )
        for row in rows(Path(__file__).parent / "poses.csv")
    ]


def joint_of(limb, where, **tissue):
    """Return one joint of ours with this limb, everything at work but reflexes; `tissue` overrides."""
    numbers = {
        "inertia_kgm2": limb.about_axis_kgm2,
        "gravity_nm": limb.weight_nm,
        "rest_deg": 30.0,
        "stiffness_nm_per_rad": 2.0,
        "damping_nms": 0.15,
        "min_deg": where.range_deg[0],
        "max_deg": where.range_deg[1],
        "end_torque_nm": 7.0,
        "end_width_deg": 5.0,
        "best_deg": 85.0,
        "width_deg": 60.0,
        "speed_limit_deg_s": 900.0,
        "tone_nm": -0.4,
        "srs_per_rad": 0.0,
        "srs_range_deg": 6.0,
        "srs_recovery_ms": 2000.0,
        "reflex_force_gain": 0.0,
        "reflex_velocity_nms": 0.0,
        "reflex_delay_ms": 30.0,
        "reflex_rise_ms": 20.0,
    } | tissue
    return OneJoint(**{name: np.array([value]) for name, value in numbers.items()})


def burst_nm(peak_nm):
    """Return 3 s of torque at every sample, with one smooth second of it after the first."""
    torque = np.zeros((1, int(1000.0 * SECONDS / EVERY_MS) + 1))
    torque[0, 200:400] = peak_nm * np.sin(np.linspace(0.0, np.pi, 200)) ** 2
    return torque


def ours_deg(joint, where, torque_nm):
    """Return our angle at every sample. [deg]"""
    start = np.array([where.start_deg])
    return swing(joint, torque_nm, EVERY_MS, None, where.pose, start_deg=start)[0]


def theirs_deg(limb, joint, where, torque_nm):
    """Return MuJoCo's angle at every sample: fourth-order steps of 0.1 ms. [deg]"""
    mujoco, model = _model(limb, joint, where)
    data = mujoco.MjData(model)
    data.qpos[0] = np.radians(where.start_deg)
    found = [where.start_deg]
    for now, after in zip(torque_nm[0, :-1], torque_nm[0, 1:], strict=True):
        for s in range(STEPS):
            drive = now + s / STEPS * (after - now)
            at = (data.qpos[0], data.qvel[0])
            data.qfrc_applied[0] = _pushed_nm(limb, joint, where.pose, drive, at)
            mujoco.mj_step(model, data)
        found.append(np.degrees(data.qpos[0]))
    return np.array(found)


def _model(limb, joint, where):
    if importlib.util.find_spec("mujoco") is None:
        raise BadInput(NEEDED)
    import mujoco

    centre = " ".join(str(limb.reach_m * c) for c in where.toward)
    axis, inertia = " ".join(map(str, where.axis)), f"{limb.inertia_kgm2} " * 3
    step_s = EVERY_MS / 1000.0 / STEPS
    return mujoco, mujoco.MjModel.from_xml_string(f"""
    <mujoco><option timestep="{step_s}" integrator="RK4" gravity="0 0 -{G_M_S2}"/>
    <worldbody><body><joint type="hinge" axis="{axis}" damping="{joint.damping_nms[0]}"
    stiffness="{joint.stiffness_nm_per_rad[0]}" springref="{joint.rest_deg[0]}"/>
    <inertial pos="{centre}" mass="{limb.mass_kg}" diaginertia="{inertia}"/>
    </body></worldbody></mujoco>""")


def _pushed_nm(limb, joint, pose, drive_nm, at):
    """Return muscle, tone, ends of range and support at an angle and a speed, in radians."""
    q, speed = at
    low, high, width, best, spread, limit = (
        float(np.radians(getattr(joint, name)[0]))
        for name in ("min_deg", "max_deg", "end_width_deg", "best_deg", "width_deg", "speed_limit_deg_s")
    )  # fmt: skip
    v = np.sign(drive_nm) * speed / limit  # positive where the muscle shortens
    by_speed = (1.0 - v) / (1.0 + 4.0 * v) if v >= 0.0 else (0.08 - 1.4 * v) / (0.08 - v)
    pull = drive_nm * np.exp(-(((q - best) / spread) ** 2)) * by_speed + joint.tone_nm[0]
    end_nm = joint.end_torque_nm[0]
    pull += end_nm * (np.exp((low - q) / width) - np.exp((q - high) / width))
    under, over = np.radians(pose.supports_deg)
    stiff = SUPPORT * limb.weight_nm
    pull += stiff * (max(under - q, 0.0) - max(q - over, 0.0))
    if not under <= q <= over:
        pull -= 2.0 * np.sqrt(stiff * limb.about_axis_kgm2) * speed
    return pull
