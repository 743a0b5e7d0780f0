"""The rules of registering a child, of who guards whom, and of changing a password."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from rheobase.clinic.people.models import Child, Guardianship, MatureMinor, Role, User
from rheobase.errors import BadInput
from rheobase.stimulus.checks import some_text

SHORTEST_BASIS = 15


def register(
    *, child: Mapping[str, Any], guardian: Mapping[str, Any], now: datetime
) -> tuple[Child, User, str]:
    """Register a child with its first guardian; an existing account is never altered.

    Args:
        child: given_name, family_name, born, sex, condition.
        guardian: username, first_name, last_name, email, relation.
        now: the present moment. [UTC]

    Returns:
        child, guardian, and the first password of a new account ("" for one that exists).

    Raises:
        BadInput: if the name belongs to somebody who is not a family.
    """
    with transaction.atomic():
        row = Child.objects.create(**child)
        user = User.objects.filter(username=guardian["username"]).first()
        password = ""
        if user is None:
            password = secrets.token_urlsafe(9)
            user = User.objects.create_user(
                guardian["username"],
                guardian.get("email", ""),
                password,
                first_name=guardian["first_name"],
                last_name=guardian["last_name"],
                role=Role.GUARDIAN,
            )
        entrust(child=row, user=user, relation=guardian["relation"], now=now)
    return row, user, password


def entrust(
    *,
    child: Child,
    user: User,
    relation: str,
    now: datetime,
    rights: Mapping[str, bool] | None = None,
    starts: datetime | None = None,
    ends: datetime | None = None,
    court_note: str = "",
) -> Guardianship:
    """Give somebody rights for one child; the rights they had end when these begin.

    Args:
        child: whose.
        user: who gets them.
        relation: to the child.
        now: the present moment. [UTC]
        rights: can_view, can_book, can_consent, gets_notices, child_agrees.
        starts: from when, now if not given. [UTC]
        ends: until when, open if not given. [UTC]
        court_note: what a court has said; staff see it, families never.

    Raises:
        BadInput: if they are not a family account, or the dates contradict each other.
    """
    if user.role != Role.GUARDIAN:
        raise BadInput(
            _("%(name)s is staff. A guardian needs a family account of their own.")
            % {"name": user.username}
        )
    begin = max(starts or now, now)
    if ends is not None and ends <= begin:
        raise BadInput(_("The rights would end before they begin. Choose a later day."))
    with transaction.atomic():
        before = Guardianship.objects.filter(user=user, child=child)
        before.filter(ends__isnull=True).update(ends=begin)
        before.filter(ends__gt=begin).update(ends=begin)
        return Guardianship.objects.create(
            user=user,
            child=child,
            relation=relation,
            starts=begin,
            ends=ends,
            court_note=court_note.strip(),
            **(rights or {}),
        )


def end_guardianship(*, child: Child, key: int, now: datetime) -> None:
    """End one guardianship of a child now.

    Raises:
        BadInput: if there is none with this key that has not ended.
    """
    going_on = Q(ends__isnull=True) | Q(ends__gt=now)
    if not Guardianship.objects.filter(going_on, pk=key, child=child).update(ends=now):
        raise BadInput(_("This guardianship has already ended. Reload the page."))


def change_password(user: User, old: str, new: str) -> None:
    """Set a new password.

    Raises:
        BadInput: if the old one is wrong or the new one too weak.
    """
    if not user.check_password(old):
        raise BadInput(_("The present password is wrong. Type it again."))
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from None
    user.set_password(new)
    user.save(update_fields=["password"])


def find_mature(*, child: Child, basis: str, by: User, now: datetime) -> MatureMinor:
    """Note that a child understands its rights and exercises them itself from now on.

    Source: Health Information Act (Alberta), s. 104(1)(b).

    Raises:
        BadInput: if the reason is missing, or it is noted already.
    """
    if len(basis.strip()) < SHORTEST_BASIS:
        raise BadInput(_("Say how you found that the child understands it."))
    some_text(_("How you found it"), basis.strip(), 300)
    if MatureMinor.objects.filter(child=child, ends__isnull=True).exists():
        raise BadInput(_("This is noted already. Reload the page."))
    return MatureMinor.objects.create(child=child, basis=basis.strip(), by=by, starts=now)


def end_mature(*, child: Child, by: User, now: datetime) -> None:
    """End that a child exercises its rights itself; what was found stays on record."""
    rows = MatureMinor.objects.filter(child=child, ends__isnull=True)
    if not rows.update(ends=now, ended_by=by):
        raise BadInput(_("This has ended already. Reload the page."))
