"""The rules of accounts: inviting, one-time links, closing, and resetting a lost second factor."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from rheobase.clinic.people import access, factors, sessions
from rheobase.clinic.people.models import DemoClinic, Role, User
from rheobase.errors import BadInput, NotReady

SHORTEST_REASON = 10


class _Links(PasswordResetTokenGenerator):
    key_salt = "rheobase.invitation"


LINKS = _Links()  # good once, and for settings.PASSWORD_RESET_TIMEOUT


def invite(about: Mapping[str, Any], *, by: User | None) -> User:
    """Make a staff account that nobody can sign in to until its link was used.

    Args:
        about: username, first_name, last_name, email, role, discipline, registration.
        by: who invites, None on the command line.

    Raises:
        BadInput: if the name is taken, the role is none of the staff's, or this is a demo clinic.
    """
    if DemoClinic.objects.exists():
        raise BadInput(
            _("This is a demo clinic; real people do not belong into it. Start with an empty one.")
        )
    if about["role"] not in Role.values or about["role"] == Role.GUARDIAN:
        roles = ", ".join(role for role in Role.values if role != Role.GUARDIAN)
        raise BadInput(_("Staff have one of these roles: %(roles)s.") % {"roles": roles})
    if (about["role"] == Role.THERAPIST) != bool(about.get("discipline")):
        raise BadInput(_("A therapist has a discipline, and nobody else has one."))
    if User.objects.filter(username__iexact=about["username"]).exists():
        raise BadInput(_("This sign-in name is taken. Choose another one."))
    with transaction.atomic():
        user = User(**about)
        user.set_unusable_password()
        user.save()
        path = f"invitation of {user.username} as {user.role}"
        access.note_by(by, "invite", None, method="POST" if by else "SHELL", path=path)
    return user


def link_of(user: User) -> str:
    """Return the address with which somebody chooses a password, once."""
    who = urlsafe_base64_encode(str(user.pk).encode())
    keys = {"who": who, "token": LINKS.make_token(user)}
    return reverse("people:first_password", kwargs=keys)


def user_of(who: str, token: str) -> User | None:
    """Return whose link this is, or None if it is used, too old, wrong, or of a closed account."""
    try:
        key = int(urlsafe_base64_decode(who))
    except ValueError:
        return None
    user = User.objects.filter(pk=key, is_active=True).first()
    return user if user is not None and LINKS.check_token(user, token) else None


def choose_password(user: User, password: str, now: datetime) -> None:
    """Set the password that was chosen with a link; whoever is signed in as them is signed out.

    Raises:
        BadInput: if it is too weak.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from None
    user.set_password(password)
    user.save(update_fields=["password"])
    sessions.end_all(user, now)


def set_open(user: User, *, opens: bool, now: datetime) -> None:
    """Open or close an account."""
    User.objects.filter(pk=user.pk).update(is_active=opens)
    if not opens:
        sessions.end_all(user, now)


def forget_factors(user: User, *, by: User | None, reason: str, now: datetime) -> int:
    """Take away lost second factors, with the reason in the access log, and end every sign-in.

    Raises:
        BadInput: if there is no reason, or none to take away.
        NotReady: in the middle of a session with a child: it would end the console's presence.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise BadInput(_("Say in a few words why, and how you know that it is them who ask."))
    if by is not None and by.pk == user.pk:
        raise BadInput(_("Somebody else has to do this for you."))
    if sessions.runs_a_session(user, now):
        raise NotReady(_("They are in the middle of a session with a child. Wait for its end."))
    if not factors.has_one(user):
        raise BadInput(_("This account has no second factor."))
    count = factors.forget(of=user, by=by, reason=reason.strip())
    sessions.end_all(user, now)
    return count
