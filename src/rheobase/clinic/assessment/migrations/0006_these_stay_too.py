"""Goals, problems, own signs and recorded item scores are added to, never edited."""

from django.db import migrations

from rheobase.clinic.guards import frozen_rows

TABLES = ("goal", "copmproblem", "painsigns")


class Migration(migrations.Migration):
    dependencies = [("assessment", "0005_gmfm_and_signs")]
    operations = [
        *(
            frozen_rows(f"assessment_{table}", "what was agreed is never edited: add a new one")
            for table in TABLES
        ),
        frozen_rows(
            "assessment_gmfmsheet",
            "a recorded sheet cannot be changed: correct it by a new one",
            "OLD.recorded IS NOT NULL",
        ),
    ]
