"""Two active reservations of one resource cannot overlap: the database refuses the second."""

from django.db import migrations

from rheobase.clinic.guards import guard

OVERLAP = """SELECT RAISE(ABORT, 'this resource is already reserved') WHERE EXISTS (
  SELECT 1 FROM booking_allocation AS other
  WHERE other.resource = NEW.resource AND other.active AND other.id IS NOT NEW.id
    AND other.starts < NEW.ends AND NEW.starts < other.ends
    AND other.starts > datetime(NEW.starts, '-1 day'));"""
# No reservation is longer than a day, so that only the rows of that day must be looked at.
BACKWARDS = """SELECT RAISE(ABORT, 'a reservation ends after it starts, within a day')
  WHERE NEW.ends <= NEW.starts OR NEW.ends > datetime(NEW.starts, '+1 day');"""

SQLITE = [
    f"""CREATE TRIGGER booking_allocation_no_overlap_insert BEFORE INSERT ON booking_allocation
    WHEN NEW.active BEGIN {BACKWARDS} {OVERLAP} END""",
    f"""CREATE TRIGGER booking_allocation_no_overlap_update
    BEFORE UPDATE OF resource, starts, ends, active ON booking_allocation
    WHEN NEW.active BEGIN {BACKWARDS} {OVERLAP} END""",
]
POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """ALTER TABLE booking_allocation ADD CONSTRAINT booking_allocation_no_overlap
    EXCLUDE USING gist (resource WITH =, tstzrange(starts, ends, '[)') WITH &&) WHERE (active)""",
    """ALTER TABLE booking_allocation ADD CONSTRAINT booking_allocation_forwards
    CHECK (starts < ends AND ends <= starts + interval '1 day')""",
]
UNDO = {
    "sqlite": [
        "DROP TRIGGER booking_allocation_no_overlap_insert",
        "DROP TRIGGER booking_allocation_no_overlap_update",
    ],
    "postgresql": [
        "ALTER TABLE booking_allocation DROP CONSTRAINT booking_allocation_no_overlap",
        "ALTER TABLE booking_allocation DROP CONSTRAINT booking_allocation_forwards",
    ],
}


class Migration(migrations.Migration):
    dependencies = [("booking", "0002_initial")]
    operations = [guard(sqlite=SQLITE, postgresql=POSTGRESQL, undo=UNDO)]
