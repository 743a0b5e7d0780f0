"""The note of a session: drafted from the journal, completed and signed once, then only added to."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from rheobase.clinic.diary.models import Addendum, Note
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.people.models import User
from rheobase.errors import BadInput, NotAllowed, NotReady
from rheobase.stimulus.checks import some_text

LONGEST = 20_000  # characters


def note_of(treatment: Treatment, by: User, at: datetime) -> Note:
    """Return the note of a session, drafted from its journal if there is none yet.

    Raises:
        NotReady: while the session still runs.
    """
    if treatment.ended is None:
        raise NotReady(
            _("The session still runs. Finish it first; the note is drafted from its journal.")
        )
    draft = (treatment.summary or {}).get("note", "")
    note, _made = Note.objects.get_or_create(
        treatment=treatment, defaults={"text": draft, "by": by, "drafted": at}
    )
    return note


def rewritten(note: Note, text: str, by: User) -> Note:
    """Keep a new text of an unsigned note.

    Raises:
        BadInput: if the text is empty or too long.
        NotReady: if the note was signed in the meantime.
    """
    some_text("The note", text, LONGEST)
    changed = Note.objects.filter(pk=note.pk, signed__isnull=True).update(text=text, by=by)
    if changed != 1:
        raise NotReady(
            _("This note is signed. Write an addendum instead; your text is kept below.")
        )
    note.refresh_from_db()
    return note


@transaction.atomic
def signed(note: Note, text: str, by: User, at: datetime) -> Note:
    """Sign a note with this text; it cannot be changed afterwards.

    Raises:
        BadInput: if the text is empty or too long.
        NotAllowed: if somebody else than the session's therapist signs.
        NotReady: if it is signed already.
    """
    if note.treatment.therapist_id != by.pk:
        raise NotAllowed(_("Only the therapist who ran the session signs its note. Ask them to."))
    note = rewritten(note, text, by)
    digest = digest_of(note.text, by, at)
    changed = Note.objects.filter(pk=note.pk, signed__isnull=True).update(signed=at, digest=digest)
    if changed != 1:
        raise NotReady(_("This note was signed a moment ago. Write an addendum instead."))
    note.refresh_from_db()
    return note


def added(note: Note, text: str, by: User, at: datetime) -> Addendum:
    """Add something to a signed note.

    Raises:
        BadInput: if the text is empty or too long.
        NotReady: if the note is not signed yet.
    """
    some_text("The addendum", text, LONGEST)
    if note.signed is None:
        raise NotReady(_("The note is not signed yet. Change its text instead."))
    return Addendum.objects.create(note=note, text=text, by=by, at=at)


def digest_of(text: str, by: User, at: datetime) -> str:
    """Return what a signature binds together: text, signer and moment."""
    return hashlib.sha256(f"{by.pk}\n{at.isoformat()}\n{text}".encode()).hexdigest()


def is_whole(note: Note) -> bool:
    """Return whether a signed note still says what was signed.

    Raises:
        BadInput: if the note was never signed.
    """
    if note.signed is None:
        raise BadInput("This note was never signed. There is nothing to compare it with.")
    return note.digest == digest_of(note.text, note.by, note.signed)
