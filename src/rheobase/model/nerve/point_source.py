"""A small electrode in an endless homogeneous medium: the field of the reference values.

Equation
    V_e = I / (4 pi sigma r)

Valid for
    Tests, comparison with other codes, and needles; not for pads on skin.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rheobase.model.nerve.mrg2002 import Mrg2002, centres_mm
from rheobase.model.nerve.mrg_geometry import COMPARTMENTS_PER_PERIOD, MrgFibres
from rheobase.stimulus.checks import in_range

Array = NDArray[np.float64]


def point_field(
    model: Mrg2002,
    fibres: MrgFibres,
    n_nodes: int,
    *,
    distance_mm: ArrayLike,
    offset_mm: float,
    sigma_s_m: float,
    over_node: int,
) -> Array:
    """Return the potential along fibres beside a point source.

    Args:
        model: membrane and material.
        fibres: sizes.
        n_nodes: nodes per fibre.
        distance_mm: from source to fibre, number or (n_fibres,). [mm]
        offset_mm: place of the source along the fibre, from the node `over_node`. [mm]
        sigma_s_m: conductivity of the medium. [S/m]
        over_node: the node the source stands over.

    Returns:
        (n_fibres, n_compartments) potential per mA. [mV/mA]

    Raises:
        BadInput: if distance or conductivity is not positive, or the node is not there.
    """
    in_range("over_node", over_node, 0, n_nodes - 1, "")
    in_range("sigma_s_m", sigma_s_m, 1e-6, 1e4, "S/m")
    in_range("offset_mm", offset_mm, -10_000.0, 10_000.0, "mm")
    distance = np.broadcast_to(np.asarray(distance_mm, dtype=np.float64), (len(fibres),))
    for one in distance.tolist():
        in_range("distance_mm", one, 1e-3, 10_000.0, "mm")
    along = centres_mm(model, fibres, n_nodes)
    along = along - along[:, over_node * COMPARTMENTS_PER_PERIOD][:, None] - offset_mm
    apart_mm = np.hypot(along, distance[:, None])
    return np.asarray(1000.0 / (4.0 * np.pi * sigma_s_m * apart_mm))
