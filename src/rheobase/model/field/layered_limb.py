"""A limb of round layers with any number of pads on it, and the potential along a line inside.

Equations
    As `modes.py`, `pads.py` and `lines.py`. Shares of current add up to zero, and the positive ones
    to 1, so that potentials are per mA of total current.

Valid for
    Pads that lie on the limb, apart from each other, and wrap at most a third of it; lines parallel
    to the limb. A line just below a pad needs very many modes: beyond `MOST_MODES` it is refused.
"""

import math
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.errors import BadInput
from rheobase.model.field.lines import line_potentials
from rheobase.model.field.modes import CUT, Layer, set_up
from rheobase.model.field.pads import Patch
from rheobase.stimulus.checks import in_range

Array = NDArray[np.float64]

LONGEST_MM, WIDEST_MM = 2000.0, 400.0
WRAP = 1.0 / 3.0  # of the girth: beyond, uniform current under a pad is no model of it
MOST_PADS, MOST_LAYERS = 32, 32
ELEMENTS, ELEMENTS_ELSEWHERE = 20, 4  # quadratic, in the layer of the line and in the others
MOST_MODES = 150_000


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LimbLayer:
    """One layer, from inside to outside.

    Attributes:
        outer_radius_mm: where it ends. [mm]
        radial_s_m: conductivity across the limb, outwards and around. [S/m]
        axial_s_m: conductivity along it. [S/m]
    """

    outer_radius_mm: float
    radial_s_m: float
    axial_s_m: float

    def __post_init__(self) -> None:
        in_range("outer_radius_mm", self.outer_radius_mm, 0.1, WIDEST_MM, "mm")
        in_range("radial_s_m", self.radial_s_m, 1e-7, 100.0, "S/m")
        in_range("axial_s_m", self.axial_s_m, 1e-7, 100.0, "S/m")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LimbPad:
    """One pad of uniform current density, bent around the limb.

    Attributes:
        centre_z_mm: along the limb. [mm]
        angle_deg: around it. [deg]
        height_mm: along the limb; the diameter if round. [mm]
        width_mm: around the limb, along the skin; the diameter if round. [mm]
        current_share: of the total current, into the body positive. [1]
        round: a round pad (width and height must then be equal).
    """

    centre_z_mm: float
    angle_deg: float
    height_mm: float
    width_mm: float
    current_share: float
    round: bool = False

    def __post_init__(self) -> None:
        in_range("centre_z_mm", self.centre_z_mm, 0.0, LONGEST_MM, "mm")
        in_range("angle_deg", self.angle_deg, -360.0, 360.0, "deg")
        in_range("height_mm", self.height_mm, 1.0, LONGEST_MM, "mm")
        in_range("width_mm", self.width_mm, 1.0, LONGEST_MM, "mm")
        in_range("current_share", self.current_share, -1.0, 1.0, "of the total current")
        if self.round and self.width_mm != self.height_mm:
            raise BadInput(
                f"A round pad has one diameter, not {self.width_mm:g} by {self.height_mm:g} mm. "
                "Give the same number twice, or leave out round."
            )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LayeredLimb:
    """A limb from 0 to its length, insulated but for its pads.

    Attributes:
        length_mm: of the limb. [mm]
        layers: from inside to outside.
        pads: two or more; their shares add up to zero, the positive ones to 1.
    """

    length_mm: float
    layers: tuple[LimbLayer, ...]
    pads: tuple[LimbPad, ...]

    def __post_init__(self) -> None:
        in_range("length_mm", self.length_mm, 10.0, LONGEST_MM, "mm")
        in_range("number of layers", len(self.layers), 1, MOST_LAYERS, "")
        in_range("number of pads", len(self.pads), 2, MOST_PADS, "")
        if any(b.outer_radius_mm <= a.outer_radius_mm for a, b in pairwise(self.layers)):
            raise BadInput("Layers must go from inside to outside, each wider. Sort them.")
        for number, pad in enumerate(self.pads, 1):
            self._check_on(number, pad)
        for (i, one), (j, two) in combinations(enumerate(self.pads, 1), 2):
            over = -_gap_mm(one, two, self.radius_mm)
            if over > 1e-6:
                raise BadInput(
                    f"Pads {i} and {j} overlap by {over:.3g} mm: current would pass from one "
                    "straight into the other. Move them apart, or make them smaller."
                )
        shares = [pad.current_share for pad in self.pads]
        into = sum(share for share in shares if share > 0.0)
        if abs(sum(shares)) > 1e-9 or abs(into - 1.0) > 1e-9:
            raise BadInput(
                "The pads' shares of current must add up to zero, the positive ones to 1: what goes "
                "in comes out. Give for instance -1 and 1."
            )

    @property
    def radius_mm(self) -> float:
        """Of the skin. [mm]"""
        return self.layers[-1].outer_radius_mm

    def _check_on(self, number: int, pad: LimbPad) -> None:
        low, high = pad.centre_z_mm - pad.height_mm / 2, pad.centre_z_mm + pad.height_mm / 2
        if not 0.0 <= low <= high <= self.length_mm:
            raise BadInput(
                f"Pad {number} reaches from {low:g} to {high:g} mm, the limb from 0 to "
                f"{self.length_mm:g} mm. Move the pad onto the limb."
            )
        girth = 2.0 * math.pi * self.radius_mm
        if pad.width_mm > WRAP * girth:
            raise BadInput(
                f"Pad {number} is {pad.width_mm:g} mm wide and wraps more than a third of this limb "
                f"(girth {girth:.0f} mm). Use a pad of at most {WRAP * girth:.0f} mm."
            )


def potentials_along(
    limb: LayeredLimb, *, radius_mm: float, angle_deg: float, z_mm: Array
) -> Array:
    """Return the potential along one line parallel to the limb, per mA of total current.

    Args:
        limb: with its pads.
        radius_mm: of the line, from the axis. [mm]
        angle_deg: of the line, around the limb. [deg]
        z_mm: (n_points,) places along the limb. [mm]

    Returns:
        (n_points,) potential. [mV/mA]

    Raises:
        BadInput: if the line leaves the limb, or lies too near the skin to be resolved.
    """
    in_range("radius_mm", radius_mm, 0.0, WIDEST_MM, "mm")
    in_range("angle_deg", angle_deg, -360.0, 360.0, "deg")
    if radius_mm >= limb.radius_mm:
        raise BadInput(
            f"The line lies {radius_mm:g} mm from the axis, outside the limb of radius "
            f"{limb.radius_mm:g} mm. Move it inside."
        )
    low, high = float(np.min(z_mm)), float(np.max(z_mm))
    if not 0.0 <= low <= high <= limb.length_mm:
        raise BadInput(
            f"The line reaches from {low:.1f} to {high:.1f} mm, outside the limb of 0 to "
            f"{limb.length_mm:g} mm. Shorten it, or move its centre."
        )
    _check_depth(limb, limb.radius_mm - radius_mm)
    keep = sum(radius_mm > layer.outer_radius_mm for layer in limb.layers)
    modes = set_up(
        _layers(limb, keep),
        length_mm=limb.length_mm,
        radius_mm=limb.radius_mm,
        flat=False,
        depth_mm=limb.radius_mm - radius_mm,
        keep=keep,
    )
    (found,) = line_potentials(
        modes,
        tuple(_patch(pad) for pad in limb.pads),
        tuple(pad.current_share for pad in limb.pads),
        rho_mm=np.array([radius_mm]),
        phi_deg=np.array([angle_deg]),
        z_mm=np.asarray(z_mm, dtype=np.float64),
    )
    return np.asarray(found)


def _check_depth(limb: LayeredLimb, depth_mm: float) -> None:
    least = CUT * math.sqrt(limb.length_mm * limb.radius_mm / (math.pi * MOST_MODES))
    if depth_mm < least:
        raise BadInput(
            f"The line lies {depth_mm:.3g} mm below the skin: in a limb of this size its field can "
            f"be resolved from {least:.2g} mm on. Move it deeper, or shorten the limb."
        )


def _layers(limb: LayeredLimb, keep: int) -> tuple[Layer, ...]:
    inner = (0.0, *(layer.outer_radius_mm for layer in limb.layers[:-1]))
    return tuple(
        Layer(
            inner_mm=start,
            outer_mm=layer.outer_radius_mm,
            across_s_per_m=layer.radial_s_m,
            around_s_per_m=layer.radial_s_m,
            along_s_per_m=layer.axial_s_m,
            n_elements=ELEMENTS if k == keep else ELEMENTS_ELSEWHERE,
        )
        for k, (start, layer) in enumerate(zip(inner, limb.layers, strict=True))
    )


def _patch(pad: LimbPad) -> Patch:
    return Patch(
        z_mm=pad.centre_z_mm,
        phi_deg=pad.angle_deg,
        width_mm=pad.width_mm,
        height_mm=pad.height_mm,
        round=pad.round,
    )


def _gap_mm(one: LimbPad, two: LimbPad, radius_mm: float) -> float:
    """Return how far two pads lie apart on the unrolled skin; negative where they overlap. [mm]"""
    turn = abs(one.angle_deg - two.angle_deg) % 360.0
    around = math.radians(min(turn, 360.0 - turn)) * radius_mm
    along = abs(one.centre_z_mm - two.centre_z_mm)
    if one.round and two.round:
        return math.hypot(around, along) - 0.5 * (one.width_mm + two.width_mm)
    if one.round or two.round:
        disc, sheet = (one, two) if one.round else (two, one)
        outside = (around - 0.5 * sheet.width_mm, along - 0.5 * sheet.height_mm)
        away = math.hypot(*(max(0.0, out) for out in outside))
        return away - 0.5 * disc.width_mm if away > 0.0 else max(outside) - 0.5 * disc.width_mm
    return max(
        around - 0.5 * (one.width_mm + two.width_mm), along - 0.5 * (one.height_mm + two.height_mm)
    )
