"""Who broke the glass, and why, is only ever added to."""

from django.db import migrations

from rheobase.clinic.guards import frozen_rows


class Migration(migrations.Migration):
    dependencies = [("people", "0004_break_glass")]
    operations = [frozen_rows("people_breakglass", "emergency access is only added to")]
