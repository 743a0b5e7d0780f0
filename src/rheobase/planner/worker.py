"""Planning in a process of its own: `python -m rheobase.planner.worker`, one JSON line in, one out.

Whoever serves people at the same time asks here, so that a long computation never holds up anything
else: a press of STOP passes through the same process as the pages. Nothing is kept between two
questions; the same question has the same answer as `propose` and `edited` called directly.
"""

import json
import os
import sys
from typing import Any

from rheobase.errors import BadInput, RheobaseError
from rheobase.planner.case import Case
from rheobase.planner.edit import edited
from rheobase.planner.edits import Edits
from rheobase.planner.proposal import Proposal, Refusal
from rheobase.planner.propose import propose
from rheobase.stimulus.codec import from_plain, to_plain

LESS_URGENT = 5  # than pages, units and everything a person waits for at a bedside


def answered(question: dict[str, Any]) -> dict[str, Any]:
    """Return the plain answer to one plain question.

    Args:
        question: {"case": ...}, or {"proposal": ..., "edits": ...}.

    Returns:
        {"proposal": ...}, {"refusal": ...} or {"error": text}.
    """
    try:
        answer = _answer(question)
    except RheobaseError as error:
        return {"error": str(error)}
    kind = "refusal" if isinstance(answer, Refusal) else "proposal"
    return {kind: to_plain(answer)}


def _answer(question: dict[str, Any]) -> Proposal | Refusal:
    if "case" in question:
        return propose(from_plain(Case, question["case"]))
    if "proposal" in question:
        proposal = from_plain(Proposal, question["proposal"])
        return edited(proposal, from_plain(Edits, question["edits"]))
    raise BadInput("The question names neither a case nor a proposal. Ask for one of them.")


def main() -> None:
    """Answer lines until there are no more."""
    os.nice(LESS_URGENT)
    said = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    for line in sys.stdin:
        said.write(json.dumps(answered(json.loads(line))) + "\n")
        said.flush()


if __name__ == "__main__":
    main()
