"""A knee the tests share: thirteen years, 45 kg, 1.56 m, nothing spastic."""

from dataclasses import replace

import numpy as np

from rheobase.model.movement.parameters import OneJoint, Pose

HANGING = Pose(hanging_deg=90.0, gravity_share=1.0, folded=False, how="seated, shank hanging")
LEVEL = replace(HANGING, gravity_share=0.0, how="on the side")


def knee(n=1, **changes):
    """A free pendulum with ends of range far away; `changes` override."""
    numbers = {
        "inertia_kgm2": 0.17,
        "gravity_nm": 5.4,
        "rest_deg": 90.0,
        "stiffness_nm_per_rad": 0.0,
        "damping_nms": 0.0,
        "min_deg": -300.0,
        "max_deg": 500.0,
        "end_torque_nm": 7.0,
        "end_width_deg": 5.0,
        "best_deg": 85.0,
        "width_deg": np.inf,
        "speed_limit_deg_s": np.inf,
        "tone_nm": 0.0,
        "srs_per_rad": 8.0,
        "srs_range_deg": 6.0,
        "srs_recovery_ms": 2000.0,
        "reflex_force_gain": 0.0,
        "reflex_velocity_nms": 0.0,
        "reflex_delay_ms": 30.0,
        "reflex_rise_ms": 20.0,
    }
    values = {key: changes.get(key, value) * np.ones(n) for key, value in numbers.items()}
    return OneJoint(**values)


def no_torque(n=1, seconds=3.0, every_ms=5.0):
    return np.zeros((n, int(seconds * 1000.0 / every_ms) + 1))
