"""Names of muscles and units, for the console's templates."""

from django import template
from django.utils.translation import gettext

from rheobase.clinic.live.models import Treatment
from rheobase.evidence.muscles import muscle

register = template.Library()


@register.filter
def muscle_name(key: str) -> str:
    """Return a muscle's plain name in the reader's language."""
    return gettext(muscle(key).name)


@register.filter
def unit_name(slot: str, treatment: Treatment) -> str:
    """Return the name of the unit in a slot of a session."""
    return next(unit["name"] for unit in treatment.units if unit["slot"] == slot)
