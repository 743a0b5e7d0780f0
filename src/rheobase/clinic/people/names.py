"""What a name of a person holds, and when a child can be born: the same on the pages and in tables."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

from django.utils.translation import gettext as _

LONGEST_NAME: Final = 80
IN_NAMES: Final = frozenset(" '’‘-‐.·")
EARLIEST: Final = date(1920, 1, 1)


def wrong_birthday(born: date, today: date) -> str:
    """Return why nobody here is born on that day, "" if somebody can be."""
    if born > today:
        return _("%(day)s is in the future") % {"day": born}
    if born < EARLIEST:
        return _("%(day)s is too long ago") % {"day": born}
    return ""


def wrong_name(what: str, text: str) -> Iterator[str]:
    """Yield everything that is wrong with a name, said of `what`."""
    if not text:
        yield _("no %(what)s") % {"what": what}
    elif len(text) > LONGEST_NAME:
        yield _("the %(what)s is longer than %(most)s characters") % {
            "what": what,
            "most": LONGEST_NAME,
        }
    elif odd := [c for c in text if c not in IN_NAMES and unicodedata.category(c)[0] not in "LM"]:
        yield _("the %(what)s holds %(odd)s") % {
            "what": what,
            "odd": ", ".join(sorted({_named(c) for c in odd})),
        }
    elif not any(unicodedata.category(c)[0] == "L" for c in text):
        yield _("the %(what)s has no letter") % {"what": what}


def _named(character: str) -> str:
    if character.isprintable():
        return f"“{character}”"
    return unicodedata.name(
        character, _("the control character %(code)s") % {"code": f"{ord(character):#04x}"}
    ).lower()
