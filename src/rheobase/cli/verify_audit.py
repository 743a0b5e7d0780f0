"""Walks the chain of the access log, the signed notes and the signed plans; names the first break.

Ends with exit code 1 if something does not hold.
"""

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer


def command(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print the checks as JSON.")] = False,
) -> None:
    """Check that the record is what was written."""
    from rheobase.clinic.setup import ready

    ready()
    from rheobase.clinic import whole

    checks = whole.checks()
    if as_json:
        print(json.dumps({"checks": [asdict(check) for check in checks]}, indent=2))
    else:
        for check in checks:
            print(f"{check.what}: {check.looked_at}, " + (check.broken or "whole"))
    if any(check.broken for check in checks):
        sys.exit(1)
