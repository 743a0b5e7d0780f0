"""An installation that serves real people: Django's own deployment checks, and what each answer carries."""

import json
import os
import subprocess
import sys

import pytest
from django.core.checks import run_checks

from rheobase.clinic import clock, demo
from rheobase.clinic.people import checks, factors
from rheobase.clinic.people.models import DemoClinic, User

CHECK = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "INFO"]
ANSWER = """
import json, django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from rheobase.clinic.people.models import User
user = User.objects.create(username="sara", role="guardian")
user.set_password("otter-juniper-7"); user.save()
client = Client(headers={"host": "localhost"})
plain = client.get("/sign-in/")
typed = {"login": "sara", "password": "otter-juniper-7"}
signed = client.post("/sign-in/", typed, secure=True)
page = client.get("/", secure=True)
print(json.dumps({
    "plain": [plain.status_code, plain["Location"]],
    "cookies": {k: str(v) for k, v in client.cookies.items()},
    "page": [page.status_code, dict(page.headers)],
}))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """The environment of an installation behind HTTPS."""
    return {
        **os.environ,
        "RHEOBASE_HOME": str(tmp_path_factory.mktemp("production")),
        "DATABASE_URL": "",
        "RHEOBASE_HTTPS": "1",
        "RHEOBASE_HOSTS": "clinic.example,localhost",
        "DJANGO_SETTINGS_MODULE": "rheobase.clinic.settings",
    }


def run(command, environment):
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def answers(production):
    """What it says to somebody who comes without HTTPS, and who signs in with it."""
    return json.loads(run([sys.executable, "-c", ANSWER], production).stdout)


def test_the_deployment_checks_have_nothing_to_say(production):
    done = run(CHECK, production)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_without_https_they_do(production):
    done = run(CHECK, {**production, "RHEOBASE_HTTPS": ""})
    assert done.returncode == 1
    assert "SESSION_COOKIE_SECURE" in done.stderr


@pytest.mark.slow
def test_over_https_every_answer_carries_what_protects_it(answers):
    assert answers["plain"] == [301, "https://localhost/sign-in/"]
    status, headers = answers["page"]
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.slow
def test_over_https_no_cookie_is_readable_elsewhere_or_outlives_the_browser(answers):
    cookies = answers["cookies"]
    assert {"__Host-sessionid", "__Host-device"} <= cookies.keys()
    for name, text in cookies.items():
        assert name.startswith("__Host-")
        assert "Secure" in text
        assert "Path=/" in text
        assert "SameSite=Lax" in text
    for name in ("__Host-sessionid", "__Host-device"):
        assert "HttpOnly" in cookies[name]
    assert "expires" not in cookies["__Host-sessionid"]


def test_a_demo_is_never_deployed(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    assert checks.DEMO not in {one.id for one in run_checks(include_deployment_checks=True)}
    demo.fill(clock.now())
    assert checks.DEMO in {one.id for one in run_checks(include_deployment_checks=True)}


def test_a_demo_shows_its_codes_and_nobody_elses_and_not_over_https(db, client, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    ada = next(one for one in demo.fill(clock.now()) if one.username == "ada")
    client.post("/sign-in/", {"login": ada.username, "password": ada.password})
    code = factors.demo_code(User.objects.get(username="ada"))
    assert code in client.get("/sign-in/code/").content.decode()
    settings.HTTPS = True
    assert code not in client.get("/sign-in/code/").content.decode()


def test_outside_a_demo_no_code_is_shown_even_of_a_demo_account(db, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    demo.fill(clock.now())
    DemoClinic.objects.all().delete()
    assert factors.demo_code(User.objects.get(username="ada")) == ""


def test_in_a_demo_no_code_of_an_app_that_somebody_set_up_is_shown(world, at):
    DemoClinic.objects.create(since=clock.now())
    assert factors.demo_code(world.ada) == ""
