"""Words for templates: measures as written, grades, ages, looking things up by a key."""

from typing import Any

from django import template

from rheobase.clinic.assessment import measures
from rheobase.clinic.assessment.models import Measure
from rheobase.clinic.assessment.services import FOCUS_WORDS
from rheobase.evidence.load import TAGS, sources
from rheobase.evidence.muscles import muscles

register = template.Library()

GRADE_WORDS = {
    "block": ("Stops the plan", "bad"),
    "clear": ("Clearance needed", "bad"),
    "block_site": ("Not at this site", "warn"),
    "caution": ("Caution", "warn"),
    "info": ("Information", "info"),
}


@register.filter
def written(measure: Measure) -> str:
    """Return a value as it is written on paper, with its unit."""
    return measures.written(measure)


@register.filter
def measured(measure: Measure) -> str:
    """Return what was measured."""
    return measures.label_of(measure)


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """Return what a mapping holds under a key, or ""."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def grade_word(grade: str) -> str:
    """Return a finding's grade in words."""
    return GRADE_WORDS[str(grade)][0]


@register.filter
def grade_class(grade: str) -> str:
    """Return the class of a finding's tag."""
    return GRADE_WORDS[str(grade)][1]


@register.filter
def standing(tag: str) -> str:
    """Return what an evidence tag means to a reader."""
    return TAGS[tag].value if tag in TAGS else "standing unknown"


@register.filter
def citation(key: str) -> str:
    """Return a source as it is cited."""
    known = sources()
    if key not in known:
        return key
    one = known[key]
    return f"{one.citation}{' doi:' + one.doi if one.doi else ''}"


@register.filter
def muscle_name(key: str) -> str:
    """Return a muscle's plain name."""
    known = muscles()
    return known[key].name if key in known else key


@register.filter
def level(value: int | None) -> str:
    """Return a level with its sign, as it is written: −1, 0, +1."""
    if value is None:
        return ""
    return f"{value:+d}".replace("-", "−") if value else "0"


@register.filter
def focus_words(key: str) -> str:
    """Return a treatment focus in words."""
    return {str(focus): words for focus, words in FOCUS_WORDS.items()}.get(key, key)


@register.filter
def age_words(months: float | None) -> str:
    """Return an age in years and months."""
    if months is None:
        return ""
    years, rest = divmod(int(months), 12)
    parts = []
    if years:
        parts.append(f"{years} year{'s' if years > 1 else ''}")
    if rest and years < 12:
        parts.append(f"{rest} month{'s' if rest > 1 else ''}")
    return " ".join(parts) or "0 months"
