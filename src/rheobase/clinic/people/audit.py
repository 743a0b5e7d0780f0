"""Pages of the access log: who saw what, and whether the log is whole."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rheobase.clinic.people import access
from rheobase.clinic.people.models import AccessLog, SignInTry
from rheobase.clinic.policy import needs

PER_PAGE = 50


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
    """Show who saw this child."""
    lines = AccessLog.objects.filter(child=request.child).order_by("-id")
    context = {
        "child": request.child,
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "people/child_access.html", context)
