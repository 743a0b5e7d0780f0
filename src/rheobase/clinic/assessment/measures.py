"""Taking measures: what was typed becomes records; a correction supersedes, nothing is edited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rheobase.clinic.assessment import scales
from rheobase.clinic.assessment.models import Episode, Measure, PainSigns
from rheobase.clinic.assessment.sheet import ROWS, Row, row, row_of
from rheobase.clinic.people.models import Child, User
from rheobase.errors import BadInput
from rheobase.stimulus.checks import some_text

MOST_TRIALS = 5
LONGEST = 300  # characters beside a value


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One value read from the sheet, not yet recorded.

    Attributes:
        row: of the sheet.
        side: "left", "right" or "".
        value: of the trials together, in the row's unit.
        trials: (n_trials,) as typed.
    """

    row: Row
    side: str
    value: float
    trials: tuple[float, ...]


def field(one: Row, side: str) -> str:
    """Return the name of an input on the sheet."""
    return f"{one.key}:{side or 'body'}"


def read_sheet(part: str, typed: Mapping[str, str]) -> tuple[list[Entry], dict[str, str]]:
    """Return the entries of one sheet and, by input name, what is wrong with the others.

    Several trials are separated by spaces: their mean counts, or their middle on a scale of grades.
    """
    entries, wrong = [], {}
    for one in ROWS:
        for side in one.sides if one.part == part else ():
            words = typed.get(field(one, side), "").split()
            if not words:
                continue
            try:
                entries.append(_entry(one, side, words))
            except BadInput as error:
                wrong[field(one, side)] = str(error)
    if part == "legs":
        entries += _selective_sums(entries)
    if part == "basics":
        try:
            entries += _flacc(typed)
        except BadInput as error:
            wrong["flacc"] = str(error)
    return entries, wrong


def record(
    episode: Episode,
    entries: Iterable[Entry],
    *,
    by: User,
    at: datetime,
    conditions: str,
    with_stimulation: bool,
) -> list[Measure]:
    """Add the entries to the record.

    Raises:
        BadInput: if there is none, or the conditions are too long.
    """
    found = list(entries)
    if not found:
        raise BadInput(_("Nothing was typed. Enter at least one value, then save."))
    if conditions:
        some_text("conditions", conditions, LONGEST)
    with transaction.atomic():
        return [
            Measure.objects.create(
                episode=episode,
                **_as_fields(entry),
                by=by,
                at=at,
                conditions=conditions,
                with_stimulation=with_stimulation,
            )
            for entry in found
        ]


def correct(old: Measure, typed: str, *, reason: str, by: User, at: datetime) -> Measure:
    """Add a corrected value in the place of a wrong one; both stay in the record.

    Args:
        old: what was wrong.
        typed: the right value, as on the sheet.
        reason: why; it is kept.
        by: who corrects.
        at: when it is corrected. The corrected value keeps the day on which it was measured.

    Raises:
        BadInput: if the value is not one of the scale, or no reason is given.
    """
    some_text("The reason for the correction", reason, 200)
    if hasattr(old, "superseded_by"):
        raise BadInput(_("This value was corrected before. Correct the newest one."))
    one = row_of(old.quantity, old.joint, old.movement)
    if one is None:
        raise BadInput(_("This value is no longer on the sheet. Enter it there as a new measure."))
    words = typed.split()
    if not words:
        raise BadInput(_("The corrected value is empty. Type it as on the sheet."))
    entry = _entry(one, old.side, words)
    note = shortened(f"Corrected {at:%Y-%m-%d}: {reason} {old.conditions}")
    return Measure.objects.create(
        episode=old.episode,
        **_as_fields(entry),
        by=by,
        at=old.at,
        conditions=note,
        with_stimulation=old.with_stimulation,
        supersedes=old,
    )


def shortened(note: str) -> str:
    """Return what fits beside a value. What is new stands first; what is cut stands in an older row."""
    note = note.strip()
    return note if len(note) <= LONGEST else f"{note[: LONGEST - 1]}…"


def current(child: Child) -> QuerySet[Measure]:
    """Return every measure of a child that was not corrected since, oldest first."""
    return Measure.objects.filter(episode__child=child, superseded_by__isnull=True).select_related(
        "by"
    )


def latest(
    child: Child, *, with_stimulation: bool = False
) -> dict[tuple[str, str, str, str], Measure]:
    """Return the newest value by (quantity, joint, movement, side), stimulated or not."""
    return {
        (m.quantity, m.joint, m.movement, m.side): m
        for m in current(child).filter(with_stimulation=with_stimulation)
    }


def label_of(measure: Measure) -> str:
    """Return what was measured, in words."""
    one = row_of(measure.quantity, measure.joint, measure.movement)
    name = str(one.label) if one else measure.quantity.replace("_", " ")
    if not measure.side:
        return name
    return _("%(what)s, %(side)s") % {"what": name, "side": _(measure.side)}


def written(measure: Measure) -> str:
    """Return the value as it is written on paper, with its unit."""
    one = row_of(measure.quantity, measure.joint, measure.movement)
    if one is None:
        return f"{measure.value:g} {measure.unit}"
    word = one.word_of(measure.value)
    return word if one.grades else f"{word} {measure.unit}"


def standard_error(one: Row, value: float) -> float:
    """Return the standard error of one measurement, or 0 where none was read.

    A smallest detectable change is 1.96 sqrt(2) standard errors.
    """
    detectable = one.instrument.detectable(value)
    return 0.0 if detectable is None else detectable / (1.96 * sqrt(2.0))


def _as_fields(entry: Entry) -> dict[str, object]:
    one = entry.row
    return {
        "instrument": one.instrument_key,
        "quantity": one.quantity,
        "joint": one.joint,
        "movement": one.movement,
        "side": entry.side,
        "value": entry.value,
        "unit": one.instrument.unit,
        "error": standard_error(one, entry.value),
        "trials": list(entry.trials) if len(entry.trials) > 1 else [],
    }


def _entry(one: Row, side: str, words: list[str]) -> Entry:
    if len(words) > MOST_TRIALS:
        raise BadInput(
            _("%(what)s: at most %(most)s trials are kept. Leave some out.")
            % {"what": one.label, "most": MOST_TRIALS}
        )
    trials = tuple(one.value_of(word) for word in words)
    value = scales.summary_of(trials, ordinal=one.instrument.ordinal)
    return Entry(row=one, side=side, value=value, trials=trials)


def _selective_sums(entries: list[Entry]) -> list[Entry]:
    sums = []
    for side in ("left", "right"):
        scores = {
            e.row.joint: int(e.value)
            for e in entries
            if e.row.quantity == "selective_control" and e.side == side
        }
        if set(scores) == set(scales.SCALE_JOINTS):
            total = float(scales.scale_total(scores))
            sums.append(Entry(row=row("scale_total"), side=side, value=total, trials=(total,)))
    return sums


def _flacc(typed: Mapping[str, str]) -> list[Entry]:
    given = {
        item: typed[f"flacc:{item}"] for item in scales.FLACC_ITEMS if typed.get(f"flacc:{item}")
    }
    if not given:
        return []
    total = float(
        scales.flacc_total({k: int(v) if v in ("0", "1", "2") else -1 for k, v in given.items()})
    )
    key = "r_flacc" if typed.get("flacc:own") == "yes" else "flacc"
    return [Entry(row=row(key), side="", value=total, trials=(total,))]


# --- the child's own signs (r-FLACC) ----------------------------------------------------------


def signs_of(child: Child) -> dict[str, str]:
    """Return how this child shows discomfort, by item, as it was written down last."""
    found = PainSigns.objects.filter(episode__child=child).first()
    return dict(found.signs) if found else {}


def record_signs(
    episode: Episode, typed: Mapping[str, str], *, by: User, at: datetime
) -> PainSigns | None:
    """Add the child's own signs if they differ from those on record; None if they do not.

    Raises:
        BadInput: for too long a text.
    """
    if not any(f"sign:{item}" in typed for item in scales.FLACC_ITEMS):
        return None
    signs = {}
    for item in scales.FLACC_ITEMS:
        words = typed.get(f"sign:{item}", "").strip()
        if words:
            some_text(f"The sign for {item}", words, 120)
            signs[item] = words
    if signs == signs_of(episode.child):
        return None
    return PainSigns.objects.create(episode=episode, signs=signs, by=by, at=at)
