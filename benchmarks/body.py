"""Bodies and fields: how long before the first nerve can be asked.

    rheobase bench body

Processor time of this process and the clock on the wall, best of a few; nothing is remembered between
them. A limb is set up for a shallow and for a deep muscle; a line is one nerve of 100 points, alone and
among 256.
"""

from dataclasses import replace

import numpy as np
from chain import CHILD, best

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.layers import cylinder, slab
from rheobase.model.body.size import sizes_of
from rheobase.model.body.strength import strength_of
from rheobase.model.field.bodies import limb, trunk
from rheobase.model.field.lines import line_potentials
from rheobase.model.field.pads import Patch
from rheobase.stimulus.pads import Segment, Side

N_TWINS, POINTS, NERVES = 256, 100, 256
LIMBS = {"forearm": Segment.FOREARM, "shank": Segment.SHANK, "thigh": Segment.THIGH}


def bodies(seed: int):
    """Return a job: bodies of all twins, both sides, and the strength of one joint."""
    p, noise = chain_parameters(), np.random.default_rng(seed).standard_normal((N_TWINS, 2))

    def job() -> None:
        for side in Side:
            sizes = sizes_of(CHILD, side, p.norms, N_TWINS, seed)
            strength_of(
                CHILD, side, p.norms, sizes, joint="ankle", direction="dorsiflexion", noise=noise
            )

    return job


def set_ups(segment: Segment, depth_mm: float):
    """Return jobs: one limb each, of children a little older each time."""
    p, everybody = chain_parameters(), np.arange(N_TWINS)
    bodies_of = [
        sizes_of(replace(CHILD, age_months=74.0 + k), Side.LEFT, p.norms, N_TWINS, 1)
        for k in range(4)
    ]
    if segment is Segment.ABDOMEN:
        walls = [slab(b, p.norms, segment, 180.0, everybody) for b in bodies_of]
        return [lambda w=w: trunk(w, p.tissue, depth_mm) for w in walls]
    limbs = [cylinder(b, p.norms, segment, everybody) for b in bodies_of]
    return [lambda c=c: limb(c, p.tissue, depth_mm) for c in limbs]


def lines(n: int):
    """Return jobs: potentials along n nerves of a lower leg, under two pads never seen before."""
    p = chain_parameters()
    body = sizes_of(CHILD, Side.LEFT, p.norms, N_TWINS, 1)
    leg = cylinder(body, p.norms, Segment.SHANK, np.arange(N_TWINS))
    modes = limb(leg, p.tissue, 6.0)
    z_mm = np.linspace(0.3, 0.7, POINTS) * leg.length_mm
    rho_mm = np.linspace(leg.muscle_mm - 12.0, leg.muscle_mm - 3.0, n)
    phi_deg = np.repeat(np.linspace(-40.0, 40.0, max(1, n // 8)), 8)[:n] if n > 1 else np.zeros(1)

    def job(k: int):
        pads = tuple(
            Patch(
                z_mm=u * leg.length_mm + 0.5 * k,
                phi_deg=3.0 * k,
                width_mm=30,
                height_mm=30,
                round=True,
            )
            for u in (0.4, 0.6)
        )
        line_potentials(modes, pads, (-1.0, 1.0), rho_mm=rho_mm, phi_deg=phi_deg, z_mm=z_mm)

    return [lambda k=k: job(k) for k in range(12)]


def main() -> dict[str, float]:
    """Return what was measured."""
    found = {}

    def note(name: str, unit: str, per: float, jobs) -> None:
        jobs[0]()  # compile, load
        for what, value in zip(("processor", "wall"), best(jobs[1:]), strict=True):
            found[f"{name}, {what} {unit}"] = per * value

    note(f"{N_TWINS} bodies, both sides, with strength", "ms", 1e3, [bodies(k) for k in range(6)])
    for name, segment in {**LIMBS, "trunk wall": Segment.ABDOMEN}.items():
        for depth_mm in (4.0, 10.0):
            title = f"set-up, {name}, from {depth_mm:g} mm below the skin"
            note(title, "s", 1.0, set_ups(segment, depth_mm))
    note(f"nerve of {POINTS} points, alone", "ms", 1e3, lines(1))
    note(f"nerve of {POINTS} points, one of {NERVES}", "ms", 1e3 / NERVES, lines(NERVES))
    return found


if __name__ == "__main__":
    for what, value in main().items():
        print(f"{what:<70} {value:.3g}")
