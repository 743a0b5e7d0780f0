"""The access log: who looked at whose record, chained so that a removed line is noticed."""

import hashlib
import json

from django.db import transaction
from django.http import HttpRequest

from rheobase.clinic import clock
from rheobase.clinic.database import wait_turn
from rheobase.clinic.people.models import AccessLog, Child, User

GENESIS = "0" * 64
CHAIN_LOCK = 7_243_512


def note(request: HttpRequest, action: str, child: Child | None, *, allowed: bool) -> None:
    """Add one line about a request."""
    user = request.user if request.user.is_authenticated else None
    note_by(user, action, child, method=request.method, path=request.path, allowed=allowed)


def note_by(
    user: User | None,
    action: str,
    child: Child | None,
    *,
    method: str,
    path: str,
    allowed: bool = True,
) -> None:
    """Add one line about what somebody did, with a page or without."""
    with transaction.atomic():
        wait_turn(CHAIN_LOCK)
        last = AccessLog.objects.order_by("-id").first()
        line = AccessLog(
            at=clock.now(),
            user=user,
            username=user.username if user else "",
            role=user.role if user else "",
            action=action,
            method=method,
            path=path[:300],
            child=child,
            allowed=allowed,
            previous=last.digest if last else GENESIS,
        )
        line.digest = digest_of(line)
        line.save()


def digest_of(line: AccessLog) -> str:
    """Return the digest of a line, over its content and the digest before it."""
    content = [
        line.at.isoformat(),
        line.username,
        line.role,
        line.action,
        line.method,
        line.path,
        str(line.child_id or ""),
        line.allowed,
        line.previous,
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def first_break() -> AccessLog | None:
    """Return the first line whose chain is broken, or None if the log is whole."""
    previous = GENESIS
    for line in AccessLog.objects.order_by("id").iterator():
        if line.previous != previous or line.digest != digest_of(line):
            return line
        previous = line.digest
    return None
