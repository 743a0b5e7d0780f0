"""Everything into one compressed file: rows, keys, journals. The clinic can go on working meanwhile.

The file holds the keys and every record, readable for whoever has it: encrypt it (`--encrypt`), or
keep it on an encrypted disk; never beside the clinic's own. Without the passphrase an encrypted
backup is lost.
"""

import json
from pathlib import Path
from typing import Annotated

import typer


def command(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    *,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Seal it with a passphrase, asked for twice.")
    ] = False,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="Seal it with the first line of this file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> None:
    """Back the whole installation up."""
    from rheobase.cli._passphrase import given
    from rheobase.clinic.setup import ready

    sealed = encrypt or passphrase_file is not None
    passphrase = given(passphrase_file, twice=True) if sealed else ""
    ready()
    from rheobase.clinic import backup, clock

    manifest = backup.write(file, clock.now(), passphrase)
    if as_json:
        print(json.dumps(manifest, indent=2, ensure_ascii=False))
        return
    tables = [e for e in manifest["entries"] if "table" in e]
    print(f"{file}: {file.stat().st_size / 1000:,.0f} kB")
    print(f"{sum(e['rows'] for e in tables)} rows of {len(tables)} tables,", end=" ")
    print(f"{len(manifest['entries']) - len(tables)} other files (keys, journals)")
    print(f"The access log ends with {manifest['last_of_the_log'] or 'no line'}")
    print(
        "It is encrypted: keep the passphrase apart from it. Without it nobody can restore it."
        if sealed
        else "It holds the keys and every record: keep it on an encrypted disk, away from this machine."
    )
