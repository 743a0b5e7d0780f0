"""The page of retention: the rules with their sources, every record's end, and legal holds."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rheobase.clinic import clock, policy
from rheobase.clinic.exchange import importing, keeping
from rheobase.clinic.policy import needs
from rheobase.errors import BadInput
from rheobase.evidence.retention import rules


@needs("audit")
def records(request: HttpRequest) -> HttpResponse:
    """Show how long each record is kept; nothing can be deleted here."""
    today = importing.today()
    found = keeping.kept(policy.children_for(request.user, "audit"), clock.now())
    context = {
        "rules": rules().values(),
        "over": [one for one in found if one.is_over(today)],
        "others": [one for one in found if not one.is_over(today)],
        "today": today,
    }
    return render(request, "exchange/keeping.html", context)


@needs("audit")
@require_POST
def hold(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Hold the record of a child, or end the hold."""
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("do") == "end":
            keeping.release(request.child, reason, by=request.user, at=clock.now())
            messages.success(request, _("The hold is ended; both are kept on record."))
        else:
            keeping.hold(request.child, reason, by=request.user, at=clock.now())
            messages.success(request, _("The record is held."))
    except BadInput as refusal:
        messages.error(request, str(refusal))
    return redirect("exchange:keeping")
