"""Which motor axons fire: from a montage to the thresholds of the muscle and its neighbours.

Ours
    Each twin has its own motor point inside the zone of the catalogue. A pool is a few axons that
    stand for all: quantiles of calibre, on paths that rise to the motor point (`paths.py`).
    Thresholds come from the linear polarisation of the exact axon model; recruitment is the share
    of the pool below the current, smoothed. The fine terminal branches are left out: a thick axon
    that ended, sealed, at the motor point would fire at a third of the currents seen at the bedside.
    An asymmetric pulse counts as its leading phase alone.

Valid for
    Innervated muscle. Depth, scatter and the spread of thresholds between children are proposed
    defaults (evidence/chain.toml) until a child's own threshold was seen.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import final

import numpy as np
from numpy.typing import NDArray

from rheobase.model.body.layers import limb_of
from rheobase.model.body.muscles import Muscle, zone_widening
from rheobase.model.field.lines import line_potentials
from rheobase.model.field.pads import Patch
from rheobase.model.nerve.mrg_launch import in_threads
from rheobase.model.nerve.polarisation import (
    Prepared,
    predicted_thresholds_ma,
    prepared,
    thresholds_of,
)
from rheobase.model.nerve.pools import AxonPool, PoolCourse, axon_pool
from rheobase.model.nerve.pulse_samples import Phases
from rheobase.model.nerve.recruitment import recruited_fraction
from rheobase.model.twins.conductor import Conductor, check_montage, conductors
from rheobase.model.twins.ensemble import Twins
from rheobase.model.twins.paths import N_LEVELS, Paths, potentials_along
from rheobase.stimulus.pads import Montage, Side
from rheobase.stimulus.pulse import Waveform

Array = NDArray[np.float64]
Rows = NDArray[np.int64]

# A pool: paths around the motor point, in standard deviations of depth and of place; axons on each.
DEPTHS = (-1.0, 0.0, 1.0)
ENDS = (0.6, -1.2, 0.6)
N_LINES, N_PER_LINE = len(DEPTHS), 4
N_AXONS = N_LINES * N_PER_LINE
WINDOW_MM = 60.0  # the field farther from the pads does not matter
WINDOW_STEP_MM = 30.0
LEAST_MA, MOST_MA = 0.05, 1000.0
N_GRID = 96  # 11 % apart, as fine as the curves are soft


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
        return recruited_fraction(
            self.threshold_ma[key], np.asarray(amplitude_ma, float), softness=self.softness
        )

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
        grid = np.geomspace(LEAST_MA, MOST_MA, N_GRID)
        curve = self.target(grid)
        return np.array([np.exp(np.interp(fraction, row, np.log(grid))) for row in curve])


@lru_cache(maxsize=64)
def recruitment(
    twins: Twins,
    montage: Montage,
    pulse: Pulse,
    muscle: Muscle,
    side: Side,
    *,
    alone: bool = False,
) -> Recruitment:
    """Return the thresholds of a muscle, its parts and its neighbours.

    Args:
        twins: the ensemble.
        montage: the two pads.
        pulse: shape and width.
        muscle: the target.
        side: the child's side.
        alone: leave the neighbours out.

    Raises:
        BadInput: if the montage is one the model has no business with.
    """
    check_montage(twins, side, muscle, montage)
    here = conductors(twins, side, muscle)
    parts, near, wanted = cast_of(twins, muscle, alone=alone)
    found = {key: np.empty((twins.n, N_AXONS)) for key in wanted}
    factors = {key: excitability(twins, key, side)[:, None] for key in wanted}

    def one(conductor: Conductor) -> None:
        raw = _thresholds(
            twins, conductor, montage, pulse, muscles=tuple(wanted.values()), side=side
        )
        for key, threshold in zip(wanted, raw, strict=True):
            factor = factors[key][conductor.twins]
            found[key][conductor.twins] = np.minimum(threshold * factor, MOST_MA)

    for conductor in here:  # before the threads, which must not start others
        _pool(twins, pulse, spacing_mm(conductor), conductor.twins.tobytes())
    in_threads(one, list(here))
    for group in (m for m in near.values() if m.parts):
        found[group.key] = np.concatenate([found[k] for k in group.parts], axis=1)
    return Recruitment(
        threshold_ma=found,
        parts=parts,
        neighbours=tuple(near),
        softness=twins.parameters.fact("recruitment_softness"),
    )


def cast_of(
    twins: Twins, muscle: Muscle, *, alone: bool
) -> tuple[dict[str, float], dict[str, Muscle], dict[str, Muscle]]:
    """Return a target's parts with their shares, its neighbours, and all whose axons are needed.

    Args:
        twins: know the catalogue.
        muscle: the target.
        alone: leave the neighbours out.
    """
    p = twins.parameters
    parts = {key: p.muscle(key).action.share for key in muscle.parts or (muscle.key,)}
    near = {key: p.muscle(key) for key in (() if alone else muscle.neighbours)}
    chain = limb_of(muscle.segment)
    near = {k: m for k, m in near.items() if m.segment in chain and k not in parts}
    wanted = {**{k: p.muscle(k) for k in parts}, **{k: m for k, m in near.items() if not m.parts}}
    for group in (m for m in near.values() if m.parts):
        wanted.update({k: p.muscle(k) for k in group.parts})
    return parts, near, wanted


def _thresholds(
    twins: Twins,
    conductor: Conductor,
    montage: Montage,
    pulse: Pulse,
    *,
    muscles: tuple[Muscle, ...],
    side: Side,
) -> Array:
    """Return (n_muscles, n_rows, N_AXONS) thresholds of the usual axon for one conductor. [mA]"""
    paths = [paths_of(twins, conductor, m, side) for m in muscles]
    patches = tuple(conductor.patch(pad) for pad in montage.pads)
    z_mm, spacing = samples_mm(conductor, patches)
    levels = np.concatenate([path.level_mm.ravel() for path in paths])
    at_levels = line_potentials(
        conductor.modes,
        patches,
        (-1.0, 1.0),
        rho_mm=levels,
        phi_deg=np.concatenate([np.repeat(path.phi_deg, N_LEVELS) for path in paths]),
        z_mm=z_mm,
    ).reshape(len(muscles), len(conductor.twins), N_LEVELS, len(z_mm))
    lines = potentials_along(paths, at_levels, z_mm)
    raw = pool_thresholds(twins, pulse, lines, spacing, conductor.twins, threads=False)
    return raw.reshape(len(muscles), len(conductor.twins), N_AXONS)


def samples_mm(conductor: Conductor, patches: tuple[Patch, ...]) -> tuple[Array, float]:
    """Return (n_samples,) places where paths are sampled, around the pads, and the spacing. [mm]

    The window moves in steps with the pads, so that a pad that is dragged mostly keeps it.
    """
    spacing = spacing_mm(conductor)
    first = min(q.z_mm - q.height_mm for q in patches) - WINDOW_MM
    last = max(q.z_mm + q.height_mm for q in patches) + WINDOW_MM
    first = max(0.0, WINDOW_STEP_MM * np.floor(first / WINDOW_STEP_MM))
    last = min(conductor.modes.length_mm, WINDOW_STEP_MM * np.ceil(last / WINDOW_STEP_MM))
    return np.arange(first, last + spacing, spacing), spacing


def spacing_mm(conductor: Conductor) -> float:
    """Return the spacing of samples: a third of the shallowest depth, or finer. [mm]"""
    third = conductor.modes.depth_mm / 3.0
    return float(np.clip(np.floor(4.0 * third) / 4.0, 0.25, 2.0))


def excitability(twins: Twins, key: str, side: Side) -> Array:
    """Return (n_twins,) the factor on all thresholds of a muscle that only observation settles. [1]"""
    fact = twins.parameters.fact
    child, own = twins.normal("threshold"), twins.normal(f"threshold {key} {side.value}")
    return np.asarray(np.exp(fact("threshold_child") * child + fact("threshold_muscle") * own))


@lru_cache(maxsize=256)
def paths_of(twins: Twins, conductor: Conductor, muscle: Muscle, side: Side) -> Paths:
    """Return the paths of a muscle's axons for the twins of one conductor."""
    rows, name = conductor.twins, f"{muscle.key} {side.value}"
    fact = twins.parameters.fact
    wide = zone_widening(twins.child.age_months)
    zone, depth = muscle.zone, muscle.depth
    u = zone.u + wide * zone.sd_u * twins.normal(f"u {name}")[rows]
    phi = zone.phi_deg + wide * zone.sd_phi_deg * twins.normal(f"phi {name}")[rows]
    share = depth.share + depth.sd * twins.normal(f"depth {name}")[rows]
    shares = share[:, None] + fact("depth_scatter") * np.array(DEPTHS)
    shares = np.clip(shares, fact("shallowest_share"), fact("trunk_share"))
    stature_mm = 1000.0 * float(np.mean(twins.sizes(side).height_m[rows]))
    z_mm = conductor.z_mm(muscle.segment, np.clip(u, 0.0, 1.0))
    return Paths(
        surface_mm=conductor.surface_mm,
        thickness_mm=conductor.thickness_mm,
        phi_deg=phi,
        peak_mm=z_mm[:, None] + fact("end_scatter") * stature_mm * np.array(ENDS),
        share=shares,
        trunk_share=fact("trunk_share"),
        reach_mm=fact("branch_reach") * stature_mm,
    )


def pool_thresholds(
    twins: Twins,
    pulse: Pulse,
    lines: Array,
    step_mm: float,
    rows: Rows,
    *,
    threads: bool = True,
) -> Array:
    """Return (n_lines, N_PER_LINE) thresholds; lines run over anything, twins, paths.

    Args:
        twins: the ensemble.
        pulse: shape and width.
        lines: (n_lines, n_points) potential while the active pad carries -1 mA. [mV]
        step_mm: from point to point. [mm]
        rows: which of the twins.
        threads: whether to use all cores.
    """
    ready = _pool(twins, pulse, step_mm, rows.tobytes())
    groups = np.tile(np.arange(len(rows) * N_LINES), len(lines) // (len(rows) * N_LINES))
    return thresholds_of(ready, lines, groups, threads=threads)


@lru_cache(maxsize=48)
def _pool(twins: Twins, pulse: Pulse, step_mm: float, rows: bytes) -> Prepared:
    """Return the axons of some twins, (twins, paths) by N_PER_LINE, ready for fields."""
    pool = pool_of(twins, twins.parameters.motor_axons, np.frombuffer(rows, np.int64))
    order = np.arange(N_AXONS).reshape(N_PER_LINE, N_LINES).T  # calibres dealt out to the paths
    nerve = twins.parameters.nerve
    both = pulse.waveform is Waveform.SYMMETRIC_BIPHASIC
    internode = np.repeat(pool.internode_scale, N_LINES, axis=0)
    myelin = np.repeat(pool.myelin_scale, N_LINES, axis=0)
    return prepared(
        nerve,
        spacing_mm=step_mm,
        adult_diameter_um=_within(
            pool.adult_diameter_um[:, order].reshape(-1, N_PER_LINE), nerve.diameter_um
        ),
        internode_scale=_within(internode, nerve.internode_scale),
        myelin_scale=_within(myelin, nerve.myelin_scale),
        phases=Phases.BIPHASIC if both else Phases.MONOPHASIC,
        width_us=pulse.pulse_width_us,
        gap_us=pulse.gap_us if both else 0.0,
    )


def pool_of(twins: Twins, course: PoolCourse, rows: Rows) -> AxonPool:
    """Return the axons of some twins."""
    return axon_pool(
        course,
        twins.child.age_months / 12.0,
        N_AXONS,
        calibre_z=twins.normal("axon calibre")[rows],
        internode_z=twins.normal("axon internode")[rows],
        myelin_z=twins.normal("axon myelin")[rows],
    )


def axon_thresholds_ma(
    twins: Twins,
    pulse: Pulse,
    lines: Array,
    spacing_mm: float,
    axons: AxonPool,
    *,
    terminal_mm: Array | None = None,
) -> Array:
    """Return thresholds of axons along lines; sizes beyond the predictor's are taken at its edge.

    Args:
        twins: hold the nerve model.
        pulse: shape and width.
        lines: (n_lines, n_points) potential while the active pad carries -1 mA. [mV]
        spacing_mm: of the points. [mm]
        axons: of each line.
        terminal_mm: (n_lines,) sealed ends from the first point, or None for none. [mm]

    Returns:
        (n_lines, n_axons) threshold. [mA]
    """
    nerve = twins.parameters.nerve
    both = pulse.waveform is Waveform.SYMMETRIC_BIPHASIC
    return predicted_thresholds_ma(
        nerve,
        lines,
        spacing_mm=spacing_mm,
        adult_diameter_um=_within(axons.adult_diameter_um, nerve.diameter_um),
        internode_scale=_within(axons.internode_scale, nerve.internode_scale),
        myelin_scale=_within(axons.myelin_scale, nerve.myelin_scale),
        phases=Phases.BIPHASIC if both else Phases.MONOPHASIC,
        width_us=pulse.pulse_width_us,
        gap_us=pulse.gap_us if both else 0.0,
        terminal_mm=terminal_mm,
    )


def _within(values: Array, axis: Array) -> Array:
    return np.clip(values, axis[0], axis[-1])
