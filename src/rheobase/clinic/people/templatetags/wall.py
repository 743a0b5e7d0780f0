"""Moments on the clinic's wall, for templates: `{{ visit.starts|wall|date:"H:i" }}`."""

from datetime import datetime

from django import template
from django.conf import settings

from rheobase.clinic import clock

register = template.Library()


@register.filter
def wall(moment: datetime | None) -> datetime | None:
    """Return the clinic's wall time of a moment."""
    return None if moment is None else clock.to_wall(moment, settings.CLINIC_ZONE)
