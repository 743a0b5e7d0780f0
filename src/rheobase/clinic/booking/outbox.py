"""Sends what is due, once, to those who still want it.

Every row is looked at again at the moment of sending: whether the visit is still what the letter says,
whether the guardianship still stands and still has notices, whether the person wants mail. A row is
claimed before it is sent, so that two programs never send the same one; a program that dies while
sending leaves its claim behind, and after a while another one tries again under the same Message-ID.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from rheobase.clinic.booking.models import NoticeChoice, Outbox, Status
from rheobase.clinic.booking.post import Letter, Post
from rheobase.clinic.people.models import Guardianship, User
from rheobase.errors import Unavailable

AT_ONCE = 200
PATIENCE = timedelta(minutes=10)  # with a claim; each failed try waits as long again
MOST_TRIES = 6
SENT, NOT_WANTED, NO_ADDRESS = "sent", "not wanted", "no address"
NOT_TRUE, TOO_LATE, GIVEN_UP = "not true any more", "too late", "given up"
SPEAKS_OF = {  # what a visit must be for a letter about it to be true
    "booked": str(Status.CONFIRMED),
    "reminder": str(Status.CONFIRMED),
    "requested": str(Status.REQUESTED),
    "declined": str(Status.CANCELLED),
    "cancelled": str(Status.CANCELLED),
    "offer": str(Status.HELD),
}


def due(now: datetime) -> QuerySet[Outbox]:
    """Return what is to be sent now, oldest first."""
    unsent = Outbox.objects.filter(
        withdrawn__isnull=True, settled__isnull=True, not_before__lte=now
    )
    free = Q(claimed__isnull=True)
    for tries in range(MOST_TRIES):
        free |= Q(tries=tries, claimed__lte=now - PATIENCE * (tries + 1))
    return unsent.filter(free).select_related("to", "visit").order_by("not_before", "pk")


def send(post: Post, now: datetime, clock: Callable[[], datetime] | None = None) -> dict[str, int]:
    """Send what is due and return how many rows came to which end.

    Visits that were booked together are told in one letter.

    Args:
        post: takes letters; raises Unavailable if it did not take one.
        now: the present moment. [UTC]
        clock: tells the moment at which each letter was taken; `now` if not given.
    """
    ended: Counter[str] = Counter()
    told_at = clock or (lambda: now)
    rows = list(due(now)[:AT_ONCE])
    for _key, together in groupby(sorted(rows, key=_sheet), key=_sheet):
        claimed = [row for row in together if _claim(row, now)]
        wanted = []
        for row in claimed:
            if reason := why_not(row, now):
                _settle([row], reason, told_at())
                ended[reason] += 1
            else:
                wanted.append(row)
        if wanted:
            ended[_sent(wanted, post, told_at)] += len(wanted)
    return dict(ended)


def why_not(row: Outbox, now: datetime) -> str:
    """Return why a letter is not sent, "" if it is."""
    visit, person = row.visit, row.to
    if visit and visit.status != SPEAKS_OF[row.kind]:
        return NOT_TRUE
    if visit and visit.starts <= now:
        return TOO_LATE
    if not wants_mail(person):
        return NOT_WANTED
    if visit and not _is_told(person, visit.child_id, now):
        return NOT_WANTED
    return "" if person.email else NO_ADDRESS


def wants_mail(person: User) -> bool:
    """Return whether somebody wants letters: their last word, and yes if they never said."""
    last = NoticeChoice.objects.filter(user=person).last()
    return bool(person.is_active and (last is None or last.wanted))


def choose(person: User, *, wanted: bool, now: datetime) -> None:
    """Note whether somebody wants letters from now on."""
    NoticeChoice.objects.create(user=person, wanted=wanted, at=now)


def _is_told(person: User, child: Any, now: datetime) -> bool:
    return Guardianship.objects.filter(
        Q(ends__isnull=True) | Q(ends__gt=now),
        user=person,
        child=child,
        starts__lte=now,
        gets_notices=True,
    ).exists()


def _sheet(row: Outbox) -> tuple[int, str, datetime]:
    """Return what rows of one letter have in common."""
    return row.to_id, row.kind, row.created


def _claim(row: Outbox, now: datetime) -> bool:
    as_read = Outbox.objects.filter(
        pk=row.pk, claimed=row.claimed, withdrawn__isnull=True, settled__isnull=True
    )
    return bool(as_read.update(claimed=now))


def _sent(rows: list[Outbox], post: Post, told_at: Callable[[], datetime]) -> str:
    try:
        post(_letter(rows))
    except Unavailable:
        return _failed(rows, told_at())
    _settle(rows, SENT, told_at())
    return SENT


def _failed(rows: list[Outbox], at: datetime) -> str:
    for row in rows:
        Outbox.objects.filter(pk=row.pk).update(tries=row.tries + 1)
    lost = [row for row in rows if row.tries + 1 >= MOST_TRIES]
    _settle(lost, GIVEN_UP, at)
    return GIVEN_UP if lost else "to be tried again"


def _settle(rows: Iterable[Outbox], outcome: str, at: datetime) -> None:
    Outbox.objects.filter(pk__in=[row.pk for row in rows]).update(settled=at, outcome=outcome)


def _letter(rows: list[Outbox]) -> Letter:
    first = rows[0]
    lines = [row.body for row in rows]
    with override(first.to.reads):
        lines.append(
            _("Sign in to the clinic's pages to see it, to move it or to choose your messages.")
        )
        lines.append(_("Please do not answer this message: nobody reads the answers."))
    return Letter(
        key=f"{first.pk}.{first.created:%Y%m%d%H%M%S}",
        to=first.to.email,
        subject=first.subject,
        body="\n\n".join(lines) + "\n",
    )
