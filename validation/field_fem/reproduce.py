"""Our field against finite elements of an independent code, in volts and in thresholds.

Needs scikit-fem and pyamg (requirements/oracles.lock). Two limbs: the layered arm of the reference
chain, and the lower leg of the median girl of six with small pads, set up as the chain does it. The
finite elements are refined until they no longer move by a tenth of what is allowed: 9 mm and 7 mm.
"""

import importlib.util

import numpy as np
from verdict import Verdict, within

from rheobase.errors import BadInput
from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.evidence.nerve import mrg2002, mrg2002_sizes
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.body.layers import cylinder
from rheobase.model.field.bodies import limb
from rheobase.model.field.lines import line_potentials
from rheobase.model.field.modes import Layer, set_up
from rheobase.model.field.pads import Patch
from rheobase.model.nerve.mrg2002 import centres_mm
from rheobase.model.nerve.mrg_geometry import fitted
from rheobase.model.nerve.pulse_samples import Shape, pulse
from rheobase.model.nerve.thresholds import thresholds_ma
from rheobase.model.twins import twins_of
from rheobase.stimulus.pads import Segment, Side

VOLTS_PERCENT, THRESHOLD_PERCENT = 1.0, 3.0
ARM = {
    "radii_mm": (0.0, 6.5, 12.5, 46.0, 48.5, 50.0),
    "across": (0.08, 0.02, 1 / 9, 1 / 33, 1 / 700),
    "along": (0.08, 0.02, 1 / 3, 1 / 33, 1 / 700),
    "length_mm": 400.0,
    "pad_mm": 50.0,
    "pads_at_mm": (200.0, 270.0),
}
GIRL = Child(age_months=72, sex=Sex.FEMALE, condition=Condition.TYPICAL, gmfcs=None)


def arm():
    """Return the arm for both codes and where to look."""
    layers = tuple(
        Layer(
            inner_mm=a,
            outer_mm=b,
            across_s_per_m=s,
            around_s_per_m=s,
            along_s_per_m=t,
            n_elements=20,
        )
        for a, b, s, t in zip(
            ARM["radii_mm"], ARM["radii_mm"][1:], ARM["across"], ARM["along"], strict=False
        )
    )
    modes = set_up(layers, length_mm=400.0, radius_mm=50.0, flat=False, depth_mm=5.0, keep=2)
    return "arm", ARM, modes, (30.0, 35.0, 40.0, 45.0), 9.0


def leg():
    """Return the girl's leg, as thick as her shank, for both codes and where to look."""
    p = chain_parameters()
    c = cylinder(twins_of(GIRL, p, n=64).sizes(Side.LEFT), p.norms, Segment.SHANK, np.arange(64))
    t = p.tissue
    described = {
        "radii_mm": (0.0, c.marrow_mm, c.bone_mm, c.muscle_mm, c.fat_mm, c.skin_mm),
        "across": (
            t.marrow_s_per_m,
            t.bone_s_per_m,
            t.muscle_across_s_per_m,
            t.fat_s_per_m,
            t.skin_s_per_m,
        ),
        "along": (
            t.marrow_s_per_m,
            t.bone_s_per_m,
            t.muscle_along_s_per_m,
            t.fat_s_per_m,
            t.skin_s_per_m,
        ),
        "length_mm": c.length_mm,
        "pad_mm": 32.0,
        "pads_at_mm": (0.55 * c.length_mm, 0.55 * c.length_mm + 55.0),
    }
    deep = c.skin_mm - c.muscle_mm + np.array([10.0, 5.0, 2.0])
    modes = limb(c, p.tissue, 0.99 * float(deep.min()))
    return "leg of a girl of six", described, modes, tuple(c.skin_mm - deep), 7.0


def ours(described, modes, lines_mm, z_mm):
    """Return mV per mA of our solver, (n_lines, n_points)."""
    side = described["pad_mm"]
    patches = tuple(
        Patch(z_mm=z, phi_deg=0.0, width_mm=side, height_mm=side, round=False)
        for z in described["pads_at_mm"]
    )
    n = len(lines_mm)
    return line_potentials(
        modes, patches, (-1.0, 1.0), rho_mm=np.array(lines_mm), phi_deg=np.zeros(n), z_mm=z_mm
    )


def quadratic(z_mm, volts, at_mm):
    """Return the finite-element potential between the nodes of a line, element by element."""
    element = np.clip(np.searchsorted(z_mm[0::2], at_mm) - 1, 0, len(z_mm) // 2 - 1)
    a, b = z_mm[2 * element], z_mm[2 * element + 2]
    x = 2.0 * (at_mm - a) / (b - a) - 1.0
    at = [volts[2 * element + i] for i in range(3)]
    return at[0] * x * (x - 1) / 2 + at[1] * (1 - x * x) + at[2] * x * (x + 1) / 2


def threshold_ma(diameter_um, described, at):
    """Return the threshold of a fibre below the pads; `at` gives mV per mA at places."""
    fibre = fitted(mrg2002_sizes(), diameter_um)
    step = fibre.internode_um[0] / 1000.0
    n_nodes = int((described["length_mm"] - 2.0) / step)
    places = centres_mm(mrg2002(), fibre, n_nodes)[0]
    places = places - places[-1] + described["length_mm"] - 1.0
    shot = pulse(Shape.BIPHASIC, 200.0, dt_us=5.0)
    return float(thresholds_ma(mrg2002(), fibre, at(places)[None], shot)[0])


def compared(name, described, modes, lines_mm, fine_mm) -> list[Verdict]:
    """Return the worst potential and the worst threshold of one limb."""
    from elements import Limb, potentials

    z, theirs, unknowns = potentials(Limb(**described), lines_mm, fine_mm)
    mine = ours(described, modes, lines_mm, z)
    theirs += (mine - theirs).mean(axis=1, keepdims=True)  # the zero of the potential is free
    volts = 100.0 * np.abs(mine - theirs).max(axis=1) / np.abs(mine).max(axis=1)
    off = []
    for line, row in zip(lines_mm, theirs, strict=True):
        for diameter in (10.0, 14.0):
            exact = threshold_ma(
                diameter,
                described,
                lambda at, line=line: ours(described, modes, (line,), at)[0],
            )
            other = threshold_ma(diameter, described, lambda at, v=row: quadratic(z, v, at))
            off.append(100.0 * abs(exact / other - 1.0))
    how = f"{unknowns} unknowns, {len(lines_mm)} depths"
    return [
        within(
            f"{name}: worst potential, of its peak", float(volts.max()), 0.0, VOLTS_PERCENT,
            unit="%", note=how,
        ),
        within(
            f"{name}: worst threshold of 10 and 14 um, 200 us biphasic", max(off), 0.0,
            THRESHOLD_PERCENT, unit="%", note=how,
        ),
    ]  # fmt: skip


def verdicts() -> list[Verdict]:
    """Return both limbs.

    Raises:
        BadInput: if the independent code is not installed.
    """
    missing = [n for n in ("skfem", "pyamg") if importlib.util.find_spec(n) is None]
    if missing:
        raise BadInput(
            "validation/field_fem compares with scikit-fem and pyamg, and this environment lacks "
            f"{' and '.join(missing)}. Install requirements/oracles.lock, or name other folders."
        )
    return [verdict for one in (arm(), leg()) for verdict in compared(*one)]
