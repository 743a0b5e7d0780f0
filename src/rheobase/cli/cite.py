"""Give a case or a proposal; without a file, the whole bibliography is printed."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from rheobase.errors import BadInput


def command(
    file: Annotated[Path | None, typer.Argument(help="A case or a proposal, as JSON.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the references behind a plan, what of each was read, and what rests on it."""
    entries = _whole() if file is None else _of(file)
    if as_json:
        print(json.dumps({"references": entries}, indent=2, ensure_ascii=False))
        return
    for number, entry in enumerate(entries, 1):
        doi = f" https://doi.org/{entry['doi']}" if entry["doi"] else ""
        print(f"[{number}] {entry['citation']}.{doi}")
        print(f"     key {entry['key']}; read: {entry['read']}")
        if entry["supports"]:
            print(f"     supports: {'; '.join(entry['supports'])}")


def _whole() -> list[dict[str, Any]]:
    from rheobase.evidence.load import sources
    from rheobase.stimulus.codec import to_plain

    return [{"key": key, **to_plain(one), "supports": []} for key, one in sources().items()]


def _of(file: Path) -> list[dict[str, Any]]:
    from rheobase.planner.case import Case
    from rheobase.planner.explain import references
    from rheobase.planner.files import from_file
    from rheobase.planner.proposal import Proposal, Refusal
    from rheobase.planner.propose import propose
    from rheobase.stimulus.codec import read_json, to_plain

    plain = read_json(file)
    kind = plain.get("format") if isinstance(plain, dict) else None
    if kind == "rheobase/case":
        answer = propose(from_file(Case, plain, file.name))
    elif kind == "rheobase/proposal":
        answer = from_file(Proposal, plain, file.name)
    else:
        raise BadInput(f"{file.name} is neither a case nor a proposal. Give one of them.")
    if isinstance(answer, Refusal):
        cited = references((), (), ((key, r.what) for r in answer.reasons for key in r.sources))
    else:
        cited = answer.references
    return [
        {"key": one.key, **to_plain(one.source), "supports": list(one.supports)} for one in cited
    ]
