"""The potential of surface current in a layered body, mode by mode.

Equations
    div(sigma grad V) = 0 in a layered cylinder (or slab) of length L with insulated ends; the pads
    set the current density j through the surface. In coordinates (r, theta, z)
        V = sum_kn v_kn(r) cos(n (theta - theta_pad)) cos(k pi z / L)
    each v_kn solves, in weak form over the radius,
        integral [ s_r r v' w' + (s_theta n^2 / r + s_z (k pi / L)^2 r) v w ] dr = R j_kn w(R)
    by quadratic finite elements; the middle node of each element is eliminated, which leaves a
    tridiagonal system that is solved for all modes at once. A slab has weight 1 instead of r, and
    2 pi n / girth instead of n / r: around the trunk the field is periodic.

Ours
    The finite insulated series avoids the singular mode of the infinite cylinder (Farina 2004); the
    mode n = k = 0 carries no current because the pads' currents add up to zero.

Valid for
    Linear, resistive layers. Number of modes: all spatial frequencies q with q d < `CUT` at the
    shallowest depth d that is asked for; what is left out is of the order exp(-CUT).
"""

from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.model.lanes import aligned, width_of

Array = NDArray[np.float64]

CUT = 6.5  # exp(-6.5) = 0.15 % of one mode, far less of the sum: see tests/model/field
LANES = width_of(64)  # modes along the body are summed so many at a time
GAUSS_X = np.array([-np.sqrt(0.6), 0.0, np.sqrt(0.6)])
GAUSS_W = np.array([5.0, 8.0, 5.0]) / 9.0


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """One layer of the body, from inside to outside.

    Attributes:
        inner_mm, outer_mm: radii; for a slab, heights over the bottom. [mm]
        across_s_per_m, around_s_per_m, along_s_per_m: conductivities. [S/m]
        n_elements: how finely it is cut. [1]
    """

    inner_mm: float
    outer_mm: float
    across_s_per_m: float
    around_s_per_m: float
    along_s_per_m: float
    n_elements: int


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Modes:
    """A body that has been set up: the answer of every depth to every surface mode.

    Attributes:
        length_mm: L. [mm]
        depth_mm: shallowest depth at which it may be asked. [mm]
        radius_mm: of the surface, where pads measure their arc; girth / 2 pi for a slab. [mm]
        surface_mm: of the surface, as rho: the radius, or the height of a slab. [mm]
        k_per_mm: (n_k,) axial spatial frequencies, a multiple of LANES; the last ones may be beyond
            the cut, for which `transfer` holds zero. [1/mm]
        n_around: (n_n,) orders around. [1]
        nodes_mm: (n_nodes,) radii of the finite-element nodes that are kept, ends and middles. [mm]
        transfer: (n_nodes, n_k / LANES, n_n, LANES) potential for one unit of surface current
            density, neighbours along the body side by side. [mV mm2/mA]
    """

    length_mm: float
    depth_mm: float
    radius_mm: float
    surface_mm: float
    k_per_mm: Array
    n_around: Array
    nodes_mm: Array
    transfer: Array


def set_up(
    layers: tuple[Layer, ...],
    *,
    length_mm: float,
    radius_mm: float,
    flat: bool,
    depth_mm: float,
    keep: int,
) -> Modes:
    """Solve every mode of a body once.

    Args:
        layers: from inside to outside, touching.
        length_mm: of the body. [mm]
        radius_mm: of the surface; girth / 2 pi for a slab. [mm]
        flat: True for a slab.
        depth_mm: shallowest depth below the surface that will be asked for. [mm]
        keep: index of the only layer in which potentials will be asked for. [1]
    """
    highest = CUT / depth_mm
    n_k = int(np.ceil(highest * length_mm / np.pi)) + 1
    k = np.arange(-(-n_k // LANES) * LANES, dtype=np.float64)
    k *= np.pi / length_mm
    n = np.arange(int(np.ceil(highest * radius_mm)) + 1, dtype=float)
    ends, parts = _elements(layers, flat, radius_mm)
    transfer = _solve(parts, k[:n_k], n, radius_mm if not flat else 1.0)
    middle = 0.5 * (ends[1:] + ends[:-1])
    nodes = np.empty(2 * len(ends) - 1)
    nodes[0::2], nodes[1::2] = ends, middle
    first = 2 * sum(layer.n_elements for layer in layers[:keep])
    kept = slice(first, first + 2 * layers[keep].n_elements + 1)
    return Modes(
        length_mm=length_mm,
        depth_mm=depth_mm,
        radius_mm=radius_mm,
        surface_mm=float(ends[-1]),
        k_per_mm=k,
        n_around=n,
        nodes_mm=nodes[kept],
        transfer=_in_lanes(transfer[kept], len(k)),
    )


def _in_lanes(transfer: Array, n_k: int) -> Array:
    """Return (n_nodes, n_k / LANES, n_n, LANES) from (n_nodes, fewer k, n_n); the rest is zero."""
    n_nodes, n_solved, n_n = transfer.shape
    whole = np.zeros((n_nodes, n_k, n_n))
    whole[:, :n_solved] = transfer
    parts = whole.reshape(n_nodes, n_k // LANES, LANES, n_n).swapaxes(2, 3)
    return np.asarray(aligned(parts, 64).reshape(parts.shape))


def _elements(
    layers: tuple[Layer, ...], flat: bool, radius_mm: float
) -> tuple[Array, tuple[Array, Array, Array]]:
    """Return element ends and the three (n_elements, 3, 3) matrices: radial, around, along."""
    ends = [layers[0].inner_mm]
    sigma = []
    for layer in layers:
        cuts = np.linspace(layer.inner_mm, layer.outer_mm, layer.n_elements + 1)[1:]
        ends.extend(cuts.tolist())
        sigma.extend(
            [(layer.across_s_per_m, layer.around_s_per_m, layer.along_s_per_m)] * layer.n_elements
        )
    r = np.array(ends)
    s = np.array(sigma) / 1000.0  # 1 S/m = 0.001 mA/(mV mm)
    half = 0.5 * np.diff(r)
    points = 0.5 * (r[1:] + r[:-1])[:, None] + half[:, None] * GAUSS_X
    x = GAUSS_X
    shape = np.array([x * (x - 1) / 2, 1 - x * x, x * (x + 1) / 2])  # (3 nodes, 3 points)
    slope = np.array([x - 0.5, -2 * x, x + 0.5])
    if flat:
        outward, around = np.ones_like(points), np.full_like(points, radius_mm**-2)
    else:
        outward, around = points, 1.0 / points
    weight = GAUSS_W * half[:, None]
    stiff = np.einsum("ig,jg,eg->eij", slope, slope, GAUSS_W * outward / half[:, None])
    turn = np.einsum("ig,jg,eg->eij", shape, shape, weight * around)
    mass = np.einsum("ig,jg,eg->eij", shape, shape, weight * outward)
    scale = s[:, :, None, None]
    return r, (stiff * scale[:, 0], turn * scale[:, 1], mass * scale[:, 2])


def _solve(parts: tuple[Array, Array, Array], k: Array, n: Array, surface: float) -> Array:
    """Eliminate from the centre outwards, then substitute inwards, for all modes together."""
    stiff, turn, mass = parts
    n2, k2 = (n**2)[None, :], (k**2)[:, None]
    count = len(stiff)
    shape = (len(k), len(n))
    links = np.empty((count, *shape))  # end value of an element's inner node per outer node
    mids = np.empty((count, 2, *shape))  # middle node from inner and outer node
    pivot = np.zeros(shape)
    for e in range(count):
        m = [[stiff[e, i, j] + n2 * turn[e, i, j] + k2 * mass[e, i, j] for j in range(3)]
             for i in range(3)]  # fmt: skip
        to_in, to_out = -m[0][1] / m[1][1], -m[1][2] / m[1][1]
        inner = pivot + m[0][0] + m[0][1] * to_in
        cross = m[0][2] + m[0][1] * to_out
        outer = m[2][2] + m[1][2] * to_out
        links[e] = -cross / inner
        pivot = outer + cross * links[e]
        mids[e, 0], mids[e, 1] = to_in, to_out
    pivot[0, 0] = np.inf  # no net current, no mode
    nodes = np.empty((2 * count + 1, *shape))
    nodes[-1] = surface / pivot
    for e in range(count - 1, -1, -1):
        nodes[2 * e] = links[e] * nodes[2 * e + 2]
        nodes[2 * e + 1] = mids[e, 0] * nodes[2 * e] + mids[e, 1] * nodes[2 * e + 2]
    return nodes
