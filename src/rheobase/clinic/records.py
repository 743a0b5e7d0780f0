"""The rows of a clinic in a form that no database owns: one JSON object per row, one file per table.

Written from one moment's view of the database; read back as they are, past every rule that would
change them (a date of creation is not set anew). The guards of the database stay where they are:
they refuse changes, and these rows are only added. Moments keep their microseconds, because the
digests of the access log are made of them.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

from rheobase.errors import BadInput

BATCH = 500
KEPT = frozenset({*settings.STEPS, "mfa"})  # with everybody's second factors
Rows = Iterable[bytes]


@contextmanager
def one_moment() -> Iterator[None]:
    """See the database as it is at one moment, without keeping anybody from writing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # a reader's snapshot; atomic() would lock writers out
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def tables(registry: Any = apps) -> list[type[Model]]:
    """Return every table of the clinic, links between tables included.

    Web sessions are left out: everybody signs in again. Django's own groups and permissions too:
    nobody has any, `policy.py` alone decides.
    """
    found = [m for m in registry.get_models(include_auto_created=True) if m._meta.app_label in KEPT]
    return sorted(
        (m for m in found if not _to_groups(m) and m._meta.managed and not m._meta.proxy),
        key=lambda m: m._meta.label_lower,
    )


def rows_of(model: type[Model]) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table, in the order of their keys."""
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=BATCH):
        yield dict(zip(names, row, strict=True))


def to_line(row: dict[str, Any]) -> bytes:
    """Return a row as one line of JSON."""
    text = json.dumps(row, default=_plain, ensure_ascii=False, sort_keys=True)
    return text.encode() + b"\n"


def schema() -> dict[str, str]:
    """Return the newest migration of every step: the form in which the rows are."""
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    return {label: name for label, name in leaves if label in KEPT}


def registry_at(form: dict[str, str]) -> Any:
    """Bring an empty database to the form of a backup and return its tables as they were then.

    Raises:
        BadInput: if the backup was made by a newer version.
    """
    executor = MigrationExecutor(connection)
    unknown = [f"{a}.{n}" for a, n in form.items() if (a, n) not in executor.loader.graph.nodes]
    if unknown:
        raise BadInput(
            f"The backup comes from a newer version ({', '.join(unknown)} is unknown here). "
            "Install that version, then restore."
        )
    targets = [*form.items(), *_others(executor)]
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def is_empty() -> bool:
    """Return whether no table of the clinic holds a row (or none has been made yet)."""
    there = set(connection.introspection.table_names())
    return not any(
        model._meta.db_table in there and model._base_manager.exists() for model in tables()
    )


def add(model: type[Model], rows: Rows) -> int:
    """Insert rows as they are and return how many.

    Raises:
        BadInput: if a row does not fit its table.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields.values())
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    count, batch = 0, []
    with connection.cursor() as cursor:
        for line in rows:
            row = json.loads(line)
            if row.keys() != fields.keys():
                odd = sorted(row.keys() ^ fields.keys())
                raise BadInput(f"A row of {model._meta.label} does not fit: {', '.join(odd)}.")
            batch.append([_to_database(field, row[name]) for name, field in fields.items()])
            count += 1
            if len(batch) == BATCH:
                cursor.executemany(statement, batch)
                batch = []
        if batch:
            cursor.executemany(statement, batch)
    return count


def count_on(models: list[type[Model]]) -> None:
    """Let the next key of every table follow the highest that was added."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def to_newest() -> None:
    """Bring the database from the form of the backup to that of this version."""
    call_command("migrate", verbosity=0, interactive=False)


def _to_database(field: Any, value: Any) -> Any:
    if field.get_internal_type() != "JSONField":
        value = field.to_python(value)
    return field.get_db_prep_save(value, connection)


def _to_groups(model: Any) -> bool:
    return bool(model._meta.auto_created) and any(
        field.related_model is not None and field.related_model._meta.app_label == "auth"
        for field in model._meta.concrete_fields
    )


def _others(executor: MigrationExecutor) -> list[tuple[str, str]]:
    leaves = executor.loader.graph.leaf_nodes()
    return [leaf for leaf in leaves if leaf[0] not in KEPT]


def _plain(value: object) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in a backup")
