"""A limb or a trunk wall as a body of modes; set up once for each geometry.

Ours
    Bone and marrow of a limb are one round bone; the trunk is unrolled, periodic around its girth.

Valid for
    See body/layers.py and field/modes.py.
"""

import math
from functools import lru_cache

from rheobase.model.body.layers import Cylinder, Slab
from rheobase.model.field.modes import Layer, Modes, set_up
from rheobase.model.field.tissue import Tissue

# quadratic elements per layer; twice as many change potentials in muscle by less than 1e-4
CORE, MUSCLE, SKIN = 4, 20, 4


@lru_cache(maxsize=96)
def limb(cylinder: Cylinder, tissue: Tissue, depth_mm: float) -> Modes:
    """Return the modes of a limb, with potentials kept in its muscle.

    Args:
        cylinder: radii of the layers.
        tissue: conductivities.
        depth_mm: shallowest depth below the skin that will be asked for. [mm]
    """
    c = cylinder
    layers = (
        _plain(0.0, c.marrow_mm, tissue.marrow_s_per_m, CORE),
        _plain(c.marrow_mm, c.bone_mm, tissue.bone_s_per_m, CORE),
        _muscle(c.bone_mm, c.muscle_mm, tissue),
        _plain(c.muscle_mm, c.fat_mm, tissue.fat_s_per_m, SKIN),
        _plain(c.fat_mm, c.skin_mm, tissue.skin_s_per_m, SKIN),
    )
    return set_up(
        layers,
        length_mm=c.length_mm,
        radius_mm=c.skin_mm,
        flat=False,
        depth_mm=depth_mm,
        keep=2,
    )


@lru_cache(maxsize=96)
def trunk(slab: Slab, tissue: Tissue, depth_mm: float) -> Modes:
    """Return the modes of a trunk wall; heights count from the bottom of the deep layer.

    Args:
        slab: thickness of the layers.
        tissue: conductivities.
        depth_mm: shallowest depth below the skin that will be asked for. [mm]
    """
    edges = [0.0]
    for thick in (slab.deep_mm, slab.muscle_mm, slab.fat_mm, slab.skin_mm):
        edges.append(edges[-1] + thick)
    layers = (
        _plain(edges[0], edges[1], tissue.deep_s_per_m, MUSCLE),
        _muscle(edges[1], edges[2], tissue),
        _plain(edges[2], edges[3], tissue.fat_s_per_m, SKIN),
        _plain(edges[3], edges[4], tissue.skin_s_per_m, SKIN),
    )
    return set_up(
        layers,
        length_mm=slab.length_mm,
        radius_mm=slab.girth_mm / (2.0 * math.pi),
        flat=True,
        depth_mm=depth_mm,
        keep=1,
    )


def _plain(inner_mm: float, outer_mm: float, sigma: float, n: int) -> Layer:
    return Layer(
        inner_mm=inner_mm,
        outer_mm=outer_mm,
        across_s_per_m=sigma,
        around_s_per_m=sigma,
        along_s_per_m=sigma,
        n_elements=n,
    )


def _muscle(inner_mm: float, outer_mm: float, tissue: Tissue) -> Layer:
    return Layer(
        inner_mm=inner_mm,
        outer_mm=outer_mm,
        across_s_per_m=tissue.muscle_across_s_per_m,
        around_s_per_m=tissue.muscle_across_s_per_m,
        along_s_per_m=tissue.muscle_along_s_per_m,
        n_elements=MUSCLE,
    )
