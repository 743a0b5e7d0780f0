"""Pads, and where they sit on a body: positions survive growth, pose and a change of body.

A place is (segment, side, u, phi): `u` runs 0..1 along the segment from its proximal (or upper)
end to its distal end; `phi_deg` runs around it, 0 at the front (anterior), +90 lateral, 180 at the
back, -90 medial. On the trunk, +90 is towards the side named in `side`, 0 the front midline and
180 the spine.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import final

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range


class Segment(StrEnum):
    """A part of the body that can carry pads."""

    HEAD = "head"
    NECK = "neck"
    CHEST = "chest"  # trunk above the costal margin
    ABDOMEN = "abdomen"  # trunk from the costal margin to the iliac crest
    PELVIS = "pelvis"  # iliac crest to greater trochanter
    THIGH = "thigh"
    SHANK = "shank"
    FOOT = "foot"
    UPPER_ARM = "upper arm"
    FOREARM = "forearm"
    HAND = "hand"


class Side(StrEnum):
    """The child's own left or right."""

    LEFT = "left"
    RIGHT = "right"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the centre of a pad lies (see the module for the meaning of u and phi)."""

    segment: Segment
    side: Side
    u: float
    phi_deg: float

    def __post_init__(self) -> None:
        in_range("u", self.u, 0.0, 1.0, "of the segment's length")
        in_range("phi_deg", self.phi_deg, -180.0, 180.0, "deg")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pad:
    """One self-adhesive pad on the skin.

    Attributes:
        place: centre of the pad.
        width_mm: extent around the limb; the diameter if round. [mm]
        height_mm: extent along the limb; the diameter if round. [mm]
        round: a round pad (width and height must then be equal).
    """

    place: Place
    width_mm: float
    height_mm: float
    round: bool

    def __post_init__(self) -> None:
        in_range("width_mm", self.width_mm, 10.0, 200.0, "mm")
        in_range("height_mm", self.height_mm, 10.0, 200.0, "mm")
        if self.round and self.width_mm != self.height_mm:
            raise BadInput(
                f"A round pad has one diameter, not {self.width_mm:g} by {self.height_mm:g} mm. "
                "Give the same number twice, or choose a rectangular pad."
            )

    @property
    def area_cm2(self) -> float:
        """Contact area of the whole pad. [cm2]"""
        shape = math.pi / 4.0 if self.round else 1.0
        return shape * self.width_mm * self.height_mm / 100.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Montage:
    """The two pads of one channel: `active` over the muscle's motor zone, `other` closes the loop.

    The leading phase makes `active` the cathode.
    """

    active: Pad
    other: Pad

    @property
    def pads(self) -> tuple[Pad, Pad]:
        """Both pads, the active one first."""
        return (self.active, self.other)

    @property
    def smallest_area_cm2(self) -> float:
        """Area of the smaller pad: it has the higher current density. [cm2]"""
        return min(pad.area_cm2 for pad in self.pads)
