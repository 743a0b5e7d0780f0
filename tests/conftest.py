"""What every test shares: its own home folder, never the user's."""

import ctypes
import gc
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


@pytest.fixture(autouse=True)
def no_real_time_is_left_behind():
    """A session in a test's own process asks for real time; whatever comes next must not starve others."""
    yield
    if os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        ctypes.CDLL(None).munlockall()
        gc.unfreeze()


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests of a run."""
    from playwright.sync_api import sync_playwright  # only .ci/run installs it

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()
