"""A signed plan is never changed and never removed: the database refuses it."""

from django.db import migrations

from rheobase.clinic.guards import frozen_rows


class Migration(migrations.Migration):
    dependencies = [("plan", "0001_initial")]
    operations = [frozen_rows("plan_signedplan", "a signed plan is never changed")]
