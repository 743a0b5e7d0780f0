"""Every child's record, as FHIR R4 (for another program) or as tables without names (for statistics).

Noted in the access log for every child. This is not a backup: see `rheobase backup`.
"""

import json
import os
from pathlib import Path
from typing import IO, Annotated

import typer

from rheobase.errors import BadInput, NotAllowed

KINDS = ("fhir", "tables")


def command(
    file: Annotated[Path, typer.Argument(help="The archive to write; it must not exist.")],
    *,
    what: Annotated[str, typer.Option(help="fhir (NDJSON), or tables (CSV and Parquet).")] = "fhir",
    by: Annotated[
        str, typer.Option(help="Sign-in name of the lead or administrator who exports.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Export the clinic."""
    if what not in KINDS:
        raise BadInput(f"--what {what} is not known. Use one of: {', '.join(KINDS)}.")
    from rheobase.clinic.setup import ready

    ready()
    from rheobase.clinic import clock, policy
    from rheobase.clinic.exchange import archives
    from rheobase.clinic.people import access
    from rheobase.clinic.people.models import User

    user = User.objects.filter(username=by, is_active=True).first()
    if user is None:
        raise BadInput("Say who exports: --by and the sign-in name of a lead or administrator.")
    if not policy.may(user, "export clinic"):
        raise NotAllowed("Only the clinic lead or an administrator exports the clinic.")
    children = policy.children_for(user, "export clinic")
    write = archives.write if what == "fhir" else archives.write_tables
    with _new(file) as target:
        try:
            counts = write(target, children, clock.now())
        except BaseException:
            file.unlink()  # half an export looks too much like one
            raise
    for child in children:
        access.note_by(user, "export clinic", child, method="EXPORT", path=f"export of {what}")
    if as_json:
        print(json.dumps({"file": str(file), "counts": counts}))
        return
    for name, count in sorted(counts.items()):
        print(f"{name}: {count}")
    print(f"{file}: structure-validated, not terminology-validated. Keep it on an encrypted disk.")


def _new(path: Path) -> IO[bytes]:
    """Open a new file that only its owner reads."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise BadInput(f"{path} exists; an export never overwrites. Choose another name.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}. Name another file.") from None
    return os.fdopen(handle, "wb")
