"""Whether the record still is what was written: the access log's chain, signed notes, signed plans.

The database refuses changes of these rows; this finds what was changed past the database.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from rheobase.clinic.diary import services as diary
from rheobase.clinic.diary.models import Note
from rheobase.clinic.people import access
from rheobase.clinic.people.models import AccessLog
from rheobase.clinic.plan.models import SignedPlan
from rheobase.errors import BadInput
from rheobase.home import signing_key
from rheobase.stimulus.codec import from_plain
from rheobase.stimulus.prescription import Sealed, opened


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One walk through the record.

    Attributes:
        what: what was walked through.
        looked_at: how many lines, notes or plans there are.
        broken: the first one that does not hold, in words; "" if all hold.
    """

    what: str
    looked_at: int
    broken: str


def checks() -> list[Check]:
    """Walk through everything that is chained or signed."""
    return [_log(), _notes(), _plans()]


def _log() -> Check:
    line = access.first_break()
    broken = (
        f"line {line.pk} of {line.at:%Y-%m-%d %H:%M:%S} UTC does not follow from the line before it: "
        "it was changed, or a line before it was changed, added or removed"
        if line
        else ""
    )
    return Check(what="access log", looked_at=AccessLog.objects.count(), broken=broken)


def _notes() -> Check:
    notes = Note.objects.filter(signed__isnull=False).select_related("by").order_by("signed", "pk")
    first = next((note for note in notes.iterator() if not diary.is_whole(note)), None)
    broken = (
        f"note {first.pk}, signed {first.signed:%Y-%m-%d %H:%M} UTC, is not what was signed"
        if first
        else ""
    )
    return Check(what="signed notes", looked_at=notes.count(), broken=broken)


def _plans() -> Check:
    plans = SignedPlan.objects.order_by("signed_at", "pk")
    broken = next(_broken_plans(), "")
    return Check(what="signed plans", looked_at=plans.count(), broken=broken)


def _broken_plans() -> Iterator[str]:
    key = signing_key()
    for plan in SignedPlan.objects.order_by("signed_at", "pk").iterator():
        try:
            sealed = from_plain(Sealed, plan.sealed)
            opened(sealed, key)
        except BadInput as error:
            yield f"plan {plan.pk}, signed {plan.signed_at:%Y-%m-%d %H:%M} UTC: {error}"
        else:
            if sealed.digest != plan.digest:
                yield f"plan {plan.pk} carries another digest than what was signed"
