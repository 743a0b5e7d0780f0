"""A measured value is believed where it is one, used where it says so, and refused where it is a slip."""

import numpy as np
import pytest

from rheobase.errors import BadInput
from rheobase.evidence.chain_parameters import chain_parameters, norms
from rheobase.model.body.child import (
    BodyMeasure,
    Child,
    Condition,
    JointFinding,
    JointQuantity,
    Quantity,
    Sex,
)
from rheobase.model.body.size import Sizes, sizes_of
from rheobase.model.twins import twins_of
from rheobase.model.twins.basis import basis_of
from rheobase.stimulus.pads import Segment, Side


def measure(quantity: Quantity, value: float, error: float = 0.5) -> BodyMeasure:
    return BodyMeasure(quantity=quantity, side=None, value=value, error=error)


def finding(
    quantity: JointQuantity, value: float, joint: str = "ankle", movement: str = "dorsiflexion"
) -> JointFinding:
    return JointFinding(
        joint=joint, movement=movement, side=Side.LEFT, quantity=quantity, value=value, error=1.0
    )


def jonas(*measures: BodyMeasure, findings: tuple[JointFinding, ...] = ()) -> Child:
    return Child(
        age_months=126,
        sex=Sex.MALE,
        condition=Condition.SPASTIC_UNILATERAL,
        gmfcs=1,
        measures=measures,
        findings=findings,
    )


def body(*measures: BodyMeasure) -> Sizes:
    return sizes_of(jonas(*measures), Side.LEFT, norms(), 256, 1)


def leg_mm(one: Sizes) -> np.ndarray:
    return one.length_mm[Segment.THIGH] + one.length_mm[Segment.SHANK]


def test_sitting_height_sets_the_legs_and_only_the_legs() -> None:
    tall = measure(Quantity.HEIGHT_CM, 140.0)
    free, held = body(tall), body(tall, measure(Quantity.SITTING_HEIGHT_CM, 76.0))
    assert np.median(leg_mm(held)) == pytest.approx(0.995 * 1400.0 - 760.0, abs=2.0)
    assert leg_mm(held).std() < 0.6 * leg_mm(free).std()
    np.testing.assert_array_equal(held.girth_mm[Segment.THIGH], free.girth_mm[Segment.THIGH])


def test_a_sitting_height_that_leaves_no_legs_is_refused() -> None:
    with pytest.raises(BadInput, match="Measure sitting height and height again"):
        body(measure(Quantity.HEIGHT_CM, 120.0), measure(Quantity.SITTING_HEIGHT_CM, 110.0))


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        (Quantity.HEIGHT_CM, 1.4),  # metres
        (Quantity.HEIGHT_CM, 1400.0),  # millimetres
        (Quantity.MASS_KG, 0.5),
        (Quantity.CALF_GIRTH_MM, 21.5),  # centimetres
        (Quantity.THIGH_LENGTH_MM, 3000.0),
        (Quantity.TRICEPS_SKINFOLD_MM, 0.5),
    ],
)
def test_a_measure_in_the_wrong_unit_is_refused(quantity: Quantity, value: float) -> None:
    with pytest.raises(BadInput, match="must lie between"):
        measure(quantity, value, 0.1)


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        (JointQuantity.STRENGTH_MRC, 6.0),
        (JointQuantity.TONE_MAS_CODE, -1.0),
        (JointQuantity.SELECTIVE_CONTROL, 3.0),
        (JointQuantity.STRENGTH_NM, -2.0),
        (JointQuantity.PASSIVE_MAX_DEG, 300.0),
    ],
)
def test_a_finding_outside_its_scale_is_refused(quantity: JointQuantity, value: float) -> None:
    with pytest.raises(BadInput, match="must lie between"):
        finding(quantity, value)


@pytest.mark.parametrize(("joint", "movement"), [("ancle", "dorsiflexion"), ("ankle", "")])
def test_a_finding_at_no_joint_is_refused_instead_of_ignored(joint: str, movement: str) -> None:
    with pytest.raises(BadInput):
        finding(JointQuantity.STRENGTH_NM, 5.0, joint, movement)


def test_an_answer_rests_only_on_findings_that_changed_it() -> None:
    p = chain_parameters()
    found = (
        finding(JointQuantity.STRENGTH_NM, 8.0),
        finding(JointQuantity.STRENGTH_MRC, 3.0),
        finding(JointQuantity.SELECTIVE_CONTROL, 1.0, "hip", "selective"),
    )
    twins = twins_of(jonas(findings=found), p, n=32)
    said = [b.what for b in basis_of(twins, p.muscle("tibialis_anterior")) if b.measured]
    assert said == ["ankle dorsiflexion: strength nm"]
