"""Strength against the published group means (Moraux 2013, Hogrel 2012)."""

import numpy as np
import pytest

from rheobase.evidence.chain_parameters import norms
from rheobase.model.body.child import (
    Child,
    Condition,
    JointFinding,
    JointQuantity,
    Sex,
)
from rheobase.model.body.size import sizes_of
from rheobase.model.body.strength import Strength, norm_torque_nm, strength_of
from rheobase.stimulus.pads import Side

# sex, age in years, height m, mass kg, dorsiflexion N m, plantarflexion N m
MORAUX = (
    (Sex.FEMALE, 7.5, 1.278, 28.3, 8.5, 39.6),
    (Sex.MALE, 7.5, 1.180, 22.8, 5.95, 34.85),
    (Sex.FEMALE, 12.5, 1.541, 44.1, 16.7, 81.3),
    (Sex.MALE, 12.5, 1.555, 44.8, 17.4, 85.4),
    (Sex.FEMALE, 17.5, 1.646, 59.4, 24.3, 103.0),
    (Sex.MALE, 17.5, 1.820, 74.9, 37.45, 126.0),
)


@pytest.mark.parametrize("row", MORAUX)
def test_ankle_torques_are_within_a_fifth_of_every_published_group(row: tuple) -> None:
    sex, years, height, mass, up, down = row
    size = np.array([height * mass])
    for direction, published in (("dorsiflexion", up), ("plantarflexion", down)):
        ours = norm_torque_nm(
            norms(), "ankle", direction, age_months=12 * years, sex=sex, size=size
        )[0]
        assert ours == pytest.approx(published, rel=0.20)


def test_elbow_and_knee_flexion_of_a_ten_year_old_are_the_published_means() -> None:
    size = np.array([1.43 * 35.0])
    for joint, direction, mean in (("elbow", "flexion", 25), ("knee", "flexion", 41.5)):
        ours = norm_torque_nm(norms(), joint, direction, age_months=130, sex=Sex.FEMALE, size=size)[
            0
        ]
        assert ours == pytest.approx(mean, rel=0.1)


def strong(condition: Condition, gmfcs: int | None, *findings: JointFinding) -> Strength:
    child = Child(
        age_months=74, sex=Sex.FEMALE, condition=condition, gmfcs=gmfcs, findings=findings
    )
    sizes = sizes_of(child, Side.LEFT, norms(), 256, 1)
    noise = np.random.default_rng(3).standard_normal((256, 2))
    return strength_of(
        child, Side.LEFT, norms(), sizes, joint="ankle", direction="dorsiflexion", noise=noise
    )


def test_a_child_with_cerebral_palsy_is_weaker_the_higher_the_gmfcs_level() -> None:
    middle = [
        np.median(strong(Condition.SPASTIC_BILATERAL, level).torque_nm) for level in range(1, 6)
    ]
    assert np.median(strong(Condition.TYPICAL, None).torque_nm) > middle[0]
    assert all(np.diff(middle) < 0)


def test_a_measured_torque_counts_more_than_the_norm() -> None:
    found = JointFinding(
        joint="ankle", movement="dorsiflexion", side=Side.LEFT,
        quantity=JointQuantity.STRENGTH_NM, value=2.0, error=0.2,
    )  # fmt: skip
    one = strong(Condition.SPASTIC_BILATERAL, 2, found)
    assert one.measured
    assert 2.0 < np.median(one.torque_nm) < 4.5
