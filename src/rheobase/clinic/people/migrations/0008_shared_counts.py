from django.core.management import call_command
from django.db import migrations


def make(apps, editor):
    """Make the table of the cache; where it is there already, nothing is done."""
    call_command("createcachetable", "people_counts", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("people", "0007_user_language")]

    operations = [
        migrations.RunPython(make, migrations.RunPython.noop, elidable=False),
    ]
