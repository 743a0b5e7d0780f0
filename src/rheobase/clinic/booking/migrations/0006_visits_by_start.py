"""A day of the calendar is found without a look at every other day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0005_practice_set_up")]
    operations = [
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["starts"], name="visits_by_start"),
        )
    ]
