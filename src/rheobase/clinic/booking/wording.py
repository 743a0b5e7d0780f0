"""The words of the booking pages that must stay careful: they invite and never promise."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as noop

WHAT_IT_IS = (
    noop(
        "Mild electrical pulses through sticky pads on the skin make a muscle tighten, while your child "
        "plays or moves. It can help to strengthen a muscle and to practise a movement."
    ),
    noop(
        "Whether it suits your child is decided by the therapist after the assessment. Saying yes here "
        "only tells us that you would like to talk about it."
    ),
)

TELL_US = (
    (
        "implant",
        noop("A pacemaker, nerve stimulator, cochlear implant, pump or another electronic device"),
    ),
    ("shunt", noop("A shunt (a tube that drains fluid from the head)")),
    ("epilepsy", noop("Seizures or epilepsy")),
    ("heart", noop("A heart problem")),
    ("tumour", noop("A tumour or cancer, now or in the past")),
    ("blood", noop("A blood clot, or a bleeding problem")),
    ("metal", noop("Metal in the body: plates, screws, rods")),
    ("surgery", noop("An operation or a broken bone in the last year")),
    ("bones", noop("Weak bones")),
    ("botulinum", noop("Botulinum toxin injections")),
    ("skin", noop("Sore, broken or very sensitive skin, or an allergy to plasters")),
    ("feeling", noop("Places that do not feel touch or pain well")),
)
LONGEST = 500


def told(ticked: list[str], more: str) -> dict[str, object]:
    """Return what a family told us first, as it is kept with the visit."""
    known = [key for key, _label in TELL_US if key in ticked]
    more = more.strip()[:LONGEST]
    return {**({"ticked": known} if known else {}), **({"more": more} if more else {})}


def in_words(told_us: dict[str, object]) -> list[str]:
    """Return what a family told us first, for reading."""
    ticked = told_us.get("ticked", [])
    words = [gettext(label) for key, label in TELL_US if isinstance(ticked, list) and key in ticked]
    more = told_us.get("more")
    return [*words, str(more)] if more else words
