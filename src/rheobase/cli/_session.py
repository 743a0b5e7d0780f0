"""What `run` and `replay` share: reading what was signed, naming units, showing a session."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from rheobase.errors import BadInput
from rheobase.planner.files import FORMATS, from_file
from rheobase.session.events import Event
from rheobase.stimulus import Sealed, read_json, to_plain


def read_sealed(path: Path) -> dict[str, Any]:
    """Return a signed prescription as plain JSON; its seal is checked where it is opened.

    Raises:
        BadInput: the file is something else, e.g. a case, a proposal or an unsigned prescription.
    """
    plain = read_json(path)
    if not isinstance(plain, dict) or plain.get("format") != FORMATS[Sealed]:
        raise BadInput(
            f"{path} is not a signed prescription. Nothing was armed. "
            "A therapist signs a proposal first: `rheobase sign proposal.json`."
        )
    sealed: dict[str, Any] = to_plain(from_file(Sealed, plain, path.name))
    return sealed


def units_of(texts: Sequence[str], *, dummy_load: bool) -> list[dict[str, str]]:
    """Return units from `SLOT=MAKE` or `SLOT=MAKE:ADDRESS`.

    Raises:
        BadInput: the text has another form, or a real unit was named without a dummy load.
    """
    units = []
    for text in texts:
        slot, equals, rest = text.partition("=")
        make, _, address = rest.partition(":")
        if not (slot and equals and make):
            raise BadInput(f"--unit {text!r} is not SLOT=MAKE[:ADDRESS]. Write e.g. A=virtual.")
        if make != "virtual" and not dummy_load:
            raise BadInput(
                f"Unit {slot} is a real {make} and this command presses every button by itself. "
                "Connect a dummy load and add --dummy-load; treat children at the console only."
            )
        units.append({"slot": slot, "make": make, "address": address or f"run-{slot.lower()}"})
    return units


def interlocks_of(sealed: dict[str, Any]) -> list[list[str]]:
    """Return the pairs of ordered muscles that pull against each other."""
    from rheobase.evidence.muscles import muscles

    known = muscles()
    ordered = [channel["muscle"] for channel in sealed["prescription"]["channels"]]
    return [
        [one, other]
        for one, other in itertools.combinations(ordered, 2)
        if one in known
        and other in known
        and (other in known[one].antagonists or one in known[other].antagonists)
    ]


def table(shown: dict[str, Any]) -> Table:
    """Return a snapshot as a table."""
    title = f"{shown['step']} · {shown['stage']} · {shown['elapsed_s']:.0f} s"
    grid = Table(title=title, title_justify="left")
    for name in ("unit", "muscle", "phase", "level mA", "now mA", "confirmed mA", "contractions"):
        grid.add_column(name, justify="left" if name in ("unit", "muscle", "phase") else "right")
    for one in shown["slots"]:
        grid.add_row(
            one["slot"],
            f"{one['side']} {one['muscle'].replace('_', ' ')}",
            one["phase"],
            f"{one['level_ma']:.1f}",
            f"{one['now_ma']:.1f}",
            f"{one['confirmed_ma']:.1f}",
            str(one["contractions"]),
        )
    for fault in shown["faults"]:
        grid.caption = " ".join(fault["reasons"])
    return grid


def spoken(event: Event, first_ns: int) -> str:
    """Return an event as one line: time, kind, unit, currents, reasons, the rest."""
    parts = [f"{(event.monotonic_ns - first_ns) / 1e9:9.3f} s", f"{event.kind:12s}", event.slot]
    if event.confirmed_ma is not None:
        parts.append(
            f"asked {event.asked_ma:g}, allowed {event.allowed_ma:g}, "
            f"confirmed {event.confirmed_ma:g} mA"
        )
    parts += event.reasons
    if event.kind == "opened":
        parts.append(f"session {event.data['session']}, plan {event.data['sealed']['digest'][:12]}")
    else:
        parts += [f"{key}={value}" for key, value in event.data.items() if key != "key"]
    return "  ".join(part for part in parts if part)
