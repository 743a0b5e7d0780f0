"""What was typed, or stands in an address, read as a number, a day or a time; nothing odd gets further.

A calendar reckons with the days around a day and with clocks of other zones: a day at the edge of
what Python can count breaks that. Days here belong to the lives of people.
"""

from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from rheobase.errors import BadInput

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
MOST_DIGITS: Final = 18  # a key of any database, and no more than a machine's integer


def whole_number(text: str) -> int:
    """Return a number of an address, or 0 (the key of nothing) if it is none."""
    plain = text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
    return int(text) if plain else 0


def day_from(text: str, default: date) -> date:
    """Return a day of an address, or another one if it is none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return default
    return day if FIRST_DAY <= day <= LAST_DAY else default


def wall_of(text: str) -> datetime:
    """Return a wall time of an address.

    Raises:
        BadInput: if it is none.
    """
    wrong = BadInput(_("That is not a time. Choose one of the times shown."))
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise wrong from None
    if wall.tzinfo or not FIRST_DAY <= wall.date() <= LAST_DAY:
        raise wrong
    return wall


class DayField(forms.DateField):
    """A day that is typed into a form, chosen from the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        """Return the day, within the lives of people."""
        day: date | None = super().to_python(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(_("That year cannot be right. Correct it."))
        return day
