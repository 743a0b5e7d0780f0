"""Where the records live: SQLite by default, PostgreSQL by DATABASE_URL."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from rheobase.errors import BadInput


def database_from(url: str, folder: Path) -> dict[str, Any]:
    """Return Django's settings for one database.

    Args:
        url: "" for SQLite in `folder`, or "sqlite:///path", or "postgres://user:password@host:port/name".
        folder: where the default file lives.

    Raises:
        BadInput: if the address is neither.
    """
    if not url:
        return _sqlite(folder / "clinic.sqlite3")
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": parts.port or "",
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    raise BadInput(
        f"DATABASE_URL begins with {parts.scheme!r}. Use postgres://user:password@host/name, "
        "or leave it empty for SQLite."
    )


def wait_turn(lock: int) -> None:
    """Let one transaction at a time past here, until it ends.

    PostgreSQL needs telling; SQLite's immediate transactions take turns by themselves.

    Args:
        lock: any number that nobody else locks.
    """
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",  # a deferred lock upgrade fails at once under WAL
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
