"""What `model/movement/` needs of the tables: facts by name, and poses by joint and posture."""

from collections.abc import Mapping
from functools import cache

from rheobase.evidence.facts import facts
from rheobase.evidence.load import raw
from rheobase.model.body.norms import Fact
from rheobase.model.movement.parameters import Pose
from rheobase.stimulus.codec import from_plain
from rheobase.stimulus.prescription import Posture


@cache
def movement_facts() -> Mapping[str, Fact]:
    """Return the numbers of movement.toml.

    Raises:
        BadInput: if the table is incomplete.
    """
    return facts("movement")


@cache
def poses() -> Mapping[tuple[str, Posture], Pose]:
    """Return how gravity and the support act, by joint and posture; what is missing is not modelled.

    Raises:
        BadInput: if the table is incomplete.
    """
    return {
        (joint, Posture(posture)): from_plain(Pose, entry, f"poses.{joint}.{posture}")
        for joint, group in raw("poses").items()
        for posture, entry in group.items()
    }
