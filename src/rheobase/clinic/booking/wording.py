"""The words of the booking pages that must stay careful: they invite and never promise."""

WHAT_IT_IS = (
    "Mild electrical pulses through sticky pads on the skin make a muscle tighten, while your child "
    "plays or moves. It can help to strengthen a muscle and to practise a movement.",
    "Whether it suits your child is decided by the therapist after the assessment. Saying yes here "
    "only tells us that you would like to talk about it.",
)

TELL_US = (
    (
        "implant",
        "A pacemaker, nerve stimulator, cochlear implant, pump or another electronic device",
    ),
    ("shunt", "A shunt (a tube that drains fluid from the head)"),
    ("epilepsy", "Seizures or epilepsy"),
    ("heart", "A heart problem"),
    ("tumour", "A tumour or cancer, now or in the past"),
    ("blood", "A blood clot, or a bleeding problem"),
    ("metal", "Metal in the body: plates, screws, rods"),
    ("surgery", "An operation or a broken bone in the last year"),
    ("bones", "Weak bones"),
    ("botulinum", "Botulinum toxin injections"),
    ("skin", "Sore, broken or very sensitive skin, or an allergy to plasters"),
    ("feeling", "Places that do not feel touch or pain well"),
)
LONGEST = 500


def told(ticked: list[str], more: str) -> dict[str, object]:
    """Return what a family told us first, as it is kept with the visit."""
    known = [key for key, _ in TELL_US if key in ticked]
    more = more.strip()[:LONGEST]
    return {**({"ticked": known} if known else {}), **({"more": more} if more else {})}


def in_words(told_us: dict[str, object]) -> list[str]:
    """Return what a family told us first, for reading."""
    ticked = told_us.get("ticked", [])
    words = [label for key, label in TELL_US if isinstance(ticked, list) and key in ticked]
    more = told_us.get("more")
    return [*words, str(more)] if more else words
