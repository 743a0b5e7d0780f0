"""What leaves the clinic: a visit for a calendar, a private feed, and the export of a child."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock, tables
from rheobase.clinic.booking import limits
from rheobase.clinic.booking.models import Appointment, CalendarToken
from rheobase.clinic.exchange import bundle, research, services
from rheobase.clinic.exchange.ics import calendar
from rheobase.clinic.policy import needs

CALENDAR = "text/calendar; charset=utf-8"
PARQUET = "application/vnd.apache.parquet"


@needs("see visits")
def ics(request: HttpRequest, visit: uuid.UUID) -> HttpResponse:
    """Give one visit as a calendar file."""
    row = get_object_or_404(Appointment, pk=visit)
    entries = services.entries([row])
    if not entries:
        raise Http404
    return _file(calendar(entries), CALENDAR, "visit.ics")


@needs("public")
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """Give the visits of whoever holds this key; every key that does not work looks the same."""
    now = clock.now()
    if limits.too_many("from", request.META["REMOTE_ADDR"], now):
        return _wait()
    owner = services.owner_of(key)
    if owner is None:
        raise Http404
    if limits.too_many("key", services.hash_of(key), now):
        return _wait()
    entries = services.entries(services.visits_in_feed(owner, now))
    with override(owner.reads):
        content = calendar(entries)
    response = _file(content, CALENDAR, "visits.ics")
    response.headers["Cache-Control"] = "private, no-store"
    return response


@needs("signed in")
@require_http_methods(["GET", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """Make, show once, or end the address of this person's feed."""
    address = ""
    if request.method == "POST":
        if request.POST.get("do") == "end":
            services.revoke_feeds(request.user, clock.now())
            messages.success(request, _("The address does not work any more."))
            return redirect("exchange:feeds")
        key = services.new_feed(request.user, clock.now())
        address = request.build_absolute_uri(f"/exchange/feed/{key}.ics")
    active = CalendarToken.objects.filter(user=request.user, revoked__isnull=True).first()
    return render(request, "exchange/feeds.html", {"address": address, "active": active})


@needs("export child")
def child(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Say what can be exported of a child, and what each file is."""
    return render(request, "exchange/child.html", {"child": request.child})


@needs("export child")
def fhir(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """Give the record of a child as a FHIR R4 Bundle."""
    response = JsonResponse(bundle.of_child(request.child, clock.now()))
    response.headers["Content-Type"] = "application/fhir+json"
    response.headers["Content-Disposition"] = 'attachment; filename="record.fhir.json"'
    return response


@needs("export child")
def table(request: HttpRequest, child: uuid.UUID, table: str, suffix: str) -> HttpResponse:
    """Give the sessions, measures or ratings of a child as CSV or Parquet."""
    shape, rows = research.TABLES[table]
    found = rows([request.child])
    if suffix == "parquet":
        return _file(tables.parquet(shape, found), PARQUET, f"{table}.parquet")
    text = tables.csv_text(shape, found)
    return _file(text.encode("utf-8-sig"), "text/csv; charset=utf-8", f"{table}.csv")


def _wait() -> HttpResponse:
    wait_s = int(limits.WINDOW.total_seconds())
    return HttpResponse(status=429, headers={"Retry-After": str(wait_s)})


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
