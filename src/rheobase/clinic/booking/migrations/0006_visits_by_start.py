"""A day of the calendar, and what is held, are found without a look at every other visit.

The index of held visits is whole: SQLite does not use a partial one for a value that is handed in.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("booking", "0005_practice_set_up")]
    operations = [
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["starts"], name="visits_by_start"),
        ),
        migrations.RemoveIndex(model_name="appointment", name="held_visits"),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["held_until"], name="held_visits"),
        ),
    ]
