"""From the records to the planner's words: the facts about a child's body, and a case.

Only values without stimulation describe the child; a corrected value never counts.
"""

from collections.abc import Iterable
from datetime import date
from math import hypot

from rheobase.clinic import clock
from rheobase.clinic.assessment import measures
from rheobase.clinic.assessment.models import Clearance as ClearanceRow
from rheobase.clinic.assessment.models import Episode, Measure
from rheobase.clinic.people.models import Child as ChildRow
from rheobase.model.body.child import (
    BodyMeasure,
    Child,
    Condition,
    JointFinding,
    JointQuantity,
    Quantity,
    Sex,
)
from rheobase.planner.case import Answer, Clearance
from rheobase.stimulus.codec import from_plain
from rheobase.stimulus.pads import Side

# A grade is read to the nearest step, so half a step is the least it can be wrong by.
GRADE_ERROR = 0.5
GRADES = (
    JointQuantity.STRENGTH_MRC,
    JointQuantity.TONE_MAS_CODE,
    JointQuantity.SELECTIVE_CONTROL,
)


def facts(child: ChildRow, today: date) -> Child:
    """Return everything the model may know about a child, and nothing that names it.

    Raises:
        BadInput: if the child is younger or older than the model knows.
    """
    newest = measures.latest(child)
    gmfcs = newest.get(("gmfcs", "", "", ""))
    return Child(
        age_months=clock.age_months(child.born, today),
        sex=Sex(child.sex),
        condition=Condition(child.condition),
        gmfcs=None if gmfcs is None else int(gmfcs.value),
        measures=tuple(_body(newest.values())),
        findings=(*_findings(newest.values()), *_torques(newest)),
    )


def answers(episode: Episode) -> dict[str, Answer]:
    """Return the newest screening's answers of an episode; empty if nobody screened yet."""
    newest = episode.screenings.first()
    plain = newest.answers if newest else {}
    return {key: from_plain(Answer, one, key) for key, one in plain.items()}


def clearances(episode: Episode) -> tuple[Clearance, ...]:
    """Return every clearance on record."""
    return tuple(
        Clearance(rule=row.rule, by=_signed(row), on=row.on) for row in episode.clearances.all()
    )


def _signed(row: ClearanceRow) -> str:
    return f"{row.cleared_by}, {row.profession}"[:100]


def _body(newest: Iterable[Measure]) -> Iterable[BodyMeasure]:
    known = {q.value for q in Quantity}
    for m in newest:
        if m.quantity in known:
            yield BodyMeasure(
                quantity=Quantity(m.quantity),
                side=Side(m.side) if m.side else None,
                value=m.value,
                error=min(m.error, m.value),
            )


def _findings(newest: Iterable[Measure]) -> Iterable[JointFinding]:
    known = {q.value for q in JointQuantity}
    for m in newest:
        if m.quantity not in known or not m.side:
            continue
        quantity = JointQuantity(m.quantity)
        yield JointFinding(
            joint=m.joint,
            movement=m.movement,
            side=Side(m.side),
            quantity=quantity,
            value=m.value,
            error=m.error or (GRADE_ERROR if quantity in GRADES else 0.0),
        )


def _torques(newest: dict[tuple[str, str, str, str], Measure]) -> Iterable[JointFinding]:
    """Turn force and lever arm into torque; without the arm a force says nothing about a joint."""
    for (quantity, joint, movement, side), force in newest.items():
        arm = newest.get(("lever_arm_mm", joint, movement, side))
        if quantity != "force_n" or arm is None or force.value <= 0.0:
            continue
        torque_nm = force.value * arm.value / 1000.0
        relative = hypot(force.error / force.value, arm.error / arm.value)
        yield JointFinding(
            joint=joint,
            movement=movement,
            side=Side(side),
            quantity=JointQuantity.STRENGTH_NM,
            value=torque_nm,
            error=torque_nm * relative,
        )
