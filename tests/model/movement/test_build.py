"""From Mila's body and findings to her ankle, and to the joints of others."""

from dataclasses import replace

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.evidence.chain_parameters import norms
from rheobase.evidence.load import numbers, sources
from rheobase.evidence.movement_facts import movement_facts, poses
from rheobase.model.body.child import Child, Condition, JointFinding, JointQuantity, Sex
from rheobase.model.body.size import sizes_of
from rheobase.model.movement.build import joint_of, sign_of
from rheobase.model.movement.one_joint import rest_angle_deg, swing
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture

N = 64
MILA = Child(age_months=74.0, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=2)
NOISE = np.random.default_rng(5).standard_normal((N, 12))


def joint(child, name, direction, posture=Posture.SITTING):
    pose = poses()[name, posture]
    sizes = sizes_of(child, Side.LEFT, norms(), N, 1)
    return joint_of(
        child, Side.LEFT, sizes, movement_facts(),
        joint=name, direction=direction, pose=pose, noise=NOISE,
    ), pose  # fmt: skip


def found(quantity, value, movement="dorsiflexion"):
    return JointFinding(
        joint="ankle", movement=movement, side=Side.LEFT, quantity=quantity, value=value, error=2.0
    )


@pytest.mark.parametrize("placed", sorted(poses()), ids=lambda p: f"{p[0]} {p[1].value}")
def test_every_pose_lets_a_childs_joint_rest_within_its_range(placed):
    name, posture = placed
    direction = {"ankle": "dorsiflexion", "wrist": "extension"}.get(name, "flexion")
    one, pose = joint(MILA, name, direction, posture)
    rest = rest_angle_deg(one, pose)
    assert np.all(rest > one.min_deg - 15.0)
    assert np.all(rest < one.max_deg + 15.0)
    assert np.ptp(swing(one, np.zeros((N, 201)), 5.0, None, pose), axis=1).max() < 0.1


def test_a_fifth_of_her_strength_lifts_milas_foot_by_degrees_not_by_dozens():
    """body.md, fact 6: a spastic ankle at 20 % of torque moves 4 degrees, 90 % of twins 1 to 15."""
    one, pose = joint(MILA, "ankle", "dorsiflexion")
    torque = np.zeros((N, 401))
    torque[:, 50:] = 0.2 * 0.22 * 20.0 * 1.16
    angle = swing(one, torque, 5.0, None, pose)
    assert 1.0 < np.median(angle[:, -1] - angle[:, 0]) < 15.0


def test_a_measured_range_replaces_the_norm():
    measured = replace(MILA, findings=(found(JointQuantity.PASSIVE_MAX_DEG, -10.0),))
    one, _ = joint(measured, "ankle", "dorsiflexion")
    assert np.median(one.max_deg) == pytest.approx(-10.0, abs=1.0)


def test_graded_tone_pulls_the_way_of_the_spastic_muscle():
    stiff = replace(MILA, findings=(found(JointQuantity.TONE_MAS_CODE, 3.0, "plantarflexion"),))
    loose = replace(MILA, findings=(found(JointQuantity.TONE_MAS_CODE, 0.0, "plantarflexion"),))
    assert np.all(joint(stiff, "ankle", "dorsiflexion")[0].tone_nm < 0.0)
    assert np.all(joint(loose, "ankle", "dorsiflexion")[0].tone_nm == 0.0)


def test_a_leg_grows_heavier_with_the_child():
    jonas = Child(age_months=132.0, sex=Sex.MALE, condition=Condition.OTHER, gmfcs=None)
    small, large = (joint(c, "knee", "extension")[0] for c in (MILA, jonas))
    growth = np.median(large.inertia_kgm2) / np.median(small.inertia_kgm2)
    assert 2.0 < growth < 6.0  # about the fifth power of stature


def test_the_trunk_has_no_model_and_says_so():
    assert not [p for p in poses() if p[0] == "trunk"]
    with pytest.raises(BadInput, match="Use one of: ankle"):
        sign_of("trunk", "extension")


def test_every_number_of_muscle_and_movement_names_a_source_of_the_bibliography():
    named = {n.source for table in ("muscle", "movement") for n in numbers(table).values()}
    assert named <= set(sources())
