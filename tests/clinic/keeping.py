"""A clinic in a process of its own, for the tests of backup: `keeping.py fill`, `seen`, `add`, ....

DATABASE_URL and RHEOBASE_HOME say where. Prints one JSON object.
"""

import hashlib
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import django

TESTS = Path(__file__).parents[1]


def setup() -> None:
    sys.path[:0] = [str(TESTS / "clinic"), str(TESTS / "stimulus")]
    os.environ["DJANGO_SETTINGS_MODULE"] = "rheobase.clinic.settings"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fill() -> dict:
    """Everybody, one of everything, a signed plan and a signed note, looks in the log, a journal."""
    from django.test import RequestFactory
    from orders import prescription

    from conftest import build
    from rheobase.clinic import clock
    from rheobase.clinic.booking.models import Appointment
    from rheobase.clinic.diary.models import Note
    from rheobase.clinic.diary.services import signed
    from rheobase.clinic.people import access
    from rheobase.clinic.people.models import Child
    from rheobase.home import home, signing_key
    from rheobase.stimulus.codec import to_plain
    from rheobase.stimulus.prescription import seal

    world = build()
    keys = world.records(world.mila, to_plain(seal(prescription(), signing_key())))
    Appointment.objects.get(pk=keys["visit"]).stimulators.set(world.units[:2])
    signed(Note.objects.get(pk=keys["note"]), "Näher am Ziel ✓", world.ada, clock.now())
    from rheobase.clinic.assessment import gmfm

    about = {"goal_dimensions": [], "with_stimulation": False, "conditions": ""}
    sheet = gmfm.keep(
        world.episodes["Mila"],
        {str(n): 2 for n in range(1, 18)},
        about,
        by=world.ada,
        at=clock.now(),
    )
    gmfm.record(sheet, clock.now())
    odd = datetime(2019, 3, 10, 9, 59, 59, 123456, UTC)
    Child.objects.filter(pk=world.noor.pk).update(created=odd)
    for n in range(4):
        request = RequestFactory().get(f"/children/{n}/")
        request.user = world.ada
        access.note(request, "see child", world.mila, allowed=n != 2)
    journal = home() / "journals" / "2026" / "one.journal"
    journal.parent.mkdir(parents=True)
    journal.write_bytes(b'{"kind": "opened"}\n' * 500)
    (home() / "pathway.json").write_text('{"done": []}')
    return seen()


def seen() -> dict:
    """What a clinic holds: rows by table, a digest over all of them, and its files."""
    from rheobase.clinic import archive, backup, records
    from rheobase.home import home

    tables = records.tables()
    sha = hashlib.sha256()
    counts = {}
    for model in tables:
        rows = list(records.rows_of(model))
        counts[model._meta.label_lower] = len(rows)
        for row in rows:
            sha.update(records.to_line(row))
    files = {
        path.relative_to(home()).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in archive.files_of(home(), backup._database_files())
    }
    return {"counts": counts, "digest": sha.hexdigest(), "files": files}


def add() -> dict:
    """Go on working: a new row in a table that counts its keys, and one more line of the log."""
    from django.test import RequestFactory

    from rheobase.clinic import whole
    from rheobase.clinic.booking.models import Room
    from rheobase.clinic.people import access

    room = Room.objects.create(name="A new room")
    request = RequestFactory().get("/")
    request.user = type("Nobody", (), {"is_authenticated": False})()
    access.note(request, "see child", None, allowed=False)
    return {"room": room.pk, "broken": [c.broken for c in whole.checks() if c.broken]}


def guarded() -> dict:
    """Whether the log still cannot be changed."""
    from django.db import IntegrityError

    from rheobase.clinic.people.models import AccessLog

    try:
        AccessLog.objects.update(allowed=True)
    except IntegrityError:
        return {"guarded": True}
    return {"guarded": False}


def tamper() -> dict:
    """Change what nobody may change, past the database's guards: a line, a note or a plan."""
    from django.db import connection

    from conftest import without_guard

    table, change = {
        "log": ("people_accesslog", "username = 'ben' WHERE id = 2"),
        "note": ("diary_note", "text = 'Better'"),
        "plan": ("plan_signedplan", "sealed = '{}'"),
    }[sys.argv[2]]
    without_guard(table)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {change}")  # noqa: S608 - our own three
    return {}


if __name__ == "__main__":
    setup()
    sys.stdout.write(json.dumps(globals()[sys.argv[1]]()))
