"""The charts of the clinic, drawn on the server. Each has a title, a description and a table beside it.

Shapes carry the meaning as well as colours: with stimulation is a diamond, without is a dot.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import final

from django.utils.dateformat import format as date_words
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rheobase.clinic.language import day_words
from rheobase.clinic.svg import line, path, picture, tag, text

WIDTH, HEIGHT = 640.0, 260.0
DATE_GAP = 140.0  # between the middles of two dates
LEFT, RIGHT, TOP, BOTTOM = 60.0, 18.0, 36.0, 40.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A straight axis from data to the picture."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a value lies in the picture."""
        share = (value - self.low) / ((self.high - self.low) or 1.0)
        return self.start + share * (self.end - self.start)

    def ticks(self, about: int = 5) -> list[float]:
        """Return round numbers inside the axis."""
        rough = (self.high - self.low) / about or 1.0
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * m for m in (1, 2, 5, 10) if unit * m >= rough * 0.999)
        first = math.ceil(self.low / step - 1e-9)
        return [n * step for n in range(first, math.floor(self.high / step + 1e-9) + 1)]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One measurement on one day.

    Attributes:
        on: the day.
        value: in the unit of the chart.
        error: half the length of its error bar, same unit; 0 if none is drawn.
        with_stimulation: measured while stimulated.
    """

    on: date
    value: float
    error: float = 0.0
    with_stimulation: bool = False


Grades = tuple[tuple[str, float], ...]  # word and number of each grade of a scale


def word_of(value: float, grades: Grades) -> str:
    """Return a value as it is read: the grade's own word, or the number."""
    return next((word for word, number in grades if number == value), f"{value:g}")


def over_time(
    title: str,
    unit: str,
    points: Sequence[Point],
    *,
    grades: Grades = (),
    detectable: float | None = None,
    reference: float | None = None,
    span: tuple[date, date] | None = None,
) -> SafeString:
    """Return one measure over time.

    Args:
        title: what was measured.
        unit: of the values.
        points: (n_points,) in any order; at least one.
        grades: of the scale, written in the place of numbers and units; () for numbers.
        detectable: smallest detectable change: drawn as a band around the first value without
            stimulation, inside which nothing is called a change.
        reference: a line worth knowing (T-score 50), or None.
        span: first and last day of the axis, or None to fit; charts of one span stand in line.
    """
    ordered = sorted(points, key=lambda p: p.on)
    first = next((p for p in ordered if not p.with_stimulation), ordered[0])
    y = _values(ordered, first.value, detectable or 0.0)
    x = _days(ordered, span)
    unit = _("grade") if grades else unit
    parts = [*_frame(x, y, unit, grades=grades), *_dates(x, ordered)]
    if detectable:
        parts += _error_band(y, first.value, detectable, unit)
    if reference is not None:
        parts.append(line(LEFT, y(reference), WIDTH - RIGHT, y(reference), "reference"))
    for stimulated in (False, True):
        series = [p for p in ordered if p.with_stimulation is stimulated]
        parts += _series(series, x, y, "stimulated" if stimulated else "free", grades)
    said = _said(ordered, unit, detectable, grades)
    return picture((WIDTH, HEIGHT), title, said, parts, "over-time")


def _said(points: Sequence[Point], unit: str, detectable: float | None, grades: Grades) -> str:
    words = ", ".join(
        " ".join(
            (
                day_words(p.on),
                f"{unit} {word_of(p.value, grades)}" if grades else f"{p.value:g} {unit}",
                _("with stimulation") if p.with_stimulation else "",
            )
        ).strip()
        for p in points
    )
    if not detectable:
        return f"{words}."
    band = _("Band: changes up to %(amount)s %(unit)s are measurement error.")
    return f"{words}. {band % {'amount': f'{detectable:g}', 'unit': unit}}"


def bars_over_time(
    title: str, unit: str, points: Sequence[Point], span: tuple[date, date] | None = None
) -> SafeString:
    """Return a dose over time: one bar a session, from zero."""
    ordered = sorted(points, key=lambda p: p.on)
    y = Scale(
        low=0.0,
        high=max([p.value for p in ordered] + [1e-9]) * 1.1,
        start=HEIGHT * 0.6 - BOTTOM,
        end=TOP,
    )
    x = _days(ordered, span)
    parts = [*_frame(x, y, unit, about=3), *_dates(x, ordered, base=HEIGHT * 0.6 - BOTTOM)]
    for p in ordered:
        top = y(p.value)
        parts.append(
            tag("rect", x=_at(x, p.on) - 6, y=top, width=12, height=y.start - top, cls="bar-dose")
        )
    words = ", ".join(f"{day_words(p.on)} {p.value:g} {unit}" for p in ordered)
    return picture((WIDTH, HEIGHT * 0.6), title, words + ".", parts, "dose")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AtDose:
    """An outcome after so much stimulation.

    Attributes:
        dose: of the stimulation before it, in the unit of the axis.
        value: of the outcome, in the unit of the chart.
    """

    dose: float
    value: float


def against_dose(
    title: str,
    unit: str,
    points: Sequence[AtDose],
    *,
    axis: tuple[str, str] | None = None,
    reference: float | None = None,
) -> SafeString:
    """Return an outcome against the stimulation before it.

    Args:
        title: what was scored.
        unit: of the values.
        points: (n_points,) oldest first; at least one.
        axis: words and unit of the dose; minutes if None.
        reference: a line worth knowing (T-score 50), or None.
    """
    values = [p.value for p in points] + ([reference] if reference is not None else [])
    room = max(max(values) - min(values), 1.0) * 0.12
    dose, dose_unit = axis or (_("minutes of stimulation"), "min")
    most = max(p.dose for p in points) or 1.0
    base = HEIGHT - BOTTOM - 14.0  # two lines below: the amounts, and what they are
    y = Scale(low=min(values) - room, high=max(values) + room, start=base, end=TOP)
    x = Scale(low=0.0, high=most * 1.05, start=LEFT, end=WIDTH - RIGHT)
    parts = _frame(x, y, unit)
    for amount in x.ticks(6):
        parts += [
            line(x(amount), y.start, x(amount), y.start + 5, "axis"),
            text(x(amount), y.start + 20, f"{amount:g}", text_anchor="middle"),
        ]
    label = f"{dose} ({dose_unit})" if axis and dose_unit else dose
    parts.append(text(WIDTH - RIGHT, HEIGHT - 3, label, "unit", text_anchor="end"))
    if reference is not None:
        parts.append(line(LEFT, y(reference), WIDTH - RIGHT, y(reference), "reference"))
    if len(points) > 1:
        parts.append(path([(x(p.dose), y(p.value)) for p in points], "curve free"))
    parts += [tag("circle", cx=x(p.dose), cy=y(p.value), r=5, cls="dot free") for p in points]
    after = _("%(value)s %(unit)s after %(dose)s %(dose_unit)s")
    words = ", ".join(
        (
            after
            % {
                "value": f"{p.value:g}",
                "unit": unit,
                "dose": f"{p.dose:.3g}",
                "dose_unit": dose_unit or dose,
            }
        ).strip()
        for p in points
    )
    return picture((WIDTH, HEIGHT), title, words + ".", parts, "against-dose")


def range_bar(
    title: str,
    unit: str,
    low: float,
    middle: float,
    high: float,
    *,
    most: float,
    marks: Sequence[tuple[float, str]] = (),
) -> SafeString:
    """Return one range from 5 % to 95 % with its middle, on an axis from 0.

    Args:
        title: what it is.
        unit: of the numbers.
        low: 5th percentile.
        middle: 50th percentile.
        high: 95th percentile.
        most: end of the axis.
        marks: values worth seeing on the same axis, with a letter or word each.
    """
    x = Scale(low=0.0, high=max(most, high) or 1.0, start=14.0, end=290.0)
    wide = max(2.0, x(high) - x(low))
    parts = [
        line(x.start, 30, x.end, 30, "axis"),
        *(part for t in x.ticks(4)[:-1] for part in _tick(x(t), f"{t:g}")),
        *_tick(x(x.ticks(4)[-1]), f"{x.ticks(4)[-1]:g} {unit}", past=14.0),
        tag("rect", x=x(low), y=14, width=wide, height=16, rx=4, cls="range"),
        line(x(middle), 10, x(middle), 34, "middle"),
        *(part for value, word in marks for part in _mark(x(value), word)),
    ]
    words = _("From %(low)s to %(high)s, most likely %(middle)s %(unit)s.") % {
        "low": f"{low:g}",
        "high": f"{high:g}",
        "middle": f"{middle:g}",
        "unit": unit,
    }
    return picture((308, 56), title, words, parts, "range-bar")


def _tick(at: float, words: str, past: float = 0.0) -> list[str]:
    anchor = "end" if past else "middle"
    return [line(at, 30, at, 35, "axis"), text(at + past, 51, words, text_anchor=anchor)]


def _mark(at: float, word: str) -> list[str]:
    anchor = "end" if at > 250 else "middle"
    return [line(at, 12, at, 30, "mark"), text(at, 9, word, "mark-label", text_anchor=anchor)]


def _values(points: Sequence[Point], centre: float, around: float) -> Scale:
    ends = [p.value - p.error for p in points] + [p.value + p.error for p in points]
    ends += [centre - around, centre + around]
    low, high = min(ends), max(ends)
    margin = (high - low) * 0.12 or max(1.0, abs(high) * 0.1)
    return Scale(low=low - margin, high=high + margin, start=HEIGHT - BOTTOM, end=TOP)


def _days(points: Sequence[Point], span: tuple[date, date] | None) -> Scale:
    first, last = (d.toordinal() for d in span or (points[0].on, points[-1].on))
    margin = max(3.0, (last - first) * 0.06)
    return Scale(low=first - margin, high=last + margin, start=LEFT, end=WIDTH - RIGHT)


def _at(x: Scale, day: date) -> float:
    return x(day.toordinal())


def _frame(x: Scale, y: Scale, unit: str, about: int = 5, grades: Grades = ()) -> list[str]:
    parts = []
    inside = [number for _word, number in grades if y.low <= number <= y.high]
    for t in inside or y.ticks(about):
        parts += [
            line(x.start, y(t), x.end, y(t), "grid-line"),
            text(x.start - 8, y(t) + 4, word_of(t, grades), text_anchor="end"),
        ]
    parts.append(text(4, 16, unit, "unit"))
    return [*parts, line(x.start, y.start, x.end, y.start, "axis")]


def _dates(x: Scale, points: Sequence[Point], base: float = HEIGHT - BOTTOM) -> list[str]:
    """Write the days under the axis, leaving out those that would touch another; first and last stay."""
    days = sorted({p.on for p in points})
    parts = [line(_at(x, day), base, _at(x, day), base + 5, "axis") for day in days]
    end = _at(x, days[-1])
    last = -math.inf
    at_edge = end > WIDTH - DATE_GAP / 2 - RIGHT
    for day in days:
        at = _at(x, day)
        if at == end or (at - last >= DATE_GAP and end - at >= DATE_GAP * (1.5 if at_edge else 1)):
            anchor = "end" if at == end and at_edge else "middle"
            parts.append(text(at, base + 20, date_words(day, "j M y"), text_anchor=anchor))
            last = at
    return parts


def _error_band(y: Scale, centre: float, detectable: float, unit: str) -> list[str]:
    edges = (min(max(y.end, y(centre + s * detectable)), y.start) for s in (1, -1))
    top, bottom = edges
    words = _("within measurement error (± %(amount)s %(unit)s)") % {
        "amount": f"{detectable:.3g}",
        "unit": unit,
    }
    return [
        tag(
            "rect", x=LEFT, y=top, width=WIDTH - LEFT - RIGHT, height=bottom - top, cls="error-band"
        ),
        *(line(LEFT, edge, WIDTH - RIGHT, edge, "error-edge") for edge in (top, bottom)),
        text(WIDTH - RIGHT - 6, bottom - 8, words, "band-label", text_anchor="end"),
    ]


def _series(
    points: Sequence[Point], x: Scale, y: Scale, cls: str, grades: Grades = ()
) -> list[str]:
    parts = []
    if len(points) > 1:
        parts.append(path([(_at(x, p.on), y(p.value)) for p in points], f"curve {cls}"))
    for p in points:
        at, level = _at(x, p.on), y(p.value)
        if p.error:
            parts.append(line(at, y(p.value - p.error), at, y(p.value + p.error), f"error {cls}"))
        parts.append(
            tag("circle", cx=at, cy=level, r=5, cls=f"dot {cls}")
            if cls == "free"
            else path(
                [(at, level - 7), (at + 7, level), (at, level + 7), (at - 7, level)],
                f"dot {cls}",
                closed=True,
            )
        )
    return parts + _first_and_last(points, x, y, cls, grades)


def _first_and_last(
    points: Sequence[Point], x: Scale, y: Scale, cls: str, grades: Grades
) -> list[str]:
    """Write the values between which a change is counted, unless they would lie on each other."""
    if len(points) < 2 or points[0].on == points[-1].on:
        return []
    return [
        text(
            _at(x, p.on) + aside,
            y(p.value) - 11,
            word_of(p.value, grades),
            f"value {cls}",
            text_anchor=anchor,
        )
        for p, aside, anchor in ((points[0], 9, "start"), (points[-1], -9, "end"))
    ]
