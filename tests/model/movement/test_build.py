"""From Mila's body and findings to her ankle, and to the joints of others."""

from dataclasses import replace

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.evidence.chain_parameters import norms
from rheobase.evidence.load import numbers, sources
from rheobase.evidence.movement_facts import movement_facts, poses
from rheobase.evidence.muscles import muscles
from rheobase.model.body.child import Child, Condition, JointFinding, JointQuantity, Sex
from rheobase.model.body.size import sizes_of
from rheobase.model.movement.build import N_NOISE, joint_of, movement_key
from rheobase.model.movement.joints import (
    GROWS_TOWARDS,
    axis_of,
    inertia_and_gravity,
    sign_of,
)
from rheobase.model.movement.one_joint import rest_angle_deg, swing
from rheobase.stimulus.pads import Segment, Side
from rheobase.stimulus.prescription import Posture

N = 64
MILA = Child(age_months=74.0, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=2)
NOISE = np.random.default_rng(5).standard_normal((N, N_NOISE))


def joint(child, name, direction, posture=Posture.SITTING):
    pose = poses()[axis_of(name, direction), posture]
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
    axis, posture = placed
    one, pose = joint(MILA, axis.removesuffix("_frontal"), GROWS_TOWARDS[axis], posture)
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


def test_a_spastic_ankle_that_lost_no_range_has_the_tissue_of_others():
    peer = replace(MILA, condition=Condition.TYPICAL, gmfcs=None)
    typical, _ = joint(peer, "ankle", "dorsiflexion")
    end = found(JointQuantity.PASSIVE_MAX_DEG, float(np.median(typical.max_deg)))
    spastic, _ = joint(replace(MILA, findings=(end,)), "ankle", "dorsiflexion")
    assert np.median(spastic.max_deg) == pytest.approx(np.median(typical.max_deg), abs=0.5)
    assert spastic.stiffness_nm_per_rad == pytest.approx(typical.stiffness_nm_per_rad)
    assert (spastic.tone_nm < typical.tone_nm).all()


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


def test_upright_the_trunk_has_no_model_lying_it_has():
    known = {posture for axis, posture in poses() if axis == "trunk"}
    assert known == {Posture.SUPINE, Posture.PRONE, Posture.SIDE_LYING}


def test_the_shoulder_blade_has_no_model_and_says_so():
    with pytest.raises(BadInput, match="Use one of: ankle"):
        sign_of("scapula", "elevation")


def test_every_muscle_but_those_of_the_shoulder_blade_has_an_axis_and_its_numbers():
    facts = movement_facts()
    for one in muscles().values():
        act = one.action
        if act.joint == "scapula":
            continue
        axis = axis_of(act.joint, act.direction)
        assert axis in GROWS_TOWARDS, one.key
        assert f"{movement_key(act.joint, act.direction)}_best_deg" in facts, one.key
        assert any(known == axis for known, _ in poses()), one.key


def test_spreading_the_leg_and_bending_the_hip_are_two_axes():
    spread = JointFinding(
        joint="hip", movement="abduction", side=Side.LEFT, error=2.0, value=15.0,
        quantity=JointQuantity.PASSIVE_MAX_DEG,
    )  # fmt: skip
    stiff = replace(MILA, findings=(spread,))
    sideways, _ = joint(stiff, "hip", "abduction")
    bending, _ = joint(stiff, "hip", "flexion")
    assert np.median(sideways.max_deg) == pytest.approx(15.0, abs=1.0)
    assert np.median(bending.max_deg) > 100.0


def test_a_part_weighs_what_its_segments_weigh():
    """Let go level and slow, a part falls with G / I, as any body does about an axis."""
    sizes = sizes_of(MILA, Side.LEFT, norms(), N, 1)
    one, _ = joint(MILA, "shoulder", "flexion")
    arm_kg = sum(sizes.segment_kg[name] for name in ("upper_arm", "forearm", "hand"))
    arm_m = sum(sizes.length_mm[Segment[n]] for n in ("UPPER_ARM", "FOREARM", "HAND")) / 1000.0
    assert np.all(one.gravity_nm < 9.81 * arm_kg * arm_m)
    assert np.all(one.gravity_nm > 0.3 * 9.81 * arm_kg * arm_m)
    assert np.all(one.inertia_kgm2 < arm_kg * arm_m**2)
    trunk, _ = joint(MILA, "trunk", "flexion", Posture.SUPINE)
    assert np.all(trunk.gravity_nm < 9.81 * sizes.mass_kg * sizes.height_m * 0.5)
    assert np.all(trunk.gravity_nm > 9.81 * sizes.mass_kg * sizes.height_m * 0.08)


def test_the_foot_hangs_below_the_ankle_and_slows_the_swing():
    facts = dict(movement_facts())
    high = {**facts, "foot_below_ankle": replace(facts["foot_below_ankle"], value=0.0)}
    sizes = sizes_of(MILA, Side.LEFT, norms(), N, 1)
    hung, lifted = (
        inertia_and_gravity(sizes, f, "knee", folded=False, age_months=74.0) for f in (facts, high)
    )
    assert np.all(hung[0] / hung[1] > lifted[0] / lifted[1])


def test_every_number_of_muscle_and_movement_names_a_source_of_the_bibliography():
    named = {n.source for table in ("muscle", "movement") for n in numbers(table).values()}
    assert named <= set(sources())


def test_numbers_of_adults_say_that_they_are_stretched_to_a_child():
    of_adults = {k: n for k, n in numbers("movement").items() if "adult" in n.population}
    assert len(of_adults) > 20
    assert [k for k, n in of_adults.items() if not n.extrapolated] == []


def test_how_spastic_a_twin_is_says_nothing_of_its_damping():
    built, _ = joint(MILA, "ankle", "dorsiflexion")
    tone = np.log(np.abs(built.tone_nm) / built.end_torque_nm)
    restoring = built.gravity_nm + built.stiffness_nm_per_rad
    ratio = built.damping_nms / np.sqrt(built.inertia_kgm2 * restoring)
    assert abs(np.corrcoef(tone, np.log(ratio))[0, 1]) < 0.4
