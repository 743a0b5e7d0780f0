"""Our own pictograms of positions: a plain figure made of thick strokes, readable from far away."""

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_noop as noop

from rheobase.clinic.svg import picture, tag

Xy = tuple[float, float]
# name: (words, head, strokes of the body, strokes of what the child sits or holds)
POSES: Final[dict[str, tuple[str, Xy, tuple[tuple[Xy, ...], ...], tuple[tuple[Xy, ...], ...]]]] = {
    "sit_to_stand": (
        noop("standing up from a chair"),
        (58, 24),
        (((52, 36), (40, 62)), ((40, 62), (64, 66), (60, 96), (70, 96)), ((51, 42), (74, 54))),
        (((14, 66), (34, 66)), ((16, 66), (16, 97)), ((34, 66), (34, 97)), ((14, 66), (12, 34))),
    ),
    "sitting": (
        noop("sitting"),
        (46, 20),
        (((46, 33), (44, 64)), ((44, 64), (70, 66), (70, 96), (80, 96)), ((46, 40), (64, 56))),
        (((26, 68), (56, 68)), ((28, 68), (28, 97)), ((54, 68), (54, 97)), ((26, 68), (24, 38))),
    ),
    "standing": (
        noop("standing"),
        (50, 16),
        (
            ((50, 29), (50, 60)),
            ((50, 60), (42, 96), (34, 96)),
            ((50, 60), (58, 96), (66, 96)),
            ((50, 36), (36, 56)),
            ((50, 36), (64, 56)),
        ),
        (),
    ),
    "stepping": (
        noop("stepping forward"),
        (48, 16),
        (
            ((48, 29), (47, 60)),
            ((47, 60), (64, 76), (72, 94), (82, 91)),
            ((47, 60), (38, 80), (26, 95), (34, 97)),
            ((48, 36), (34, 54)),
            ((48, 36), (64, 50)),
        ),
        (),
    ),
    "foot_up": (
        noop("lifting the foot"),
        (26, 22),
        (((27, 35), (28, 66)), ((28, 66), (58, 66), (62, 92), (78, 82)), ((27, 42), (44, 58))),
        (((12, 70), (44, 70)), ((14, 70), (14, 97)), ((42, 70), (42, 97))),
    ),
    "reaching": (
        noop("reaching out"),
        (38, 20),
        (
            ((38, 33), (38, 66)),
            ((38, 66), (64, 68), (64, 96), (74, 96)),
            ((38, 40), (60, 36), (78, 30)),
        ),
        (((20, 70), (50, 70)), ((22, 70), (22, 97)), ((48, 70), (48, 97)), ((86, 24), (86, 26))),
    ),
    "lying": (
        noop("lying on the back"),
        (18, 76),
        (((31, 78), (62, 78)), ((62, 78), (76, 58), (90, 80)), ((36, 76), (54, 68))),
        (((6, 92), (96, 92)),),
    ),
    "all_fours": (
        noop("on hands and knees"),
        (22, 44),
        (((34, 50), (68, 52)), ((36, 50), (36, 90), (28, 90)), ((68, 52), (66, 90), (88, 90))),
        (((8, 96), (96, 96)),),
    ),
    "tummy": (
        noop("on the tummy, head up"),
        (26, 52),
        (((34, 62), (64, 82)), ((64, 82), (94, 84)), ((37, 66), (34, 88), (22, 88))),
        (((8, 94), (98, 94)),),
    ),
    "play": (
        noop("playing on the floor"),
        (42, 36),
        (((42, 49), (42, 82)), ((42, 82), (66, 74), (80, 92)), ((42, 56), (62, 66))),
        (((10, 97), (96, 97)), ((76, 62), (76, 64))),
    ),
}


def pictogram(key: str) -> str:
    """Return a pictogram as SVG text that needs no style sheet."""
    words, head, body, things = POSES[key]
    parts = [*_strokes(things, "#8a9da2", 5), *_strokes(body, "#14232a", 9)]
    parts.append(tag("circle", cx=head[0], cy=head[1], r=11, fill="#14232a"))
    return picture((104, 104), words, f"Pictogram: {words}.", parts, "pictogram")


def _strokes(lines: tuple[tuple[Xy, ...], ...], colour: str, width: float) -> Iterator[str]:
    for points in lines:
        yield tag(
            "polyline",
            points=" ".join(f"{x:g},{y:g}" for x, y in points),
            fill="none",
            stroke=colour,
            stroke_width=width,
            stroke_linecap="round",
            stroke_linejoin="round",
        )
