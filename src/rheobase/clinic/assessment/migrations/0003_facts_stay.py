"""What was found is added to, never edited: the database refuses it."""

from django.db import migrations

from rheobase.clinic.guards import frozen_rows

TABLES = ("screening", "clearance", "measure", "goalrating", "copmrating")


class Migration(migrations.Migration):
    dependencies = [("assessment", "0002_initial")]
    operations = [
        frozen_rows(f"assessment_{table}", "a finding is never edited: add a new one")
        for table in TABLES
    ]
