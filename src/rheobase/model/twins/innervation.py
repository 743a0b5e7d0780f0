"""Where the model has no business: muscles that may have lost their nerve."""

from rheobase.errors import BadInput
from rheobase.model.body.muscles import Muscle
from rheobase.model.twins.ensemble import Twins
from rheobase.stimulus.pads import Side


def has_nerve(twins: Twins, muscle: Muscle, side: Side) -> bool:
    """Return False where the child's facts say that a muscle, or a part of it, may be denervated."""
    keys = (muscle.key, *muscle.parts)
    return not any(d.holds(muscle.segment, side, keys) for d in twins.child.denervated)


def must_have_nerve(twins: Twins, muscle: Muscle, side: Side) -> None:
    """Refuse a muscle that may be denervated.

    Raises:
        BadInput: naming it, why, and what to do.
    """
    if not has_nerve(twins, muscle, side):
        raise BadInput(
            f"The {side.value} {muscle.name} may be without its nerve. The model knows nerves "
            "only: it would promise a contraction that cannot come. Try single twitches; if the "
            "muscle stays silent at the ceiling, do not raise it, and refer."
        )
