"""Everything the chain takes from the literature, in one value. No number stands in the code."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from rheobase.errors import BadInput
from rheobase.model.body.muscles import Muscle
from rheobase.model.body.norms import Fact, Norms
from rheobase.model.field.tissue import Tissue
from rheobase.model.movement.parameters import Pose
from rheobase.model.muscle.ding2003 import Ding2003, Fatigue
from rheobase.model.nerve.polarisation import Predictor
from rheobase.model.nerve.pools import PoolCourse
from rheobase.stimulus.prescription import Posture


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChainParameters:
    """Parameters of all links; `evidence.chain_parameters` reads them from the tables.

    Attributes:
        norms: of the body.
        muscles: the catalogue.
        tissue: conductivities.
        nerve: thresholds of axons from the field along them.
        motor_axons, skin_axons: how they mature.
        kinetics: force of a fresh muscle.
        fatigue: how it tires.
        kinetics_spread: spread of parameters of both over children, by name, in order of drawing. [1]
        movement: numbers of joints (evidence/movement.toml).
        poses: how gravity and support act, by joint and posture.
        facts: single numbers of the chain (evidence/chain.toml).
    """

    norms: Norms
    muscles: Mapping[str, Muscle]
    tissue: Tissue
    nerve: Predictor
    motor_axons: PoolCourse
    skin_axons: PoolCourse
    kinetics: Ding2003
    fatigue: Fatigue
    kinetics_spread: Mapping[str, float]
    movement: Mapping[str, Fact]
    poses: Mapping[tuple[str, Posture], Pose]
    facts: Mapping[str, Fact]

    def fact(self, key: str) -> float:
        """Return the value of a fact of the chain.

        Raises:
            BadInput: if the table lacks it.
        """
        try:
            return self.facts[key].value
        except KeyError:
            raise BadInput(f"chain.toml lacks {key!r}. Add it with its source.") from None

    def muscle(self, key: str) -> Muscle:
        """Return a muscle of the catalogue.

        Raises:
            BadInput: if the key is unknown, listing those that are known.
        """
        try:
            return self.muscles[key]
        except KeyError:
            raise BadInput(
                f"There is no muscle {key!r}. Use one of: {', '.join(sorted(self.muscles))}."
            ) from None
