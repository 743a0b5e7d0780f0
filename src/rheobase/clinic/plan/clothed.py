"""The drawing of a plain, clothed child: limbs of one line each, shirt, shorts, a friendly face.

Valid for pictures only; `figure.py` says where everything lies. Units: thousandths of stature.
"""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from rheobase.clinic.plan.figure import Figure, Stretch, Xy
from rheobase.clinic.svg import curve, ring, tag
from rheobase.stimulus.pads import Segment

LEG: Final = (Segment.THIGH, Segment.SHANK, Segment.FOOT)
ARM: Final = (Segment.UPPER_ARM, Segment.FOREARM, Segment.HAND)
SHARES: Final = (0.12, 0.35, 0.6, 0.85)  # where along a segment its outline is drawn through


def drawn(fig: Figure, *, back: bool) -> Iterator[str]:
    """Yield the child itself: skin, shirt and shorts, and a face when seen from the front."""
    for sign in (1, -1):
        yield ring(_limb(fig, LEG, sign), "skin")
        yield ring(_limb(fig, ARM, sign), "skin")
    neck = fig.stretches[Segment.NECK]
    yield ring(neck.outline(4), "skin")
    yield from _shorts(fig)
    yield from _shirt(fig, back=back)
    yield from _head(fig, back=back)
    if back:
        top, bottom = fig.stretches[Segment.CHEST].top[1], fig.stretches[Segment.PELVIS].bottom[1]
        yield tag("line", x1=0, y1=top + 22, x2=0, y2=bottom - 40, cls="seam")


def _sides(stretch: Stretch, u: float, wider: float = 1.0) -> tuple[Xy, Xy]:
    """Return the outer and the inner edge of a segment on the child's left."""
    slope = math.radians(stretch.tilt_deg)
    (x, y), w = stretch.centre(u), stretch.half_width(u) * wider
    dx, dy = w * math.cos(slope), w * math.sin(slope)
    return (x + dx, y - dy), (x - dx, y + dy)


def _limb(fig: Figure, segments: Sequence[Segment], sign: int) -> list[Xy]:
    parts = [fig.stretches[one] for one in segments]
    edges = [_sides(part, u) for part in parts for u in SHARES][1:]  # it begins under the clothes
    begin, tip = parts[0].centre(SHARES[0]), parts[-1].centre(1.0)
    points = [begin, *(outer for outer, _ in edges), tip, *(inner for _, inner in edges[::-1])]
    return [(sign * x, y) for x, y in points]


def _mirrored(pieces: Sequence[Sequence[Xy]]) -> list[list[Xy]]:
    return [[(-x, y) for x, y in piece[::-1]] for piece in pieces[::-1]]


def _garment(pieces: Sequence[Sequence[Xy]], bottom: float, neckline: float) -> str:
    """Return a symmetric outline: smooth pieces down the child's left, a hem, up the other side."""
    x, y = pieces[0][0]
    d = f"M{x:.1f},{y:.1f}" + _joined(pieces)
    other = _mirrored(pieces)
    (hx, hy) = other[0][0]
    d += f"Q0,{bottom:.1f} {hx:.1f},{hy:.1f}" + _joined(other)
    return d + f"Q0,{neckline:.1f} {x:.1f},{y:.1f}Z"


def _joined(pieces: Sequence[Sequence[Xy]]) -> str:
    d = curve(pieces[0])
    for _, piece in pairwise(pieces):
        x, y = piece[0]
        d += f"L{x:.1f},{y:.1f}{curve(piece)}"
    return d


def _shorts(fig: Figure) -> Iterator[str]:
    pelvis, thigh = fig.stretches[Segment.PELVIS], fig.stretches[Segment.THIGH]
    waist, hip = pelvis.top[1] - 6, pelvis.bottom[1]
    outer, inner = _sides(thigh, 0.34, 1.18)
    crotch = inner[1] - 9
    side = [(pelvis.half_width(0) * 0.99, waist), (pelvis.half_width(0.6), hip - 34)]
    pieces = [
        [*side, (max(pelvis.half_width(1), outer[0] - 3), hip + 6), outer],
        [(max(inner[0], 5.0), inner[1] + 3), (4.0, crotch)],
    ]
    yield tag("path", d=_garment(pieces, crotch, waist + 6), cls="shorts")


def _shirt(fig: Figure, *, back: bool) -> Iterator[str]:
    chest, belly = fig.stretches[Segment.CHEST], fig.stretches[Segment.ABDOMEN]
    arm, neck = fig.stretches[Segment.UPPER_ARM], fig.stretches[Segment.NECK]
    shoulder, hem = chest.top[1], belly.bottom[1] + 8
    outer, inner = _sides(arm, 0.52, 1.28)
    (x, y), w = arm.top, arm.widths[0]
    collar = (neck.half_width(0.5) + 2, shoulder - 12)
    armpit = (min(inner[0] + 5, chest.half_width(0.55)), arm.centre(0.34)[1])
    pieces = [
        [collar, (x * 0.72, shoulder - 2), (x + 0.62 * w, y - 0.42 * w), outer],
        [inner, armpit],
        [
            armpit,
            (chest.half_width(1) * 0.98, chest.bottom[1]),
            (belly.half_width(0.6), belly.centre(0.6)[1]),
            (belly.half_width(1) * 1.05, hem),
        ],
    ]
    yield tag("path", d=_garment(pieces, hem + 9, shoulder + (2 if back else 22)), cls="shirt")


def _head(fig: Figure, *, back: bool) -> Iterator[str]:
    h = fig.head
    for sign in (1, -1):
        yield tag("ellipse", cx=sign * h * 0.4, cy=h * 0.56, rx=h * 0.06, ry=h * 0.085, cls="skin")
    yield tag("ellipse", cx=0, cy=h * 0.5, rx=h * 0.40, ry=h * 0.48, cls="skin")
    if back:
        d = "M-.405,.5C-.42,-.14 .42,-.14 .405,.5C.4,.7 .3,.83 .2,.84Q0,.9 -.2,.84C-.3,.83 -.4,.7 -.405,.5Z"
        yield _scaled(d, h, "hair")
        return
    yield _scaled(
        "M-.41,.48C-.45,-.15 .45,-.15 .41,.48C.38,.34 .3,.27 .12,.25C-.1,.31 -.3,.3 -.41,.48Z",
        h,
        "hair",
    )
    for x in (-0.15, 0.15):
        yield tag("circle", cx=h * x, cy=h * 0.55, r=h * 0.034, cls="eye")
        yield tag("circle", cx=h * x * 1.65, cy=h * 0.68, r=h * 0.055, cls="cheek")
    yield _scaled("M-.11,.72Q0,.82 .11,.72", h, "mouth")


def _scaled(d: str, by: float, cls: str) -> str:
    """Return a path that is written for a head of height 1."""
    words = re.sub(r"-?\d*\.?\d+", lambda found: f"{float(found[0]) * by:.1f}", d)
    return tag("path", d=words, cls=cls)
