"""The nerve tables as the model takes them."""

from functools import cache

import numpy as np

from rheobase.evidence.load import numbers, raw
from rheobase.model.nerve.mrg2002 import Mrg2002
from rheobase.model.nerve.mrg_geometry import GeometryTable


@cache
def mrg2002() -> Mrg2002:
    """Return membrane and material of the MRG fibre."""
    return Mrg2002(**{key: number.value for key, number in numbers("mrg2002").items()})


@cache
def mrg2002_sizes() -> GeometryTable:
    """Return the sizes of MRG fibres: table and fits."""
    table = raw("mrg2002_geometry")
    fits = table["fits"]
    names = ("internode_um", "flut_um", "axon_um", "node_um", "lamellae")
    low, high = fits["range_um"]
    return GeometryTable(
        rows=np.array(table["rows"], dtype=np.float64).T,
        fits=np.array([fits[name] for name in names]),
        internode_below=np.array(fits["internode_below_um"]),
        straight_below_um=fits["straight_below_um"],
        range_um=(low, high),
    )
