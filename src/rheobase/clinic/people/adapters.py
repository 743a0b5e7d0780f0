"""What the clinic decides about signing in, where django-allauth asks."""

import base64
from functools import cache
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as noop

from rheobase.clinic import clock, language
from rheobase.clinic.people import access, throttle
from rheobase.clinic.people.models import Role, SignInTry, User
from rheobase.home import secret

WRONG = _("The name or the password is wrong. Try again, or ask the clinic for a new password.")
WAIT = _("Too many wrong tries. Wait 15 minutes, or sign in with a passkey.")
WRONG_CODE = _("This code does not fit, or it was used already. Wait for the next one.")
LAST_FACTOR = _("Staff always keep one second factor. Add another one first, then remove this one.")

# What is written into the access log where allauth would send a mail.
EVENTS: Final = {
    "mfa/email/totp_activated": noop("add factor: app"),
    "mfa/email/totp_deactivated": noop("remove factor: app"),
    "mfa/email/webauthn_added": noop("add factor: passkey"),
    "mfa/email/webauthn_removed": noop("remove factor: passkey"),
    "mfa/email/recovery_codes_generated": noop("new recovery codes"),
}

SAID: Final = {
    "mfa/messages/totp_activated.txt": _("The app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The app is removed."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
}


class NameOrAddress(AuthenticationBackend):
    """Name or e-mail address, and password. A closed account is as unknown as one that never was."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return whose they are, or None."""
        user = super().authenticate(request, **credentials)
        self.unstash_authenticated_user()
        return user


class Account(DefaultAccountAdapter):
    """Accounts are made by the clinic; tries are counted; nothing is mailed."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "incorrect_password": _("The password is wrong. Type it again."),
        "too_many_login_attempts": WAIT,
        "rate_limited": WAIT,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before it is looked at, so that tries at the same time are counted too."""
        name = throttle.known_as(credentials.get("username") or credentials.get("email") or "")
        address, device = request.META["REMOTE_ADDR"], throttle.device_of(request, name)
        if throttle.must_wait(name, address, device, clock.now()):
            raise self.validation_error("too_many_login_attempts")
        self._try = SignInTry.objects.create(
            name=name, address=address, device=device, at=clock.now(), succeeded=False
        )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return whose the name and the password are, or None."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            SignInTry.objects.filter(pk=self._try.pk).update(succeeded=True)
        return user

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing to take back: `pre_authenticate` uses none of allauth's own counters."""

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Answer a passkey of a closed account as one that nobody has."""
        messages.error(request, gettext("This passkey is not known here."))
        return redirect("people:sign_in")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Say in our words that a factor was changed; what the page shows anyway is not said twice."""
        if message_template in SAID:
            kwargs["message"] = SAID[message_template]
        if message_template in (None, *SAID):
            super().add_message(request, level, message_template, *args, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session: both limits count from here."""
        super().login(request, user)
        moment = clock.now().timestamp()
        request.session["began"] = request.session["seen"] = moment

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Let this device be known for this name from now on, and speak this person's language."""
        response = super().post_login(request, user, **kwargs)
        if user.language:
            language.remember(response, user.language)
        throttle.remember(request, response, user.username)
        return response

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in need not do it again at once."""
        return not confirmed_lately(context.request) and super().is_reauthentication_required(
            app=app, **kwargs
        )

    def send_notification_mail(
        self, template_prefix: str, user: User, *args: Any, **kwargs: Any
    ) -> None:
        """Write a change of somebody's factors into the access log, instead of a mail."""
        if event := EVENTS.get(template_prefix):
            access.note_by(user, event, None, method="POST", path=self.request.path)


class Factors(DefaultMFAAdapter):
    """Second factors: kept encrypted; staff always keep one."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": LAST_FACTOR,
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as it is kept in the database."""
        return _vault().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a secret as it was."""
        return _vault().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: User) -> str:
        """Name the account in the app on the phone by its sign-in name, never by a mail address."""
        return user.username

    def generate_authenticator_name(self, user: User, type: Any) -> str:  # noqa: A002
        """Return a name for a passkey that was given none."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Return whether a factor may go: families may drop theirs, staff keep one."""
        if authenticator.user.role == Role.GUARDIAN:
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def confirmed_lately(request: HttpRequest) -> bool:
    """Return whether this person has signed in or confirmed who they are a short while ago."""
    from allauth.account import app_settings

    records = get_authentication_records(request, request.user)
    age_s = clock.now().timestamp() - max((r["at"] for r in records), default=0.0)
    return age_s < app_settings.REAUTHENTICATION_TIMEOUT


@cache
def _vault() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(secret("factors.key")))
