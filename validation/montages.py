"""Random pads on the limbs of random children, and one axon below each pair.

The fields are those of the chain: layered limb, nerve that climbs to its motor point. Exact fibre and predictor see the same path; its gradient is led to zero
far from the pads, so that no cut end fires.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import AGE_MONTHS, Child, Condition, Sex
from rheobase.model.body.layers import TRUNK, cylinder, limb_of
from rheobase.model.field.bodies import limb
from rheobase.model.field.lines import line_potentials
from rheobase.model.field.pads import Patch
from rheobase.model.nerve.pools import axon_pool
from rheobase.model.twins import twins_of
from rheobase.model.twins.paths import N_LEVELS, Paths, potentials_along
from rheobase.stimulus.pads import Segment, Side

FINE_MM, BEYOND_MM, FADE_MM = 0.5, 90.0, 45.0
TWINS, BY_CHILD = 32, 34
SMALLEST_MM, LARGEST_MM, GAP_MM = 15.0, 60.0, 5.0


@dataclass(frozen=True)
class Axon:
    """One axon below one montage: its path, its size, its motor point and what it lies in.

    `path` gives mV per mA of the leading phase at places from its start [mm].
    """

    path: CubicSpline
    length_mm: float
    spacing_mm: float
    point_mm: float
    size: tuple[float, float, float]
    age_years: float
    muscle: str


def draw(rng, n_children):
    """Return BY_CHILD axons under as many montages for each of many random children."""
    return [axon for _ in range(n_children) for axon in one_child(rng)]


def one_child(rng, segments=tuple(Segment)):
    """Return the axons of one muscle of one random child; of limbs, on some segments."""
    p = chain_parameters()
    limbs = [
        m
        for m in p.muscles.values()
        if limb_of(m.segment) not in ((), TRUNK) and not m.parts and m.segment in segments
    ]
    muscle = limbs[rng.integers(len(limbs))]
    months = np.exp(rng.uniform(*np.log(AGE_MONTHS)))
    sex = Sex.FEMALE if rng.random() < 0.5 else Sex.MALE
    child = Child(age_months=months, sex=sex, condition=Condition.TYPICAL, gmfcs=None)
    twins = twins_of(child, p, TWINS, int(rng.integers(1 << 30)))
    sizes = twins.sizes(Side.LEFT)
    body = cylinder(sizes, p.norms, muscle.segment, np.array([rng.integers(TWINS)]))
    thick = body.muscle_mm - body.bone_mm
    cover = body.skin_mm - body.muscle_mm
    depth = max(1.5, np.floor(2.0 * (cover + p.fact("shallowest_share") * thick)) / 2)
    modes = limb(body, p.tissue, depth)
    stature_mm = 1000.0 * float(np.mean(sizes.height_m))
    chain = limb_of(muscle.segment)
    before = sum(float(np.mean(sizes.length_mm[s])) for s in chain[: chain.index(muscle.segment)])
    middle = before + muscle.zone.u * float(np.mean(sizes.length_mm[muscle.segment]))
    pools = axon_pool(
        p.motor_axons, months / 12.0, 24, calibre_z=rng.standard_normal(BY_CHILD),
        internode_z=rng.standard_normal(BY_CHILD), myelin_z=rng.standard_normal(BY_CHILD),
    )  # fmt: skip
    found = []
    for k in range(BY_CHILD):
        patches = pads(rng, body, middle, muscle.zone.phi_deg)
        path, length, spacing, point = field(
            rng, patches, body=body, modes=modes, stature_mm=stature_mm, muscle=muscle
        )
        of = (pools.adult_diameter_um, pools.internode_scale, pools.myelin_scale)
        axes = (p.nerve.diameter_um, p.nerve.internode_scale, p.nerve.myelin_scale)
        which = rng.integers(pools.adult_diameter_um.shape[1])
        size = tuple(
            float(np.clip(np.broadcast_to(a, pools.adult_diameter_um.shape)[k, which], x[0], x[-1]))
            for a, x in zip(of, axes, strict=True)
        )
        found.append(Axon(path, length, spacing, point, size, months / 12.0, muscle.key))
    return found


def pads(rng, body, middle_mm, phi_deg):
    """Return two pads near a muscle that do not touch; any angle between them."""
    girth = 2.0 * np.pi * body.skin_mm
    most = min(LARGEST_MM, girth / 3.0, 0.2 * body.length_mm)
    while True:
        two = [
            Patch(
                z_mm=middle_mm + rng.uniform(-0.12, 0.12) * body.length_mm,
                phi_deg=phi_deg + rng.uniform(-70.0, 70.0),
                width_mm=size,
                height_mm=size if round_ else min(most, size * rng.uniform(0.7, 1.4)),
                round=bool(round_),
            )
            for size, round_ in zip(
                rng.uniform(min(SMALLEST_MM, 0.8 * most), most, 2),
                rng.integers(0, 2, 1).repeat(2),
                strict=True,
            )
        ]
        around = np.radians(abs(two[0].phi_deg - two[1].phi_deg)) * body.skin_mm
        along = abs(two[0].z_mm - two[1].z_mm)
        free = max(
            around - 0.5 * (two[0].width_mm + two[1].width_mm),
            along - 0.5 * (two[0].height_mm + two[1].height_mm),
        )
        inside = all(0.55 * q.height_mm < q.z_mm < body.length_mm - 0.55 * q.height_mm for q in two)
        if free > GAP_MM and inside:
            return tuple(two)


def field(rng, patches, *, body, modes, stature_mm, muscle):
    """Return path, its length, the spacing the chain would take, and the motor point on it."""
    p = chain_parameters()
    low = min(q.z_mm - q.height_mm for q in patches) - BEYOND_MM
    high = max(q.z_mm + q.height_mm for q in patches) + BEYOND_MM
    z = np.arange(max(0.0, low), min(body.length_mm, high), FINE_MM)
    centre = patches[0].z_mm if rng.random() < 0.7 else 0.5 * (patches[0].z_mm + patches[1].z_mm)
    peak = float(np.clip(centre + rng.uniform(-30.0, 30.0), z[0] + 20.0, z[-1] - 20.0))
    top = p.fact("shallowest_share")
    paths = Paths(
        surface_mm=body.muscle_mm,
        thickness_mm=body.muscle_mm - body.bone_mm,
        phi_deg=np.array([muscle.zone.phi_deg + rng.uniform(-25.0, 25.0)]),
        peak_mm=np.array([[peak]]),
        share=np.array([[rng.uniform(top, 0.6)]]),
        trunk_share=p.fact("trunk_share"),
        reach_mm=p.fact("branch_reach") * stature_mm,
    )
    at_levels = line_potentials(
        modes, patches, (-1.0, 1.0), rho_mm=paths.level_mm.ravel(),
        phi_deg=np.repeat(paths.phi_deg, N_LEVELS), z_mm=z,
    )  # fmt: skip
    (line,) = potentials_along([paths], at_levels[None, None], z)
    spacing = float(np.clip(np.floor(4.0 * modes.depth_mm / 3.0) / 4.0, 0.25, 2.0))
    return CubicSpline(z - z[0], faded(z, line)), z[-1] - z[0], spacing, peak - z[0]


def faded(z, v):
    """Return the potential with its gradient led smoothly to zero towards both ends."""
    share = np.clip(np.minimum(z - z[0], z[-1] - z) / FADE_MM, 0.0, 1.0)
    slope = CubicSpline(z, v)(z, 1) * share * share * (3.0 - 2.0 * share)
    return CubicSpline(z, slope).antiderivative()(z)
