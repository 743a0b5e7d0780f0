"""What every test shares: its own home folder, never the user's."""

import os
import tempfile

import django

os.environ["RHEOBASE_HOME"] = tempfile.mkdtemp(prefix="rheobase-tests-")
os.environ["DJANGO_SETTINGS_MODULE"] = "rheobase.clinic.settings"
django.setup()  # before any other conftest imports a model
