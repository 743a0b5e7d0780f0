"""A legal hold and its end are added to, never edited."""

from django.db import migrations

from rheobase.clinic.guards import frozen_rows


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_legal_holds")]
    operations = [
        frozen_rows(f"exchange_{table}", "a legal hold is never edited: end it by a new row")
        for table in ("legalhold", "legalholdend")
    ]
