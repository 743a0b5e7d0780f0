"""Words kept as data (questions, muscles, activities) in the reader's language."""

from django import template
from django.utils.translation import gettext

register = template.Library()


@register.filter
def say(text: object) -> str:
    """Return a text in the reader's language; a text without a translation stays as it is."""
    words = str(text or "")
    return gettext(words) if words else ""
