"""Six faces of our own for children who point: 0, 2, 4, 6, 8, 10.

They are drawn by rule (brows that rise inwards, eyes that close, a mouth that turns and opens) and
are none of the published faces, whose pictures are copyrighted. So no validity of those is claimed.
"""

from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rheobase.clinic.svg import picture, tag

WORDS: Final = {
    0: noop("does not hurt"),
    2: noop("hurts a little"),
    4: noop("hurts some more"),
    6: noop("hurts quite a lot"),
    8: noop("hurts very much"),
    10: noop("hurts as much as it can"),
}


def face(score: int) -> SafeString:
    """Return one face as SVG that needs no style sheet.

    Args:
        score: 0, 2, 4, 6, 8 or 10.
    """
    part = score / 10.0
    words = _(WORDS[score])
    eye = 7.0 * (1.0 - 0.85 * part)  # half height: open, then pressed shut
    brow = 8.0 * part  # how far the inner ends rise: drawn down they would look angry
    bend = 12.0 - 26.0 * part  # of the mouth: up, straight, down
    parts = [
        tag("circle", cx=60, cy=60, r=52, fill="#f4e7cf", stroke="#14232a", stroke_width=4),
        *(tag("ellipse", cx=x, cy=50, rx=5, ry=max(eye, 1.2), fill="#14232a") for x in (42, 78)),
        _stroke(f"M31,{35 + 0.7 * brow:.1f} L49,{35 - brow:.1f}"),
        _stroke(f"M89,{35 + 0.7 * brow:.1f} L71,{35 - brow:.1f}"),
    ]
    if score >= 8:  # an open mouth
        wide, high = 15.0, 6.0 + 8.0 * (part - 0.8) / 0.2
        parts.append(tag("ellipse", cx=60, cy=86, rx=wide, ry=high, fill="#14232a"))
    else:
        parts.append(_stroke(f"M40,82 Q60,{82 + bend:.1f} 80,82"))
    return picture((120, 120), f"{score}", words, parts, "face")


def faces() -> list[tuple[int, SafeString]]:
    """Return the six faces with their scores, from no pain on."""
    return [(score, face(score)) for score in WORDS]


def _stroke(d: str) -> str:
    return tag("path", d=d, stroke="#14232a", stroke_width=5, stroke_linecap="round", fill="none")
