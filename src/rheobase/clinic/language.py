"""Which language a page speaks: what the person chose, else what the browser asks for."""

from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.dateformat import format as date_words
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, get_language
from django.views.decorators.http import require_POST

from rheobase.clinic import clock
from rheobase.clinic.people.models import User
from rheobase.clinic.policy import needs

YEAR_S = 365 * 24 * 3600
SMALL_MONTHS = {"fr-ca"}


@needs("public")
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language in a cookie and go back to the page it was chosen on."""
    back = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = "/"
    response = HttpResponseRedirect(back)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES) and check_for_language(language):
        if request.user.is_authenticated:  # letters to this person are written in it too
            User.objects.filter(pk=request.user.pk).update(language=language)
        remember(response, language)
    return response


def remember(response: HttpResponse, language: str) -> None:
    """Let this browser be spoken to in a language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR_S,
        samesite="Lax",
        secure=settings.HTTPS,
        httponly=True,
    )


def day_words(day: date) -> str:
    """Return a day with its month in words, in the reader's language; a moment by the clinic's wall."""
    wall = clock.to_wall(day, settings.CLINIC_ZONE) if isinstance(day, datetime) else day
    return moment_words(wall, "j M Y")


def moment_words(wall: date, pattern: str) -> str:
    """Return a moment of the clinic's wall, written after a pattern, in the reader's language."""
    return date_words(wall, written(pattern))


def written(pattern: str) -> str:
    """Return a pattern of Django's dates as this language writes it: French has small months."""
    small = get_language() in SMALL_MONTHS and "_" not in pattern  # DATE_FORMAT is a name
    return pattern.replace("M", "b") if small else pattern
