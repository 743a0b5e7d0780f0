"""Accounts: inviting staff, a new sign-in link for somebody, closing an account, a lost factor.

An invitation is a link that works once and for three days; whoever makes it hands it over. The
front desk makes links for families only. A lost second factor is reset by an administrator alone.
Everything done here is in the access log.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from rheobase.clinic import clock, policy
from rheobase.clinic.people import access, factors, invitations
from rheobase.clinic.people.forms import StaffForm
from rheobase.clinic.people.models import Role, User
from rheobase.clinic.policy import needs
from rheobase.errors import BadInput, RheobaseError

PER_PAGE = 200


@needs("renew a sign-in")
def accounts(request: HttpRequest) -> HttpResponse:
    """List the accounts this person looks after, searched by name."""
    wanted = request.GET.get("name", "").strip()
    found = looked_after_by(request.user)
    for word in wanted.split():
        found = found.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(username__icontains=word)
        )
    secured = set(Authenticator.objects.filter(user__in=found).values_list("user", flat=True))
    context = {
        "accounts": [(one, one.pk in secured) for one in found[:PER_PAGE]],
        "name": wanted,
        "may_invite": policy.may(request.user, "manage accounts"),
    }
    return render(request, "people/accounts.html", context)


@needs("manage accounts")
@require_http_methods(["GET", "POST"])
def new_account(request: HttpRequest) -> HttpResponse:
    """Invite somebody to the staff."""
    form = StaffForm(request.POST or None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return _handed_over(request, invitations.invite(form.cleaned_data, by=request.user))
        except BadInput as refusal:
            form.add_error(None, str(refusal))
    status = 422 if form.errors else 200
    return render(request, "people/new_account.html", {"form": form}, status=status)


@needs("renew a sign-in")
def account(request: HttpRequest, account: int) -> HttpResponse:
    """Show one account and what can be done about it."""
    user = _one(request, account)
    context = {
        "account": user,
        "has_factor": factors.has_one(user),
        "may_manage": policy.may(request.user, "manage accounts"),
        "may_reset": policy.may(request.user, "reset factors"),
    }
    return render(request, "people/account.html", context)


@needs("renew a sign-in")
@require_POST
def new_link(request: HttpRequest, account: int) -> HttpResponse:
    """Make a link with which somebody chooses a new password; their second factor stays."""
    user = _one(request, account)
    if not user.is_active:
        messages.error(request, _("This account is closed. Open it first."))
        return redirect("people:account", account=user.pk)
    access.note(request, f"sign-in link: {user.username}"[:40], None, allowed=True)
    return _handed_over(request, user)


@needs("reset factors")
@require_POST
def forget_factors(request: HttpRequest, account: int) -> HttpResponse:
    """Take away the second factors of somebody who lost them; everywhere they are signed out."""
    user = _one(request, account)
    try:
        invitations.forget_factors(
            user, by=request.user, reason=request.POST.get("reason", ""), now=clock.now()
        )
    except RheobaseError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Done. They set up a new one when they sign in next."))
    return redirect("people:account", account=user.pk)


@needs("manage accounts")
@require_POST
def set_open(request: HttpRequest, account: int) -> HttpResponse:
    """Close an account, or open it again; closing signs out everywhere at once."""
    user = _one(request, account)
    opens = request.POST.get("open") == "yes"
    invitations.set_open(user, opens=opens, now=clock.now())
    verb = "open account" if opens else "close account"
    access.note(request, f"{verb}: {user.username}"[:40], None, allowed=True)
    messages.success(request, _("The account is open.") if opens else _("The account is closed."))
    return redirect("people:account", account=user.pk)


@needs("public")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest, who: str, token: str) -> HttpResponse:
    """Let whoever holds a link choose a password."""
    user, error = invitations.user_of(who, token), ""
    if user is None:
        return render(request, "people/link_over.html", status=404)
    if request.method == "POST":
        try:
            invitations.choose_password(user, request.POST.get("password", ""), clock.now())
        except BadInput as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Your password is set. Sign in with it now."))
            return redirect("people:sign_in")
    context = {"person": user, "error": error}
    return render(request, "people/first_password.html", context, status=422 if error else 200)


def looked_after_by(user: User) -> QuerySet[User]:
    """Return the accounts somebody may renew: families for the front desk; never one's own."""
    everybody = User.objects.exclude(pk=user.pk)
    if user.role == Role.FRONT_DESK:
        return everybody.filter(role=Role.GUARDIAN)
    if user.role == Role.LEAD:
        return everybody.exclude(role=Role.ADMINISTRATOR)
    return everybody


def _one(request: HttpRequest, key: int) -> User:
    user = looked_after_by(request.user).filter(pk=key).first()
    if user is None:
        raise Http404
    return user


def _handed_over(request: HttpRequest, user: User) -> HttpResponse:
    context: dict[str, Any] = {
        "account": user,
        "link": request.build_absolute_uri(invitations.link_of(user)),
        "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
    }
    return render(request, "people/link.html", context)
