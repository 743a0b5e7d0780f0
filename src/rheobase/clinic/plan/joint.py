"""A movement as a picture: the limb at rest, where it will most likely go, and the fan of where it may."""

import math
from dataclasses import dataclass
from typing import Final, final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rheobase.clinic.plan.pictures import near, spoken
from rheobase.clinic.plan.words import limited_by, say
from rheobase.clinic.svg import path, picture, ring, tag, text
from rheobase.model.response import Movement

WIDTH = 300.0
AT = (150.0, 0.0)  # the joint
LONG, STAYS = 86.0, 118.0  # how long the part is drawn that moves, and the one that stays
MARGIN = 18.0
APART_DEG = 14.0  # labels closer than this would lie on each other


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """How a joint is drawn: for the eye alone.

    Attributes:
        fixed_deg, rest_deg: where the part that stays and the part that moves point; 0 is to the right. [deg]
        signs: which way the angle of each movement opens, against the clock positive.
        fixed, moving: half widths at the joint and at the far end.
        behind: how far the moving part reaches behind the joint, as a heel does, as a share of its length.
    """

    fixed_deg: float
    rest_deg: float
    signs: dict[str, float]
    fixed: tuple[float, float]
    moving: tuple[float, float]
    behind: float = 0.0


JOINTS: Final = {
    "ankle": Drawn(
        fixed_deg=90.0,
        rest_deg=0.0,
        signs={"dorsiflexion": 1.0, "plantarflexion": -1.0},
        fixed=(13.0, 21.0),
        moving=(15.0, 8.0),
        behind=0.22,
    ),
    "knee": Drawn(
        fixed_deg=180.0,
        rest_deg=-90.0,
        signs={"extension": 1.0, "flexion": -1.0},
        fixed=(20.0, 28.0),
        moving=(19.0, 12.0),
    ),
    "hip": Drawn(
        fixed_deg=90.0,
        rest_deg=-90.0,
        signs={"flexion": 1.0, "extension": -1.0},
        fixed=(30.0, 34.0),
        moving=(27.0, 18.0),
    ),
    "elbow": Drawn(
        fixed_deg=90.0,
        rest_deg=-60.0,
        signs={"flexion": 1.0, "extension": -1.0},
        fixed=(15.0, 19.0),
        moving=(14.0, 10.0),
    ),
    "wrist": Drawn(
        fixed_deg=180.0,
        rest_deg=0.0,
        signs={"extension": 1.0, "flexion": -1.0},
        fixed=(11.0, 15.0),
        moving=(12.0, 8.0),
    ),
}
PLAIN: Final = Drawn(
    fixed_deg=180.0, rest_deg=0.0, signs={}, fixed=(14.0, 18.0), moving=(13.0, 9.0)
)


def fan(movement: Movement) -> SafeString:
    """Return a joint with the fan of the angles it will probably reach."""
    drawn = JOINTS.get(movement.joint, PLAIN)
    sign = drawn.signs.get(movement.direction, 1.0)
    change = movement.change_deg
    low, middle, high = (
        drawn.rest_deg + sign * max(-90.0, min(120.0, v))
        for v in (change.low, change.middle, change.high)
    )
    parts = [
        path(
            [AT, *(_point(low + (high - low) * n / 24, LONG + 16) for n in range(25))],
            "fan",
            closed=True,
        ),
        _part(drawn.rest_deg, LONG, drawn.moving, drawn.behind, "ghost"),
        _part(drawn.fixed_deg, STAYS, drawn.fixed, 0.0, "skin"),
        _part(middle, LONG, drawn.moving, drawn.behind, "skin moves"),
        tag("circle", cx=AT[0], cy=AT[1], r=5, cls="pivot"),
    ]
    for at, value, cls in (
        (middle, change.middle, "angle"),
        (low, change.low, "angle-edge"),
        (high, change.high, "angle-edge"),
    ):
        if cls == "angle" or abs(at - middle) > APART_DEG:
            x, y = _point(at, LONG + 32)
            parts.append(text(x, y + 6, f"{near(value)}°", cls, text_anchor="middle"))
    said = _(
        "%(movement)s of the %(joint)s by %(change)s, limited by %(limiter)s. Dashed: at rest."
    ) % {
        "movement": say(movement.direction),
        "joint": say(movement.joint),
        "change": spoken(change, _("degrees")),
        "limiter": limited_by(movement.limiter),
    }
    ends = [_point(drawn.fixed_deg, STAYS), *(_point(a, LONG + 32) for a in (low, middle, high))]
    heights = [y for _x, y in (*ends, _point(drawn.rest_deg, LONG))]
    top = min(*heights, *(-w for w in drawn.fixed)) - MARGIN
    bottom = max(*heights, *drawn.fixed) + MARGIN
    inside = tag("g", parts, transform=f"translate(0 {-top:.1f})")
    return picture((WIDTH, bottom - top), _("Movement"), said, [inside], "movement")


def _point(angle_deg: float, along: float, aside: float = 0.0) -> tuple[float, float]:
    a = math.radians(angle_deg)
    return (
        AT[0] + along * math.cos(a) - aside * math.sin(a),
        AT[1] - along * math.sin(a) - aside * math.cos(a),
    )


def _part(
    angle_deg: float, long: float, widths: tuple[float, float], behind: float, cls: str
) -> str:
    """Return one limb that begins at the joint."""
    first, last = widths
    shares = (-behind, 0.12, 0.4, 0.7, 0.94)
    halves = (first * 0.8, first, first + 0.3 * (last - first), (first + 2 * last) / 3, last * 0.85)
    edge = [(long * s, w) for s, w in zip(shares, halves, strict=True)]
    back = (-behind * long - first * 0.7, 0.0)
    outline = [back, *edge, (long, 0.0), *((s, -w) for s, w in reversed(edge))]
    return ring([_point(angle_deg, s, w) for s, w in outline], cls)
