"""Where the pads go, as pictures: the whole child front and back, and the limb of each unit near by.

The search window of a motor point is drawn as two rings, one and two standard deviations of the
published (adult) position: it is where to begin looking, never an answer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from rheobase.clinic.plan.clothed import drawn
from rheobase.clinic.plan.figure import Figure, Stretch, figure
from rheobase.clinic.plan.words import on_side, say
from rheobase.clinic.svg import line, path, picture, tag, text
from rheobase.model.body.muscles import MotorZone
from rheobase.stimulus.pads import Montage, Pad, Place, Segment, Side

TRUNK: Final = (Segment.CHEST, Segment.ABDOMEN, Segment.PELVIS, Segment.NECK, Segment.HEAD)
# names of a segment's upper and lower end, for the close view
ENDS: Final = {
    Segment.THIGH: ("hip", "knee"),
    Segment.SHANK: ("knee", "ankle"),
    Segment.FOOT: ("ankle", "toes"),
    Segment.UPPER_ARM: ("shoulder", "elbow"),
    Segment.FOREARM: ("elbow", "wrist"),
    Segment.HAND: ("wrist", "fingertips"),
    Segment.CHEST: ("shoulders", "lower ribs"),
    Segment.ABDOMEN: ("lower ribs", "iliac crest"),
    Segment.PELVIS: ("iliac crest", "hip"),
    Segment.NECK: ("skull", "shoulders"),
    Segment.HEAD: ("crown", "chin"),
}
BETWEEN: Final = {
    "hip": pgettext_lazy("between", "hip"),
    "knee": pgettext_lazy("between", "knee"),
    "ankle": pgettext_lazy("between", "ankle"),
    "toes": pgettext_lazy("between", "toes"),
    "shoulder": pgettext_lazy("between", "shoulder"),
    "elbow": pgettext_lazy("between", "elbow"),
    "wrist": pgettext_lazy("between", "wrist"),
    "fingertips": pgettext_lazy("between", "fingertips"),
    "shoulders": pgettext_lazy("between", "shoulders"),
    "lower ribs": pgettext_lazy("between", "lower ribs"),
    "iliac crest": pgettext_lazy("between", "iliac crest"),
    "skull": pgettext_lazy("between", "skull"),
    "crown": pgettext_lazy("between", "crown"),
    "chin": pgettext_lazy("between", "chin"),
}
TRUNK_WORDS: Final = {
    "inner side": pgettext_lazy("of the trunk", "far side"),
    "outer side": pgettext_lazy("of the trunk", "side"),
}
LIMB_WORDS: Final = {
    "front": pgettext_lazy("of a limb", "front"),
    "outer side": pgettext_lazy("of a limb", "outer side"),
    "back": pgettext_lazy("of a limb", "back"),
    "inner side": pgettext_lazy("of a limb", "inner side"),
}
VIEWS: Final = ((0.0, "front"), (90.0, "outer side"), (180.0, "back"), (-90.0, "inner side"))
BESIDE, BADGE = 256.0, 29.0  # where letters stand beside the child, and how large
# right and left, as one letter beside the figure
LETTERS: Final = (pgettext_lazy("right", "R"), pgettext_lazy("left", "L"))


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One unit on the child.

    Attributes:
        slot: letter of the unit.
        name: the muscle, for people.
        side: of the child.
        montage: its pads.
        zone: the published search window, or None.
        widened: factor on the window's standard deviations. [1]
        length_mm, girth_mm: of the segment under the active pad. [mm]
    """

    slot: str
    name: str
    side: Side
    montage: Montage
    zone: MotorZone | None
    widened: float
    length_mm: float
    girth_mm: float


def body_map(age_months: float, units: Sequence[Placed]) -> SafeString:
    """Return the child from the front and from behind, with every pad and its letter."""
    fig = figure(age_months)
    parts = []
    for back, at, word in (
        (False, 290, pgettext("side of the child", "Front")),
        (True, 870, pgettext("side of the child", "Back")),
    ):
        inside = [*drawn(fig, back=back)]
        for unit in units:
            inside += _zone_on_figure(fig, unit, back=back)
            inside += _pads_on_figure(fig, unit, back=back)
        inside += _badges(fig, units, back=back)
        parts.append(tag("g", inside, transform=f"translate({at} 56)"))
        parts.append(text(at, 34, word, "view-name", text_anchor="middle"))
        right, left = LETTERS if not back else reversed(LETTERS)
        parts.append(text(at - BESIDE, 34, right, "side-name", text_anchor="middle"))
        parts.append(text(at + BESIDE, 34, left, "side-name", text_anchor="middle"))
    return picture((1160, 1076), _("Where the pads go"), said(units), parts, "body-map")


def said(units: Sequence[Placed]) -> str:
    """Return the placement of every pad in words."""
    return " ".join(
        _("Unit %(slot)s, %(muscle)s: active pad %(active)s; second pad %(other)s.")
        % {
            "slot": u.slot,
            "muscle": on_side(u.side, u.name),
            "active": where(u.montage.active),
            "other": where(u.montage.other),
        }
        for u in units
    )


def where(pad: Pad) -> str:
    """Return a pad's size and place in words."""
    p = pad.place
    top, bottom = ENDS[p.segment]
    size = {"width": f"{pad.width_mm:g}", "height": f"{pad.height_mm:g}"}
    return _(
        "%(size)s, on the %(around)s of the %(segment)s, %(share)s %% of the way from %(top)s "
        "to %(bottom)s"
    ) % {
        "size": (_("%(width)s mm round") if pad.round else _("%(width)s x %(height)s mm")) % size,
        "around": around(p),
        "segment": say(p.segment),
        "share": f"{100 * p.u:.0f}",
        "top": BETWEEN[top],
        "bottom": BETWEEN[bottom],
    }


def around(place: Place) -> str:
    """Return where around the segment a place lies, in words."""
    phi = place.phi_deg
    words = LIMB_WORDS | (TRUNK_WORDS if place.segment in TRUNK else {})
    ranked = sorted(VIEWS, key=lambda v: _apart(phi, v[0]))
    near = _apart(phi, ranked[0][0])
    one, two = words[ranked[0][1]], words[ranked[1][1]]
    if near <= 22.5:
        return str(one)
    return _("%(one)s, towards the %(other)s,") % {"one": one, "other": two}


def close_view(unit: Placed) -> SafeString:
    """Return the limb under one unit, turned so that the active pad faces the reader, to scale."""
    place = unit.montage.active.place
    turn, word = min(VIEWS, key=lambda v: _apart(place.phi_deg, v[0]))
    near = _Near(unit=unit, turn_deg=turn)
    parts = [*near.limb(), *near.pads(), *near.rings(), *near.ruler()]
    title = _("Unit %(slot)s: %(muscle)s, %(view)s of the %(segment)s") % {
        "slot": unit.slot,
        "muscle": on_side(unit.side, unit.name),
        "view": LIMB_WORDS[word],
        "segment": say(place.segment),
    }
    words = _(
        "Active pad %(active)s. Second pad %(other)s. "
        "Rings: one and two standard deviations of where adults' motor points lie."
    ) % {"active": where(unit.montage.active), "other": where(unit.montage.other)}
    return picture((300, 360), title, words, parts, "close-view")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    unit: Placed
    turn_deg: float

    @property
    def radius_mm(self) -> float:
        """Half width of what is seen: a trunk is broader than it is deep. [mm]"""
        broad = 1.2 if self.unit.montage.active.place.segment in TRUNK else 1.0
        return broad * self.unit.girth_mm / (2 * math.pi)

    @property
    def scale(self) -> float:
        return min(300.0 / max(self.unit.length_mm, 40.0), 115.0 / self.radius_mm)

    @property
    def length(self) -> float:
        return max(self.unit.length_mm, 40.0) * self.scale

    @property
    def top(self) -> float:
        return 180.0 - self.length / 2

    @property
    def radius(self) -> float:
        return self.radius_mm * self.scale

    def half_width(self, u: float) -> float:
        return self.radius * _shape(self.unit.montage.active.place.segment, u)

    def at(self, u: float, phi_deg: float) -> tuple[float, float, float] | None:
        turned = math.radians((phi_deg - self.turn_deg + 180) % 360 - 180)
        if math.cos(turned) < -0.02:
            return None
        outwards = math.sin(turned)
        # Seen from the front, the outer side of a left limb is on the reader's right.
        sign = 1 if self.unit.side is Side.LEFT else -1
        return (
            150 + sign * self.half_width(u) * outwards,
            self.top + self.length * u,
            math.cos(turned),
        )

    def limb(self) -> list[str]:
        segment = self.unit.montage.active.place.segment
        beyond = 18.0 / self.length
        us = [-beyond + n / 20 * (1 + 2 * beyond) for n in range(21)]
        right = [(150 + self.half_width(u), self.top + self.length * u) for u in us]
        left = [(150 - self.half_width(u), self.top + self.length * u) for u in reversed(us)]
        top, bottom = ENDS[segment]
        head, foot = self.top, self.top + self.length
        return [
            path(right + left, "skin", closed=True),
            tag("line", x1=8, y1=head, x2=292, y2=head, cls="landmark"),
            tag("line", x1=8, y1=foot, x2=292, y2=foot, cls="landmark"),
            text(4, head - 5, say(top), "landmark-name"),
            text(4, foot + 15, say(bottom), "landmark-name"),
        ]

    def rings(self) -> list[str]:
        zone = self.unit.zone
        if zone is None:
            return []
        found = self.at(zone.u, zone.phi_deg)
        if found is None:
            return []
        x, y, facing = found
        across = (
            math.radians(zone.sd_phi_deg * self.unit.widened) * self.half_width(zone.u) * facing
        )
        along = self.length * zone.sd_u * self.unit.widened
        rings = [
            tag("ellipse", cx=x, cy=y, rx=max(2.0, across * n), ry=along * n, cls=f"ring ring-{n}")
            for n in (2, 1)
        ]
        return rings

    def pads(self) -> list[str]:
        active = self.unit.montage.active.place
        parts = []
        for pad, role in ((self.unit.montage.other, "other"), (self.unit.montage.active, "active")):
            place = pad.place
            if place.segment is not active.segment or place.side is not active.side:
                continue
            found = self.at(place.u, place.phi_deg)
            if found is None:
                continue
            x, y, facing = found
            width = max(8.0, pad.width_mm * self.scale * max(facing, 0.3))
            parts.append(
                _pad(
                    (x, y),
                    width,
                    pad.height_mm * self.scale,
                    pad,
                    f"pad {role} unit-{self.unit.slot}",
                )
            )
            parts.append(_letter(x, y, self.unit.slot, role, 15))
        return parts

    def ruler(self) -> list[str]:
        length = 20 * self.scale
        x = 288 - length
        return [
            tag("path", d=f"M{x:.1f},352v4h{length:.1f}v-4", cls="ruler"),
            text(x - 4, 357, "2 cm", "landmark-name", text_anchor="end"),
        ]


def _shape(segment: Segment, u: float) -> float:
    widths = {
        Segment.THIGH: (1.15, 1.1, 1.0, 0.85, 0.76),
        Segment.SHANK: (0.92, 1.0, 0.98, 0.78, 0.62, 0.6),
        Segment.UPPER_ARM: (1.1, 1.05, 1.0, 0.95, 0.9),
        Segment.FOREARM: (1.0, 1.02, 0.85, 0.68),
        Segment.FOOT: (0.8, 1.0, 1.1, 0.8),
        Segment.HAND: (0.8, 1.1, 1.0, 0.6),
        Segment.CHEST: (0.9, 1.06, 1.06, 1.0),
        Segment.PELVIS: (1.0, 1.06, 1.1),
    }.get(segment, (1.0, 1.0))
    return Stretch(top=(0, 0), bottom=(0, 1), widths=widths).half_width(u)


def _zone_on_figure(fig: Figure, unit: Placed, *, back: bool) -> list[str]:
    zone, active = unit.zone, unit.montage.active.place
    if zone is None:
        return []
    centre = Place(segment=active.segment, side=unit.side, u=zone.u, phi_deg=zone.phi_deg)
    found = fig.at(centre, back=back)
    if found is None:
        return []
    x, y, facing = found
    stretch = fig.stretches[active.segment]
    across = math.radians(zone.sd_phi_deg) * stretch.half_width(zone.u) * facing * unit.widened
    along = zone.sd_u * unit.widened * math.dist(stretch.top, stretch.bottom)
    return [
        tag("ellipse", cx=x, cy=y, rx=max(3.0, across * n), ry=along * n, cls=f"ring ring-{n}")
        for n in (2, 1)
    ]


def _pads_on_figure(fig: Figure, unit: Placed, *, back: bool) -> list[str]:
    parts = []
    for pad, role in ((unit.montage.other, "other"), (unit.montage.active, "active")):
        found = fig.at(pad.place, back=back)
        if found is None:
            continue
        x, y, facing = found
        stretch = fig.stretches[pad.place.segment]
        per_mm = math.dist(stretch.top, stretch.bottom) / max(unit.length_mm, 40.0)
        if pad.place.segment is not unit.montage.active.place.segment:
            per_mm = min(per_mm, 0.9)
        width = max(14.0, pad.width_mm * per_mm * facing)
        parts.append(
            _pad(
                (x, y),
                width,
                max(20.0, pad.height_mm * per_mm),
                pad,
                f"pad {role} unit-{unit.slot}",
            )
        )
    return parts


def _badges(fig: Figure, units: Sequence[Placed], *, back: bool) -> list[str]:
    """Return the letter of each unit beside the child, with a line to its active pad."""
    seen = [(u.slot, found) for u in units if (found := fig.at(u.montage.active.place, back=back))]
    parts: list[str] = []
    taken: list[tuple[float, float]] = []
    for slot, (x, y, _facing) in sorted(seen, key=lambda one: one[1][1]):
        side = math.copysign(BESIDE, x)
        at = max([y, *(other + BADGE * 2.4 for s, other in taken if s == side)])
        taken.append((side, at))
        edge = side - math.copysign(BADGE, side)
        parts += [
            line(x, y, edge, at, f"leader unit-{slot}"),
            tag("circle", cx=x, cy=y, r=6, cls=f"leader-end unit-{slot}"),
            tag("circle", cx=side, cy=at, r=BADGE, cls=f"badge unit-{slot}"),
            text(side, at + 13, slot, "badge-letter", text_anchor="middle"),
        ]
    return parts


def _pad(at: tuple[float, float], width: float, height: float, pad: Pad, cls: str) -> str:
    x, y = at
    if pad.round:
        return tag("ellipse", cx=x, cy=y, rx=width / 2, ry=height / 2, cls=cls)
    corner = min(width, height) * 0.22
    return tag(
        "rect", x=x - width / 2, y=y - height / 2, width=width, height=height, rx=corner, cls=cls
    )


def _letter(x: float, y: float, slot: str, role: str, size: float) -> str:
    cls = "pad-letter" if role == "active" else f"pad-letter second unit-{slot}"
    return text(x, y + size * 0.36, slot, cls, text_anchor="middle", font_size=size)


def _apart(a_deg: float, b_deg: float) -> float:
    return abs((a_deg - b_deg + 180.0) % 360.0 - 180.0)
