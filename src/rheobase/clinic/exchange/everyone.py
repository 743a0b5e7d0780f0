"""Pages of the whole clinic: its export, and the import of children from another program."""

from tempfile import TemporaryFile
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from rheobase.clinic import clock, policy
from rheobase.clinic.exchange import archives, children_csv, importing
from rheobase.clinic.people import access
from rheobase.clinic.policy import needs
from rheobase.errors import BadInput


@needs("export clinic")
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse | FileResponse:
    """Say what the export of the clinic holds, and give it; noted for every child."""
    children = policy.children_for(request.user, "export clinic")
    if request.method == "GET":
        return render(request, "exchange/clinic.html", {"count": children.count()})
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    archives.write(file, children, clock.now())
    for child in children:
        access.note(request, "export clinic", child, allowed=True)
    file.seek(0)
    name = f"clinic-{clock.now():%Y-%m-%d}.fhir.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@needs("export clinic")
@require_POST
def export_tables(request: HttpRequest) -> FileResponse:
    """Give what was done and measured as tables, without names; noted for every child."""
    children = policy.children_for(request.user, "export clinic")
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    archives.write_tables(file, children, clock.now())
    for child in children:
        access.note(request, "export clinic", child, allowed=True)
    file.seek(0)
    name = f"clinic-{clock.now():%Y-%m-%d}.tables.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@needs("configure")
@sensitive_post_parameters("text")
@require_http_methods(["GET", "POST"])
def import_children(request: HttpRequest) -> HttpResponse:
    """Show what would become of every line of a table of children, then import it."""
    context: dict[str, Any] = {"child": children_csv.CHILD, "guardian": children_csv.GUARDIAN}
    if request.method == "POST":
        try:
            text, encoding = _text(request)
            table = children_csv.read(text.encode(), importing.today())
            found = importing.fates(table, importing.today())
            if request.POST.get("do") == "import":
                done = importing.run(found, request.user, clock.now())
                return render(request, "exchange/imported.html", {"done": done})
        except BadInput as refusal:
            messages.error(request, str(refusal))
            return redirect("exchange:import")
        context |= {"fates": found, "text": text, "encoding": encoding, **_counts(found)}
    return render(request, "exchange/import.html", context)


def _text(request: HttpRequest) -> tuple[str, str]:
    """Return the table: of the file that was chosen, or the one that was shown before."""
    file = request.FILES.get("file")
    if file is None and request.POST.get("text"):
        return request.POST["text"], request.POST.get("encoding", "")[:20]
    if file is None:
        raise BadInput(_("No file was chosen. Choose one."))
    if file.size > children_csv.LARGEST:
        raise BadInput(
            _("The file is larger than %(size)s kB. Split it.")
            % {"size": children_csv.LARGEST // 1000}
        )
    return children_csv.decoded(file.read())


def _counts(found: list[importing.Fate]) -> dict[str, int]:
    return {
        name: sum(f.fate == fate for f in found)
        for name, fate in (
            ("new", importing.NEW),
            ("here", importing.HERE),
            ("wrong", importing.WRONG),
        )
    }
