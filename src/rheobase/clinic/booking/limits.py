"""How often a calendar may be fetched: greedy readers and guesses wait, everybody else notices nothing."""

from datetime import datetime, timedelta
from typing import Final

from rheobase.clinic.booking.models import FeedFetch

WINDOW: Final = timedelta(hours=1)
# Calendars fetch a few times an hour; a clinic's whole staff may stand behind one address.
MOST: Final = {"key": 60, "from": 600}


def too_many(kind: str, name: str, now: datetime) -> bool:
    """Note one fetch and return whether there were too many in the last hour.

    Args:
        kind: "key" (one feed) or "from" (one address, whatever it asks for).
        name: the hash of the key, or the address.
        now: the present moment. [UTC]
    """
    FeedFetch.objects.filter(at__lte=now - WINDOW).delete()
    bucket = f"{kind}:{name}"[:80]
    if FeedFetch.objects.filter(bucket=bucket).count() >= MOST[kind]:
        return True
    FeedFetch.objects.create(bucket=bucket, at=now)
    return False
