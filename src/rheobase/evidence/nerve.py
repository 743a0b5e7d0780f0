"""The nerve tables as the model takes them."""

from dataclasses import fields
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from rheobase.errors import BadInput
from rheobase.evidence.load import raw, values
from rheobase.model.nerve.mrg2002 import Mrg2002
from rheobase.model.nerve.mrg_geometry import GeometryTable
from rheobase.model.nerve.polarisation import Network, Predictor
from rheobase.model.nerve.polarisation_weights import Identity
from rheobase.model.nerve.pools import PoolCourse


@cache
def mrg2002() -> Mrg2002:
    """Return membrane and material of the MRG fibre."""
    return values(Mrg2002, "mrg2002")


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


@cache
def polarisation() -> Predictor:
    """Return the calibrated threshold predictor (validation/polarisation/calibrate.py made it)."""
    path = files("rheobase.evidence") / "polarisation.npz"
    with as_file(path) as real, np.load(real) as table:
        parts = {name: np.asarray(table[name], dtype=np.float64) for name in table.files}
    ranges = {name: np.array(pair) for name, pair in raw("polarisation")["ranges"].items()}
    return Predictor(
        model=mrg2002(),
        sizes=Identity(mrg2002_sizes()),
        monophasic=_network(parts, "monophasic"),
        biphasic=(_network(parts, "leading"), _network(parts, "returning")),
        **ranges,
    )


def _network(parts: dict[str, np.ndarray], name: str) -> Network:
    return Network(**{field.name: parts[f"{name}_{field.name}"] for field in fields(Network)})


@cache
def axon_course(kind: str) -> PoolCourse:
    """Return how "motor" or "sensory" axons mature.

    Raises:
        BadInput: for another kind.
    """
    table = raw("axons")
    if kind not in table:
        raise BadInput(f"There is no course of {kind!r} axons. Use one of: {', '.join(table)}.")
    entry = table[kind]
    arrays = ("age_years", "adult_diameter_um", "internode_scale", "myelin_scale")
    about = ("source", "place", "population", "tag")
    fields: dict[str, Any] = {
        key: np.array(value) if key in arrays else value
        for key, value in entry.items()
        if key not in about
    }
    return PoolCourse(**fields)
