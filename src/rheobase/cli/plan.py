"""A case holds everything the proposal depends on, today's date included: same case, same answer.

Ends with 0 and a proposal, or with 1 and a refusal that says what would help (2 is bad input).
Schema: docs/schemas/case.schema.json. Examples: examples/cases/.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rheobase.cli._write import write
from rheobase.errors import BadInput

if TYPE_CHECKING:
    from rheobase.planner.case import Case
    from rheobase.planner.proposal import Proposal, Refusal

REFUSED = 1


def command(
    case: Annotated[Path, typer.Argument(help="The case, as JSON.")],
    *,
    out: Annotated[Path | None, typer.Option(help="Write the proposal here, as JSON.")] = None,
    page: Annotated[Path | None, typer.Option(help="Write the readable page as HTML.")] = None,
    today: Annotated[
        str | None, typer.Option(help="Use this day (2026-11-22) or 'now' instead of the case's.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Propose pads, dose and timing for a child, with the reason of every value."""
    import json

    from rheobase.planner.case import Case
    from rheobase.planner.files import read_file, to_file
    from rheobase.planner.proposal import Refusal
    from rheobase.planner.propose import propose

    answer = propose(_dated(read_file(Case, case), today))
    text = json.dumps(to_file(answer), indent=2, allow_nan=False)
    if out is not None and not isinstance(answer, Refusal):
        write(out, (text + "\n").encode())
    if as_json:
        print(text)
    _shown(answer, page, silent=as_json)
    if isinstance(answer, Refusal):
        raise typer.Exit(REFUSED)


def _dated(case: "Case", today: str | None) -> "Case":
    from dataclasses import replace
    from datetime import date

    if today is None:
        return case
    if today == "now":
        return replace(case, today=date.today())  # noqa: DTZ011 the day where the child is
    try:
        return replace(case, today=date.fromisoformat(today))
    except ValueError:
        raise BadInput(f"--today is {today!r}. Write a day as 2026-11-22, or 'now'.") from None


def _shown(answer: "Proposal | Refusal", page: Path | None, *, silent: bool) -> None:
    import io

    from rich.console import Console

    from rheobase.cli._plan_page import show_proposal, show_refusal
    from rheobase.planner.proposal import Refusal

    consoles = [] if silent else [Console(highlight=False)]
    if page is not None:
        consoles.append(Console(record=True, width=130, file=io.StringIO(), highlight=False))
    for console in consoles:
        if isinstance(answer, Refusal):
            show_refusal(console, answer)
        else:
            show_proposal(console, answer)
    if page is not None:
        write(page, consoles[-1].export_html(inline_styles=True).encode())
