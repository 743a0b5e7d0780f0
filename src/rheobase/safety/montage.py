"""Where pads may not lie, whoever signed it; and how two units may not share a place.

Source: the reference on clinical facts, section 2 (anterior neck, head, chest, transthoracic:
BLOCK-SITE always); posterior neck and thorax, and an infant's pads across the spine or above T10,
only with a named clinician's clearance, recorded as an `Override` of the prescription.

Valid for the landmarks of `stimulus.pads`; the chest is the trunk above the costal margin.
"""

from collections.abc import Collection

from rheobase.safety.limits import INFANT
from rheobase.safety.skin_map import ARM, AXIAL, half, region, touch, turn_deg
from rheobase.stimulus import ChannelOrder, Montage, Pad, Prescription, Segment

BACK_FROM_DEG = 120.0  # |angle| from the front midline at which the back begins (ours, clinical:D)

# The rules an `Override` can name. Nothing else in this file can be overridden.
CLEARED_NECK = "clearance: back of the neck"
CLEARED_THORAX = "clearance: back of the chest"
CLEARED_INFANT = "clearance: infant trunk"


def montage_violations(
    montage: Montage, age_months: float, cleared: Collection[str]
) -> tuple[str, ...]:
    """Return every reason why these two pads must not carry current.

    Args:
        montage: the two pads of one unit.
        age_months: age of the child. [months]
        cleared: rules that a named clinician cleared (`CLEARED_...`).
    """
    reasons = [r for pad in montage.pads for r in _site(pad, cleared)]
    reasons += _across(*montage.pads)
    if age_months < INFANT.below_months and CLEARED_INFANT not in cleared:
        reasons += _infant(*montage.pads)
    if touch(*montage.pads, age_months):
        reasons.append("the two pads of one unit would touch: move them apart")
    return tuple(dict.fromkeys(reasons))


def shared_violations(a: ChannelOrder, b: ChannelOrder, age_months: float) -> tuple[str, ...]:
    """Return every reason why two units must not be used together."""
    reasons = []
    if (a.muscle, a.side) == (b.muscle, b.side):
        reasons.append(f"units {a.slot} and {b.slot} are both on {a.muscle}, {a.side}")
    if any(touch(p, q, age_months) for p in a.montage.pads for q in b.montage.pads):
        reasons.append(f"pads of units {a.slot} and {b.slot} would touch: move them apart")
    return tuple(reasons)


def placement_violations(prescription: Prescription) -> tuple[str, ...]:
    """Return every reason why the pads of a prescription must not be used, all units together."""
    cleared = {override.rule for override in prescription.overrides}
    age = prescription.age_months
    orders = prescription.channels
    alone = [
        f"unit {order.slot}: {reason}"
        for order in orders
        for reason in montage_violations(order.montage, age, cleared)
    ]
    together = [
        reason
        for i, order in enumerate(orders)
        for other in orders[:i]
        for reason in shared_violations(other, order, age)
    ]
    return (*alone, *together)


def _site(pad: Pad, cleared: Collection[str]) -> list[str]:
    segment = pad.place.segment
    back = abs(pad.place.phi_deg) >= BACK_FROM_DEG
    if segment is Segment.HEAD:
        return ["a pad on the head is never allowed"]
    if segment is Segment.NECK and not back:
        return ["a pad on the front or side of the neck is never allowed"]
    if segment is Segment.NECK and CLEARED_NECK not in cleared:
        return [f"a pad on the back of the neck needs a recorded {CLEARED_NECK!r}"]
    if segment is Segment.CHEST and not back:
        return ["a pad on the front or side of the chest is never allowed"]
    if segment is Segment.CHEST and CLEARED_THORAX not in cleared:
        return [f"a pad on the back of the chest needs a recorded {CLEARED_THORAX!r}"]
    return []


def _across(a: Pad, b: Pad) -> list[str]:
    places = (a.place, b.place)
    regions = {region(a), region(b)}
    reasons = []
    if any(p.segment in ARM for p in places) and len(regions) == 2:
        reasons.append("a pad on an arm and a pad elsewhere would send current across the chest")
    if regions == {"left leg", "right leg"}:
        reasons.append("pads on both legs would send current across the pelvis")
    if any(p.segment in (Segment.CHEST, Segment.NECK) for p in places):
        if {half(a), half(b)} not in ({"left"}, {"right"}):
            reasons.append(
                "pads left and right of the midline above the ribs' edge cross the chest"
            )
        if any(abs(turn_deg(pad)) < BACK_FROM_DEG for pad in (a, b)):
            reasons.append("pads front and back above the ribs' edge cross the chest")
    return reasons


def _infant(a: Pad, b: Pad) -> list[str]:
    segments = {a.place.segment, b.place.segment}
    reasons = []
    if Segment.CHEST in segments:
        reasons.append(f"an infant's trunk pads stay below T10 (else record {CLEARED_INFANT!r})")
    if segments & set(AXIAL) and {half(a), half(b)} not in ({"left"}, {"right"}):
        reasons.append(
            f"an infant's trunk pads stay on one side of the spine (else record {CLEARED_INFANT!r})"
        )
    return reasons
