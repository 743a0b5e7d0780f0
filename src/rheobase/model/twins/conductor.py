"""The body a montage lies on: which twins share one geometry, and where the pads come to lie.

Ours
    Twins are sorted by the thickness of fat and skin, which matters most for the nerve, and those
    alike share one geometry: set-up is paid per geometry, not per twin. Calibration chooses among
    twins and keeps their geometries: it never pays set-up again. A limb is one straight conductor
    from its first to its last segment, as thick as the segment of the muscle.

Valid for
    Both pads and the muscle on one limb, or all on the trunk.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.body.child import Child
from rheobase.model.body.layers import TRUNK, cylinder, limb_of, slab
from rheobase.model.body.muscles import Muscle
from rheobase.model.field.bodies import limb, trunk
from rheobase.model.field.modes import Modes
from rheobase.model.field.pads import Patch
from rheobase.model.twins.ensemble import Twins, twins_of
from rheobase.model.twins.parameters import ChainParameters
from rheobase.stimulus.pads import Montage, Pad, Place, Segment, Side

Array = NDArray[np.float64]

STEP_MM = 1.0  # fat and skin within one geometry
GEOMETRIES = 6  # at most
WRAP = 1.0 / 3.0  # of the girth: beyond, the layered limb is no model of the limb


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Conductor:
    """One geometry and the twins that share it.

    Attributes:
        twins: (n,) their indices. [1]
        modes: of the body.
        start_mm: where each segment begins along the conductor. [mm]
        length_mm: of each segment. [mm]
        girth_mm: at the muscle's segment. [mm]
        surface_mm: outer edge of muscle, as rho. [mm]
        thickness_mm: of the muscle layer. [mm]
        trunk_side: side towards which phi counts, or None on a limb.
    """

    twins: NDArray[np.int64]
    modes: Modes
    start_mm: dict[Segment, float]
    length_mm: dict[Segment, float]
    girth_mm: float
    surface_mm: float
    thickness_mm: float
    trunk_side: Side | None

    def z_mm(self, segment: Segment, u: Array) -> Array:
        """Return positions along the conductor, of the shape of `u` (shares of a segment). [mm]"""
        return np.asarray(self.start_mm[segment] + u * self.length_mm[segment])

    def patch(self, pad: Pad) -> Patch:
        """Return a pad in this conductor's coordinates."""
        place = pad.place
        mirrored = self.trunk_side is not None and place.side is not self.trunk_side
        return Patch(
            z_mm=float(self.z_mm(place.segment, np.array(place.u))),
            phi_deg=-place.phi_deg if mirrored else place.phi_deg,
            width_mm=pad.width_mm,
            height_mm=pad.height_mm,
            round=pad.round,
        )


@lru_cache(maxsize=64)
def conductors(twins: Twins, side: Side, muscle: Muscle) -> tuple[Conductor, ...]:
    """Return the geometries around one muscle; every twin is in exactly one.

    Args:
        twins: the ensemble.
        side: the child's side.
        muscle: gives the segment and, on the trunk, the wall.

    Raises:
        BadInput: if the model has no conductor for the muscle's segment.
    """
    whole = (twins.child, twins.parameters, twins.n, twins.seed)
    drawn = _drawn(whole, side, muscle)
    found = (replace(one, twins=np.flatnonzero(np.isin(twins.rows, one.twins))) for one in drawn)
    return tuple(one for one in found if len(one.twins))


@lru_cache(maxsize=64)
def _drawn(
    whole: tuple[Child, ChainParameters, int, int], side: Side, muscle: Muscle
) -> tuple[Conductor, ...]:
    """Return the geometries of an ensemble before it was calibrated: of `twins_of(*whole)`."""
    twins = twins_of(*whole)
    segment = muscle.segment
    if not limb_of(segment):
        raise BadInput(
            f"The model has no geometry for the {segment.value}. Use a muscle of limbs or trunk."
        )
    sizes = twins.sizes(side)
    cover = sizes.fat_mm[segment] + sizes.skin_mm
    spread = float(np.quantile(cover, 0.95) - np.quantile(cover, 0.05))
    count = int(np.clip(np.ceil(spread / STEP_MM), 1, GEOMETRIES))
    order = np.argsort(cover, kind="stable")
    return tuple(
        _conductor(twins, side, muscle, np.sort(part)) for part in np.array_split(order, count)
    )


def _conductor(twins: Twins, side: Side, muscle: Muscle, rows: NDArray[np.int64]) -> Conductor:
    segment, sizes, parameters = muscle.segment, twins.sizes(side), twins.parameters
    chain = limb_of(segment)
    length = {s: float(np.mean(sizes.length_mm[s][rows])) for s in chain}
    start = dict(zip(chain, np.cumsum([0.0, *list(length.values())[:-1]]).tolist(), strict=True))
    on_trunk = chain == TRUNK
    if on_trunk:
        flat = slab(sizes, parameters.norms, segment, muscle.zone.phi_deg, rows)
        cover, thickness = flat.skin_mm + flat.fat_mm, flat.muscle_mm
        surface = flat.deep_mm + flat.muscle_mm
    else:
        round_one = cylinder(sizes, parameters.norms, segment, rows)
        cover = round_one.skin_mm - round_one.muscle_mm
        thickness, surface = round_one.muscle_mm - round_one.bone_mm, round_one.muscle_mm
    depth = max(1.5, np.floor(2.0 * (cover + parameters.fact("shallowest_share") * thickness)) / 2)
    modes = (
        trunk(flat, parameters.tissue, depth)
        if on_trunk
        else limb(round_one, parameters.tissue, depth)
    )
    return Conductor(
        twins=rows,
        modes=modes,
        start_mm=start,
        length_mm=length,
        girth_mm=float(np.mean(sizes.girth_mm[segment][rows])),
        surface_mm=surface,
        thickness_mm=thickness,
        trunk_side=side if on_trunk else None,
    )


def check_montage(twins: Twins, side: Side, muscle: Muscle, montage: Montage) -> None:
    """Refuse pads the model has no business with.

    Raises:
        BadInput: if a pad is on another limb, off the limb, too large for it, wraps more than a
            third of it, or the pads overlap; with what to do.
    """
    chain = limb_of(muscle.segment)
    sizes = twins.sizes(side)
    for pad in montage.pads:
        place = pad.place
        other_side = chain != TRUNK and place.side is not side
        if place.segment not in chain or other_side:
            raise BadInput(
                f"A pad lies on the {place.side.value} {place.segment.value}, but {muscle.name} "
                f"({side.value}) is reached from {', '.join(s.value for s in chain)} of one side. "
                "Put both pads there."
            )
        girth = float(np.median(sizes.girth_mm[place.segment]))
        if pad.width_mm > WRAP * girth:
            raise BadInput(
                f"A pad {pad.width_mm:g} mm wide wraps more than a third of this "
                f"{place.segment.value} (girth about {girth:.0f} mm). "
                f"Use a pad of at most {WRAP * girth:.0f} mm."
            )
    lengths = {s: float(np.median(sizes.length_mm[s])) for s in chain}
    ends = np.cumsum([0.0, *lengths.values()])
    start = dict(zip(chain, ends[:-1].tolist(), strict=True))
    middle = [start[p.place.segment] + p.place.u * lengths[p.place.segment] for p in montage.pads]
    for pad, z in zip(montage.pads, middle, strict=True):
        if z - 0.5 * pad.height_mm < 0.0 or z + 0.5 * pad.height_mm > ends[-1]:
            raise BadInput(
                f"A pad {pad.height_mm:g} mm long at u={pad.place.u:g} of the "
                f"{pad.place.segment.value} reaches over its end. Move it, or use a smaller pad."
            )
    _check_apart(montage, middle, float(np.median(sizes.girth_mm[muscle.segment])))


def _check_apart(montage: Montage, middle: list[float], girth: float) -> None:
    one, two = montage.pads
    angle = abs(_angle(one.place, two.place))
    around = min(angle, 360.0 - angle) / 360.0 * girth - 0.5 * (one.width_mm + two.width_mm)
    along = abs(middle[0] - middle[1]) - 0.5 * (one.height_mm + two.height_mm)
    if one.round and two.round:
        reach = 0.5 * (one.width_mm + two.width_mm)
        gap = np.hypot(min(angle, 360.0 - angle) / 360.0 * girth, middle[0] - middle[1]) - reach
    else:
        gap = max(around, along)
    if gap <= 0.0:
        raise BadInput(
            f"The pads overlap by {-gap:.0f} mm, or touch. Move them apart; leave 2 cm if you can."
        )


def _angle(one: Place, two: Place) -> float:
    mirrored = one.side is not two.side
    return one.phi_deg + two.phi_deg if mirrored else one.phi_deg - two.phi_deg
