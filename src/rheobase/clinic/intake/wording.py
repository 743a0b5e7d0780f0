"""The words of our forms and consents, versioned: a new wording is a new version, never an edit.

Proposed wording: a clinic has it reviewed before it is used with families.
"""

from dataclasses import dataclass
from typing import Any, final

from django.utils.translation import gettext_noop as noop

from rheobase.evidence.contraindications import questions

HEALTH, ABOUT = "health", "about"
STIMULATION, PHOTOGRAPHS = "stimulation", "photographs"
UNKNOWN = "unknown"
OLDEST_MONTHS = 1200.0  # every rule, whatever the age; each question says from when it is asked

TITLES = {
    HEALTH: noop("Health questions before muscle stimulation"),
    ABOUT: noop("About your child"),
}
FOR_STIMULATION = {HEALTH: True, ABOUT: False, STIMULATION: True, PHOTOGRAPHS: False}

GROUPS = {
    "implants": noop("In the body"),
    "health": noop("Health"),
    "today": noop("At present"),
    "sites": noop("Places on the body"),
    "practice": noop("Daily life"),
}

_ABOUT = (
    ("hopes", noop("What would you like to be easier in everyday life?")),
    ("enjoys", noop("What does your child enjoy, and what helps when something is new or hard?")),
    ("equipment", noop("Which splints, walkers, chairs or other aids does your child use?")),
    ("medicines", noop("Which medicines does your child take?")),
    ("others", noop("Who else treats your child, and who may we speak with?")),
    ("anything", noop("Is there anything else we should know?")),
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """One wording of one consent."""

    kind: str
    version: int
    title: str
    required: bool
    text: str
    text_itself: str  # the same, said to a child who decides itself

    def said_to(self, *, itself: bool) -> str:
        """Return the wording for whoever decides: a guardian, or the child itself."""
        return self.text_itself if itself else self.text


CONSENTS = (
    ConsentText(
        kind=STIMULATION,
        version=1,
        title=noop("Consent to muscle stimulation"),
        required=True,
        text=noop("""Muscle stimulation (NMES) sends mild electrical pulses through sticky pads on the skin. The pulses make a muscle tighten. Your child may feel tingling and the muscle moving.

The therapist first checks whether it is suitable. It may turn out that it is not. The intensity starts at nothing and is raised in small steps, and only as far as your child is comfortable. Your child, you or the therapist can stop it at any moment, for any reason.

The skin under the pads may be red for a while. Irritated skin and, rarely, a burn are known with all such devices. Pads are never placed on the head, the front of the neck or across the chest.

How much it helps differs between children, and studies in children are few. Nobody can promise a result.

You can withdraw this consent at any time, here or by telling any member of staff. It does not affect your child's other care."""),
        text_itself=noop("""Muscle stimulation (NMES) sends mild electrical pulses through sticky pads on your skin. The pulses make a muscle tighten. You may feel tingling and the muscle moving.

Your therapist first checks whether it is suitable for you. It may turn out that it is not. The intensity starts at nothing and is raised in small steps, and only as far as you are comfortable. You can say stop at any moment, for any reason, and it stops. Your therapist can stop it too.

The skin under the pads may be red for a while. Irritated skin and, rarely, a burn are known with all such devices. Pads are never placed on the head, the front of the neck or across the chest.

How much it helps differs from one person to the next, and studies in children and young people are few. Nobody can promise a result.

You can withdraw this consent at any time, here or by telling any member of staff. It does not affect your other care."""),
    ),
    ConsentText(
        kind=PHOTOGRAPHS,
        version=1,
        title=noop("Consent to photographs and short films"),
        required=False,
        text=noop("""Photographs of the skin and of where the pads were, and short films of a movement, help the therapist to find the same places again and to see change.

They stay in your child's record at this clinic and are shown to nobody else without asking you. Saying no changes nothing about your child's care, and you can withdraw this consent at any time."""),
        text_itself=noop("""Photographs of your skin and of where the pads were, and short films of how you move, help your therapist to find the same places again and to see change.

They stay in your record at this clinic and are shown to nobody else without asking you. Saying no changes nothing about your care, and you can withdraw this consent at any time."""),
    ),
)


def consent_text(kind: str) -> ConsentText | None:
    """Return the newest wording of one consent, or None if there is no such consent."""
    found = [c for c in CONSENTS if c.kind == kind]
    return max(found, key=lambda c: c.version) if found else None


def questions_of(kind: str) -> list[dict[str, Any]]:
    """Return the questions of a form as they are worded now; the health form has one per rule."""
    if kind == ABOUT:
        return [{"key": key, "text": text, "kind": "text"} for key, text in _ABOUT]
    return [
        {
            "key": rule.key,
            "text": rule.question_family,
            "kind": "choice",
            "group": rule.category,
            "choices": [list(choice) for choice in rule.choices],
            "asks_date": rule.asks_date,
            "asks_sites": rule.asks_sites,
            "from_months": rule.from_months,
        }
        for rule in questions(OLDEST_MONTHS, family=True)
    ]
