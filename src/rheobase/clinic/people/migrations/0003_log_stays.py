"""The access log is only ever added to."""

from django.db import migrations

from rheobase.clinic.guards import frozen_rows


class Migration(migrations.Migration):
    dependencies = [("people", "0002_sign_in_tries")]
    operations = [frozen_rows("people_accesslog", "the access log is only added to")]
