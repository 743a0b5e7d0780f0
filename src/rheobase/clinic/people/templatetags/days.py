"""The filter `date` of every template (see TEMPLATES): as Django's, with the months a language writes small."""

from datetime import date, datetime, time

from django import template
from django.template import defaultfilters

from rheobase.clinic.language import written

register = template.Library()


@register.filter(name="date", expects_localtime=True, is_safe=False)
def in_words(value: date | datetime | time | None, pattern: str | None = None) -> str:
    """Return a day or a moment in words."""
    return str(defaultfilters.date(value, written(pattern) if pattern else pattern))
