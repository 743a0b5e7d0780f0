"""Staff accounts from the command line: the first one, a new sign-in link, a lost second factor.

    rheobase account add max --role administrator --given Max --family Field
    rheobase account link max
    rheobase account reset-factors max --reason "phone lost, stands beside me"

`add` and `link` print an address at which the person chooses a password; it works once, for three
days. Each of the three is written into the access log.
"""

import json as to_json
from enum import StrEnum
from typing import Annotated, Any

import typer

from rheobase.errors import BadInput


class Deed(StrEnum):
    """What is done."""

    ADD = "add"
    LINK = "link"
    RESET_FACTORS = "reset-factors"


def command(
    *,
    deed: Annotated[Deed, typer.Argument(help="What to do.")],
    name: Annotated[str, typer.Argument(help="The sign-in name of the account.")],
    role: Annotated[
        str, typer.Option(help="therapist, lead, front_desk or administrator.")
    ] = "administrator",
    given: Annotated[str, typer.Option(help="Given name.")] = "",
    family: Annotated[str, typer.Option(help="Family name.")] = "",
    discipline: Annotated[
        str, typer.Option(help="Of a therapist: physiotherapy or occupational therapy.")
    ] = "",
    registration: Annotated[str, typer.Option(help="Number at the college.")] = "",
    by: Annotated[
        str, typer.Option(help="Sign-in name of the administrator who asks; goes into the log.")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why factors are reset; goes into the log.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Do one thing with one account."""
    from rheobase.clinic.setup import ready

    ready()
    from rheobase.clinic import clock
    from rheobase.clinic.people import access, invitations

    admin = _administrator(by)
    answer: dict[str, Any] = {"account": name, "done": deed.value}
    if deed is Deed.ADD:
        about = {"username": name, "role": role, "first_name": given, "last_name": family}
        about |= {"discipline": discipline, "registration": registration}
        answer["link"] = invitations.link_of(invitations.invite(about, by=admin))
    elif deed is Deed.LINK:
        user = _account(name)
        access.note_by(admin, "sign-in link", None, method="SHELL", path=f"link of {name}")
        answer["link"] = invitations.link_of(user)
    else:
        answer["factors"] = invitations.forget_factors(
            _account(name), by=admin, reason=reason, now=clock.now()
        )
    print(to_json.dumps(answer) if json else _in_words(answer))


def _in_words(answer: dict[str, Any]) -> str:
    if "link" in answer:
        return (
            f"{answer['account']} chooses a password at this address of the clinic, once, "
            f"within three days:\n{answer['link']}"
        )
    return f"{answer['factors']} second factors of {answer['account']} taken away; signed out everywhere."


def _account(name: str) -> Any:
    from rheobase.clinic.people.models import User

    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise BadInput(f"There is no open account {name!r}. Check the spelling.")
    return user


def _administrator(name: str) -> Any:
    from rheobase.clinic.people.models import Role

    if not name:
        return None
    user = _account(name)
    if user.role != Role.ADMINISTRATOR:
        raise BadInput(f"{name} is not an administrator. --by names the administrator who asks.")
    return user
