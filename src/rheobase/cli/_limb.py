"""A limb as a JSON file: layers, pads, one fibre, one pulse. Read, checked, and set up as a field.

    {"length_mm": 400,
     "layers": [{"outer_radius_mm": 6.5, "radial_s_m": 0.08, "axial_s_m": 0.08}, ...],
     "pads": [{"centre_z_mm": 200, "angle_deg": 0, "height_mm": 50, "width_mm": 50,
               "current_share": -1}, ...],
     "fibre": {"radius_mm": 40, "angle_deg": 0, "diameter_um": 10, "nodes": 297, "centre_z_mm": 200},
     "pulse": {"shape": "cathodic", "width_us": 100, "gap_us": 0}}

Layers go from inside to outside. Shares are those of the leading phase of a cathodic or biphasic
pulse: negative is the cathode; they add up to zero and the largest side to one. An anodic pulse
turns them round.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rheobase.errors import BadInput
from rheobase.stimulus.checks import in_range

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Array = NDArray[float64]

LONGEST_MM, WIDEST_MM = 2000.0, 400.0
ELEMENTS = 20  # of the fibre's layer
ELEMENTS_ELSEWHERE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerFile:
    """One layer, from inside to outside."""

    outer_radius_mm: float
    radial_s_m: float
    axial_s_m: float

    def __post_init__(self) -> None:
        in_range("outer_radius_mm", self.outer_radius_mm, 0.1, WIDEST_MM, "mm")
        in_range("radial_s_m", self.radial_s_m, 1e-7, 100.0, "S/m")
        in_range("axial_s_m", self.axial_s_m, 1e-7, 100.0, "S/m")


@dataclass(frozen=True, slots=True, kw_only=True)
class PadFile:
    """One rectangular pad of uniform current density."""

    centre_z_mm: float
    angle_deg: float
    height_mm: float
    width_mm: float
    current_share: float

    def __post_init__(self) -> None:
        in_range("angle_deg", self.angle_deg, -360.0, 360.0, "deg")
        in_range("height_mm", self.height_mm, 1.0, LONGEST_MM, "mm")
        in_range("width_mm", self.width_mm, 1.0, LONGEST_MM, "mm")
        in_range("current_share", self.current_share, -1.0, 1.0, "")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PulseFile:
    """One pulse: shape cathodic, anodic or biphasic."""

    shape: str
    width_us: float
    gap_us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LimbFile:
    """All of it."""

    length_mm: float
    layers: tuple[LayerFile, ...]
    pads: tuple[PadFile, ...]
    fibre: FibreFile
    pulse: PulseFile

    def __post_init__(self) -> None:
        in_range("length_mm", self.length_mm, 10.0, LONGEST_MM, "mm")
        if not self.layers or not self.pads:
            raise BadInput("A limb needs at least one layer and two pads. Add them.")
        radii = [layer.outer_radius_mm for layer in self.layers]
        if any(b <= a for a, b in pairwise(radii)):
            raise BadInput("Layers must go from inside to outside, each wider. Sort them.")
        for pad in self.pads:
            low, high = pad.centre_z_mm - pad.height_mm / 2, pad.centre_z_mm + pad.height_mm / 2
            if not 0.0 <= low <= high <= self.length_mm:
                raise BadInput(
                    f"A pad reaches from {low:g} to {high:g} mm, the limb from 0 to "
                    f"{self.length_mm:g} mm. Move the pad onto the limb."
                )
        shares = [pad.current_share for pad in self.pads]
        out = sum(share for share in shares if share > 0.0)
        if abs(sum(shares)) > 1e-9 or abs(out - 1.0) > 1e-9:
            raise BadInput(
                "The pads' shares of current must add up to zero, the positive ones to 1. "
                "Give for instance -1 and 1."
            )
        if self.fibre.radius_mm >= radii[-1]:
            raise BadInput(
                f"The fibre lies {self.fibre.radius_mm:g} mm from the axis, outside the limb of "
                f"radius {radii[-1]:g} mm. Move it inside."
            )


def along_fibre(limb: LimbFile, z_mm: "Array") -> "Array":
    """Return the potential per mA of total current along the fibre. [mV/mA]

    Args:
        limb: the file.
        z_mm: (n_points,) places along the limb. [mm]

    Raises:
        BadInput: if the fibre leaves the limb.
    """
    import numpy as np

    from rheobase.model.field.lines import line_potentials
    from rheobase.model.field.modes import Layer, set_up
    from rheobase.model.field.pads import Patch

    if z_mm.min() < 0.0 or z_mm.max() > limb.length_mm:
        raise BadInput(
            f"The fibre reaches from {z_mm.min():.1f} to {z_mm.max():.1f} mm, outside the limb of "
            f"0 to {limb.length_mm:g} mm. Give it fewer nodes or move its centre."
        )
    radii = [layer.outer_radius_mm for layer in limb.layers]
    inner = [0.0, *radii[:-1]]
    keep = sum(limb.fibre.radius_mm > r for r in radii)
    layers = tuple(
        Layer(
            inner_mm=a,
            outer_mm=b,
            across_s_per_m=layer.radial_s_m,
            around_s_per_m=layer.radial_s_m,
            along_s_per_m=layer.axial_s_m,
            n_elements=ELEMENTS if k == keep else ELEMENTS_ELSEWHERE,
        )
        for k, (a, b, layer) in enumerate(zip(inner, radii, limb.layers, strict=True))
    )
    modes = set_up(
        layers,
        length_mm=limb.length_mm,
        radius_mm=radii[-1],
        flat=False,
        depth_mm=radii[-1] - limb.fibre.radius_mm,
        keep=keep,
    )
    patches = tuple(
        Patch(
            z_mm=pad.centre_z_mm,
            phi_deg=pad.angle_deg,
            width_mm=pad.width_mm,
            height_mm=pad.height_mm,
            round=False,
        )
        for pad in limb.pads
    )
    shares = tuple(pad.current_share for pad in limb.pads)
    (found,) = line_potentials(
        modes,
        patches,
        shares,
        rho_mm=np.array([limb.fibre.radius_mm]),
        phi_deg=np.array([limb.fibre.angle_deg]),
        z_mm=z_mm,
    )
    return np.asarray(found)


def read_limb(data: Any) -> LimbFile:
    """Return a limb from plain JSON types.

    Raises:
        BadInput: naming the first value that is wrong.
    """
    from rheobase.stimulus.codec import from_plain

    return from_plain(LimbFile, data, "limb")
