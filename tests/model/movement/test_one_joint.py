"""Laws of one joint: pendulum, energy, balance, ends of range, tone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ellipk
from tests.model.movement.cast import HANGING, LEVEL, knee, no_torque

from rheobase.errors import BadInput
from rheobase.model.movement.one_joint import (
    move,
    rest_angle_deg,
    swing,
    together_nm,
    torques_nm,
)


@pytest.mark.parametrize("amplitude_deg", [5.0, 60.0, 120.0])
def test_a_free_leg_swings_with_the_period_of_a_physical_pendulum(amplitude_deg):
    joint, start = knee(), np.array([90.0 - amplitude_deg])
    angle, speed = move(
        joint, no_torque(seconds=6.0, every_ms=1.0), 1.0, None, HANGING, start_deg=start
    )
    up = np.flatnonzero((speed[0, 1:-1] >= 0.0) & (speed[0, 2:] < 0.0))  # turning points above
    exact = 4.0 * np.sqrt(0.17 / 5.4) * ellipk(np.sin(np.radians(amplitude_deg) / 2.0) ** 2)
    assert np.diff(up).mean() / 1000.0 == pytest.approx(exact, rel=2e-3)
    assert angle.max() == pytest.approx(90.0 + amplitude_deg, abs=0.1)


def test_without_damping_energy_stays():
    joint = knee(stiffness_nm_per_rad=2.0, min_deg=20.0, max_deg=150.0)
    angle, speed = move(
        joint, no_torque(seconds=10.0), 5.0, None, HANGING, start_deg=np.array([10.0])
    )
    q, w = np.radians(angle[0]), np.radians(speed[0])
    ends = np.exp((np.radians(20.0) - q) / np.radians(5.0)) + np.exp(
        (q - np.radians(150.0)) / np.radians(5.0)
    )
    energy = 0.085 * w**2 - 5.4 * np.sin(q) + (q - np.pi / 2.0) ** 2 + 7.0 * np.radians(5.0) * ends
    assert np.ptp(energy) < 1e-2 * np.ptp(0.085 * w**2)


def test_with_damping_energy_only_falls():
    joint = knee(damping_nms=0.1)
    angle, speed = move(joint, no_torque(), 5.0, None, HANGING, start_deg=np.array([0.0]))
    energy = 0.085 * np.radians(speed[0]) ** 2 - 5.4 * np.sin(np.radians(angle[0]))
    assert np.all(np.diff(energy) < 1e-4)


def test_halving_the_step_quarters_the_error():
    joint, start = knee(damping_nms=0.05, stiffness_nm_per_rad=2.0), np.array([20.0])
    still = no_torque(seconds=1.0, every_ms=8.0)

    def path(step_ms):
        return move(joint, still, 8.0, None, HANGING, start_deg=start, step_ms=step_ms)[0]

    exact = path(0.05)
    coarse, fine = (np.abs(path(step) - exact).max() for step in (4.0, 2.0))
    assert coarse / fine == pytest.approx(4.0, rel=0.05)


@settings(max_examples=25, deadline=None)
@given(st.floats(-40.0, 140.0), st.floats(0.0, 20.0), st.floats(-2.0, 2.0))
def test_a_joint_at_rest_is_in_balance_and_stays(rest_deg, stiffness, tone_nm):
    joint = knee(
        rest_deg=rest_deg,
        stiffness_nm_per_rad=stiffness,
        tone_nm=tone_nm,
        min_deg=0.0,
        max_deg=140.0,
    )
    rest = rest_angle_deg(joint, HANGING)
    assert abs(sum(torques_nm(joint, HANGING, rest).values())[0]) < 1e-6
    assert np.ptp(swing(joint, no_torque(), 5.0, None, HANGING)) < 1e-3


def test_a_steady_pull_settles_where_torques_balance():
    joint = knee(damping_nms=1.0, stiffness_nm_per_rad=3.0)
    angle = swing(joint, np.full((1, 3001), -2.0), 5.0, None, HANGING)[:, -1]
    assert sum(torques_nm(joint, HANGING, angle).values())[0] == pytest.approx(2.0, rel=1e-4)


@settings(max_examples=25, deadline=None)
@given(st.floats(-60.0, 60.0))
def test_no_torque_drives_a_joint_far_beyond_its_measured_range(torque_nm):
    joint = knee(min_deg=15.0, max_deg=120.0, damping_nms=0.5)
    angle = swing(joint, np.full((1, 601), torque_nm), 5.0, None, HANGING)
    most = 5.0 * np.log(1.0 + (abs(torque_nm) + 5.4) / 7.0)  # where the end of range balances it
    kinetic = 5.0 * np.log(1.0 + (abs(torque_nm) + 5.4) * 2.5 / (7.0 * np.radians(5.0)))
    assert angle.max() < 120.0 + kinetic
    assert angle.min() > 15.0 - kinetic
    assert 15.0 - most - 0.5 < angle[0, -1] < 120.0 + most + 0.5


def test_a_contracture_stops_the_knee_earlier():
    joint = knee(2, damping_nms=0.2, min_deg=np.array([0.0, 30.0]))
    angle = swing(joint, np.full((2, 601), -12.0), 5.0, None, HANGING)
    assert angle[1, -1] > angle[0, -1] + 20.0


def test_the_bed_carries_the_leg():
    bed = replace(HANGING, hanging_deg=-90.0, support_low_deg=0.0, how="on the stomach")
    joint = knee(damping_nms=0.1, min_deg=-40.0, max_deg=140.0)
    assert rest_angle_deg(joint, bed)[0] == pytest.approx(0.0, abs=1.0)
    fallen = swing(joint, no_torque(), 5.0, None, bed, start_deg=np.array([60.0]))
    assert fallen.min() > -8.0
    assert fallen[0, -1] == pytest.approx(0.0, abs=1.0)


def test_each_twin_moves_as_if_alone():
    tones = np.array([-1.0, 0.0, -2.0])
    group = knee(3, tone_nm=tones, damping_nms=0.1, reflex_force_gain=0.5)
    together = swing(group, no_torque(3), 5.0, None, HANGING, start_deg=np.zeros(3))
    for i, tone in enumerate(tones):
        one = knee(tone_nm=tone, damping_nms=0.1, reflex_force_gain=0.5)
        alone = swing(one, no_torque(), 5.0, None, HANGING, start_deg=np.zeros(1))
        np.testing.assert_array_equal(alone[0], together[i])


def test_short_range_stiffness_makes_the_first_fall_slower():
    loose, stiff = knee(tone_nm=-1.0, srs_per_rad=0.0), knee(tone_nm=-1.0)
    speeds = [
        move(j, no_torque(), 5.0, None, HANGING, start_deg=np.array([0.0]))[1]
        for j in (loose, stiff)
    ]
    assert speeds[1].max() < speeds[0].max() - 5.0


@pytest.mark.parametrize("kind", ["reflex_force_gain", "reflex_velocity_nms"])
def test_a_reflex_answers_late_and_brakes(kind):
    quiet, brisk = knee(tone_nm=-1.0), knee(tone_nm=-1.0, **{kind: 0.6})
    a, b = (
        swing(j, no_torque(every_ms=1.0), 1.0, None, HANGING, start_deg=np.array([0.0]))[0]
        for j in (quiet, brisk)
    )
    np.testing.assert_array_equal(a[:30], b[:30])  # nothing before the delay
    assert b.max() < a.max() - 1.0


def test_a_muscle_that_shortens_fast_pulls_less():
    def after(limit):
        joint = knee(speed_limit_deg_s=limit)
        return swing(joint, np.full((1, 41), 5.0), 5.0, None, LEVEL, start_deg=np.array([90.0]))[
            0, -1
        ]

    assert 90.0 < after(300.0) < after(1000.0) < after(np.inf)


def test_effort_and_stimulation_never_exceed_the_muscle():
    both = together_nm(np.array([[3.0, 10.0]]), np.array([[4.0, 10.0]]), np.array([[10.0]]))
    np.testing.assert_allclose(both, [[5.8, 10.0]])


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"inertia_kgm2": 0.0}, "no joint has"),
        ({"tone_nm": np.nan}, "no joint has"),
        ({"min_deg": 600.0}, "min_deg below max_deg"),
        ({"reflex_force_gain": 1.0}, "gain below 1"),
    ],
)
def test_a_joint_that_cannot_be_is_refused(changes, remedy):
    with pytest.raises(BadInput, match=remedy):
        knee(**changes)


def test_torque_that_is_no_number_is_refused():
    with pytest.raises(BadInput, match="Give every torque"):
        swing(knee(), np.array([[0.0, np.nan]]), 5.0, None, HANGING)
