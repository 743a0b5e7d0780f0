"""The page on which somebody says whether letters are welcome."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock
from rheobase.clinic.booking import outbox
from rheobase.clinic.booking.models import Outbox
from rheobase.clinic.policy import needs

SHOWN = 10


@needs("signed in")
@require_http_methods(["GET", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """Show what was sent to this person, and let it say yes or no to letters."""
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "yes"
        outbox.choose(request.user, wanted=wanted, now=clock.now())
        messages.success(
            request, _("We write to you.") if wanted else _("We do not write to you any more.")
        )
        return redirect("booking:notices")
    sent = Outbox.objects.filter(to=request.user, outcome=outbox.SENT).order_by("-settled")
    context = {"wanted": outbox.wants_mail(request.user), "sent": sent[:SHOWN]}
    return render(request, "booking/notices.html", context)
