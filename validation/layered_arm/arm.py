"""The layered arm of the reference chain as a field: two pads 50 x 50 mm, cathode at 200 mm."""

import numpy as np

from rheobase.model.field.lines import line_potentials
from rheobase.model.field.modes import Layer, set_up
from rheobase.model.field.pads import Patch

RADII_MM = (0.0, 6.5, 12.5, 46.0, 48.5, 50.0)
ACROSS = (0.08, 0.02, 1 / 9, 1 / 33, 1 / 700)
ALONG = (0.08, 0.02, 1 / 3, 1 / 33, 1 / 700)
PADS = tuple(
    Patch(z_mm=z, phi_deg=0.0, width_mm=50.0, height_mm=50.0, round=False) for z in (200.0, 270.0)
)
MUSCLE = 2


def arm():
    """Return the field of the arm down to 5 mm."""
    layers = tuple(
        Layer(
            inner_mm=a,
            outer_mm=b,
            across_s_per_m=s,
            around_s_per_m=s,
            along_s_per_m=t,
            n_elements=20,
        )
        for a, b, s, t in zip(RADII_MM, RADII_MM[1:], ACROSS, ALONG, strict=False)
    )
    return set_up(layers, length_mm=400.0, radius_mm=50.0, flat=False, depth_mm=5.0, keep=MUSCLE)


def along(field, depth_mm, z_mm, pads=PADS):
    """Return mV per mA along a line below two pads, cathode first."""
    (found,) = line_potentials(
        field,
        pads,
        (-1.0, 1.0),
        rho_mm=np.array([50.0 - depth_mm]),
        phi_deg=np.zeros(1),
        z_mm=z_mm,
    )
    return found
