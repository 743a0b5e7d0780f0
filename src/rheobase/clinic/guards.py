"""Rules the database itself keeps: overlap, append-only tables, signed rows. For migrations only.

SQLite keeps them with triggers, PostgreSQL with a constraint or a trigger; both break with Django's
IntegrityError. On SQLite a later AlterField rebuilds its table and loses the triggers with it:
repeat the guard after such a migration (`tests/clinic/test_guards.py` notices).
"""

from collections.abc import Callable
from typing import Any

from django.db import migrations

REFUSE = """CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{text}' USING ERRCODE = 'integrity_constraint_violation'; END $$"""


def guard(*, sqlite: list[str], postgresql: list[str], undo: dict[str, list[str]]) -> Any:
    """Return a migration step that runs the statements of the database at hand."""
    return migrations.RunPython(
        _runs({"sqlite": sqlite, "postgresql": postgresql}), _runs(undo), elidable=False
    )


def frozen_rows(table: str, text: str, when: str = "") -> Any:
    """Return a migration step that refuses every change and removal of the rows of a table.

    Args:
        table: name of the table.
        text: what the database says; it must not contain a quote.
        when: only rows for which this holds, e.g. "OLD.signed IS NOT NULL"; "" for all.
    """
    name = f"{table}_frozen"
    condition = f"WHEN ({when}) " if when else ""
    sqlite = [
        f"CREATE TRIGGER {name}_{verb.lower()} BEFORE {verb} ON {table} {condition}"
        f"BEGIN SELECT RAISE(ABORT, '{text}'); END"
        for verb in ("UPDATE", "DELETE")
    ]
    postgresql = [
        REFUSE.format(name=name, text=text),
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW {condition}EXECUTE FUNCTION {name}()",
    ]
    return guard(
        sqlite=sqlite,
        postgresql=postgresql,
        undo={
            "sqlite": [f"DROP TRIGGER {name}_update", f"DROP TRIGGER {name}_delete"],
            "postgresql": [f"DROP TRIGGER {name} ON {table}", f"DROP FUNCTION {name}()"],
        },
    )


def _runs(statements: dict[str, list[str]]) -> Callable[[Any, Any], None]:
    def run(apps: Any, editor: Any) -> None:
        for statement in statements.get(editor.connection.vendor, []):
            editor.execute(statement)

    return run
