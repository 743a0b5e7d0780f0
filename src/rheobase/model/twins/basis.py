"""What an answer rests on, to be shown beside it."""

from rheobase.model.body.child import JointQuantity
from rheobase.model.body.muscles import Muscle
from rheobase.model.movement.joints import axis_of
from rheobase.model.response import Basis
from rheobase.model.twins.ensemble import Twins

USED = (  # of what was found at joints; grades and a catch change no number of the chain
    JointQuantity.STRENGTH_NM,
    JointQuantity.PASSIVE_MIN_DEG,
    JointQuantity.PASSIVE_MAX_DEG,
    JointQuantity.TONE_MAS_CODE,
)
SHOWN_FACTS = (
    ("threshold_child", "spread of motor thresholds between children"),
    ("skin_ending", "calibre of skin fibres"),
    ("pain_chronaxie", "discomfort and pulse width"),
)


def basis_of(twins: Twins, muscle: Muscle) -> tuple[Basis, ...]:
    """Return the sources of an answer about one muscle: what was measured first.

    Args:
        twins: the ensemble.
        muscle: the target.
    """
    p = twins.parameters
    act = muscle.action
    movement = f"{act.joint}_{act.direction.replace(' ', '_')}"
    torque = p.norms.facts[f"torque_{movement}"]
    lines = [
        _line(f"motor zone of {muscle.name}", muscle.zone),
        _line(f"share of {act.joint} {act.direction}", act),
        _line(f"greatest torque of {act.joint} {act.direction}", torque),
        Basis(what="field of a layered limb or trunk, conductivity of muscle",
              source="gielen1984", tag="nerve_field:S", population="adult", measured=False),
        Basis(what="force kinetics and fatigue (Ding 2003)",
              source="ding2003", tag="muscle:X", population="able-bodied adults, quadriceps",
              measured=False),
        Basis(what="calibre, internode and myelin of axons by age", source="jacobs1985",
              tag="nerve_field:R", population="anatomy of infants to adults; course is ours",
              measured=False),
        *(
            _line(what, p.movement[key])
            for key, what in _joint(axis_of(act.joint, act.direction), act.joint)
            if key in p.movement
        ),
        *(_line(what, p.facts[key]) for key, what in SHOWN_FACTS),
    ]  # fmt: skip
    return (*_measured(twins, muscle), *lines)


def _joint(axis: str, joint: str) -> tuple[tuple[str, str], ...]:
    return (
        (f"{axis}_stiffness", f"passive stiffness of the {joint}"),
        (f"{axis}_max_deg", f"range of motion of the {joint}"),
    )


def _measured(twins: Twins, muscle: Muscle) -> list[Basis]:
    child = twins.child
    words = [m.quantity.value.replace("_", " ") for m in child.measures]
    words += [
        f"{f.joint} {f.movement}: {f.quantity.value.replace('_', ' ')}"
        for f in child.findings
        if f.quantity in USED
        and axis_of(f.joint, f.movement) == axis_of(muscle.action.joint, muscle.action.direction)
    ]
    words += [f"{o.seen.value} of {o.muscle} ({o.side.value})" for o in twins.observations]
    return [
        Basis(what=w, source="this child", tag="measured", population="this child", measured=True)
        for w in words
    ]


def _line(what: str, origin: object) -> Basis:
    return Basis(
        what=what,
        source=str(getattr(origin, "source", "")),
        tag=str(getattr(origin, "tag", "")),
        population=str(getattr(origin, "population", "")),
        measured=False,
    )
