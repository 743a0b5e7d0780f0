"""A small SVG writer: text in, text out. Colours come from style sheets by class, never inline."""

from collections.abc import Iterable, Sequence
from html import escape
from itertools import count

from django.utils.safestring import SafeString, mark_safe

_number = count(1)


def tag(name: str, content: str | Iterable[str] = "", **attributes: object) -> str:
    """Return one element.

    Args:
        name: of the element.
        content: inner markup, already made by this module.
        attributes: `cls` becomes class, `_` becomes `-`; None is left out; numbers are rounded.
    """
    inner = content if isinstance(content, str) else "".join(content)
    words = "".join(
        f' {"class" if key == "cls" else key.replace("_", "-")}="{_plain(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{words}>{inner}</{name}>"


def text(x: float, y: float, words: object, cls: str = "label", **attributes: object) -> str:
    """Return a line of text at a point."""
    return tag("text", escape(str(words)), x=x, y=y, cls=cls, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, cls: str) -> str:
    """Return a straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, cls=cls)


def path(points: Iterable[tuple[float, float]], cls: str, *, closed: bool = False) -> str:
    """Return a line through points, or an area when closed.

    Args:
        points: (n_points,) of (x, y).
        cls: its class.
        closed: join the last to the first.
    """
    d = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points) + ("Z" if closed else "")
    return tag("path", d=d, cls=cls)


def curve(points: Sequence[tuple[float, float]], *, closed: bool = False) -> str:
    """Return path commands that go on smoothly through points from the first of them (Catmull-Rom).

    Args:
        points: (n_points,) of (x, y); the pen is at the first.
        closed: go on to the first again.
    """
    before, after = (points[-1:], points[:2]) if closed else (points[:1], points[-1:])
    known = [*before, *points, *after]
    parts = []
    for (ax, ay), (bx, by), (cx, cy), (dx, dy) in zip(
        known, known[1:], known[2:], known[3:], strict=False
    ):
        out, into = (
            (bx + (cx - ax) / 6, by + (cy - ay) / 6),
            (cx - (dx - bx) / 6, cy - (dy - by) / 6),
        )
        parts.append(f"C{out[0]:.1f},{out[1]:.1f} {into[0]:.1f},{into[1]:.1f} {cx:.1f},{cy:.1f}")
    return "".join(parts)


def ring(points: Sequence[tuple[float, float]], cls: str) -> str:
    """Return the smooth area whose outline goes through points."""
    x, y = points[0]
    return tag("path", d=f"M{x:.1f},{y:.1f}{curve(points, closed=True)}Z", cls=cls)


def band(x: Iterable[float], low: Iterable[float], high: Iterable[float], cls: str) -> str:
    """Return the area between two curves over the same (n_points,) axis."""
    xs, lows, highs = list(x), list(low), list(high)
    there = list(zip(xs, highs, strict=True))
    back = list(zip(reversed(xs), reversed(lows), strict=True))
    return path(there + back, cls, closed=True)


def picture(
    size: tuple[float, float],
    title: str,
    description: str,
    content: Iterable[str],
    cls: str = "",
) -> SafeString:
    """Return a whole picture with its name and description for people who do not see it.

    Args:
        size: width and height of its own units.
        title: its name.
        description: what it shows, in words.
        content: its elements, in the order of painting.
        cls: its class, beside "picture".
    """
    n = next(_number)
    head = tag("title", escape(title), id=f"svg-t{n}") + tag(
        "desc", escape(description), id=f"svg-d{n}"
    )
    return mark_safe(  # noqa: S308  every text went through escape above
        tag(
            "svg",
            [head, *content],
            viewBox=f"0 0 {size[0]:g} {size[1]:g}",
            role="img",
            aria_labelledby=f"svg-t{n} svg-d{n}",
            cls=f"picture {cls}".strip(),
            xmlns="http://www.w3.org/2000/svg",
        )
    )


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return escape(str(value))
