"""The usual pads of a muscle: round, at the catalogue's places, sized to the girth.

Ours
    What comparisons refer to ("1" of the discomfort index) and what an observation is taken to have
    been made with. Proposed defaults: the planner chooses better ones.
"""

from functools import lru_cache

import numpy as np

from rheobase.errors import BadInput
from rheobase.model.body.layers import limb_of
from rheobase.model.body.muscles import Muscle
from rheobase.model.twins.ensemble import Twins
from rheobase.stimulus.pads import Montage, Pad, Place, Segment, Side

PAD_OF_GIRTH = 0.16
SMALLEST_MM, LARGEST_MM = 25.0, 50.0
APART = 1.15  # centre to centre, of the pad's size


@lru_cache(maxsize=256)
def usual_montage(twins: Twins, muscle: Muscle, side: Side) -> Montage:
    """Return two round pads; where they would touch, the second moves along the limb.

    Args:
        twins: their median size counts.
        muscle: gives both places.
        side: the child's side.

    Raises:
        BadInput: if the muscle's segment carries no conductor.
    """
    sizes = twins.sizes(side)
    chain = limb_of(muscle.segment)
    if not chain:
        raise BadInput(f"There are no usual pads for the {muscle.segment.value}.")
    length = {s: float(np.median(sizes.length_mm[s])) for s in chain}
    start = dict(zip(chain, np.cumsum([0.0, *list(length.values())[:-1]]).tolist(), strict=True))
    total = sum(length.values())
    girth = float(np.median(sizes.girth_mm[muscle.segment]))
    size = float(np.clip(round(PAD_OF_GIRTH * girth), SMALLEST_MM, LARGEST_MM))
    low, high = 0.51 * size, total - 0.51 * size
    first, second = muscle.place(side), muscle.second_place(side)
    z, other = (
        float(np.clip(start[p.segment] + p.u * length[p.segment], low, high))
        for p in (first, second)
    )
    if abs(other - z) < APART * size:
        away = APART * size if other >= z else -APART * size
        other = z + away if low <= z + away <= high else z - away
    return Montage(
        active=_pad(start, length, z, first, size), other=_pad(start, length, other, second, size)
    )


def _pad(
    start: dict[Segment, float], length: dict[Segment, float], z: float, at: Place, size: float
) -> Pad:
    segment = max((s for s in start if start[s] <= z), key=lambda s: start[s])
    u = min(1.0, (z - start[segment]) / length[segment])
    place = Place(segment=segment, side=at.side, u=u, phi_deg=at.phi_deg)
    return Pad(place=place, width_mm=size, height_mm=size, round=True)
