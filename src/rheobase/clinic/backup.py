"""A whole installation into one file, and back: rows, keys, journals, the files of the pathway."""

import platform
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from django.conf import settings
from django.db import connection, transaction

from rheobase.clinic import archive, records, whole
from rheobase.clinic.people.models import AccessLog
from rheobase.errors import BadInput
from rheobase.home import home


def write(path: Path, now: datetime, passphrase: str = "") -> dict[str, Any]:
    """Write a backup and return its manifest. Nobody is kept from working meanwhile.

    Args:
        path: where.
        now: the present moment. [UTC]
        passphrase: encrypts it; "" leaves it readable to whoever has the file.

    Raises:
        BadInput: if the file exists or cannot be written, or the passphrase is too short.
    """
    target = archive.new_archive(path, passphrase)
    try:
        with target:
            return _write(archive.Writer(target), path, now)
    except BaseException:
        path.unlink()  # half a backup looks too much like one
        raise


def read(source: ZipFile, manifest: dict[str, Any]) -> dict[str, int]:
    """Put the rows of a verified backup into an empty database; return how many, by table.

    Raises:
        BadInput: if the database holds rows, or the rows do not fit or do not hold together.
    """
    if not records.is_empty():
        raise BadInput(
            "The database holds records already; a backup is restored only into an empty one. "
            "Set DATABASE_URL to an empty database, or leave it out for SQLite."
        )
    registry = records.registry_at(manifest["schema"])
    models = {m._meta.label_lower: m for m in records.tables(registry)}
    restored: dict[str, int] = {}
    with transaction.atomic():
        for entry in _tables_in(manifest):
            label = entry["table"]
            if label not in models:
                raise BadInput(f"The backup holds a table that is unknown here: {label}.")
            with source.open(entry["name"]) as lines:
                restored[label] = records.add(models[label], lines)
            if restored[label] != entry["rows"]:
                raise BadInput(f"{label} has {restored[label]} rows, not {entry['rows']}.")
        records.count_on(list(models.values()))
    records.to_newest()
    return restored


def verified(manifest: dict[str, Any]) -> list[whole.Check]:
    """Return the checks of a restored record.

    Raises:
        BadInput: if something does not hold that held when it was backed up.
    """
    last = AccessLog.objects.order_by("-id").first()
    if (last.digest if last else "") != manifest["last_of_the_log"]:
        raise BadInput("The access log ends with another line than when it was backed up.")
    checks = whole.checks()
    if broken := [check.broken for check in checks if check.broken]:
        raise BadInput("; ".join(broken) + ".")
    return checks


def _write(writer: archive.Writer, path: Path, now: datetime) -> dict[str, Any]:
    with records.one_moment():
        for model in records.tables():
            _add_table(writer, model)
        last = AccessLog.objects.order_by("-id").first()
        form = records.schema()
    for file in archive.files_of(home(), [path, *_database_files()]):
        name = file.relative_to(home()).as_posix()
        writer.add(archive.FILES + name, archive.pieces_of(file))
    return writer.close(
        {
            "made": now.isoformat(timespec="seconds"),
            "rheobase": version("rheobase"),
            "python": platform.python_version(),
            "database": connection.vendor,
            "schema": form,
            "zone": settings.CLINIC_ZONE,
            "last_of_the_log": last.digest if last else "",
        }
    )


def _add_table(writer: archive.Writer, model: Any) -> None:
    label, count = model._meta.label_lower, 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for row in records.rows_of(model):
            count += 1
            yield records.to_line(row)

    line = writer.add(f"{archive.RECORDS}{label}.ndjson", lines(), table=label)
    line["rows"] = count


def _tables_in(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    return [entry for entry in manifest["entries"] if "table" in entry]


def _database_files() -> list[Path]:
    if connection.vendor != "sqlite":
        return []
    name = str(settings.DATABASES["default"]["NAME"])
    return [Path(name + end) for end in ("", "-wal", "-shm", "-journal")]
