"""Bench and research: in the clinic, a therapist signs on the screen.

The proposal must be of today (`rheobase plan case.json --today now --out proposal.json`). The seal
binds it to this installation; a changed file, or one signed elsewhere, arms nothing.
"""

import json
from pathlib import Path
from typing import Annotated

import typer

from rheobase.cli._write import write


def command(
    proposal: Annotated[Path, typer.Argument(help="The proposal, as JSON.")],
    *,
    by: Annotated[str, typer.Option(help="Identifier of the therapist who signs.")],
    out: Annotated[Path | None, typer.Option(help="Write the prescription here.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Sign a proposal: only a signed prescription can start a session."""
    from datetime import datetime

    from rheobase import home
    from rheobase.planner.files import read_file, to_file
    from rheobase.planner.proposal import Proposal
    from rheobase.planner.sign import signed

    now = datetime.now().astimezone()
    sealed = signed(read_file(Proposal, proposal), by, now, home.signing_key())
    text = json.dumps(to_file(sealed), indent=2, allow_nan=False)
    if out is not None:
        write(out, (text + "\n").encode())
    if as_json:
        print(text)
        return
    until = sealed.prescription.valid_until.isoformat()
    print(f"Signed by {by}: {sealed.digest[:12]}, valid until {until}.")
    if out is None:
        print("Not written: name a file with --out.")
