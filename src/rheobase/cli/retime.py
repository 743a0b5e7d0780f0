"""Visits to come that the rules of their time zone have moved since they were booked.

Without --apply nothing is changed. With it, every visit gets back the wall time that was agreed.
"""

import json
from datetime import datetime
from typing import Annotated, Any

import typer

from rheobase.errors import BadInput


def command(
    apply: Annotated[bool, typer.Option(help="Give all of them their new moment.")] = False,
    by: Annotated[
        str, typer.Option(help="With --apply: the sign-in name of a lead or administrator.")
    ] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the visits moved by new rules of a zone; with --apply, derive their moment again."""
    from rheobase.clinic.setup import ready

    ready()
    from rheobase.clinic import clock
    from rheobase.clinic.booking import retime

    now = clock.now()
    changes = retime.moved(now)
    lines = [_line(change) for change in changes]
    pairs = [
        {"visit": c.visit.wall_start, "other": c.other.wall_start, "resource": c.resource}
        for c in retime.collisions(changes)
    ]
    if apply:
        retime.apply(changes, _person(by), now)
    if as_json:
        print(json.dumps({"visits": lines, "collisions": pairs, "applied": apply}, indent=2))
        return
    for line in lines:
        print(f"{line['wall']} ({line['zone']}): {line['was']} UTC, {line['becomes']}")
    for pair in pairs:
        print(f"collision: {pair['visit']} and {pair['other']} would both need {pair['resource']}")
    print(f"{len(lines)} visits moved by new rules; {'applied' if apply else 'nothing changed'}.")


def _line(change: Any) -> dict[str, str]:
    becomes: datetime | None = change.becomes
    return {
        "visit": str(change.visit.pk),
        "wall": change.visit.wall_start,
        "zone": change.visit.zone,
        "was": f"{change.visit.starts:%Y-%m-%d %H:%M}",
        "becomes": f"{becomes:%Y-%m-%d %H:%M} UTC" if becomes else "no longer exists",
    }


def _person(name: str) -> Any:
    from rheobase.clinic.people.models import User

    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise BadInput("--apply needs --by and the sign-in name of a lead or administrator.")
    return user
