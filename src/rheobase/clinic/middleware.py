"""What happens around every page: content security, policy and access log."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext, gettext_lazy

from rheobase.clinic import policy
from rheobase.clinic.people import access
from rheobase.clinic.people.adapters import confirmed_lately
from rheobase.errors import RheobaseError

Respond = Callable[[HttpRequest], HttpResponse]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)


NUL = "\x00"  # no text of a person holds it, and PostgreSQL keeps none
NOT_KEPT = gettext_lazy("The text holds a character that cannot be kept. Type it again.")


class ContentSecurity:
    """No inline script or style, nothing from elsewhere, nothing kept by caches."""

    def __init__(self, get_response: Respond) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers to every answer."""
        response = self._respond(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        )
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class PolicyOfEveryView:
    """Default deny: no view without an action, no child without the right to it; every look logged."""

    def __init__(self, get_response: Respond) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a look that had to wait (STOP comes first) is noted afterwards."""
        response = self._respond(request)
        if late := getattr(request, "noted_late", None):
            access.note(request, late[0], late[1], allowed=late[2])
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse, or let through and note whose record is looked at."""
        action = getattr(view, "action", None)
        if action is None or NUL in request.path:
            raise Http404  # a page without a declared action does not exist for anybody
        children = [
            child for name, key in kwargs.items() if (child := self._child(name, key)) is not False
        ]
        if None in children:
            raise Http404
        child = children[0] if children else None
        if any(other != child for other in children):
            raise Http404  # two things of different children in one address
        allowed = policy.may(request.user, action, child)
        if child is not None and getattr(view, "before_the_log", False):
            request.noted_late = (action, child, allowed)
        elif child is not None:
            access.note(request, action, child, allowed=allowed)
        if allowed:
            request.child = child
            if action in policy.FRESH and not confirmed_lately(request):
                return _confirm_first(request)
            odd = not getattr(view, "reads_any_text", False) and _holds_nul(request)
            return _refused(request, NOT_KEPT, 400) if odd else None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise Http404

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say what a page refuses and did not say itself, instead of breaking."""
        if not isinstance(error, RheobaseError):
            return None
        return _refused(request, str(error), 422)

    @staticmethod
    def _child(name: str, key: object) -> Any:
        if name not in policy.CHILD_OF:
            return False
        model, path = policy.CHILD_OF[name]
        return policy.child_named_by(apps.get_model(model), path, key)


def _confirm_first(request: HttpRequest) -> HttpResponse:
    """Ask who it is; afterwards they are on the page again from which this was sent."""
    page, here = request.headers.get("Referer", ""), {request.get_host()}
    back = page if url_has_allowed_host_and_scheme(page, here, request.is_secure()) else "/"
    messages.info(request, gettext("Confirm that it is you, then sign once more."))
    return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")


def _holds_nul(request: HttpRequest) -> bool:
    typed = (*request.GET.lists(), *request.POST.lists())
    return any(NUL in text for name, values in typed for text in (name, *values))


def _refused(request: HttpRequest, why: object, status: int) -> HttpResponse:
    return render(request, "refused.html", {"why": why}, status=status)
