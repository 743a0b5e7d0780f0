"""Pages of the access log: who saw what, and whether the log is whole."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode

from rheobase.clinic import clock
from rheobase.clinic.people import access, report
from rheobase.clinic.people.models import AccessLog, SignInTry
from rheobase.clinic.policy import needs
from rheobase.clinic.typed import day_from

PER_PAGE = 50
YEAR = timedelta(days=365)


@needs("audit")
def access_log(request: HttpRequest) -> HttpResponse:
    """Show the newest lines of the log, and check its chain when asked."""
    checked = request.GET.get("check") == "1"
    lines = AccessLog.objects.select_related("child").order_by("-id")
    if request.GET.get("refused") == "1":
        lines = lines.filter(allowed=False)
    context = {
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "checked": checked,
        "broken": access.first_break() if checked else None,
        "refused": request.GET.get("refused") == "1",
        "wrong": SignInTry.objects.filter(succeeded=False).order_by("-at")[:10],
    }
    return render(request, "people/access_log.html", context)


@needs("audit")
def child_access(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Report who saw this child: person by person, emergencies with their reason, every line."""
    today = clock.today(settings.CLINIC_ZONE)
    first = day_from(request.GET.get("from", ""), today - YEAR)
    last = day_from(request.GET.get("to", ""), today)
    asked = report.of_child(request.child, first, last)
    context = {
        "child": request.child,
        "first": first,
        "last": last,
        "report": asked,
        "page": Paginator(asked.lines, PER_PAGE).get_page(request.GET.get("page")),
        "more": urlencode({"from": first.isoformat(), "to": last.isoformat()}),
    }
    return render(request, "people/child_access.html", context)
