"""The second factor: who must have one, that each code is used once, and losing it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt, encrypt
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from rheobase.clinic.people import access
from rheobase.clinic.people.models import DemoClinic, Role, User

APP, PASSKEY = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN
LAST_STEP: Final = "last_step"  # in the data of an app: the newest step whose code was used
SHOWN: Final = "shown_in_the_demo"  # in the data of an app: its codes may be shown on the page


def has_one(user: User) -> bool:
    """Return whether somebody has an app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=(APP, PASSKEY)).exists()


def must_have_one(user: User) -> bool:
    """Return whether somebody's role asks for a second factor."""
    return user.role != Role.GUARDIAN


class SecondFactorOfStaff:
    """Leads staff without a second factor to setting one up, before anything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; what may be reached is decided when the view is known."""
        return self._respond(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Let through what is public, or what setting one up needs."""
        user = request.user
        free = getattr(view, "action", "") == "public" or getattr(view, "before_factor", False)
        if free or not user.is_authenticated or not must_have_one(user) or has_one(user):
            return None
        return redirect("mfa_index")


def before_factor(view: Any) -> Any:
    """Mark a view that staff reach before they have a second factor."""
    view.before_factor = True
    return view


def spend(authenticator: Authenticator, code: str) -> bool:
    """Note that a code of an app was used; return False if it, or a later one, was used before.

    Source: RFC 6238, 5.2: "The verifier MUST NOT accept the second attempt of the OTP".
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        key = decrypt(row.data["secret"])
        fitting = [s for s in totp.yield_hotp_counters_from_time() if _code(key, s) == code.strip()]
        step = max(fitting, default=-1)
        if step <= row.data.get(LAST_STEP, -1):
            return False
        row.data[LAST_STEP] = step
        row.save(update_fields=["data"])
    return True


def forget(*, of: User, by: User | None, reason: str) -> int:
    """Take away every factor of somebody who lost theirs and end their sessions.

    Args:
        of: whose.
        by: the administrator who does it, None on the command line.
        reason: why, for the access log.

    Returns:
        how many factors there were.
    """
    with transaction.atomic():
        rows = Authenticator.objects.filter(user=of)
        count = rows.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
        rows.delete()
        path = f"factors of {of.username}: {reason}"
        access.note_by(by, "reset factors", None, method="POST" if by else "SHELL", path=path)
    return count


def enrol_for_demo(user: User, key: str, now: datetime) -> None:
    """Give an invented person an app whose codes the sign-in page shows. Only in a demo clinic."""
    DemoClinic.objects.get_or_create(defaults={"since": now})
    row = Authenticator.objects.filter(user=user, type=APP).first()
    if row is None and not has_one(user):
        Authenticator.objects.create(
            user=user, type=APP, data={"secret": encrypt(key), SHOWN: True}
        )


def demo_code(user: User) -> str:
    """Return the code that signs an invented person in now; "" outside a demo clinic."""
    if not DemoClinic.objects.exists():
        return ""
    row = Authenticator.objects.filter(user=user, type=APP).first()
    if row is None or not row.data.get(SHOWN):
        return ""
    key, used = decrypt(row.data["secret"]), row.data.get(LAST_STEP, -1)
    steps = sorted(totp.yield_hotp_counters_from_time())
    free = [step for step in steps[len(steps) // 2 :] if step > used]
    return _code(key, free[0]) if free else ""


def _code(key: str, step: int) -> str:
    return totp.format_hotp_value(totp.hotp_value(key, step))
