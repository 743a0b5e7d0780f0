"""What leaves the clinic, and who may fetch it: calendars, feeds, tables, the record of a child."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Max

from rheobase.clinic import policy
from rheobase.clinic.booking.models import Appointment, CalendarToken, Status
from rheobase.clinic.exchange.ics import Entry
from rheobase.clinic.people.models import Role, User

KEY_BYTES = 32
PAST_SHOWN = timedelta(days=90)


def entries(visits: Iterable[Appointment]) -> list[Entry]:
    """Return visits as calendars may know them; cancelled and merely offered ones are left out."""
    rows = (
        Appointment.objects.filter(pk__in=[v.pk for v in visits])
        .exclude(status__in=(Status.CANCELLED, Status.HELD))
        .annotate(changed=Max("changes__at"), count=Count("changes"))
    )
    return [
        Entry(
            key=row.pk.hex,
            starts=row.starts,
            ends=row.ends,
            wall=row.wall_start,
            zone=row.zone,
            changed=row.changed or row.booked_at,
            changes=max(0, row.count - 1),
        )
        for row in rows
    ]


def new_feed(user: User, now: datetime) -> str:
    """Return the key of a new private feed; the one before stops working. Only its hash is kept."""
    revoke_feeds(user, now)
    key = secrets.token_urlsafe(KEY_BYTES)
    CalendarToken.objects.create(user=user, key_hash=hash_of(key), created=now)
    return key


def revoke_feeds(user: User, now: datetime) -> None:
    """Let every feed of this person end now."""
    CalendarToken.objects.filter(user=user, revoked__isnull=True).update(revoked=now)


def owner_of(key: str) -> User | None:
    """Return whose feed this is, None for any key that does not work (whatever the reason)."""
    token = (
        CalendarToken.objects.filter(key_hash=hash_of(key), revoked__isnull=True)
        .select_related("user")
        .first()
    )
    return token.user if token and token.user.is_active else None


def visits_in_feed(user: User, now: datetime) -> list[Appointment]:
    """Return the visits in a person's feed: those of their children, or their own as a therapist."""
    found = Appointment.objects.filter(starts__gte=now - PAST_SHOWN)
    if user.role == Role.THERAPIST:
        return list(found.filter(therapist=user))
    if user.role == Role.GUARDIAN:
        return list(found.filter(child__in=policy.children_for(user, "see visits")))
    return []


def hash_of(key: str) -> str:
    """Return what is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
