"""How long each child's record is kept, and which ones may go. Nothing is ever deleted from here.

Health information is retained, not erased: a family that leaves loses its accounts and its calendar
addresses at once, and the clinical record is scheduled. When its time is over the clinic decides,
record by record, outside this program, with a backup in hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, final

from django.conf import settings
from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from rheobase.clinic import clock
from rheobase.clinic.assessment.models import Episode, Measure
from rheobase.clinic.booking.models import Appointment, Status
from rheobase.clinic.diary.models import Note
from rheobase.clinic.exchange.models import LegalHold, LegalHoldEnd
from rheobase.clinic.intake.models import FormAnswer
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.people.models import Child, User
from rheobase.errors import BadInput
from rheobase.evidence.retention import Rule, kept_until
from rheobase.stimulus.checks import some_text

CAME: Final = (Status.ARRIVED, Status.DONE)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """How long one record is kept.

    Attributes:
        child: whose.
        last_service: the last day anything was done for the child.
        until: the last day on which the record must be kept.
        rule: that says so.
        hold: that keeps it longer, or None.
        upcoming: a visit is booked, so care goes on.
    """

    child: Child
    last_service: date
    until: date
    rule: Rule
    hold: LegalHold | None
    upcoming: bool

    def is_over(self, today: date) -> bool:
        """Whether the clinic may decide what becomes of it."""
        return self.until < today and self.hold is None and not self.upcoming


def kept(children: QuerySet[Child], now: datetime) -> list[Kept]:
    """Return how long the records of some children are kept, the earliest end first."""
    holds = {
        hold.child_id: hold
        for hold in LegalHold.objects.filter(end__isnull=True).select_related("by")
    }
    coming = set(
        Appointment.objects.filter(starts__gt=now)
        .exclude(status=Status.CANCELLED)
        .values_list("child", flat=True)
    )
    found = []
    for child in children.annotate(**_newest()):
        last = _day(max(_moments(child)))
        until, rule = kept_until(child.born, last)
        found.append(
            Kept(
                child=child,
                last_service=last,
                until=until,
                rule=rule,
                hold=holds.get(child.pk),
                upcoming=child.pk in coming,
            )
        )
    return sorted(found, key=lambda one: (one.until, str(one.child)))


def hold(child: Child, reason: str, *, by: User, at: datetime) -> LegalHold:
    """Keep a record whatever the rules say.

    Raises:
        BadInput: without a reason, or if it is held already.
    """
    some_text("The reason for the hold", reason, 300)
    if LegalHold.objects.filter(child=child, end__isnull=True).exists():
        raise BadInput(_("This record is held already. Read the reason beside it."))
    return LegalHold.objects.create(child=child, reason=reason.strip(), by=by, at=at)


def release(child: Child, reason: str, *, by: User, at: datetime) -> LegalHoldEnd:
    """End the hold of a record; both stay on record.

    Raises:
        BadInput: without a reason, or if it is not held.
    """
    some_text("The reason for ending the hold", reason, 300)
    held = LegalHold.objects.filter(child=child, end__isnull=True).first()
    if held is None:
        raise BadInput(_("This record is not held. Reload the page."))
    return LegalHoldEnd.objects.create(hold=held, reason=reason.strip(), by=by, at=at)


def _newest() -> dict[str, Subquery]:
    """Return, as queries, the newest moment of everything that was done for a child."""
    came = Appointment.objects.filter(status__in=CAME)
    sources = {
        "came": (came, "child", "ends"),
        "treated": (Treatment.objects, "child", "started"),
        "measured": (Measure.objects, "episode__child", "at"),
        "closed": (Episode.objects, "child", "closed"),
        "opened": (Episode.objects, "child", "opened"),
        "noted": (Note.objects, "treatment__child", "signed"),
        "answered": (FormAnswer.objects, "child", "at"),
    }
    return {
        f"last_{name}": Subquery(
            rows.filter(**{path: OuterRef("pk")})
            .order_by()
            .values(path)
            .annotate(newest=Max(moment))
            .values("newest")
        )
        for name, (rows, path, moment) in sources.items()
    }


def _moments(child: Child) -> Iterable[datetime]:
    yield child.created
    for name in _newest():
        if moment := getattr(child, name):
            yield moment


def _day(moment: datetime) -> date:
    return clock.to_wall(moment, settings.CLINIC_ZONE).date()
