"""A backup into an empty folder (RHEOBASE_HOME) and an empty database (SQLite, or DATABASE_URL).

Every hash is compared before anything is written, every count and the chain of the access log after.
"""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from rheobase.errors import BadInput


def command(
    file: Annotated[Path, typer.Argument(help="A file written by `rheobase backup`.")],
    *,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="Read the passphrase from this file; else it is asked for.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Say what was restored as JSON.")] = False,
) -> None:
    """Restore a whole installation."""
    from rheobase.cli._passphrase import given
    from rheobase.clinic import archive
    from rheobase.home import home

    folder = home()
    archive.must_be_empty(folder)
    passphrase = given(passphrase_file) if archive.is_sealed(file) else ""
    source, manifest = archive.opened(file, passphrase)
    with source:
        try:
            files = archive.unpack(source, manifest["entries"], folder)
            done = {"files": files, **_rows(source, manifest)}
        except BaseException:
            archive.emptied(folder)
            raise
    done = {"made": manifest["made"], "from": manifest["database"], "folder": str(folder), **done}
    print(json.dumps(done, indent=2, ensure_ascii=False) if as_json else _in_words(done))


def _rows(source: Any, manifest: dict[str, Any]) -> dict[str, Any]:
    """Fill the database; keys are in their place already, so that nothing makes new ones."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rheobase.clinic.settings")
    import django

    django.setup()
    from django.db import Error, connection

    from rheobase.clinic import backup

    try:
        rows = backup.read(source, manifest)
        checks = backup.verified(manifest)
    except (BadInput, Error) as error:
        raise BadInput(f"{error} Nothing of this restored database is to be used.") from None
    finally:
        connection.close()
    return {
        "database": connection.vendor,
        "rows": rows,
        "checks": [{"what": c.what, "looked_at": c.looked_at} for c in checks],
    }


def _in_words(done: dict[str, Any]) -> str:
    lines = [f"Restored the backup of {done['made']} into {done['folder']} ({done['database']})."]
    lines += [f"  {table}: {rows}" for table, rows in done["rows"].items() if rows]
    lines += [f"  files: {done['files']}"]
    lines += [f"{c['what']}: {c['looked_at']}, whole" for c in done["checks"]]
    return "\n".join(lines)
