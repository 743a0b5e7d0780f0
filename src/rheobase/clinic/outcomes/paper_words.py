"""The fixed words of the two printed papers, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def home_words(given_name: str, day: str) -> dict[str, Any]:
    """Return what the home programme says whatever is on it."""
    return {
        "title": _("Home programme of %(name)s") % {"name": given_name},
        "since": _("from %(day)s") % {"day": day},
        "days": _("Mo Tu We Th Fr Sa Su").split(),
        "stop_when": _("Stop when"),
        "always_stop": _("Always stop"),
        "when_to_stop": _("when your child does not want to go on, is in pain, or looks unwell."),
        "no_stimulation": _(
            "No stimulation at home unless your therapist has arranged it with you."
        ),
        "questions": _("Questions?"),
        "not_certified": _not_certified(),
    }


def report_words() -> dict[str, Any]:
    """Return what the progress report says whatever was measured."""
    return {
        "title": _("Progress report"),
        "page": _("page"),
        "how_to_read": _(
            "A change is called a change only when it is larger than measuring twice could make it. "
            "Values with stimulation show what the unit does, values without show what the child can "
            "do; they are kept apart. Other causes (growth, practice, medicines) are not excluded by "
            "this report."
        ),
        "measures": _("Measures"),
        "nothing_twice": _("Nothing was measured more than once."),
        "without": _("Without stimulation"),
        "signed": _("Signed"),
        "day": _("Day"),
        "not_certified": _not_certified(),
        **_goal_words(),
        **_dose_words(),
    }


def _goal_words() -> dict[str, Any]:
    return {
        "goals": _("Goals"),
        "no_goal": _("No goal is on record."),
        "t_score": _("Goal attainment T-score (50 is what was expected)"),
        "copm": _("What matters to the family (COPM scores)"),
        "copm_head": [_("Day"), _("Performance"), _("Satisfaction")],
        "copm_note": _(
            "Published change that matters, in adults: 2.2 (performance), 2.1 (satisfaction). "
            "No error figure was read."
        ),
    }


def _dose_words() -> dict[str, Any]:
    return {
        "between": _("Change and dose"),
        "between_note": _(
            "Each measure without stimulation, from first to last, and what was given between the two. "
            "That a value changed with the dose does not mean that it changed because of it."
        ),
        "between_head": [
            _("Measure"),
            pgettext("a difference", "Change"),
            _("Sessions"),
            _("Minutes"),
            _("Contractions"),
            _("Charge"),
            _("Highest"),
        ],
        "dose": _("Dose"),
        "no_session": _("No session with stimulation has been recorded."),
        "dose_head": [
            _("Session"),
            _("Minutes"),
            _("Contractions"),
            _("Charge"),
            _("Highest level"),
        ],
        "dose_alt": _("Minutes of stimulation per session"),
    }


def _not_certified() -> str:
    return _("Rheobase supports a qualified therapist; it is not a certified medical device.")
