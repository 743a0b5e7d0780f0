"""The sessions of a child as a table: one row per session and unit, with units in the column names."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rheobase.clinic.live.models import Treatment
from rheobase.clinic.people.models import Child

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins so
HEADER = (
    "session",
    "started_utc",
    "ended_utc",
    "how_it_ended",
    "plan_version",
    "plan_digest",
    "slot",
    "muscle",
    "side",
    "unit",
    "frequency_hz",
    "pulse_width_us",
    "ceiling_ma",
    "minutes",
    "twitch_minutes",
    "contractions",
    "highest_ma",
    "charge_uc",
)


def sessions_of(child: Child) -> str:
    """Return the sessions of a child, oldest first."""
    treatments = Treatment.objects.filter(child=child).select_related("plan").order_by("started")
    return table(HEADER, (row for treatment in treatments for row in _rows(treatment)))


def table(header: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Return rows as CSV text (RFC 4180) with a header; missing values stay empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in header])
    return out.getvalue()


def _rows(treatment: Treatment) -> Iterable[dict[str, Any]]:
    summary = treatment.summary or {}
    done = {one["slot"]: one for one in summary.get("slots", [])}
    channels = treatment.plan.sealed.get("prescription", {}).get("channels", [])
    orders = {c["slot"]: c for c in channels}
    for unit in treatment.units:
        order, slot = orders.get(unit["slot"], {}), done.get(unit["slot"], {})
        yield {
            **{name: order.get(name) for name in HEADER},
            **{name: slot[name] for name in HEADER if name in slot},
            "session": treatment.pk.hex,
            "started_utc": treatment.started.isoformat(),
            "ended_utc": treatment.ended.isoformat() if treatment.ended else None,
            "how_it_ended": treatment.how_it_ended,
            "plan_version": treatment.plan.version,
            "plan_digest": treatment.plan.digest,
            "slot": unit["slot"],
            "unit": unit["name"],
        }


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
