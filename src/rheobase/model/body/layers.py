"""Tissue as the field sees it: layered cylinders for limbs, layered slabs for the trunk.

Source
    Layer proportions: evidence/body.toml. The shape is a simplification: fields in a layered
    cylinder follow the trends of anatomical models (pad size, distance, fat), not their milliamperes
    (nerve_field.md 2.1).

Valid for
    Pads well away from joints, each covering at most a third of the girth.
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.model.body.norms import Norms
from rheobase.model.body.size import Sizes
from rheobase.stimulus.pads import Segment

Rows = NDArray[np.int64]

LEG = (Segment.THIGH, Segment.SHANK, Segment.FOOT)
ARM = (Segment.UPPER_ARM, Segment.FOREARM, Segment.HAND)
TRUNK = (Segment.CHEST, Segment.ABDOMEN, Segment.PELVIS)
FRONT_DEG, BACK_DEG = 45.0, 135.0  # where the wall of the flank begins and ends, 0 in front


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Cylinder:
    """One limb, unrolled to a straight layered cylinder as thick as one of its segments.

    Attributes:
        length_mm: of the whole limb. [mm]
        marrow_mm, bone_mm, muscle_mm, fat_mm, skin_mm: outer radius of each layer. [mm]
    """

    length_mm: float
    marrow_mm: float
    bone_mm: float
    muscle_mm: float
    fat_mm: float
    skin_mm: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Slab:
    """The trunk, unrolled: flat layers, as wide as its girth.

    Attributes:
        length_mm: chest to pelvis. [mm]
        girth_mm: width, from spine round to spine. [mm]
        skin_mm, fat_mm, muscle_mm, deep_mm: thickness of each layer, from outside. [mm]
    """

    length_mm: float
    girth_mm: float
    skin_mm: float
    fat_mm: float
    muscle_mm: float
    deep_mm: float


def limb_of(segment: Segment) -> tuple[Segment, ...]:
    """Return the chain of segments that share one conductor with this one, () if none does."""
    for chain in (LEG, ARM, TRUNK):
        if segment in chain:
            return chain
    return ()


def cylinder(sizes: Sizes, norms: Norms, segment: Segment, twins: Rows) -> Cylinder:
    """Return the mean limb of some twins, as thick as `segment`.

    Args:
        sizes: of all twins.
        norms: layer proportions.
        segment: gives girth, fat and bone.
        twins: (n,) indices of the twins to average. [1]
    """
    radius = float(np.mean(sizes.girth_mm[segment][twins])) / (2.0 * np.pi)
    skin = float(np.mean(sizes.skin_mm[twins]))
    fat = float(np.mean(sizes.fat_mm[segment][twins]))
    bone = norms.fact(f"bone_{segment.value.replace(' ', '_')}") * radius
    length = sum(float(np.mean(sizes.length_mm[s][twins])) for s in limb_of(segment))
    return Cylinder(
        length_mm=round(length, 3),
        marrow_mm=round(norms.fact("marrow_of_bone") * bone, 3),
        bone_mm=round(bone, 3),
        muscle_mm=round(radius - skin - fat, 3),
        fat_mm=round(radius - skin, 3),
        skin_mm=round(radius, 3),
    )


def slab(sizes: Sizes, norms: Norms, segment: Segment, phi_deg: float, twins: Rows) -> Slab:
    """Return the mean trunk wall of some twins around one place.

    Args:
        sizes: of all twins.
        norms: layer proportions.
        segment: chest, abdomen or pelvis.
        phi_deg: where around the trunk; the muscle wall is thicker at the back. [deg]
        twins: (n,) indices of the twins to average. [1]
    """
    height = 1000.0 * float(np.mean(sizes.height_m[twins]))
    return Slab(
        length_mm=round(sum(float(np.mean(sizes.length_mm[s][twins])) for s in TRUNK), 3),
        girth_mm=round(float(np.mean(sizes.girth_mm[segment][twins])), 3),
        skin_mm=round(float(np.mean(sizes.skin_mm[twins])), 3),
        fat_mm=round(float(np.mean(sizes.fat_mm[segment][twins])), 3),
        muscle_mm=round(norms.fact(f"wall_{_wall(segment, phi_deg)}") * height, 3),
        deep_mm=round(norms.fact("deep_of_stature") * height, 3),
    )


def _wall(segment: Segment, phi_deg: float) -> str:
    if segment is Segment.PELVIS:
        return "pelvis"
    if abs(phi_deg) > BACK_DEG:
        return "back"
    return "front" if abs(phi_deg) < FRONT_DEG else "flank"
