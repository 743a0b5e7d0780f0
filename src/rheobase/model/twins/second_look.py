"""Observations that may be right, but deserve a second look: possible for this child, yet rare.

Equations
    For each observation, how far out it lies among what the twins would show who agree with all the
    others:
        q = sum_i w_i Phi(z_i),  chance = 2 min(q, 1 - q)
    z_i how far it lies above twin i, in standard errors (`calibration.standing`), w_i ~ the
    likelihood of the other observations. For a twitch, the chance of what was said. Weights are
    tempered, w^b with b <= 1, until at least `KEPT` twins count.

Ours
    Below `RARE`, "look again": one right observation in ten is asked for too, so this is a question
    and never a refusal. Alone, a threshold is judged by the spread among children; with an angle or a
    second threshold, by whether both can be of one child. Rates: validation/calibration.

Valid for
    The observations `calibrated` takes. Nothing is said where two cannot be told apart: both are named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from rheobase.model.response import Observation, Seen
from rheobase.model.twins.calibration import log_likelihood, standing
from rheobase.model.twins.ensemble import Twins

Array = NDArray[np.float64]

RARE = 0.1
KEPT = 24.0  # effective twins


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LookAgain:
    """One observation that is rare among the twins.

    Attributes:
        seen: the observation.
        chance: of one so far out, among twins that agree with the others. [1]
        others: how many other observations it was held against. [1]
        text: what to say to whoever made it.
    """

    seen: Observation
    chance: float
    others: int
    text: str


def second_look(twins: Twins, observations: Sequence[Observation]) -> tuple[LookAgain, ...]:
    """Return the observations that deserve a second look, the rarest first.

    Args:
        twins: of the child, not calibrated.
        observations: everything seen at the bedside.

    Raises:
        BadInput: if an observation is not a number of its kind.
    """
    away = [standing(twins, twins.parameters.muscle(o.muscle), o) for o in observations]
    likely = [log_likelihood(o, z) for o, z in zip(observations, away, strict=True)]
    found = []
    for i, (seen, z) in enumerate(zip(observations, away, strict=True)):
        others = [one for j, one in enumerate(likely) if j != i]
        chance, low = _chance(seen, z, _weights(others, twins.n))
        if chance < RARE:
            text = _text(twins, seen, chance=chance, low=low, others=len(others))
            found.append(LookAgain(seen=seen, chance=chance, others=len(others), text=text))
    return tuple(sorted(found, key=lambda one: one.chance))


def _weights(others: list[Array], n: int) -> Array:
    """Return (n_twins,) weights by the other observations, tempered until enough twins count."""
    if not others:
        return np.full(n, 1.0 / n)
    whole = np.sum(others, axis=0)
    power = 1.0
    while True:
        weight = np.exp(power * (whole - whole.max()))
        weight /= weight.sum()
        if 1.0 / (weight**2).sum() >= min(KEPT, 0.5 * n):
            return np.asarray(weight)
        power *= 0.8


def _chance(seen: Observation, away: Array, weight: Array) -> tuple[float, bool]:
    """Return the chance of an observation so far out, and whether it is a low one."""
    below = float(weight @ ndtr(away))
    if seen.seen is Seen.TWITCH:
        return (below, True) if seen.value == 1.0 else (1.0 - below, False)
    return 2.0 * min(below, 1.0 - below), below < 0.5


def _text(twins: Twins, seen: Observation, *, chance: float, low: bool, others: int) -> str:
    name = twins.parameters.muscle(seen.muscle).name
    held = "with what else was seen" if others else "among children like this one"
    if seen.seen is Seen.TWITCH:
        what = f"A twitch {'' if seen.value == 1.0 else 'not '}seen at {seen.amplitude_ma:g} mA"
    else:
        unit = "°" if seen.seen is Seen.ANGLE_DEG else " mA"
        what = (
            f"{seen.seen.value.capitalize()} of {seen.value:g}{unit} is {'low' if low else 'high'}"
        )
    return (
        f"Look again at {name} ({seen.side.value}). {what}: {held}, fewer than "
        f"{max(1, round(100.0 * chance))} in 100 would show it. It may be right; check pads, unit and "
        "pulse width, and enter it once more if it was not."
    )
