"""Visits as iCalendar (RFC 5545): UTC, one event per visit, no recurrence, no time-zone block, no names.

A calendar is seen by whoever sees the phone: the summary says nothing about who or why. The clinic
time stands in the text too, because some readers show UTC instants with an old zone table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from icalendar import Calendar, Event

from rheobase.clinic.language import moment_words

SUMMARY = noop("Clinic appointment")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a calendar may know about a visit.

    Attributes:
        key: opaque and stable, so that a moved visit replaces itself.
        starts: in UTC.
        ends: in UTC.
        wall: the clinic's wall time, e.g. "2026-11-24T10:00".
        zone: its zone.
        changed: when it was booked or changed last. [UTC]
        changes: how often it was changed.
    """

    key: str
    starts: datetime
    ends: datetime
    wall: str
    zone: str
    changed: datetime
    changes: int


def calendar(entries: Iterable[Entry]) -> bytes:
    """Return the calendar as UTF-8 text with folded lines and CRLF."""
    result = Calendar()
    result.add("prodid", "-//Rheobase//Clinic//EN")
    result.add("version", "2.0")
    result.add("method", "PUBLISH")
    for entry in entries:
        result.add_component(_event(entry))
    return result.to_ical()


def _event(entry: Entry) -> Event:
    wall = datetime.fromisoformat(entry.wall)
    event = Event()
    event.add("uid", f"{entry.key}@rheobase")
    event.add("dtstamp", entry.changed)
    event.add("sequence", entry.changes)
    event.add("dtstart", entry.starts)
    event.add("dtend", entry.ends)
    event.add("summary", _(SUMMARY))
    when = {"when": moment_words(wall, "l j F Y, H:i"), "zone": entry.zone}
    event.add("description", _("%(when)s clinic time (%(zone)s)") % when)
    event.add("class", "PRIVATE")
    return event
