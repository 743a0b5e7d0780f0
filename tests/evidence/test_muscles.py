"""The catalogue of muscles: complete, sourced, and shares that never exceed their joint."""

import pytest

from rheobase.errors import BadInput
from rheobase.evidence.load import sources
from rheobase.evidence.muscles import muscle, muscles
from rheobase.stimulus.pads import Segment, Side


def test_every_muscle_of_legs_hip_trunk_arm_and_hand_is_there() -> None:
    where = {m.segment for m in muscles().values()}
    assert where >= {Segment.SHANK, Segment.THIGH, Segment.PELVIS, Segment.ABDOMEN, Segment.CHEST}
    assert where >= {Segment.UPPER_ARM, Segment.FOREARM, Segment.HAND}


def test_every_muscle_names_a_source_that_is_in_the_bibliography() -> None:
    for one in muscles().values():
        assert {one.zone.source, one.depth.source, one.action.source} <= set(sources())


def test_the_shares_of_one_movement_never_exceed_the_joint() -> None:
    total: dict[tuple[str, str], float] = {}
    for one in muscles().values():
        if not one.parts:
            key = (one.action.joint, one.action.direction)
            total[key] = total.get(key, 0.0) + one.action.share
    assert max(total.values()) <= 1.0 + 1e-9


def test_a_group_is_as_strong_as_its_parts_at_least() -> None:
    for group in (m for m in muscles().values() if m.parts):
        assert group.action.share >= sum(muscle(p).action.share for p in group.parts) - 1e-9


def test_a_muscle_does_not_count_itself_as_antagonist_or_neighbour() -> None:
    for one in muscles().values():
        assert one.key not in one.antagonists + one.neighbours + one.parts


def test_the_medial_gastrocnemius_lies_medially_at_the_back_of_the_calf() -> None:
    place = muscle("gastrocnemius_medial").place(Side.LEFT)
    assert place.segment is Segment.SHANK
    assert -180 < place.phi_deg < -90


def test_an_unknown_muscle_is_refused_with_the_list_of_known_ones() -> None:
    with pytest.raises(BadInput, match="tibialis_anterior"):
        muscle("tibialis")
