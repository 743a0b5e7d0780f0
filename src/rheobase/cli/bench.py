"""Reruns one file of benchmarks/: what is fast, against whom, measured side by side."""

import json
import os
import runpy
import sys
from pathlib import Path
from typing import Annotated

import typer

from rheobase.errors import BadInput

HERE = Path(__file__).parents[3] / "benchmarks"


def command(
    name: Annotated[str, typer.Argument(help="nerve, muscle, delivery, ...")],
    soak: Annotated[
        float, typer.Option(help="With delivery: minutes of one session under load instead.")
    ] = 0.0,
    folder: Annotated[Path, typer.Option(help="The benchmarks folder of the repository.")] = HERE,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Rerun benchmarks/<name>.py and print what its `main()` measured."""
    there = sorted(path.stem for path in folder.glob("[!_]*.py"))
    if name not in there:
        known = ", ".join(there) or "none: run this in a checkout of the repository"
        raise BadInput(f"There is no benchmark {name!r} in {folder}. There are: {known}.")
    sys.path.insert(0, str(folder))  # benchmarks share their parts in files of the same folder
    if soak and name != "delivery":
        raise BadInput(f"--soak {soak:g} belongs to delivery. Leave it out, or name delivery.")
    os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")  # it would warn amid the JSON
    module = runpy.run_path(str(folder / f"{'soak' if soak else name}.py"))
    measured = module["main"](*([soak] if soak else []))
    if as_json:
        print(json.dumps(measured))
    elif isinstance(measured, dict):
        widest = max(len(key) for key in measured)
        for key, value in measured.items():
            print(
                f"{key:<{widest}}  {value:.4g}" if isinstance(value, float) else f"{key}  {value}"
            )
