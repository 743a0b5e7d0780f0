"""When a sign-in ends: after a silence, after its longest time, or when it is ended from elsewhere.

The limits are in `settings.SESSION_LIMITS_MIN` (OWASP ASVS 5.0, 7.1.1, 7.3.1, 7.3.2). In the middle
of a session two more rules hold:

* The pages of a session that runs are not subject to either limit: its console never asks its
  therapist who she is, and STOP asks nobody at all (`live/stop_first.py`).
* Every other page asks her to confirm who she is, instead of signing her out: signing out would
  take the console's presence away and ramp the current down.

A session counts as running until its end is noted, and never for longer than `LONGEST_SESSION`.
What the console sends by itself (presence, events) is no sign of a person and is not counted.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.apps import apps
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from rheobase.clinic import clock
from rheobase.clinic.people.models import User

LONGEST_SESSION = timedelta(hours=4)
BY_ITSELF = re.compile(r"/live/[0-9a-f-]{36}/(presence|events)/")
OF_A_SESSION = re.compile(r"/live/([0-9a-f-]{36})/")
CONFIRMING = ("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn")
NOTED_EVERY_S = 30  # a sign of life is written at most this often


class SessionLimits:
    """Signs a person out, or asks who they are, after too long a silence or too long a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check the limits before anything else is done for this person."""
        if request.user.is_authenticated:
            now = clock.now()
            idle, longest = _over(request, now)
            running = _running(request.user, now) if idle or longest else set()
            if _is_ended(request) or ((idle or longest) and not running):
                logout(request)
            elif (idle or longest) and _session_in(request.path) not in running:
                if not _unlocks(request.path) and (idle or not _has_confirmed(request, now)):
                    return _ask_who(request)
            elif not BY_ITSELF.match(request.path):
                _note_life(request, now)
        return self._respond(request)


def end_all(user: User, now: datetime) -> None:
    """End every sign-in of somebody that began until now."""
    User.objects.filter(pk=user.pk).update(sessions_from=now)


def runs_a_session(user: User, now: datetime) -> bool:
    """Return whether somebody is in the middle of a session with a child."""
    return bool(_running(user, now))


def _is_ended(request: HttpRequest) -> bool:
    """Return whether this sign-in was ended from elsewhere."""
    ended = request.user.sessions_from
    return ended is not None and bool(request.session["began"] <= ended.timestamp())


def _over(request: HttpRequest, now: datetime) -> tuple[bool, bool]:
    """Return whether it was silent for too long, and whether it lasts too long."""
    limits = settings.SESSION_LIMITS_MIN
    idle_min, longest_min = limits.get(request.user.role, limits[""])
    moment = now.timestamp()
    began = request.session.setdefault("began", moment)
    seen = max(request.session.setdefault("seen", moment), _confirmed_at(request))
    return moment - seen > idle_min * 60, moment - began > longest_min * 60


def _confirmed_at(request: HttpRequest) -> float:
    """Return when this person last confirmed who they are, after signing in."""
    records: list[dict[str, Any]] = get_authentication_records(request, request.user)
    return max((r["at"] for r in records if r.get("reauthenticated")), default=0.0)


def _has_confirmed(request: HttpRequest, now: datetime) -> bool:
    idle_min, _longest = settings.SESSION_LIMITS_MIN.get(
        request.user.role, settings.SESSION_LIMITS_MIN[""]
    )
    return now.timestamp() - _confirmed_at(request) <= idle_min * 60


def _note_life(request: HttpRequest, now: datetime) -> None:
    moment = now.timestamp()
    if moment - request.session["seen"] > NOTED_EVERY_S:
        request.session["seen"] = moment


def _running(user: User, now: datetime) -> set[str]:
    """Return the sessions that run with this therapist."""
    treatments = apps.get_model("live.Treatment").objects
    rows = treatments.filter(therapist=user, ended=None, started__gt=now - LONGEST_SESSION)
    return {str(key) for key in rows.values_list("pk", flat=True)}


def _session_in(path: str) -> str:
    found = OF_A_SESSION.match(path)
    return found.group(1) if found else ""


def _unlocks(path: str) -> bool:
    names = (*CONFIRMING, "people:sign_out", "language")
    return path in {reverse(name) for name in names}


def _ask_who(request: HttpRequest) -> HttpResponse:
    then = request.get_full_path() if request.method == "GET" else reverse("people:start")
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': then})}")
