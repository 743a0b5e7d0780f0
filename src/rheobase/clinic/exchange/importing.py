"""What would become of every line of a table of children, and the import itself: all lines or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from rheobase.clinic import clock
from rheobase.clinic.exchange.children_csv import Line, Table
from rheobase.clinic.people import access, services
from rheobase.clinic.people.models import Child, Role, User
from rheobase.errors import BadInput, NotAllowed

NEW, HERE, WRONG = noop("new"), noop("already here"), noop("wrong")
GROWN_UP_YEARS = 18


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of one line.

    Attributes:
        line: as it was read.
        fate: "new", "already here" (left out) or "wrong" (nothing is imported).
        why: everything that is wrong or left out.
        look: what somebody should look at before importing it.
    """

    line: Line
    fate: str
    why: tuple[str, ...] = ()
    look: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One child that was imported, and the first password of its guardian if the account is new."""

    child: Child
    guardian: str
    password: str


def fates(table: Table, today: date) -> list[Fate]:
    """Say what would become of every line; nothing is changed."""
    known, named = _known()
    accounts = {u.username: u for u in User.objects.all()}
    first: dict[tuple[str, str, date | None], int] = {}
    found = []
    for line in table.lines:
        wrong = [*line.wrong, *_wrong_account(line, accounts)]
        if line.born and line.key in first:
            wrong.append(_("the same child as in line %(n)s") % {"n": first[line.key]})
        first.setdefault(line.key, line.number)
        if wrong:
            found.append(Fate(line=line, fate=WRONG, why=tuple(wrong)))
        elif line.key in known:
            found.append(Fate(line=line, fate=HERE, why=(_("left out"),)))
        else:
            found.append(Fate(line=line, fate=NEW, look=tuple(_look(line, named, today))))
    return found


def run(found: Sequence[Fate], by: User, now: datetime) -> list[Imported]:
    """Register every new child of a table.

    Raises:
        NotAllowed: if this person may not.
        BadInput: if a line is wrong, or somebody registered one of the children meanwhile.
    """
    if by.role not in (Role.LEAD, Role.ADMINISTRATOR):
        raise NotAllowed(_("Only the clinic lead or an administrator imports children."))
    if wrong := [f.line.number for f in found if f.fate == WRONG]:
        lines = ", ".join(map(str, wrong[:10])) + (", …" if len(wrong) > 10 else "")
        raise BadInput(
            _("Nothing was imported: line %(lines)s of the file is wrong. Correct it first.")
            % {"lines": lines}
        )
    with transaction.atomic():
        known, _named = _known()
        if any(f.line.key in known for f in found if f.fate == NEW):
            raise BadInput(
                _("Somebody registered one of these children meanwhile. Look at it again.")
            )
        return [_register(f.line, by, now) for f in found if f.fate == NEW]


def _register(line: Line, by: User, now: datetime) -> Imported:
    cells = line.cells
    own = ("given_name", "family_name", "sex", "condition")
    fields = {"born": line.born, **{name: cells[name] for name in own}}
    guardian, password = cells.get("guardian_sign_in", ""), ""
    if guardian:
        about = {
            "username": guardian,
            "first_name": cells["guardian_given_name"],
            "last_name": cells["guardian_family_name"],
            "relation": cells["guardian_relation"],
        }
        child, _user, password = services.register(child=fields, guardian=about, now=now)
    else:
        child = Child.objects.create(**fields)
    access.note_by(by, "configure", child, method="IMPORT", path="import of children")
    return Imported(child=child, guardian=guardian, password=password)


def _known() -> tuple[set[tuple[str, str, date]], dict[tuple[str, str], date]]:
    rows = Child.objects.values_list("given_name", "family_name", "born")
    known = {(given.casefold(), family.casefold(), born) for given, family, born in rows}
    return known, {(given, family): born for given, family, born in known}


def _wrong_account(line: Line, accounts: dict[str, User]) -> list[str]:
    user = accounts.get(line.cells.get("guardian_sign_in", ""))
    if user is None:
        return []
    if user.role != Role.GUARDIAN:
        return [
            _("the account %(name)s is staff; a guardian needs one of their own")
            % {"name": user.username}
        ]
    typed = line.cells.get("guardian_given_name", ""), line.cells.get("guardian_family_name", "")
    if (user.first_name.casefold(), user.last_name.casefold()) != tuple(
        t.casefold() for t in typed
    ):
        return [
            _("the account %(name)s belongs to somebody of another name") % {"name": user.username}
        ]
    return []


def _look(line: Line, named: dict[tuple[str, str], date], today: date) -> list[str]:
    look = []
    if (born := named.get(line.key[:2])) and born != line.born:
        look.append(_("a child of this name, born %(day)s, is here already") % {"day": born})
    if line.born and clock.age_months(line.born, today) >= GROWN_UP_YEARS * 12:
        look.append(_("%(years)s years or older") % {"years": GROWN_UP_YEARS})
    return look


def today() -> date:
    """Return the date on the clinic's wall."""
    return clock.today(settings.CLINIC_ZONE)
