"""Signing in as people do: name, password, and the code of an app."""

import pytest
from allauth.mfa.totp.internal import auth as totp

RIGHT = "amber-fern-lark-19"


@pytest.fixture
def quick(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ada(world, quick):
    """Ada, with a password."""
    world.ada.set_password(RIGHT)
    world.ada.save()
    return world.ada


@pytest.fixture
def sara(world, quick):
    """Mila's mother, with a password and no second factor."""
    world.milas_mother.set_password(RIGHT)
    world.milas_mother.save()
    return world.milas_mother


@pytest.fixture
def app_shows(world):
    """The code an app shows now, or some steps of 30 s later."""

    def shows(steps=0, key=world.app_key):
        now = sorted(totp.yield_hotp_counters_from_time())[1]
        return totp.format_hotp_value(totp.hotp_value(key, now + steps))

    return shows


@pytest.fixture
def attempt(client):
    """Send name and password."""

    def attempt(name, password=RIGHT, address="10.0.0.1", by=client):
        return by.post("/sign-in/", {"login": name, "password": password}, REMOTE_ADDR=address)

    return attempt


@pytest.fixture
def enter(attempt, app_shows, client):
    """Sign in the whole way and return the client."""

    def enter(user, password=RIGHT, by=client):
        attempt(user.username, password, by=by)
        if user.role != "guardian":
            by.post("/sign-in/code/", {"code": app_shows()})
        return by

    return enter


@pytest.fixture
def said():
    """What a page says is wrong."""

    def said(response):
        return response.content.decode().split('role="alert">')[1].split("<")[0]

    return said
