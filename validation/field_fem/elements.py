"""A layered cylinder as quadratic finite elements in three dimensions (scikit-fem, pyamg).

Nothing of our field solver is used: curved hexahedra with 27 nodes instead of modes, a smoothed
aggregation multigrid instead of elimination. Only the problem is shared: insulated ends, uniform
current through the pads. Both pads and the line lie in one plane of symmetry, so half is solved; a
wire of 0.5 mm along the axis is left out.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pyamg
import scipy.sparse.linalg
import skfem
from skfem.helpers import grad

AXIS_MM = 0.5


@dataclass(frozen=True, kw_only=True)
class Limb:
    """Layers from inside to outside, and two equal square pads at phi = 0."""

    radii_mm: tuple[float, ...]
    across: tuple[float, ...]
    along: tuple[float, ...]
    length_mm: float
    pad_mm: float
    pads_at_mm: tuple[float, float]


def graded(places, fine, growth, widest):
    """Return a grid through all `places` whose step is `fine` at them and grows away from them."""
    found = [places[0]]
    for a, b in itertools.pairwise(places):
        half, step, x = [], fine, 0.0
        while x < 0.5 * (b - a):
            half.append(x)
            x, step = x + step, min(widest, step * growth)
        left = np.array(half)
        cuts = np.concatenate([left, (b - a) - left[::-1]])
        middle = len(left)
        if middle > 1 and cuts[middle] - cuts[middle - 1] < 0.6 * fine:
            cuts = np.delete(cuts, middle)
        found.extend((a + np.unique(cuts))[1:].tolist())
    return np.array(found)


def potentials(limb: Limb, lines_mm: tuple[float, ...], fine_mm: float):
    """Return places along z [mm], mV per mA at phi = 0 on lines at the given radii, and unknowns.

    The first pad carries -1 mA. All lines are edges of elements: nothing is interpolated across.
    Along a line the places are ends and middles of elements.
    """
    flat, sigma = _grid(limb, lines_mm, fine_mm)
    r, turn, z = flat.doflocs
    curved = skfem.MeshHex2(np.stack([r * np.cos(turn), r * np.sin(turn), z]), flat.t)
    basis = skfem.Basis(curved, skfem.ElementHex2(), intorder=5)
    across, along = (basis.with_element(skfem.ElementHex0()).interpolate(s) for s in sigma)
    stiff = _stiffness.assemble(basis, across=across, along=along)
    flux = sum(
        sign * _through(flat, curved, limb, at)
        for sign, at in zip((-1.0, 1.0), limb.pads_at_mm, strict=True)
    )
    volts = _solved(stiff, flux)
    r, turn, z = _where(flat, basis)
    found = []
    for line in lines_mm:
        on = np.flatnonzero((np.abs(r - line) < 1e-6) & (np.abs(turn) < 1e-9))
        on = on[np.argsort(z[on])]
        found.append(volts[on] - volts[on].mean())
    return z[on], np.array(found), len(volts)


@skfem.BilinearForm
def _stiffness(u, v, w):
    du, dv = grad(u), grad(v)
    return w["across"] * (du[0] * dv[0] + du[1] * dv[1]) + w["along"] * du[2] * dv[2]


@skfem.LinearForm
def _inflow(v, w):
    return 1.0 * v


def _grid(limb, lines_mm, fine_mm):
    """Return the mesh in (r, angle, z) and conductivities of its elements [mA/(mV mm)]."""
    radii = list(limb.radii_mm)
    surface = radii[-1]
    cuts = np.array(sorted({AXIS_MM, *radii[1:], *lines_mm}))
    r = graded(cuts, 0.6 * fine_mm, 1.3, 2.0 * fine_mm)
    edge = 0.5 * limb.pad_mm / surface
    turn = graded([0.0, edge, np.pi], fine_mm / surface, 1.25, 6.0 * fine_mm / surface)
    half = 0.5 * limb.pad_mm
    ends = sorted(z + s * half for z in limb.pads_at_mm for s in (-1.0, 1.0))
    z = graded([0.0, *ends, limb.length_mm], fine_mm, 1.12, 5.0 * fine_mm)
    flat = skfem.MeshHex2.from_mesh(skfem.MeshHex.init_tensor(r, turn, z))
    middle = flat.p[:, flat.t].mean(axis=1)[0]
    layer = np.searchsorted(radii, middle) - 1
    return flat, [np.array(s)[layer] / 1000.0 for s in (limb.across, limb.along)]


def _through(flat, curved, limb, at_mm):
    """Return the load of a pad that carries 1 mA; half of it enters the half that is solved."""
    facets = flat.boundary_facets()
    r, turn, z = flat.p[:, flat.facets[:, facets]].mean(axis=1)
    half = 0.5 * limb.pad_mm
    under = (np.abs(r - limb.radii_mm[-1]) < 1e-6) & (turn < half / limb.radii_mm[-1])
    under &= np.abs(z - at_mm) < half
    pad = skfem.FacetBasis(curved, skfem.ElementHex2(), facets=facets[under], intorder=5)
    load = _inflow.assemble(pad)
    return 0.5 * load / load.sum()


def _solved(stiff, flux):
    """Return the potential, zero at the first node. [mV]"""
    inner = np.arange(1, stiff.shape[0])
    inside = stiff[inner][:, inner].tocsr()
    levels = pyamg.smoothed_aggregation_solver(inside, symmetry="symmetric", max_coarse=500)
    found, left = scipy.sparse.linalg.cg(
        inside, flux[inner], rtol=1e-7, maxiter=500, M=levels.aspreconditioner()
    )
    if left:
        raise RuntimeError("The multigrid did not converge; refine the grid.")
    return np.concatenate([[0.0], found])


def _where(flat, basis):
    """Return r, angle and z of every degree of freedom."""
    return skfem.Basis(flat, basis.elem, intorder=2).doflocs
