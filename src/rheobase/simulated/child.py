"""A virtual child at the bedside: feels, twitches, moves and complains at its own currents.

For rehearsal, training and tests only; never in the treatment path. From a seed its thresholds are
invented, as fractions of the signed ceiling; from the model's `Response` they are drawn from the
bands of this child's twins. What it answers says nothing about any real child.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from rheobase.errors import BadInput
from rheobase.model.response import Band, Response
from rheobase.stimulus import Prescription

MOTOR_SHARE = (0.20, 0.40)  # invented: motor threshold over signed ceiling
SENSORY_SHARE = (0.5, 0.75)  # invented: first feeling over motor threshold
FUNCTIONAL_TIMES = (1.3, 1.6)  # invented: useful movement over motor threshold
PAIN_TIMES = (2.0, 2.6)  # invented: where the comfort score begins to rise, over motor threshold


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Muscle:
    """One muscle's answers, at the signed pulse width.

    Attributes:
        sensory_ma: first feeling. [mA]
        motor_ma: first visible contraction. [mA]
        functional_ma: the wanted movement. [mA]
        pain_ma: from here on it hurts. [mA]
    """

    sensory_ma: float
    motor_ma: float
    functional_ma: float
    pain_ma: float

    def __post_init__(self) -> None:
        if not 0.0 < self.sensory_ma <= self.motor_ma <= self.functional_ma <= self.pain_ma:
            raise BadInput(
                "A child feels first, then moves, then complains. Order the four currents."
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualChild:
    """What the child does while currents flow.

    Attributes:
        muscles: by slot.
        baseline: comfort score without stimulation (spasticity alone may score). [1]
    """

    muscles: Mapping[str, Muscle]
    baseline: int

    def feels(self, slot: str, current_ma: float) -> bool:
        """Return whether the child looks, touches or says so."""
        return current_ma >= self.muscles[slot].sensory_ma

    def contracts(self, slot: str, current_ma: float) -> bool:
        """Return whether the muscle twitches or contracts visibly."""
        return current_ma >= self.muscles[slot].motor_ma

    def moves(self, slot: str, current_ma: float) -> bool:
        """Return whether the wanted movement comes about."""
        return current_ma >= self.muscles[slot].functional_ma

    def score(self, currents_ma: Mapping[str, float]) -> int:
        """Return the comfort score, 0 to 10, under the currents of all units. [1]"""
        worst = max(
            (ma / self.muscles[slot].pain_ma for slot, ma in currents_ma.items()), default=0.0
        )
        rise = 0 if worst < 1.0 else 4 + round(10.0 * (worst - 1.0))
        return min(10, self.baseline + rise)


def invented(prescription: Prescription, seed: int) -> VirtualChild:
    """Return a child that fits a prescription, the same for the same seed."""
    dice = random.Random(seed)  # noqa: S311  (a rehearsal, no secret)
    muscles = {}
    for order in prescription.channels:
        motor_ma = order.ceiling_ma * dice.uniform(*MOTOR_SHARE)
        muscles[order.slot] = Muscle(
            sensory_ma=motor_ma * dice.uniform(*SENSORY_SHARE),
            motor_ma=motor_ma,
            functional_ma=motor_ma * dice.uniform(*FUNCTIONAL_TIMES),
            pain_ma=motor_ma * dice.uniform(*PAIN_TIMES),
        )
    return VirtualChild(muscles=muscles, baseline=dice.choice((0, 0, 1)))


def eager(prescription: Prescription) -> VirtualChild:
    """Return a child that answers at the first steps of every unit: for quick rehearsals."""
    muscles = {
        order.slot: Muscle(
            sensory_ma=order.step_ma,
            motor_ma=2.0 * order.step_ma,
            functional_ma=3.0 * order.step_ma,
            pain_ma=order.ceiling_ma + order.step_ma,
        )
        for order in prescription.channels
    }
    return VirtualChild(muscles=muscles, baseline=0)


def drawn(responses: Mapping[str, Response], seed: int) -> VirtualChild:
    """Return one of the twins behind the model's answers.

    Args:
        responses: the model's answer for each slot.
        seed: chooses the twin; the same quantile for every muscle.
    """
    dice = random.Random(seed)  # noqa: S311
    quantile = dice.random()
    muscles = {}
    for slot, response in responses.items():
        motor_ma = at_quantile(response.motor_threshold_ma, quantile)
        sensory_ma = min(motor_ma, at_quantile(response.sensory_threshold_ma, quantile))
        muscles[slot] = Muscle(
            sensory_ma=sensory_ma,
            motor_ma=motor_ma,
            functional_ma=motor_ma * dice.uniform(*FUNCTIONAL_TIMES),
            pain_ma=motor_ma * dice.uniform(*PAIN_TIMES),
        )
    return VirtualChild(muscles=muscles, baseline=0)


def at_quantile(band: Band, quantile: float) -> float:
    """Return a value of a band, straight between its 5th, 50th and 95th percentile."""
    inside = min(max(quantile, 0.05), 0.95)
    if inside <= 0.5:
        return band.low + (band.middle - band.low) * (inside - 0.05) / 0.45
    return band.middle + (band.high - band.middle) * (inside - 0.5) / 0.45
