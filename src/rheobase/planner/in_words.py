"""What of a prediction may leave where only words may: below two years, and not calibrated."""

from dataclasses import dataclass
from typing import final

from rheobase.model.response import Basis, Response, Strength
from rheobase.stimulus.pads import Side


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Where a joint would move, and what stops it; no number.

    Attributes:
        joint, direction, limiter: as in `Movement`.
    """

    joint: str
    direction: str
    limiter: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class InWords:
    """A response without its numbers.

    Attributes:
        muscle, side: the target.
        strength: the word for it.
        words_only: always True.
        extrapolated: always True: nobody has measured what the model would need.
        movement: of the joint, or None where the model does not know it in this posture.
        no_movement: why there is none, "" where there is one.
        basis: what it rests on.
    """

    muscle: str
    side: Side
    strength: Strength
    words_only: bool
    extrapolated: bool
    movement: Way | None
    no_movement: str
    basis: tuple[Basis, ...]


def in_words(response: Response) -> InWords:
    """Return a response without its numbers."""
    moves = response.movement
    return InWords(
        muscle=response.muscle,
        side=response.side,
        strength=response.strength,
        words_only=True,
        extrapolated=True,
        movement=moves and Way(joint=moves.joint, direction=moves.direction, limiter=moves.limiter),
        no_movement=response.no_movement,
        basis=response.basis,
    )
