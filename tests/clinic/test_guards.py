"""What the database itself refuses, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from rheobase.clinic import clock
from rheobase.clinic.diary.models import Note
from rheobase.clinic.people import access
from rheobase.clinic.people.models import AccessLog


@pytest.fixture
def logged(world, rf):
    request = rf.get("/children/")
    request.user = world.ada
    for _ in range(3):
        access.note(request, "see child", world.mila, allowed=True)


def test_a_line_of_the_access_log_cannot_be_changed(logged):
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        AccessLog.objects.update(allowed=False)


def test_a_line_of_the_access_log_cannot_be_removed(logged):
    with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
        AccessLog.objects.first().delete()
    assert access.first_break() is None


def test_a_line_removed_behind_the_databases_back_is_noticed(logged, unguarded):
    unguarded("people_accesslog")
    second = AccessLog.objects.all()[1]
    after = AccessLog.objects.all()[2]
    second.delete()
    assert access.first_break() == after


def test_a_draft_note_can_be_changed_and_a_signed_one_cannot(world):
    note = Note.objects.get(pk=world.records(world.mila)["note"])
    note.text = "Better words"
    note.signed = clock.now()
    note.save()
    note.text = "Other words"
    with pytest.raises(IntegrityError, match="add to it"), transaction.atomic():
        note.save()
    with pytest.raises(IntegrityError, match="add to it"), transaction.atomic():
        note.delete()


GUARDS = {
    "sqlite": (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        {
            "booking_allocation_no_overlap_insert",
            "booking_allocation_no_overlap_update",
            "people_accesslog_frozen_update",
            "people_accesslog_frozen_delete",
            "people_breakglass_frozen_update",
            "people_breakglass_frozen_delete",
            "diary_note_frozen_update",
            "diary_note_frozen_delete",
        },
    ),
    "postgresql": (
        "SELECT tgname FROM pg_trigger UNION SELECT conname FROM pg_constraint",
        {
            "booking_allocation_no_overlap",
            "people_accesslog_frozen",
            "people_breakglass_frozen",
            "diary_note_frozen",
        },
    ),
}


def test_every_guard_is_there_after_all_migrations(db):
    """SQLite loses triggers when a later migration rebuilds their table."""
    question, names = GUARDS[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(question)
        assert {name for (name,) in cursor.fetchall()} >= names
