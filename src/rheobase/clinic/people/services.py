"""The rules of registering a child, of who guards whom, and of changing a password."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from rheobase.clinic.people.models import Child, Guardianship, Role, User
from rheobase.errors import BadInput


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
) -> Guardianship:
    """Give somebody rights for one child from now on; the rights they had until now end.

    Raises:
        BadInput: if they are not a family account.
    """
    if user.role != Role.GUARDIAN:
        raise BadInput(f"{user.username} is staff. A guardian needs a family account of their own.")
    with transaction.atomic():
        Guardianship.objects.filter(user=user, child=child, ends__isnull=True).update(ends=now)
        return Guardianship.objects.create(
            user=user, child=child, relation=relation, starts=now, **(rights or {})
        )


def end_guardianship(*, child: Child, key: int, now: datetime) -> None:
    """End one guardianship of a child now.

    Raises:
        BadInput: if there is no open one with this key.
    """
    open_one = Guardianship.objects.filter(pk=key, child=child, ends__isnull=True)
    if not open_one.update(ends=now):
        raise BadInput("This guardianship has already ended. Reload the page.")


def change_password(user: User, old: str, new: str) -> None:
    """Set a new password.

    Raises:
        BadInput: if the old one is wrong or the new one too weak.
    """
    if not user.check_password(old):
        raise BadInput("The present password is wrong. Type it again.")
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages)) from None
    user.set_password(new)
    user.save(update_fields=["password"])
