"""The gross motor function measure, item by item: what is typed, what is kept, what comes of it.

Only the numbers of the items and the structure of the five dimensions are here: the wording of the
items and the estimator of the GMFM-66 are licensed, so a clinic uses its own score sheet.
Source: CanChild, GMFM scoring. An item is 0 to 3 or not tested; the sum of a dimension in percent of
its maximum; the total is the mean of the five percents; not tested counts 0 in the GMFM-88. An item
that is still open is neither: its dimension has no percent yet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, final

from django.db import transaction
from django.utils.translation import gettext as _

from rheobase.clinic.assessment import measures, scales
from rheobase.clinic.assessment.models import Episode, GmfmSheet, Measure
from rheobase.clinic.assessment.sheet import row
from rheobase.clinic.people.models import User
from rheobase.errors import BadInput, NotReady
from rheobase.stimulus.checks import some_text

NOT_TESTED: Final = "NT"
Items = Mapping[str, int | str]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One dimension of one sheet.

    Attributes:
        letter: A to E.
        words: what it is.
        items: (n_items,) number and score: 0 to 3, "NT", or "" while open.
        open: how many items have nothing yet.
        not_tested: how many were not tested.
        raw: sum of the scores; not tested counts 0. [points]
        percent: of the maximum; None while an item is open. [%]
    """

    letter: str
    words: str
    items: tuple[tuple[int, int | str], ...]
    open: int
    not_tested: int
    raw: int
    percent: float | None


def dimensions(items: Items) -> list[Dimension]:
    """Return the five dimensions of a sheet."""
    found = []
    for letter, numbers in scales.GMFM_ITEMS.items():
        scored = tuple((n, items.get(str(n), "")) for n in numbers)
        raw = sum(int(score) for _n, score in scored if score not in ("", NOT_TESTED))
        still_open = sum(score == "" for _n, score in scored)
        found.append(
            Dimension(
                letter=letter,
                words=scales.GMFM_WORDS[letter],
                items=scored,
                open=still_open,
                not_tested=sum(score == NOT_TESTED for _n, score in scored),
                raw=raw,
                percent=None if still_open else scales.gmfm_percent(letter, raw),
            )
        )
    return found


def total(found: Iterable[Dimension], letters: Iterable[str] = tuple(scales.GMFM_ITEMS)) -> float:
    """Return the mean percent of some dimensions: of all five, or of those with the child's goals. [%]

    Raises:
        NotReady: naming the dimensions in which items are open.
    """
    wanted = set(letters)
    chosen = [one for one in found if one.letter in wanted]
    if missing := [one.letter for one in chosen if one.percent is None]:
        raise NotReady(
            _("Items of %(dimensions)s are open. Score them, or write n for each.")
            % {"dimensions": ", ".join(missing)}
        )
    return scales.gmfm_total({one.letter: one.raw for one in chosen})


def read(typed: Mapping[str, str]) -> tuple[dict[str, int | str], dict[str, str]]:
    """Return the items that were typed and, by item, what is wrong with the others."""
    items: dict[str, int | str] = {}
    wrong: dict[str, str] = {}
    for numbers in scales.GMFM_ITEMS.values():
        for number in numbers:
            word = typed.get(f"item:{number}", "").strip().upper()
            if word in ("N", NOT_TESTED):
                items[str(number)] = NOT_TESTED
            elif word in ("0", "1", "2", "3"):
                items[str(number)] = int(word)
            elif word:
                wrong[str(number)] = _(
                    "Item %(number)s: write 0, 1, 2, 3, or n for not tested."
                ) % {"number": number}
    return items, wrong


def open_sheet(episode: Episode) -> GmfmSheet | None:
    """Return the sheet that is being written, or None."""
    return episode.gmfm_sheets.filter(recorded__isnull=True).first()


def newest(episode: Episode) -> GmfmSheet | None:
    """Return the newest recorded sheet that was not superseded, or None."""
    done = episode.gmfm_sheets.filter(recorded__isnull=False, superseded_by__isnull=True)
    return done.order_by("-recorded", "-pk").first()


def keep(
    episode: Episode, items: Items, about: Mapping[str, Any], *, by: User, at: datetime
) -> GmfmSheet:
    """Keep what was typed so far; nothing counts before it is recorded.

    Args:
        episode: of the child.
        items: every item that has a score or was not tested.
        about: goal_dimensions, with_stimulation, conditions.
        by: who examines.
        at: now.

    Raises:
        BadInput: for an unknown dimension or too long a text.
    """
    if unknown := set(about["goal_dimensions"]) - set(scales.GMFM_ITEMS):
        raise BadInput(f"There is no dimension {', '.join(sorted(unknown))}. Choose from A to E.")
    if about["conditions"]:
        some_text("conditions", about["conditions"], 300)
    sheet = open_sheet(episode) or GmfmSheet(episode=episode, began=at)
    sheet.items, sheet.by = dict(items), by
    sheet.goal_dimensions = sorted(about["goal_dimensions"])
    sheet.with_stimulation = about["with_stimulation"]
    sheet.conditions = about["conditions"]
    sheet.save()
    return sheet


def record(sheet: GmfmSheet, at: datetime) -> list[Measure]:
    """Make measures of every dimension without an open item, of the goal dimensions and of the total.

    Raises:
        NotReady: if no dimension is complete, or one of the goal dimensions is not.
    """
    found = dimensions(sheet.items)
    done = [one for one in found if one.percent is not None]
    if not done:
        raise NotReady(
            _(
                "No dimension is complete, so nothing can be computed. The items are kept: go on "
                "later, or write n where an item was not tested."
            )
        )
    values = {f"gmfm_{one.letter.lower()}_percent": one.percent or 0.0 for one in done}
    if sheet.goal_dimensions:
        values["gmfm_goal_percent"] = total(found, sheet.goal_dimensions)
    if len(done) == len(found):
        values["gmfm88_percent"] = total(found)
    with transaction.atomic():
        before = _before(sheet)
        made = [
            Measure.objects.create(
                episode=sheet.episode,
                instrument=row(key).instrument_key,
                quantity=key,
                value=round(value, 2),
                unit="%",
                error=measures.standard_error(row(key), value),
                with_stimulation=sheet.with_stimulation,
                conditions=_conditions(sheet, key, found),
                by=sheet.by,
                at=before[key].at if key in before else at,
                supersedes=before.get(key),
            )
            for key, value in values.items()
        ]
        sheet.made, sheet.recorded = [one.pk for one in made], at
        sheet.save()
    return made


def reopen(old: GmfmSheet, *, by: User, at: datetime) -> GmfmSheet:
    """Begin a corrected copy of a recorded sheet; the old one stays, and is superseded when recorded.

    Raises:
        NotReady: if a sheet is being written, or this one was corrected before.
    """
    if old.recorded is None or open_sheet(old.episode) is not None:
        raise NotReady(_("A sheet is being written. Record it before correcting another."))
    if hasattr(old, "superseded_by"):
        raise NotReady(_("This sheet was corrected before. Correct the newest one."))
    return GmfmSheet.objects.create(
        episode=old.episode,
        items=old.items,
        goal_dimensions=old.goal_dimensions,
        with_stimulation=old.with_stimulation,
        conditions=old.conditions,
        by=by,
        began=at,
        supersedes=old,
    )


def _before(sheet: GmfmSheet) -> dict[str, Measure]:
    """Return the measures that a corrected sheet replaces."""
    if sheet.supersedes is None:
        return {}
    rows = Measure.objects.filter(pk__in=sheet.supersedes.made, superseded_by__isnull=True)
    return {one.quantity: one for one in rows}


def _conditions(sheet: GmfmSheet, key: str, found: Iterable[Dimension]) -> str:
    """Return what else must be known to compare: aids, items that were not tested, which dimensions."""
    letters = {
        "gmfm_goal_percent": sheet.goal_dimensions,
        "gmfm88_percent": list(scales.GMFM_ITEMS),
    }.get(key, [key[5].upper()])
    left_out = sum(one.not_tested for one in found if one.letter in letters)
    parts = [f"{left_out} not tested, counted as 0"] if left_out else []
    if key == "gmfm_goal_percent":
        parts.append(f"dimensions {', '.join(letters)}")
    return measures.shortened("; ".join(part for part in (*parts, sheet.conditions) if part))
