"""Words for templates: measures as written, grades, ages, looking things up by a key."""

from typing import Any

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.utils.translation import gettext_noop as noop

from rheobase.clinic.assessment import measures
from rheobase.clinic.assessment.models import Measure
from rheobase.clinic.assessment.services import FOCUS_WORDS
from rheobase.evidence.load import TAGS, sources
from rheobase.evidence.muscles import muscles

register = template.Library()

GRADE_WORDS = {
    "block": (gettext_lazy("Stops the plan"), "bad"),
    "clear": (gettext_lazy("Clearance needed"), "bad"),
    "block_site": (gettext_lazy("Not at this site"), "warn"),
    "caution": (gettext_lazy("Caution"), "warn"),
    "info": (gettext_lazy("Information"), "info"),
}


STANDINGS = (
    noop("published"),
    noop("proposed default, needs clinical sign-off"),
    noop("unverified"),
    noop("from published code or a secondary source, primary not checked"),
    noop("own calculation"),
)


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


# How the planner words a question nobody answered, and what to do.
UNANSWERED = noop("Not answered: ")
TO_DO = noop("Ask and answer it, or record who cleared it without the answer.")


@register.filter
def finding(text: str) -> str:
    """Return what was found in the reader's language; an open question with its question."""
    head, opens, question = text.partition(UNANSWERED)
    return (
        _(UNANSWERED) + _(question) if opens and question and not head else _(text or " ").strip()
    )


@register.filter
def grade_word(grade: str) -> str:
    """Return a finding's grade in words."""
    return str(GRADE_WORDS[str(grade)][0])


@register.filter
def grade_class(grade: str) -> str:
    """Return the class of a finding's tag."""
    return GRADE_WORDS[str(grade)][1]


@register.filter
def standing(tag: str) -> str:
    """Return what an evidence tag means to a reader."""
    return _(TAGS[tag].value) if tag in TAGS else _("standing unknown")


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
    return _(known[key].name) if key in known else key


@register.filter
def level(value: int | None) -> str:
    """Return a level with its sign, as it is written: −1, 0, +1."""
    if value is None:
        return ""
    return f"{value:+d}".replace("-", "−") if value else "0"


@register.filter
def focus_words(key: str) -> str:
    """Return a treatment focus in words."""
    return str({str(focus): words for focus, words in FOCUS_WORDS.items()}.get(key, key))


@register.filter
def age_words(months: float | None) -> str:
    """Return an age in years and months."""
    if months is None:
        return ""
    years, rest = divmod(int(months), 12)
    parts = []
    if years:
        parts.append(ngettext("%(n)s year", "%(n)s years", years) % {"n": years})
    if rest and years < 12:
        parts.append(ngettext("%(n)s month", "%(n)s months", rest) % {"n": rest})
    return " ".join(parts) or _("0 months")
