"""What every test shares: its own home folder, never the user's."""

import os
import tempfile

import django
import pytest
from hypothesis import HealthCheck, settings

os.environ["RHEOBASE_HOME"] = tempfile.mkdtemp(prefix="rheobase-tests-")
os.environ["DJANGO_SETTINGS_MODULE"] = "rheobase.clinic.settings"
django.setup()  # before any other conftest imports a model

# A law is no benchmark: on a busy machine one example may take any time.
settings.register_profile("laws", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laws")

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests of a run."""
    from playwright.sync_api import sync_playwright  # only .ci/run installs it

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
