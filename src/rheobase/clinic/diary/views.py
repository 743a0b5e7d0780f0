"""Reading, completing and signing the note of a session."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rheobase.clinic import clock
from rheobase.clinic.diary import services
from rheobase.clinic.diary.models import Note
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.policy import needs, reads_any_text
from rheobase.errors import RheobaseError


@needs("see chart")
def notes(request: HttpRequest, child: uuid.UUID) -> HttpResponse:
    """List the sessions of a child with the state of their notes."""
    treatments = Treatment.objects.filter(child=request.child).select_related("note", "therapist")
    return render(request, "diary/notes.html", {"child": request.child, "treatments": treatments})


@needs("write chart")
def open_note(request: HttpRequest, treatment: uuid.UUID) -> HttpResponse:
    """Open the note of a session; it is drafted the first time."""
    row = get_object_or_404(Treatment, pk=treatment)
    try:
        note = services.note_of(row, request.user, clock.now())
    except RheobaseError as error:
        messages.error(request, str(error))
        return redirect("live:console", treatment=treatment)
    return redirect("diary:note", note=note.pk)


@reads_any_text
@needs("write chart")
@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, note: uuid.UUID) -> HttpResponse:
    """Show a note; save, sign or add to it. What was typed is kept when it is refused."""
    row = get_object_or_404(Note.objects.select_related("treatment__child"), pk=note)
    typed, error = None, ""
    if request.method == "POST":
        typed = request.POST.get("text", "")
        try:
            _do(request, row, typed)
            return redirect("diary:note", note=row.pk)
        except RheobaseError as refusal:
            error = str(refusal)
            typed = typed[: 2 * services.LONGEST]  # more is a slip of the clipboard, not a note
            row.refresh_from_db()
    context = {
        "child": request.child,
        "note": row,
        "whole": row.signed is None or services.is_whole(row),
        "typed": typed,
        "error": error,
        "treatment": row.treatment,
    }
    return render(request, "diary/note.html", context, status=422 if error else 200)


def _do(request: HttpRequest, row: Note, text: str) -> None:
    moment, wish = clock.now(), request.POST.get("do")
    if wish == "sign":
        services.signed(row, text, request.user, moment)
        messages.success(request, _("Signed. From now on you can only add to this note."))
    elif wish == "add":
        services.added(row, text, request.user, moment)
        messages.success(request, _("Added."))
    else:
        services.rewritten(row, text, request.user)
        messages.success(request, _("Saved as a draft."))
