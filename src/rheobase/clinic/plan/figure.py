"""The build of the drawn child: where each segment lies, front and back. `clothed.py` draws it.

Valid for pictures only. Proportions follow the child's age (the head is a quarter of an infant and
an eighth of an adult) and are no measurement; the model never reads them. Units: thousandths of
stature, feet at 1000, the child's midline at x = 0.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, final

from rheobase.stimulus.pads import Place, Segment, Side

# age in months, head height and leg length as shares of stature, width of trunk and limbs
BUILD: Final = (
    (4.0, 0.250, 0.330, 1.32),
    (12.0, 0.228, 0.365, 1.26),
    (36.0, 0.200, 0.420, 1.12),
    (72.0, 0.172, 0.460, 1.00),
    (132.0, 0.152, 0.485, 0.95),
    (216.0, 0.135, 0.495, 0.96),
)
Xy = tuple[float, float]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One segment of the drawing on the child's left, seen from the front.

    Attributes:
        top, bottom: centre of its ends; x grows away from the midline. [thousandths]
        widths: (n_widths,) half width at equal steps from top to bottom. [thousandths]
        midline: it belongs to the trunk: both sides share one outline.
    """

    top: Xy
    bottom: Xy
    widths: tuple[float, ...]
    midline: bool = False

    def centre(self, u: float) -> Xy:
        """Return the middle of the segment at a share of its length."""
        return (
            self.top[0] + u * (self.bottom[0] - self.top[0]),
            self.top[1] + u * (self.bottom[1] - self.top[1]),
        )

    def half_width(self, u: float) -> float:
        """Return its half width at a share of its length."""
        at = min(max(u, 0.0), 1.0) * (len(self.widths) - 1)
        i = min(int(at), len(self.widths) - 2)
        return self.widths[i] + (at - i) * (self.widths[i + 1] - self.widths[i])

    @property
    def tilt_deg(self) -> float:
        """Angle of its long axis from upright, positive outwards. [deg]"""
        dx, dy = self.bottom[0] - self.top[0], self.bottom[1] - self.top[1]
        return math.degrees(math.atan2(dx, dy))

    def outline(self, steps: int = 16) -> list[Xy]:
        """Return the closed outline of the segment."""
        slope = math.radians(self.tilt_deg)
        there, back = [], []
        for n in range(steps + 1):
            u = n / steps
            (x, y), w = self.centre(u), self.half_width(u)
            there.append((x + w * math.cos(slope), y - w * math.sin(slope)))
            back.append((x - w * math.cos(slope), y + w * math.sin(slope)))
        return there + back[::-1]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A child of one age, ready to be drawn.

    Attributes:
        head: height of the head. [thousandths]
        stretches: every segment that can carry pads.
    """

    head: float
    stretches: dict[Segment, Stretch]

    def at(self, place: Place, *, back: bool) -> tuple[float, float, float] | None:
        """Return where a place appears: x, y and how much it is foreshortened, or None if hidden.

        Args:
            place: on the child.
            back: seen from behind.
        """
        facing = math.cos(math.radians(place.phi_deg)) * (-1.0 if back else 1.0)
        if facing < -0.05:
            return None
        stretch = self.stretches[place.segment]
        (x, y), w = stretch.centre(place.u), stretch.half_width(place.u)
        out = x + w * 0.92 * math.sin(math.radians(place.phi_deg))
        left = place.side is Side.LEFT
        return (out if left != back else -out), y, max(0.25, facing)


def figure(age_months: float) -> Figure:
    """Return the drawing of a child of this age. [months]"""
    head, leg, wide = (1000 * _built(age_months, n) for n in (1, 2, 3))
    wide /= 1000
    neck, hip, trunk = head * 0.96, 1000 - leg, 1000 - leg - head
    shoulder = neck + 18
    knee, ankle = hip + leg * 0.50, hip + leg * 0.93
    reach = 0.96 if age_months > 36 else 0.86
    elbow = (118 * wide + 42, shoulder + 30 + 165 * reach)
    wrist = (elbow[0] + 30, elbow[1] + 135 * reach)
    hand = (wrist[0] + 12, wrist[1] + 78 * reach)

    def made(top: Xy, bottom: Xy, *widths: float, midline: bool = False) -> Stretch:
        return Stretch(
            top=top, bottom=bottom, widths=tuple(w * wide for w in widths), midline=midline
        )

    ribs, crest = shoulder + trunk * 0.50, shoulder + trunk * 0.76
    hips = 50 * wide
    return Figure(
        head=head,
        stretches={
            Segment.HEAD: made((0, 0), (0, head), head * 0.40, head * 0.40, midline=True),
            Segment.NECK: made((0, neck - 30), (0, shoulder + 8), 32, 34, midline=True),
            Segment.CHEST: made(
                (0, shoulder - 6), (0, ribs), 58, 106, 108, 104, 101, 97, midline=True
            ),
            Segment.ABDOMEN: made((0, ribs), (0, crest), 97, 90, 91, midline=True),
            Segment.PELVIS: made((0, crest), (0, hip + 14), 91, 98, 103, midline=True),
            Segment.THIGH: made((hips, hip - 4), (hips + 6, knee), 50, 48, 42, 36, 33),
            Segment.SHANK: made((hips + 6, knee), (hips + 10, ankle), 33, 37, 36, 28, 21, 19),
            Segment.FOOT: made((hips + 12, ankle - 4), (hips + 26, 996), 20, 27, 30, 24),
            Segment.UPPER_ARM: made((104 * wide, shoulder + 22), elbow, 30, 29, 27, 24),
            Segment.FOREARM: made(elbow, wrist, 24, 25, 21, 16),
            Segment.HAND: made(wrist, hand, 15, 20, 19, 12),
        },
    )


def _built(age_months: float, column: int) -> float:
    rows = BUILD
    if age_months <= rows[0][0]:
        return rows[0][column]
    for (a, *low), (b, *high) in pairwise(rows):
        if age_months <= b:
            share = (age_months - a) / (b - a)
            return low[column - 1] + share * (high[column - 1] - low[column - 1])
    return rows[-1][column]
