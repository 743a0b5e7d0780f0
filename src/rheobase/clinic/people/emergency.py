"""Breaking the glass: a therapist of the other discipline reads a record in an emergency.

The child must be named exactly and the reason given; the record opens for an hour, for reading only.
It is written down whatever comes of it, and the clinic lead sees it with the reason.
"""

from datetime import date, datetime, timedelta

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock, policy
from rheobase.clinic.people import access
from rheobase.clinic.people.models import AccessLog, BreakGlass, Child, User
from rheobase.clinic.policy import needs
from rheobase.clinic.typed import DayField
from rheobase.errors import BadInput

OPEN_FOR = timedelta(hours=1)
WINDOW = timedelta(minutes=15)
WRONG_TRIES = 5
SHORTEST_REASON = 15
ACTION = "break the glass"


class EmergencyForm(forms.Form):
    """Whose record, and why."""

    given_name = forms.CharField(label=_("Given name"), max_length=80)
    family_name = forms.CharField(label=_("Family name"), max_length=80)
    born = DayField(label=_("Date of birth"))
    reason = forms.CharField(
        label=_("Why is it needed now?"),
        min_length=SHORTEST_REASON,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@needs("break the glass")
@require_http_methods(["GET", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    """Ask whose record and why, and open it for an hour."""
    form, now = EmergencyForm(request.POST or None), clock.now()
    if request.method == "POST" and form.is_valid():
        try:
            child = find(
                request,
                form.cleaned_data["given_name"],
                form.cleaned_data["family_name"],
                form.cleaned_data["born"],
                now,
            )
        except BadInput as refusal:
            form.add_error(None, str(refusal))
        else:
            break_glass(request, child, form.cleaned_data["reason"], now)
            return redirect("people:child", child=child.pk)
    return render(request, "people/emergency.html", {"form": form})


def find(request: HttpRequest, given: str, family: str, born: date, now: datetime) -> Child:
    """Return the one child of this name and birthday.

    Raises:
        BadInput: if there is none, or there were too many wrong tries.
    """
    wrong = AccessLog.objects.filter(
        user=request.user, action=ACTION, allowed=False, at__gt=now - WINDOW
    )
    if wrong.count() >= WRONG_TRIES:
        raise BadInput(gettext("Too many wrong tries. Wait 15 minutes, or ask the clinic lead."))
    found = Child.objects.filter(
        given_name__iexact=given.strip(), family_name__iexact=family.strip(), born=born
    )
    if len(found) != 1:
        access.note(request, ACTION, None, allowed=False)
        raise BadInput(
            gettext("No child of this name and birthday. Type both as the family writes them.")
        )
    return found[0]


def break_glass(request: HttpRequest, child: Child, reason: str, now: datetime) -> None:
    """Open a record for an hour and write it down; nothing happens if it is open to them anyway."""
    user: User = request.user
    if policy.may(user, "see chart", child):
        return
    with transaction.atomic():
        BreakGlass.objects.create(
            user=user, child=child, reason=reason.strip(), at=now, until=now + OPEN_FOR
        )
        access.note(request, ACTION, child, allowed=True)
