"""A limb as a JSON file: layers, pads, one fibre, one pulse. Read, checked, and set up as a field.

    {"length_mm": 400,
     "layers": [{"outer_radius_mm": 6.5, "radial_s_m": 0.08, "axial_s_m": 0.08}, ...],
     "pads": [{"centre_z_mm": 200, "angle_deg": 0, "height_mm": 50, "width_mm": 50,
               "current_share": -1}, ...],
     "fibre": {"radius_mm": 40, "angle_deg": 0, "diameter_um": 10, "nodes": 297, "centre_z_mm": 200},
     "pulse": {"shape": "cathodic", "width_us": 100, "gap_us": 0}}

Layers go from inside to outside. Shares are those of the leading phase of a cathodic or biphasic
pulse: negative is the cathode; they add up to zero and the positive ones to one. An anodic pulse
turns them round. A pad with `"round": true` is a disc; several pairs share the current.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rheobase.errors import BadInput
from rheobase.model.field.layered_limb import (
    LONGEST_MM,
    WIDEST_MM,
    LayeredLimb,
    LimbLayer,
    LimbPad,
    potentials_along,
)
from rheobase.stimulus.checks import in_range

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class FibreFile:
    """One straight fibre along the limb."""

    radius_mm: float
    angle_deg: float
    diameter_um: float
    nodes: int
    centre_z_mm: float

    def __post_init__(self) -> None:
        in_range("radius_mm", self.radius_mm, 0.0, WIDEST_MM, "mm")
        in_range("angle_deg", self.angle_deg, -360.0, 360.0, "deg")
        in_range("nodes", self.nodes, 3, 5001, "")
        in_range("centre_z_mm", self.centre_z_mm, 0.0, LONGEST_MM, "mm")


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseFile:
    """One pulse: shape cathodic, anodic or biphasic."""

    shape: str
    width_us: float
    gap_us: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LimbFile:
    """All of it."""

    length_mm: float
    layers: tuple[LimbLayer, ...]
    pads: tuple[LimbPad, ...]
    fibre: FibreFile
    pulse: PulseFile

    def __post_init__(self) -> None:
        if self.fibre.radius_mm >= self.limb().radius_mm:
            raise BadInput(
                f"The fibre lies {self.fibre.radius_mm:g} mm from the axis, outside the limb of "
                f"radius {self.limb().radius_mm:g} mm. Move it inside."
            )

    def limb(self) -> LayeredLimb:
        """Return the conductor with its pads."""
        return LayeredLimb(length_mm=self.length_mm, layers=self.layers, pads=self.pads)


def along_fibre(file: LimbFile, z_mm: "Array") -> "Array":
    """Return the potential per mA of total current along the fibre. [mV/mA]

    Args:
        file: the limb.
        z_mm: (n_points,) places along the limb. [mm]

    Raises:
        BadInput: if the fibre leaves the limb, or lies too near the skin.
    """
    limb, fibre = file.limb(), file.fibre
    if z_mm.min() < 0.0 or z_mm.max() > limb.length_mm:
        raise BadInput(
            f"The fibre reaches from {z_mm.min():.1f} to {z_mm.max():.1f} mm, outside the limb of "
            f"0 to {limb.length_mm:g} mm. Give it fewer nodes or move its centre."
        )
    return potentials_along(limb, radius_mm=fibre.radius_mm, angle_deg=fibre.angle_deg, z_mm=z_mm)


def read_limb(data: Any) -> LimbFile:
    """Return a limb from plain JSON types.

    Raises:
        BadInput: naming the first value that is wrong.
    """
    from rheobase.stimulus.codec import from_plain

    return from_plain(LimbFile, data, "limb")
