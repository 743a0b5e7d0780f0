"""Children from a CSV file of another program; the first line names the columns.

given_name, family_name, born (year-month-day), sex, condition; if you like also guardian_sign_in,
guardian_given_name, guardian_family_name, guardian_relation. All lines are imported, or none.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from rheobase.errors import BadInput


def command(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8, UTF-16 or Windows-1252.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would become of every line; change nothing.")
    ] = False,
    by: Annotated[
        str, typer.Option(help="Sign-in name of the lead or administrator who imports.")
    ] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Import children."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror}.") from None
    from rheobase.clinic.setup import ready

    ready()
    from rheobase.clinic import clock
    from rheobase.clinic.exchange import children_csv, importing

    table = children_csv.read(content, importing.today())
    found = importing.fates(table, importing.today())
    done = [] if dry_run else importing.run(found, _person(by), clock.now())
    lines = [_line(one) for one in found]
    made = [
        {"child": one.child.opaque, "guardian": one.guardian, "first_password": one.password}
        for one in done
    ]
    if as_json:
        print(json.dumps({"encoding": table.encoding, "lines": lines, "imported": made}, indent=2))
    else:
        for line in lines:
            print(f"line {line['line']}: {line['fate']}" + "".join(f"; {w}" for w in line["why"]))
        for one in made:
            if one["first_password"]:
                print(f"{one['guardian']} signs in first with {one['first_password']}")
        print(f"{len(lines)} lines read as {table.encoding}; {len(made)} children imported.")
    if dry_run and any(one.fate == importing.WRONG for one in found):
        sys.exit(1)


def _line(one: Any) -> dict[str, Any]:
    return {"line": one.line.number, "fate": one.fate, "why": [*one.why, *one.look]}


def _person(name: str) -> Any:
    from rheobase.clinic.people.models import User

    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise BadInput("Say who imports: --by and the sign-in name of a lead or administrator.")
    return user
