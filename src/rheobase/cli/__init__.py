"""The command line, and the composition root: the only place that wires rooms together.

Each command is one module with a function `command`; it is imported only when it is called, so
that `rheobase --help` and light commands start at once. Bad input ends with exit code 2 and a
message (or `{"error": ...}` after `--json`), never with a traceback.
"""

import importlib
import json
import os
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from rheobase.errors import RheobaseError

COMMANDS = {
    "demo": "A demo clinic on SQLite with virtual children and virtual units.",
    "serve": "Serve the clinic.",
    "bedside": "The session service of one treatment room.",
    "account": "The first staff account, a sign-in link, a lost second factor.",
    "pathway": "The eleven steps, headless, on the demo clinic.",
    "backup": "The whole installation into one file.",
    "restore": "A backup into an empty folder and an empty database.",
    "verify-audit": "Check the access log, signed notes and signed plans.",
    "send-outbox": "Letters to families that are due.",
    "retime": "Visits moved by new rules of a time zone.",
    "export": "Every record as FHIR, or as CSV and Parquet.",
    "import-children": "Children from a CSV file of another program.",
    "plan": "case.json to proposal.json, and a readable page.",
    "sign": "proposal.json to a signed prescription.json (bench and research).",
    "simulate": "Prescription and child to response.",
    "run": "A prescription on named units, without a browser (bench and research).",
    "replay": "Show a recorded session again, exactly.",
    "thresholds": "Thresholds of nerve fibres in a field.",
    "velocity": "Conduction velocity of a nerve fibre.",
    "recruitment": "Recruitment curves of a case.",
    "force": "Muscle force from pulses.",
    "move": "Movement of a case.",
    "cohort": "A study over virtual children into Parquet.",
    "units": "List ports and identify units, without output.",
    "emulate": "Emulate a stimulator on a pseudo-terminal.",
    "cite": "The references behind a plan.",
    "validate": "Rerun validation/ and print the verdicts.",
    "bench": "Rerun benchmarks/.",
}


class Commands(TyperGroup):
    """Commands that are imported only when they are asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return one command, importing its module."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"rheobase.cli.{cmd_name.replace('-', '_')}")
        one = typer.Typer(add_completion=False, rich_markup_mode=None)  # units stand in [brackets]
        one.command(name=cmd_name, help=COMMANDS[cmd_name] + "\n\n" + (module.__doc__ or ""))(
            module.command
        )
        return typer.main.get_command(one)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


app = typer.Typer(cls=Commands, add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def root() -> None:
    """Rheobase: muscle stimulation of children, from booking to outcome. Not a medical device."""


def main() -> None:
    """Run one command; turn our own errors into a message and exit code 2."""
    # Our kernels use all cores by themselves; threads of the linear algebra would wait beside them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except RheobaseError as error:
        if "--json" in sys.argv:
            print(json.dumps({"error": str(error), "kind": type(error).__name__}))
        else:
            print(f"rheobase: {error}", file=sys.stderr)
        sys.exit(2)
