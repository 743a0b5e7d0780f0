"""Wrong passwords are slowed down, in a way that nobody can use to keep somebody else out.

A device that has signed in as somebody before carries a signed cookie that says so. Its tries are
counted by themselves: five wrong ones wait a quarter of an hour, whatever anybody else types
elsewhere. Tries of devices nobody knows are counted by name and place, by name, and by place; only
such devices ever wait for them. Codes of second factors are counted by person, five in five minutes.
Everything is counted in the database, for all web workers together. So a therapist whose name a stranger tries all day still signs in on
her tablet. (The idea of device cookies is OWASP's, "Slow down online guessing attacks".)
"""

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from rheobase.clinic.people.models import SignInTry

WINDOW = timedelta(minutes=15)
WRONG_TRIES = 5  # of one known device for one name; of unknown ones by name and address
WRONG_BY_NAME = 30  # of all unknown devices together
WRONG_BY_ADDRESS = 60  # of all unknown devices there, whatever the names
CODES = "code"  # in the place of a device: wrong codes are counted by person
CODE_WINDOW = timedelta(minutes=5)
COOKIE = "__Host-device" if settings.HTTPS else "device"
SALT = "rheobase.device"
YEAR_S = 365 * 24 * 3600
MOST_NAMES = 30  # of one shared tablet


def known_as(name: str) -> str:
    """Return the form in which a typed name is counted."""
    return name.strip().lower()[:150]


def must_wait(name: str, address: str, device: str, now: datetime) -> bool:
    """Return whether a try is not even looked at.

    Args:
        name: as it is counted.
        address: where the try comes from.
        device: of a device that has signed in as this name before, else "".
        now: the present moment. [UTC]
    """
    wrong = SignInTry.objects.filter(succeeded=False, at__gt=now - WINDOW, device=device)
    if device:
        return wrong.filter(name=name).count() >= WRONG_TRIES
    return (
        wrong.filter(name=name, address=address).count() >= WRONG_TRIES
        or wrong.filter(name=name).count() >= WRONG_BY_NAME
        or wrong.filter(address=address).count() >= WRONG_BY_ADDRESS
    )


def note_code(name: str, address: str, now: datetime) -> SignInTry | None:
    """Note that a code is tried, before it is looked at; return None if it is not even looked at.

    Args:
        name: whose code it would be.
        address: where the try comes from.
        now: the present moment. [UTC]
    """
    wrong = SignInTry.objects.filter(name=known_as(name), device=CODES, succeeded=False)
    if wrong.filter(at__gt=now - CODE_WINDOW).count() >= WRONG_TRIES:
        return None
    return SignInTry.objects.create(
        name=known_as(name), address=address, device=CODES, at=now, succeeded=False
    )


def device_of(request: HttpRequest, name: str) -> str:
    """Return the device of a request if it has signed in as this name before, else ""."""
    number, names = _read(request)
    return number if _mark(name) in names else ""


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Let a device be known as one that has signed in as somebody."""
    number, names = _read(request)
    others = [one for one in names if one != _mark(name)]
    marks = [*others[-MOST_NAMES:], _mark(name)]
    response.set_cookie(
        COOKIE,
        signing.dumps([number or secrets.token_hex(16), marks], salt=SALT),
        max_age=YEAR_S,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        number, names = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=YEAR_S)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return number, names


def _mark(name: str) -> str:
    return salted_hmac(SALT, known_as(name)).hexdigest()[:16]
