"""Places where no pad may lie, and units that would share a place."""

from dataclasses import replace

import pytest

from rheobase.safety import (
    CLEARED_INFANT,
    CLEARED_NECK,
    CLEARED_THORAX,
    montage_violations,
    placement_violations,
    shared_violations,
    skin_map,
)
from rheobase.safety.montage import BACK_FROM_DEG
from rheobase.safety.skin_map import half, height_mm, region, touch, turn_deg
from rheobase.stimulus import Override, Segment, Side
from tests.safety.cast import infant, montage, pad, plan
from tests.stimulus.orders import order

LEFT, RIGHT = Side.LEFT, Side.RIGHT
ALL = (CLEARED_NECK, CLEARED_THORAX, CLEARED_INFANT)
CHILD, INFANT = 75.0, 9.0


def reasons(a, b, age_months=CHILD, cleared=()):
    return montage_violations(montage(a, b), age_months, cleared)


def test_two_pads_on_one_thigh_are_allowed():
    assert reasons(pad(u=0.2), pad(u=0.7)) == ()


@pytest.mark.parametrize("cleared", [(), ALL])
@pytest.mark.parametrize("phi_deg", [-180.0, -90.0, 0.0, 90.0, 180.0])
def test_the_head_is_never_allowed(phi_deg, cleared):
    found = reasons(pad(Segment.HEAD, u=0.5, phi_deg=phi_deg), pad(), cleared=cleared)
    assert "a pad on the head is never allowed" in found


@pytest.mark.parametrize("cleared", [(), ALL])
@pytest.mark.parametrize("phi_deg", [0.0, 90.0, -90.0, 119.9, -119.9])
@pytest.mark.parametrize("where", [Segment.NECK, Segment.CHEST])
def test_front_and_side_of_neck_and_chest_are_never_allowed(where, phi_deg, cleared):
    found = reasons(
        pad(where, u=0.1, phi_deg=phi_deg), pad(where, u=0.9, phi_deg=phi_deg), cleared=cleared
    )
    assert f"a pad on the front or side of the {where} is never allowed" in found


@pytest.mark.parametrize("phi_deg", [120.0, 160.0])
@pytest.mark.parametrize(
    ("where", "rule"), [(Segment.NECK, CLEARED_NECK), (Segment.CHEST, CLEARED_THORAX)]
)
def test_the_back_of_neck_and_chest_needs_a_recorded_clearance(where, rule, phi_deg):
    a, b = (pad(where, u=u, phi_deg=phi_deg, size_mm=10.0) for u in (0.1, 0.9))
    assert reasons(a, b) == (f"a pad on the back of the {where} needs a recorded {rule!r}",)
    assert reasons(a, b, cleared=(rule,)) == ()


def test_the_rules_that_can_be_cleared_have_names():
    assert ALL == (
        "clearance: back of the neck",
        "clearance: back of the chest",
        "clearance: infant trunk",
    )
    assert BACK_FROM_DEG == 120.0


ACROSS = "pads left and right of the midline above the ribs' edge cross the chest"
THROUGH = "pads front and back above the ribs' edge cross the chest"


def test_a_pair_left_and_right_above_the_ribs_edge_crosses_the_chest():
    a, b = (pad(Segment.CHEST, side, u=0.5, phi_deg=150.0) for side in (LEFT, RIGHT))
    assert reasons(a, b, cleared=ALL) == (ACROSS,)
    assert reasons(b, a, cleared=ALL) == (ACROSS,)
    assert reasons(b, replace(b, place=replace(b.place, u=0.9)), cleared=ALL) == ()


@pytest.mark.parametrize("phi_deg", [180.0, -180.0])
def test_a_pad_on_the_spine_lies_on_both_sides(phi_deg):
    a = pad(Segment.CHEST, u=0.1, phi_deg=150.0)
    b = pad(Segment.CHEST, u=0.9, phi_deg=phi_deg)
    assert reasons(a, b, cleared=ALL) == (ACROSS,)
    assert reasons(b, replace(b, place=replace(b.place, u=0.1)), cleared=ALL) == (ACROSS,)


def test_a_pair_front_and_back_above_the_ribs_edge_crosses_the_chest():
    back = pad(Segment.CHEST, u=0.5, phi_deg=150.0)
    front = pad(Segment.ABDOMEN, u=0.5, phi_deg=30.0)
    assert reasons(back, front, cleared=ALL) == (THROUGH,)
    assert reasons(front, back, cleared=ALL) == (THROUGH,)
    lumbar = pad(Segment.ABDOMEN, u=0.5, phi_deg=120.0)
    assert reasons(back, lumbar, cleared=ALL) == ()


def test_neck_pads_stay_on_one_side():
    a, b = (pad(Segment.NECK, side, u=0.5, phi_deg=130.0) for side in (LEFT, RIGHT))
    assert ACROSS in reasons(a, b, cleared=ALL)


ARMS = (Segment.UPPER_ARM, Segment.FOREARM, Segment.HAND)


@pytest.mark.parametrize("arm", ARMS)
@pytest.mark.parametrize(
    "other",
    [
        pad(Segment.UPPER_ARM, RIGHT),
        pad(Segment.THIGH),
        pad(Segment.PELVIS, phi_deg=100.0),
        pad(Segment.ABDOMEN, phi_deg=30.0),
    ],
)
def test_a_pair_from_an_arm_to_elsewhere_crosses_the_chest(arm, other):
    words = "a pad on an arm and a pad elsewhere would send current across the chest"
    assert reasons(pad(arm, u=0.9), other) == (words,)
    assert reasons(other, pad(arm, u=0.9)) == (words,)


@pytest.mark.parametrize("arm", ARMS)
def test_a_pair_on_one_arm_is_allowed(arm):
    assert reasons(pad(Segment.UPPER_ARM, u=0.1), pad(arm, u=0.9)) == ()


@pytest.mark.parametrize("leg", [Segment.PELVIS, Segment.THIGH, Segment.SHANK, Segment.FOOT])
def test_a_pair_on_both_legs_crosses_the_pelvis(leg):
    found = reasons(pad(leg, phi_deg=90.0), pad(leg, RIGHT, phi_deg=90.0))
    assert found == ("pads on both legs would send current across the pelvis",)


def test_a_pair_from_the_belly_to_the_hip_is_allowed():
    assert reasons(pad(Segment.ABDOMEN, phi_deg=90.0), pad(Segment.PELVIS, phi_deg=90.0)) == ()


ONE_SIDE = (
    "an infant's trunk pads stay on one side of the spine (else record 'clearance: infant trunk')"
)
BELOW = "an infant's trunk pads stay below T10 (else record 'clearance: infant trunk')"


@pytest.mark.parametrize(("side", "allowed"), [(LEFT, True), (RIGHT, False)])
def test_an_infants_trunk_pads_stay_on_one_side(side, allowed):
    a = pad(Segment.ABDOMEN, LEFT, u=0.5, phi_deg=150.0, size_mm=10.0)
    b = pad(Segment.ABDOMEN, side, u=0.5, phi_deg=70.0, size_mm=10.0)
    assert reasons(a, b, INFANT) == (() if allowed else (ONE_SIDE,))
    assert reasons(a, b, INFANT, (CLEARED_INFANT,)) == ()
    assert reasons(a, b, 12.0) == ()
    assert (reasons(a, b, 11.99) == ()) is allowed


def test_an_infants_right_side_is_as_good_as_the_left():
    a, b = (pad(Segment.ABDOMEN, RIGHT, u=0.5, phi_deg=p, size_mm=10.0) for p in (150.0, 70.0))
    assert reasons(a, b, INFANT) == ()


def test_an_infants_trunk_pads_stay_below_t10():
    a, b = (pad(Segment.CHEST, u=u, phi_deg=150.0, size_mm=10.0) for u in (0.2, 0.8))
    assert reasons(a, b, INFANT, (CLEARED_THORAX,)) == (BELOW,)
    assert reasons(a, b, INFANT, ALL) == ()


def test_an_infants_legs_have_no_trunk_rule():
    assert reasons(pad(u=0.1, size_mm=20.0), pad(u=0.9, size_mm=20.0), INFANT) == ()
    inner = pad(u=0.9, phi_deg=-10.0, size_mm=20.0)
    assert reasons(pad(u=0.1, size_mm=20.0), inner, INFANT) == ()


def test_the_two_pads_of_a_unit_do_not_touch():
    assert reasons(pad(u=0.3), pad(u=0.35)) == (
        "the two pads of one unit would touch: move them apart",
    )


def test_a_reason_is_said_once():
    found = reasons(pad(Segment.HEAD), pad(Segment.HEAD, u=0.9))
    assert len(found) == len(set(found)) == 1


# --- two units ----------------------------------------------------------------------------------


def one(slot, u=0.2, side=LEFT, muscle="m", segment=Segment.THIGH):
    pads = montage(pad(segment, side, u=u), pad(segment, side, u=u + 0.2))
    return replace(order(slot, side), muscle=muscle, montage=pads)


def test_two_units_apart_are_allowed():
    assert shared_violations(one("A"), one("B", u=0.7, muscle="n"), CHILD) == ()
    assert shared_violations(one("A"), one("B", side=RIGHT), CHILD) == ()


def test_two_units_on_one_muscle_are_refused():
    found = shared_violations(one("A"), one("B", u=0.7), CHILD)
    assert found == ("units A and B are both on m, left",)


def test_two_units_whose_pads_touch_are_refused():
    found = shared_violations(one("A"), one("B", u=0.45, muscle="n"), CHILD)
    assert found == ("pads of units A and B would touch: move them apart",)
    # only the second pads touch
    a = replace(one("A"), montage=montage(pad(u=0.1), pad(u=0.5)))
    b = replace(one("B", muscle="n"), montage=montage(pad(u=0.9), pad(u=0.55)))
    assert len(shared_violations(a, b, CHILD)) == 1


def test_a_plan_says_every_placement_reason():
    shared = plan(channels=(one("A"), one("B", u=0.7), one("C", segment=Segment.HEAD, muscle="x")))
    assert placement_violations(shared) == (
        "unit C: a pad on the head is never allowed",
        "unit C: the two pads of one unit would touch: move them apart",
        "units A and B are both on m, left",
    )
    assert placement_violations(plan(channels=(one("A"), one("C"), one("B")))) == (
        "units A and C are both on m, left",
        "pads of units A and C would touch: move them apart",
        "units A and B are both on m, left",
        "pads of units A and B would touch: move them apart",
        "units C and B are both on m, left",
        "pads of units C and B would touch: move them apart",
    )


def test_a_clearance_is_an_override_of_the_plan():
    back = montage(*(pad(Segment.CHEST, u=u, phi_deg=150.0, size_mm=25.0) for u in (0.2, 0.8)))
    blocked = plan(channels=(replace(order(), montage=back),))
    assert len(placement_violations(blocked)) == 2 - 1
    cleared = replace(blocked, overrides=(Override(rule=CLEARED_THORAX, reason="Dr. K."),))
    assert placement_violations(cleared) == ()


def test_the_age_counts_for_an_infants_plan():
    across = montage(
        *(pad(Segment.ABDOMEN, s, u=0.5, phi_deg=90.0, size_mm=10.0) for s in (LEFT, RIGHT))
    )
    noor = infant()
    noor = replace(noor, channels=(replace(noor.channels[0], montage=across),))
    assert placement_violations(noor) == (f"unit A: {ONE_SIDE}",)


# --- the map ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("segment", "name"),
    [
        (Segment.HEAD, "trunk"),
        (Segment.NECK, "trunk"),
        (Segment.CHEST, "trunk"),
        (Segment.ABDOMEN, "trunk"),
        (Segment.PELVIS, "right leg"),
        (Segment.THIGH, "right leg"),
        (Segment.SHANK, "right leg"),
        (Segment.FOOT, "right leg"),
        (Segment.UPPER_ARM, "right arm"),
        (Segment.FOREARM, "right arm"),
        (Segment.HAND, "right arm"),
    ],
)
def test_currents_are_added_up_over_limbs_and_trunk(segment, name):
    assert region(pad(segment, RIGHT)) == name


def test_angles_on_the_trunk_are_mirrored_on_the_right():
    assert turn_deg(pad(Segment.CHEST, LEFT, phi_deg=30.0)) == 30.0
    assert turn_deg(pad(Segment.CHEST, RIGHT, phi_deg=30.0)) == -30.0
    assert turn_deg(pad(Segment.PELVIS, RIGHT, phi_deg=30.0)) == -30.0
    assert turn_deg(pad(Segment.THIGH, RIGHT, phi_deg=30.0)) == 30.0


@pytest.mark.parametrize(
    ("phi_deg", "name"),
    [
        (1.0, "left"),
        (179.0, "left"),
        (-1.0, "right"),
        (0.0, "midline"),
        (180.0, "midline"),
        (-180.0, "midline"),
        (0.5, "left"),
        (-0.5, "right"),
    ],
)
def test_a_pad_lies_left_right_or_on_the_midline(phi_deg, name):
    assert half(pad(Segment.CHEST, LEFT, phi_deg=phi_deg)) == name


@pytest.mark.parametrize(
    ("age_months", "mm"),
    [
        (4.0, 580.0),
        (8.0, 635.0),
        (12.0, 690.0),
        (24.0, 780.0),
        (36.0, 870.0),
        (66.0, 1010.0),
        (96.0, 1150.0),
        (162.0, 1325.0),
        (228.0, 1500.0),
        (1.0, 580.0),
        (300.0, 1500.0),
    ],
)
def test_small_children_grow_steadily(age_months, mm):
    assert height_mm(age_months) == pytest.approx(mm)


def test_touching_is_a_matter_of_both_directions():
    # at 96 months a small thigh is 241.5 mm long and 287.5 mm round; pads are 30 mm
    a = pad(u=0.5, phi_deg=0.0)
    along = 30.0 / 241.5
    around = 30.0 / 287.5 * 360.0
    assert touch(a, pad(u=0.5 + along * 0.999, phi_deg=0.0), 96.0)
    assert not touch(a, pad(u=0.5 + along * 1.001, phi_deg=0.0), 96.0)
    assert touch(a, pad(u=0.5 - along * 0.999, phi_deg=around * 0.999), 96.0)
    assert touch(a, pad(u=0.5, phi_deg=-around * 0.999), 96.0)
    assert not touch(a, pad(u=0.5, phi_deg=around * 1.001), 96.0)
    assert not touch(a, pad(u=0.5, phi_deg=-around * 1.001), 96.0)


def test_the_sizes_of_both_pads_count():
    a = replace(pad(u=0.5), width_mm=60.0, height_mm=20.0, round=False)
    b = replace(pad(u=0.6), width_mm=20.0, height_mm=60.0, round=False)  # 24.15 mm away
    assert touch(a, b, 96.0)
    assert touch(a, replace(pad(u=0.5, phi_deg=49.0), width_mm=20.0, round=False), 96.0)
    assert not touch(a, replace(b, height_mm=25.0), 96.0)
    assert not touch(replace(a, height_mm=10.0), replace(b, height_mm=30.0), 96.0)


def test_pads_edge_to_edge_do_not_overlap():
    height = height_mm(96.0)
    along_mm = abs(0.0 - 0.5) * skin_map.LENGTH[Segment.THIGH] * height
    around_mm = 90.0 / 360.0 * skin_map.GIRTH[Segment.THIGH] * height
    for far, sizes in (
        ({"u": 0.5, "phi_deg": 0.0}, {"width_mm": 30.0, "height_mm": along_mm}),
        ({"u": 0.0, "phi_deg": 90.0}, {"width_mm": around_mm, "height_mm": 30.0}),
    ):
        for larger in (0.0, 0.01):
            grown = {name: mm + larger for name, mm in sizes.items()}
            a = replace(pad(u=0.0, phi_deg=0.0), round=False, **grown)
            b = replace(pad(**far), round=False, **grown)
            assert touch(a, b, 96.0) is (larger > 0.0)


def test_the_way_round_the_back_is_measured():
    a, b = (replace(pad(phi_deg=p), width_mm=16.0, round=False) for p in (170.0, -170.0))
    assert touch(a, b, 96.0)  # 20 degrees of 287.5 mm are 15.97 mm


def test_angles_meet_at_the_back():
    assert touch(pad(phi_deg=179.0), pad(phi_deg=-179.0), 96.0)
    assert not touch(pad(phi_deg=-90.0), pad(phi_deg=90.0), 96.0)


def test_pads_on_different_limbs_never_touch():
    assert touch(pad(), pad(side=RIGHT), 96.0) is False
    assert touch(pad(), pad(Segment.SHANK), 96.0) is False


def test_pads_left_and_right_of_the_spine_can_touch():
    a, b = (pad(Segment.ABDOMEN, side, phi_deg=178.0) for side in (LEFT, RIGHT))
    assert touch(a, b, 96.0)
    c = pad(Segment.ABDOMEN, RIGHT, phi_deg=90.0)
    assert not touch(a, c, 96.0)


def test_the_sizes_are_small_and_complete():
    # fractions of the height, below those of an average adult (Drillis and Contini's mannequin)
    adult = {
        Segment.THIGH: 0.245,
        Segment.SHANK: 0.246,
        Segment.FOOT: 0.152,
        Segment.UPPER_ARM: 0.186,
        Segment.FOREARM: 0.146,
        Segment.HAND: 0.108,
    }
    assert all(skin_map.LENGTH[s] < fraction for s, fraction in adult.items())
    assert set(skin_map.LENGTH) == set(skin_map.GIRTH) == set(Segment)
    assert list(skin_map.LENGTH.values()) == [
        0.13,
        0.04,
        0.17,
        0.11,
        0.10,
        0.21,
        0.20,
        0.14,
        0.17,
        0.13,
        0.10,
    ]
    assert list(skin_map.GIRTH.values()) == [
        0.33,
        0.17,
        0.44,
        0.40,
        0.44,
        0.25,
        0.18,
        0.13,
        0.12,
        0.115,
        0.10,
    ]
