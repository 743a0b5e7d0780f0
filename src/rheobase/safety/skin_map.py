"""Where pads lie on a small body: which region, which side of the spine, and whether they touch.

The sizes are our own rough ones, on the small side of each age [clinical:D, needs clinical
sign-off]: a small body brings pads closer together, so that a doubtful pair is refused. Height is
joined linearly between the knots; segments are fractions of height. They serve no other purpose.
"""

from bisect import bisect_right

from rheobase.stimulus import Pad, Segment, Side

HEIGHT_CM = ((4.0, 58.0), (12.0, 69.0), (36.0, 87.0), (96.0, 115.0), (228.0, 150.0))  # (months, cm)
LENGTH = {  # of the height [1]
    Segment.HEAD: 0.13,
    Segment.NECK: 0.04,
    Segment.CHEST: 0.17,
    Segment.ABDOMEN: 0.11,
    Segment.PELVIS: 0.10,
    Segment.THIGH: 0.21,
    Segment.SHANK: 0.20,
    Segment.FOOT: 0.14,
    Segment.UPPER_ARM: 0.17,
    Segment.FOREARM: 0.13,
    Segment.HAND: 0.10,
}
GIRTH = {  # of the height [1]
    Segment.HEAD: 0.33,
    Segment.NECK: 0.17,
    Segment.CHEST: 0.44,
    Segment.ABDOMEN: 0.40,
    Segment.PELVIS: 0.44,
    Segment.THIGH: 0.25,
    Segment.SHANK: 0.18,
    Segment.FOOT: 0.13,
    Segment.UPPER_ARM: 0.12,
    Segment.FOREARM: 0.115,
    Segment.HAND: 0.10,
}
ARM = (Segment.UPPER_ARM, Segment.FOREARM, Segment.HAND)
LEG = (Segment.PELVIS, Segment.THIGH, Segment.SHANK, Segment.FOOT)
AXIAL = (Segment.HEAD, Segment.NECK, Segment.CHEST, Segment.ABDOMEN)
ROUND_THE_BODY = (*AXIAL, Segment.PELVIS)  # phi runs round the whole body, not round a limb


def height_mm(age_months: float) -> float:
    """Return the height of a small child of an age; the outer knots hold beyond them. [mm]"""
    ages = [age for age, _ in HEIGHT_CM]
    at = min(max(bisect_right(ages, age_months), 1), len(ages) - 1)
    (a0, h0), (a1, h1) = HEIGHT_CM[at - 1], HEIGHT_CM[at]
    age = min(max(age_months, a0), a1)
    return 10.0 * (h0 + (h1 - h0) * (age - a0) / (a1 - a0))


def region(pad: Pad) -> str:
    """Return the body region whose currents are added up: a whole limb, or the trunk."""
    place = pad.place
    if place.segment in AXIAL:
        return "trunk"
    return f"{place.side} {'arm' if place.segment in ARM else 'leg'}"


def turn_deg(pad: Pad) -> float:
    """Return the angle round the segment: 0 front, positive left on the trunk, 180 back. [deg]"""
    place = pad.place
    mirrored = place.segment in ROUND_THE_BODY and place.side is Side.RIGHT
    return -place.phi_deg if mirrored else place.phi_deg


def half(pad: Pad) -> str:
    """Return which half of the trunk a pad's centre lies on: "left", "right" or "midline"."""
    turn = turn_deg(pad)
    if turn in (-180.0, 0.0, 180.0):
        return "midline"
    return "left" if turn == abs(turn) else "right"


def touch(a: Pad, b: Pad, age_months: float) -> bool:
    """Return whether two pads may overlap on a small child of this age.

    Valid for pads on one segment; pads on neighbouring segments are not compared.
    """
    if a.place.segment is not b.place.segment:
        return False
    if a.place.segment not in ROUND_THE_BODY and a.place.side is not b.place.side:
        return False
    height = height_mm(age_months)
    turn = abs(turn_deg(a) - turn_deg(b))
    around_mm = min(turn, 360.0 - turn) / 360.0 * GIRTH[a.place.segment] * height
    along_mm = abs(a.place.u - b.place.u) * LENGTH[a.place.segment] * height
    return (
        around_mm < (a.width_mm + b.width_mm) / 2.0 and along_mm < (a.height_mm + b.height_mm) / 2.0
    )
