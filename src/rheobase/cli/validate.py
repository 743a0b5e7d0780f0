"""Reruns every folder of validation/ against its paper or reference code.

Exit code 1 if a comparison fails that is not a known, explained miss, or if a folder could not be
run because the independent code it needs is not installed.
"""

import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from rheobase.errors import BadInput

HERE = Path(__file__).parents[3] / "validation"


def command(
    names: Annotated[list[str] | None, typer.Argument(help="Folders; all of them if none.")] = None,
    folder: Annotated[Path, typer.Option(help="The validation folder of the repository.")] = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Rerun validation/ and print the verdicts."""
    found = {path.parent.name: path for path in sorted(folder.glob("*/reproduce.py"))}
    if not found:
        raise BadInput(
            f"There is nothing to validate in {folder}. Run this in a checkout of the repository, "
            "or name its folder with --folder."
        )
    unknown = [name for name in names or [] if name not in found]
    if unknown:
        raise BadInput(f"validation/{unknown[0]} does not exist. There are: {', '.join(found)}.")
    os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")  # it would warn amid the JSON
    rows, not_run = [], []
    for name in names or found:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            rows += [(name, verdict) for verdict in run_folder(found[name])]
        except BadInput as error:
            not_run.append(f"{name} was not run. {error}")
    surprises = [v for _, v in rows if not v.passed and not v.known_miss]
    if as_json:
        listed = [{"folder": name, **_plain(v)} for name, v in rows]
        said = {"verdicts": listed, "unexpected_misses": len(surprises), "not_run": not_run}
        print(json.dumps(said))
    else:
        _print_table(rows)
        print("\n".join(not_run))
    if surprises or not_run:
        raise typer.Exit(1)


def run_folder(path: Path) -> list[Any]:
    """Return the verdicts of one reproduce.py; its helpers are its own, by plain name."""
    folder, before = path.parent, set(sys.modules)
    sys.path[:0] = [str(folder), str(folder.parent)]
    try:
        module = ModuleType(f"validation_{folder.name}")
        module.__file__ = str(path)
        exec(compile(path.read_text("utf-8"), str(path), "exec"), module.__dict__)  # noqa: S102
        return list(module.verdicts())
    finally:
        del sys.path[:2]
        for name in set(sys.modules) - before:
            where = getattr(sys.modules[name], "__file__", None)
            if where and Path(where).parent == folder:
                del sys.modules[name]


def _plain(verdict: Any) -> dict[str, Any]:
    names = ("name", "ours", "reference", "tolerance", "unit", "passed", "note", "known_miss")
    return {name: getattr(verdict, name) for name in names}


def _print_table(rows: list[tuple[str, Any]]) -> None:
    """One line each, under the name of its folder: readable at any width, and in a file."""
    import textwrap

    for k, (name, v) in enumerate(rows):
        if k == 0 or rows[k - 1][0] != name:
            print(f"\n{name}")
        said = "met" if v.passed else "known miss" if v.known_miss else "MISSED"
        wanted = f", wanted {v.reference:.5g} within {100 * v.tolerance:g} %" if v.tolerance else ""
        print(f"  {said:<11} {v.name}: {v.ours:.5g} {v.unit}{wanted}")
        note = v.note
        if v.passed and v.known_miss:
            note = f"listed as a known miss, and met. {note}"
        print(textwrap.indent(textwrap.fill(note, 100), " " * 14) + "\n" if note else "", end="")
    met = sum(v.passed for _, v in rows)
    known = sum(not v.passed and v.known_miss for _, v in rows)
    print(
        f"\n{met} of {len(rows)} met, {known} known miss{'' if known == 1 else 'es'}, "
        f"{len(rows) - met - known} unexpected."
    )
