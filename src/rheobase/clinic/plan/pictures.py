"""The prediction of one channel as pictures: recruitment and ranges; `joint.py` draws the movement."""

import math
from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rheobase.clinic.charts import Scale, range_bar
from rheobase.clinic.plan.words import say
from rheobase.clinic.svg import band, line, path, picture, text
from rheobase.evidence.muscles import muscles
from rheobase.model.response import Band, Response
from rheobase.stimulus.prescription import ChannelOrder

MOST_NEIGHBOURS = 3
WIDTH, HEIGHT = 460.0, 250.0


def near(value: float) -> str:
    """Return a number with two significant digits: a prediction has no more."""
    if abs(value) < 0.005:
        return "0"
    digits = max(0, 1 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 2)}f}"


def spoken(one: Band, unit: str, factor: float = 1.0) -> str:
    """Return a range in words, the most likely value first."""
    low, middle, high = (near(factor * v) for v in (one.low, one.middle, one.high))
    said = {"middle": middle, "unit": unit, "low": low, "high": high}
    return _("%(middle)s %(unit)s (%(low)s to %(high)s)") % said


def threshold(response: Response, order: ChannelOrder) -> SafeString:
    """Return the range of the motor threshold with start and ceiling marked."""
    one = response.motor_threshold_ma
    return range_bar(
        _("Motor threshold"),
        "mA",
        *(round(v, 1) for v in (one.low, one.middle, one.high)),
        most=max(order.ceiling_ma, one.high) * 1.05,
        marks=((order.ceiling_ma, _("ceiling")),),
    )


def percent(title: str, one: Band, most: float = 100.0) -> SafeString:
    """Return a fraction as a range in percent."""
    return range_bar(
        title, "%", *(round(100 * v, 1) for v in (one.low, one.middle, one.high)), most=most
    )


def neighbours_shown(response: Response) -> list[str]:
    """Return the neighbours that are recruited most at the highest current."""
    by_share = sorted(
        response.neighbours, key=lambda key: response.neighbours[key][-1].middle, reverse=True
    )
    return by_share[:MOST_NEIGHBOURS]


def recruitment(response: Response, order: ChannelOrder) -> SafeString:
    """Return how much of the target and of its neighbours contracts at each current, with bands."""
    currents = response.amplitude_ma
    last = max(order.ceiling_ma * 1.25, response.motor_threshold_ma.middle * 1.3)
    shown = [i for i, ma in enumerate(currents) if ma <= last] or list(range(len(currents)))
    x = Scale(low=0.0, high=currents[shown[-1]], start=48.0, end=WIDTH - 14.0)
    y = Scale(low=0.0, high=100.0, start=HEIGHT - 42.0, end=26.0)
    parts = []
    for t in (0, 25, 50, 75, 100):
        parts += [
            line(x.start, y(t), x.end, y(t), "grid-line"),
            text(x.start - 7, y(t) + 4, t, text_anchor="end"),
        ]
    xs = [x(currents[i]) for i in shown]
    for value in x.ticks(6):
        parts.append(text(x(value), y.start + 18, f"{value:g}", text_anchor="middle"))
    parts += [
        text(4, 14, _("% of the muscle"), "unit"),
        text(x.end, HEIGHT - 6, _("current, mA"), "unit", text_anchor="end"),
    ]
    chosen = neighbours_shown(response)
    for n, key in reversed(list(enumerate(chosen, 1))):
        parts += _curve([response.neighbours[key][i] for i in shown], xs, y, f"near-{n}")
    parts += _curve([response.recruited[i] for i in shown], xs, y, "target")
    if order.ceiling_ma <= x.high:
        at = x(order.ceiling_ma)
        parts += [
            line(at, y.start, at, y.end, "ceiling"),
            text(
                at,
                y.end - 6,
                f"{_('ceiling')} {order.ceiling_ma:g}",
                "ceiling-word",
                text_anchor="middle",
            ),
        ]
    said = _at_ceiling(response, order, chosen)
    return picture((WIDTH, HEIGHT), _("Recruitment"), said, parts, "recruitment")


def _at_ceiling(response: Response, order: ChannelOrder, chosen: Sequence[str]) -> str:
    known, currents = muscles(), response.amplitude_ma
    i = min(range(len(currents)), key=lambda k: abs(currents[k] - order.ceiling_ma))
    shares = [
        (
            _("%(muscle)s (target)") % {"muscle": say(known[order.muscle].name)},
            response.recruited[i],
        )
    ]
    shares += [(say(known[key].name), response.neighbours[key][i]) for key in chosen]
    words = ", ".join(f"{name} {spoken(share, '%', 100)}" for name, share in shares)
    ceiling = f"{order.ceiling_ma:g}"
    return _("At the ceiling of %(ma)s mA: %(shares)s.") % {"ma": ceiling, "shares": words}


def _curve(bands: Sequence[Band], xs: Sequence[float], y: Scale, cls: str) -> list[str]:
    low, middle, high = (
        [y(100 * getattr(b, name)) for b in bands] for name in ("low", "middle", "high")
    )
    return [
        band(xs, low, high, f"{cls}-band"),
        path(list(zip(xs, middle, strict=True)), f"{cls}-line"),
    ]
