"""Where the pads go on this child: the muscle's zone on its own lengths and girths.

The zone is an adult search window; the true motor point is found at the bedside. The largest pad
is taken that covers at most 60 % of the belly, leaves 2 cm of skin to the other, wraps at most a
third of the limb and lies on no forbidden site; the second pad moves away along the limb to make
room. The rules of fit are proposed defaults.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import final

import numpy as np

from rheobase.evidence.chain_parameters import norms
from rheobase.evidence.doses import AgeBand
from rheobase.evidence.muscles import muscle
from rheobase.evidence.pads import PadSize, belly_share, fit_rules, pad_sizes
from rheobase.model.body.child import Child
from rheobase.model.body.muscles import Muscle
from rheobase.model.body.size import sizes_of
from rheobase.planner.case import Target
from rheobase.planner.explain import Reason
from rheobase.safety import montage_violations
from rheobase.safety.skin_map import touch
from rheobase.stimulus.pads import Montage, Pad, Place, Segment, Side

BODIES = 64  # bodies whose medians give lengths and girths
SEED = 1
NEXT = {Segment.CHEST: Segment.ABDOMEN, Segment.ABDOMEN: Segment.PELVIS}  # one surface, no joint
SHIFT_MM = 1.0  # step in which the second pad moves
END_MM = 3.0  # skin left between a pad and the end of its segment


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Skin:
    """The segment a muscle lies on.

    Attributes:
        segment: its name.
        side: which side of the body.
        length_mm: along it. [mm]
        girth_mm: around it. [mm]
        next_mm: length of the segment below, if pads may reach over; 0 if not. [mm]
    """

    segment: Segment
    side: Side
    length_mm: float
    girth_mm: float
    next_mm: float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A montage with its reasons.

    Attributes:
        montage: where the two pads sit.
        gap_mm: skin between them. [mm]
        reasons: why there, why this size.
        warnings: rules of fit that could not be kept.
    """

    montage: Montage
    gap_mm: float
    reasons: tuple[Reason, ...]
    warnings: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NoPlace:
    """No pads fit, and why."""

    why: str


@cache
def skin_of(child: Child, segment: Segment, side: Side) -> Skin:
    """Return median length and girth of a segment of this child."""
    sizes = sizes_of(child, side, norms(), BODIES, SEED)
    below = NEXT.get(segment)
    return Skin(
        segment=segment,
        side=side,
        length_mm=float(np.median(sizes.length_mm[segment])),
        girth_mm=float(np.median(sizes.girth_mm[segment])),
        next_mm=float(np.median(sizes.length_mm[below])) if below else 0.0,
    )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One muscle that is to get pads.

    Attributes:
        slot: for the names of the reasons.
        target: muscle and side.
        below_mm: only pads shorter than this (to stay clear of another unit's). [mm]
    """

    slot: str
    target: Target
    below_mm: float = 1000.0


def place_all(
    child: Child, wanted: tuple[Wanted, ...], band: AgeBand, cleared: frozenset[str]
) -> dict[str, Placed | NoPlace]:
    """Return a montage per slot; where pads of two units would touch, both get smaller ones."""
    while True:
        found = {w.slot: place(child, w, band, cleared) for w in wanted}
        close = _too_close(found, child.age_months)
        smallest = pad_sizes()[-1].height_mm
        below = {slot: _height(found[slot]) for slot in close if _height(found[slot]) > smallest}
        if not below:
            return found
        wanted = tuple(replace(w, below_mm=below.get(w.slot, w.below_mm)) for w in wanted)


def _too_close(found: dict[str, Placed | NoPlace], age_months: float) -> set[str]:
    placed = {slot: one.montage for slot, one in found.items() if isinstance(one, Placed)}
    return {
        slot
        for a, one in placed.items()
        for b, other in placed.items()
        if a < b and any(touch(p, q, age_months) for p in one.pads for q in other.pads)
        for slot in (a, b)
    }


def _height(one: Placed | NoPlace) -> float:
    return one.montage.active.height_mm if isinstance(one, Placed) else 0.0


def place(child: Child, wanted: Wanted, band: AgeBand, cleared: frozenset[str]) -> Placed | NoPlace:
    """Return the montage for a muscle of this child, or why there is none.

    Args:
        child: for lengths and girths.
        wanted: muscle, side and slot.
        band: for the sizes of pads.
        cleared: rules of `safety.montage` that a named clinician cleared.
    """
    slot, target = wanted.slot, wanted.target
    it = muscle(target.muscle)
    skin = skin_of(child, it.segment, target.side)
    fit = _first_fit(child, it, skin, _choices(it, band, wanted.below_mm), cleared)
    if isinstance(fit, str):
        return NoPlace(why=fit)
    size, montage, tight = fit
    warnings = []
    if tight:
        warnings.append(
            f"{slot}: the smallest pad ({size.width_mm:g} mm) is wider than 60 % of the "
            f"{it.name} here; neighbours may answer too."
        )
    if size.height_mm < min(it.smallest_pad_mm, band.pads_mm.most):
        warnings.append(
            f"{slot}: only {size.width_mm:g} mm pads fit with enough skin between them; smaller than "
            f"usual for the {it.name}, so less comfortable."
        )
    return Placed(
        montage=montage,
        gap_mm=gap_mm(montage, skin),
        reasons=_reasons(it, montage, size, skin, slot),
        warnings=tuple(warnings),
    )


def misfits(child: Child, target: Target, montage: Montage) -> tuple[str, ...]:
    """Return every rule of fit that a montage breaks on this child (for pads moved by hand)."""
    it = muscle(target.muscle)
    reasons = []
    for name, pad in (("active", montage.active), ("other", montage.other)):
        if pad.place.segment not in (it.segment, NEXT.get(it.segment)):
            continue
        girth = skin_of(child, pad.place.segment, target.side).girth_mm
        if pad.width_mm > fit_rules().wrap_share_max.number * girth:
            reasons.append(
                f"the {name} pad is {pad.width_mm:g} mm wide and would wrap more than a third of "
                f"the {pad.place.segment} ({girth:.0f} mm around): use a smaller pad"
            )
    return tuple(reasons)


def gap_mm(montage: Montage, skin: Skin) -> float:
    """Return the shortest skin between the two pads' edges, unrolled. [mm]"""
    a, b = montage.active, montage.other
    along = abs(_along_mm(b.place, skin) - _along_mm(a.place, skin))
    turn = abs(a.place.phi_deg - b.place.phi_deg)
    around = min(turn, 360.0 - turn) / 360.0 * skin.girth_mm
    if a.round and b.round:
        return math.hypot(along, around) - (a.width_mm + b.width_mm) / 2.0
    free_along = max(0.0, along - (a.height_mm + b.height_mm) / 2.0)
    free_around = max(0.0, around - (a.width_mm + b.width_mm) / 2.0)
    return math.hypot(free_along, free_around)


def _first_fit(
    child: Child,
    it: Muscle,
    skin: Skin,
    choices: Iterable[tuple[PadSize, float]],
    cleared: frozenset[str],
) -> tuple[PadSize, Montage, bool] | str:
    """Return size, montage and whether the belly is too narrow for it; or why nothing fits."""
    why = f"two pads with {fit_rules().gap_min_mm.number:g} mm of skin between do not fit on it"
    for size, shift_u in choices:
        tight = size.width_mm > fit_rules().belly_share_max.number * _belly_mm(it, skin)
        if tight and size is not pad_sizes()[-1]:
            continue
        if size.width_mm > fit_rules().wrap_share_max.number * skin.girth_mm:
            why = "even the smallest pad would wrap more than a third of the limb"
            continue
        montage = _montage(it, size, skin, shift_u)
        if montage is None:
            continue
        forbidden = montage_violations(montage, child.age_months, cleared)
        if not forbidden:
            return size, montage, tight
        why = "; ".join(forbidden)
    return why


def _choices(it: Muscle, band: AgeBand, below_mm: float) -> Iterator[tuple[PadSize, float]]:
    """Sizes with shifts of the active pad, best first: centred before shifted, large before small."""
    away = math.copysign(it.zone.sd_u, it.zone.u - it.second.u)
    sizes = [s for s in pad_sizes() if s.height_mm <= band.pads_mm.most and s.height_mm < below_mm]
    usual = [size for size in sizes if size.height_mm >= it.smallest_pad_mm]
    shifts = (0.0, 0.5 * away, away)  # within one standard deviation of the zone
    yield from ((size, shift) for shift in shifts for size in usual)
    yield from ((size, shift) for size in sizes if size not in usual for shift in shifts)


def _belly_mm(it: Muscle, skin: Skin) -> float:
    return belly_share(it.key) * skin.girth_mm


def _montage(it: Muscle, size: PadSize, skin: Skin, shift_u: float) -> Montage | None:
    """Return the pads with the second moved away from the first until the gap is right."""
    half = size.height_mm / 2.0 + END_MM
    room_mm = skin.length_mm + skin.next_mm
    active_mm = min(max((it.zone.u + shift_u) * skin.length_mm, half), skin.length_mm)
    other_mm = min(max(it.second.u * skin.length_mm, half), room_mm - half)
    step = SHIFT_MM if it.second.u >= it.zone.u else -SHIFT_MM
    active = _pad(it.zone.phi_deg, size, skin, active_mm)
    while half <= other_mm <= room_mm - half:
        montage = Montage(active=active, other=_pad(it.second.phi_deg, size, skin, other_mm))
        if gap_mm(montage, skin) >= fit_rules().gap_min_mm.number:
            return montage
        other_mm += step
    return None


def _pad(phi_deg: float, size: PadSize, skin: Skin, along_mm: float) -> Pad:
    segment, u = skin.segment, along_mm / skin.length_mm
    if u > 1.0:
        segment, u = NEXT[skin.segment], (along_mm - skin.length_mm) / skin.next_mm
    return Pad(
        place=Place(segment=segment, side=skin.side, u=round(min(u, 1.0), 3), phi_deg=phi_deg),
        width_mm=size.width_mm,
        height_mm=size.height_mm,
        round=size.round,
    )


def _along_mm(place: Place, skin: Skin) -> float:
    if place.segment is skin.segment:
        return place.u * skin.length_mm
    return skin.length_mm + place.u * skin.next_mm


def _reasons(
    it: Muscle, montage: Montage, size: PadSize, skin: Skin, slot: str
) -> tuple[Reason, ...]:
    along = round(montage.active.place.u * skin.length_mm)
    ring = round(it.zone.sd_u * skin.length_mm)
    return (
        Reason(
            about=f"{slot}.montage",
            value=f"{it.name}, {along} mm ± {ring} mm down the {skin.segment}",
            why=(
                f"{it.zone.line} ({it.zone.population}); put on this child's own "
                f"{skin.length_mm:.0f} mm. A search window: find the motor point at 1 to 3 Hz."
            ),
            source=it.zone.source,
            tag=it.zone.tag,
        ),
        Reason(
            about=f"{slot}.pads",
            value=f"{size.name}, {size.width_mm:g} x {size.height_mm:g} mm, "
            f"{gap_mm(montage, skin):.0f} mm apart",
            why=(
                "The largest pad that covers at most 60 % of the belly, leaves 2 cm between the "
                f"pads and wraps at most a third of the {skin.girth_mm:.0f} mm around."
            ),
            source=fit_rules().source,
            tag=fit_rules().tag,
        ),
    )
