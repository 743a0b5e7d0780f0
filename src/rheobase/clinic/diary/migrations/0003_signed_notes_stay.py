"""A signed note stays as it was signed; something more is an addendum."""

from django.db import migrations

from rheobase.clinic.guards import frozen_rows


class Migration(migrations.Migration):
    dependencies = [("diary", "0002_initial")]
    operations = [
        frozen_rows(
            "diary_note", "a signed note cannot be changed: add to it", "OLD.signed IS NOT NULL"
        )
    ]
