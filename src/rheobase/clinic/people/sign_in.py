"""Pages of signing in, of confirming who one is, and of one's second factors.

The steps are django-allauth's; what they look like and who may reach them is ours. Pages that
allauth has and this clinic does not offer (signing up, social accounts, mail) have no address.
"""

from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from rheobase.clinic import clock
from rheobase.clinic.people import adapters, factors, sessions
from rheobase.clinic.people.factors import before_factor
from rheobase.clinic.people.models import DemoClinic
from rheobase.clinic.policy import needs

REFUSED = 422


def _refusing(view: Any) -> Any:
    """Let a page whose form is refused answer as such."""
    shown_again = view.form_invalid

    def form_invalid(self: Any, form: Any) -> HttpResponse:
        response: HttpResponse = shown_again(self, form)
        if response.status_code == HttpResponse.status_code:
            response.status_code = REFUSED
        return response

    view.form_invalid = form_invalid
    return view


@_refusing
class SignIn(account.LoginView):
    """Name or address, and password; or a passkey instead of both."""

    template_name = "people/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say in a demo that it is one."""
        return super().get_context_data(**kwargs) | {"demo": DemoClinic.objects.exists()}


@_refusing
class Code(mfa.AuthenticateView):
    """The second factor."""

    template_name = "people/code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Show the code of an invented person in a demo clinic; never with HTTPS, never elsewhere."""
        user = self.stage.login.user
        shown = "" if settings.HTTPS else factors.demo_code(user)
        return super().get_context_data(**kwargs) | {
            "demo_code": shown,
            "person": user,
            "kinds": _kinds(user),
        }


@_refusing
class ConfirmByPassword(account.ReauthenticateView):
    """Confirming who one is, before what must not be done from a tablet left open: by the password."""

    template_name = "people/confirm.html"
    extra_context = {"kind": "password"}


@_refusing
class ConfirmByCode(mfa.ReauthenticateView):
    """By a code."""

    template_name = "people/confirm.html"
    extra_context = {"kind": "code"}


class ConfirmByPasskey(webauthn.ReauthenticateWebAuthnView):
    """By a passkey."""

    template_name = "people/confirm.html"
    extra_context = {"kind": "passkey"}


class Security(mfa.IndexView):
    """The second factors of the person who is signed in."""

    template_name = "people/security.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Say what must come first."""
        user = self.request.user
        return super().get_context_data(**kwargs) | {
            "needed": factors.must_have_one(user) and not factors.has_one(user),
            "staff": factors.must_have_one(user),
        }


@_refusing
class AddApp(totp.ActivateTOTPView):
    """An app on the phone."""

    template_name = "people/add_app.html"


class RemoveApp(totp.DeactivateTOTPView):
    """The app is not used any more."""

    template_name = "people/remove_app.html"


@_refusing
class AddPasskey(webauthn.AddWebAuthnView):
    """A passkey: this device's own lock, or a key."""

    template_name = "people/add_passkey.html"


class RenamePasskey(webauthn.EditWebAuthnView):
    """Another name for a passkey."""

    template_name = "people/rename_passkey.html"
    success_url = reverse_lazy("mfa_index")


class RemovePasskey(webauthn.RemoveWebAuthnView):
    """A passkey is not used any more."""

    template_name = "people/remove_passkey.html"
    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it, unless it is the last one of somebody who must have one."""
        if not adapters.Factors().can_delete_authenticator(self.object):
            messages.error(self.request, adapters.LAST_FACTOR)
            return redirect("mfa_index")
        return super().form_valid(form)


class Codes(codes.ViewRecoveryCodesView):
    """The recovery codes, shown once."""

    template_name = "people/codes.html"


class NewCodes(codes.GenerateRecoveryCodesView):
    """New recovery codes instead of the old ones."""

    template_name = "people/new_codes.html"


def _kinds(user: Any) -> set[str]:
    rows = Authenticator.objects.filter(user=user)
    return set(rows.values_list("type", flat=True))


@needs("signed in")
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every other sign-in of this person; this one goes on."""
    now = clock.now()
    sessions.end_all(request.user, now)
    request.session["began"] = now.timestamp() + 0.001
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("mfa_index")


sign_in = needs("public")(SignIn.as_view())
sign_out = needs("public")(LogoutView.as_view())
code = needs("public")(Code.as_view())
by_passkey = needs("public")(webauthn.LoginWebAuthnView.as_view())
confirm = before_factor(needs("signed in")(ConfirmByPassword.as_view()))
confirm_by_code = before_factor(needs("signed in")(ConfirmByCode.as_view()))
confirm_by_passkey = before_factor(needs("signed in")(ConfirmByPasskey.as_view()))
security = before_factor(needs("signed in")(Security.as_view()))
add_app = before_factor(needs("signed in")(AddApp.as_view()))
remove_app = needs("signed in")(RemoveApp.as_view())
add_passkey = before_factor(needs("signed in")(AddPasskey.as_view()))
rename_passkey = needs("signed in")(RenamePasskey.as_view())
remove_passkey = needs("signed in")(RemovePasskey.as_view())
view_codes = needs("signed in")(Codes.as_view())
new_codes = needs("signed in")(NewCodes.as_view())
