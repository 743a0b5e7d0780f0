"""Which motor axons fire: from a montage to the thresholds of the muscle and its neighbours.

Ours
    A muscle's axons run parallel to the conductor from the proximal side and end, sealed, around
    its motor point. Each twin has its own motor point inside the zone of the catalogue. A pool is
    a few axons that stand for all: quantiles of calibre, with ends scattered around the motor
    point. Recruitment is the share of the pool below the current, smoothed.

Valid for
    Innervated muscle. Depth, scatter and the spread of thresholds between children are proposed
    defaults (evidence/chain.toml) until a child's own threshold was seen.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from rheobase.model.body.muscles import Muscle, zone_widening
from rheobase.model.field.lines import line_potentials, sampled
from rheobase.model.twins.cable import highest_polarisation
from rheobase.model.twins.conductor import Conductor, check_montage, conductors
from rheobase.model.twins.ensemble import Twins
from rheobase.stimulus.pads import Montage, Side
from rheobase.stimulus.pulse import Waveform

Array = NDArray[np.float64]

N_AXONS = 12  # of a pool
DEPTHS = (-1.0, 0.0, 1.0)  # lines per motor point, in standard deviations of depth
N_NODES = 61
GRID_MM = 1.0
LEAST_MA, MOST_MA = 0.05, 1000.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """What of a train decides recruitment."""

    waveform: Waveform
    pulse_width_us: float
    gap_us: float


@final
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recruitment:
    """Thresholds of a muscle and its neighbours under one montage.

    Attributes:
        threshold_ma: (n_twins, n_axons) by muscle; parts of a group stand for themselves. [mA]
        parts: of the target, with their shares of its force. [1]
        neighbours: keys of the neighbours that lie on the same conductor.
        softness: smoothing of the curves, standard deviation of ln(threshold). [1]
    """

    threshold_ma: dict[str, Array]
    parts: dict[str, float]
    neighbours: tuple[str, ...]
    softness: float

    def fraction(self, key: str, amplitude_ma: Array) -> Array:
        """Return the recruited fraction of one muscle, (n_twins, n_amplitudes). [1]"""
        return _fraction(self.threshold_ma[key], np.asarray(amplitude_ma, float), self.softness)

    def target(self, amplitude_ma: Array) -> Array:
        """Return the recruited fraction of the target, (n_twins, n_amplitudes). [1]"""
        total = sum(self.parts.values())
        return np.asarray(
            sum(
                share / total * self.fraction(key, amplitude_ma)
                for key, share in self.parts.items()
            )
        )

    def current_for(self, fraction: float) -> Array:
        """Return the current that recruits a fraction of the target, (n_twins,). [mA]"""
        grid = np.geomspace(LEAST_MA, MOST_MA, 160)
        curve = self.target(grid)
        return np.array([np.interp(fraction, row, grid) for row in curve])


def _fraction(threshold_ma: Array, amplitude_ma: Array, softness: float) -> Array:
    with np.errstate(divide="ignore"):
        x = np.log(amplitude_ma)[None, :, None] - np.log(threshold_ma)[:, None, :]
    return np.asarray(ndtr(x / softness).mean(axis=2))


@lru_cache(maxsize=64)
def recruitment(
    twins: Twins, montage: Montage, pulse: Pulse, muscle: Muscle, side: Side
) -> Recruitment:
    """Return the thresholds of a muscle, its parts and its neighbours.

    Args:
        twins: the ensemble.
        montage: the two pads.
        pulse: shape and width.
        muscle: the target.
        side: the child's side.

    Raises:
        BadInput: if the montage is one the model has no business with.
    """
    check_montage(twins, side, muscle, montage)
    p = twins.parameters
    parts = {key: p.muscle(key).action.share for key in muscle.parts or (muscle.key,)}
    here = conductors(twins, side, muscle)
    near = {key: p.muscle(key) for key in muscle.neighbours}
    near = {k: m for k, m in near.items() if m.segment in here[0].start_mm and k not in parts}
    wanted = {**{k: p.muscle(k) for k in parts}, **{k: m for k, m in near.items() if not m.parts}}
    for group in (m for m in near.values() if m.parts):
        wanted.update({k: p.muscle(k) for k in group.parts})
    found = {key: np.empty((twins.n, N_AXONS)) for key in wanted}
    for conductor in here:
        rows = conductor.twins
        values = _thresholds(
            twins, conductor, montage, pulse, muscles=tuple(wanted.values()), side=side
        )
        for key, threshold in zip(wanted, values, strict=True):
            found[key][rows] = threshold
    for group in (m for m in near.values() if m.parts):
        found[group.key] = np.concatenate([found[k] for k in group.parts], axis=1)
    return Recruitment(
        threshold_ma=found,
        parts=parts,
        neighbours=tuple(near),
        softness=p.fact("recruitment_softness"),
    )


def _thresholds(
    twins: Twins,
    conductor: Conductor,
    montage: Montage,
    pulse: Pulse,
    *,
    muscles: tuple[Muscle, ...],
    side: Side,
) -> list[Array]:
    """Return (n_rows, N_AXONS) thresholds of each muscle for the twins of one conductor."""
    points = [_motor_points(twins, conductor, m, side) for m in muscles]
    z_grid = np.arange(0.0, conductor.modes.length_mm + GRID_MM, GRID_MM)
    potential = line_potentials(
        conductor.modes,
        tuple(conductor.patch(pad) for pad in montage.pads),
        (-1.0, 1.0),
        rho_mm=np.concatenate([rho.ravel() for rho, _, _ in points]),
        phi_deg=np.concatenate([np.repeat(phi, len(DEPTHS)) for _, phi, _ in points]),
        z_mm=z_grid,
    )
    potential = potential.reshape(len(muscles), -1, len(z_grid))
    found = []
    for muscle, lines, (_, _, z_end) in zip(muscles, potential, points, strict=True):
        raw = _pool_thresholds(twins, conductor, pulse, lines, z_end)
        found.append(raw * excitability(twins, muscle.key, side)[conductor.twins, None])
    return found


def excitability(twins: Twins, key: str, side: Side) -> Array:
    """Return the factor on all thresholds of a muscle that only observation can settle. [1]"""
    fact = twins.parameters.fact
    child, own = twins.normal("threshold"), twins.normal(f"threshold {key} {side.value}")
    return np.asarray(np.exp(fact("threshold_child") * child + fact("threshold_muscle") * own))


def _motor_points(
    twins: Twins, conductor: Conductor, muscle: Muscle, side: Side
) -> tuple[Array, Array, Array]:
    """Return rho (n_rows, n_depths), phi (n_rows,) and end z (n_rows,) of the motor points."""
    rows, name = conductor.twins, f"{muscle.key} {side.value}"
    wide = zone_widening(twins.child.age_months)
    zone, depth = muscle.zone, muscle.depth
    u = zone.u + wide * zone.sd_u * twins.normal(f"u {name}")[rows]
    phi = zone.phi_deg + wide * zone.sd_phi_deg * twins.normal(f"phi {name}")[rows]
    share = depth.share + depth.sd * twins.normal(f"depth {name}")[rows]
    least = twins.parameters.fact("shallowest_share")
    scatter = twins.parameters.fact("depth_scatter")
    shares = np.clip(share[:, None] + scatter * np.array(DEPTHS), least, 0.9)
    rho = conductor.surface_mm - shares * conductor.thickness_mm
    return rho, phi, conductor.z_mm(muscle.segment, np.clip(u, 0.0, 1.0))


def _pool_thresholds(
    twins: Twins, conductor: Conductor, pulse: Pulse, lines: Array, z_end: Array
) -> Array:
    p, child = twins.parameters, twins.child
    at = np.arange(N_AXONS)
    quantile = ndtri((at + 0.5) / N_AXONS)
    calibre = p.curves["axon_calibre"]
    d_um = calibre.at(child.age_months, child.sex) * (1.0 + calibre.spread * quantile)
    internode = p.curves["internode"].at(child.age_months, child.sex)
    spacing = d_um * p.fact("internode_per_calibre") * internode / 1000.0
    shuffled = ndtri((at * 5 % N_AXONS + 0.5) / N_AXONS)  # ends do not follow calibre
    spread = p.fact("end_scatter") * max(conductor.length_mm.values())
    ends = z_end[:, None] + spread * shuffled  # (n_rows, n_axons)
    nodes = ends[:, :, None] - spacing[None, :, None] * np.arange(N_NODES)
    count = len(z_end)
    line = np.arange(count)[:, None] * len(DEPTHS) + (at * 7 % len(DEPTHS))[None, :]
    v = sampled(lines, 0.0, GRID_MM, line.ravel(), nodes.reshape(-1, N_NODES))
    top = highest_polarisation(v, p.fact("cable_length") ** 2)
    weiss = 1.0 + p.fact("motor_chronaxie") / pulse.pulse_width_us
    theta = p.fact("threshold_polarisation") * weiss
    return np.asarray(theta / np.maximum(top, theta / MOST_MA)).reshape(count, N_AXONS)
