"""A study file says which virtual children there are and which doses each is given; see docs/cohort.md.

The folder gets study.json and, at the end, cohort.parquet: a row for every child and dose, refused
ones with their reason. A run that was ended goes on where it was when the same command is given
again. Example: examples/cohort_tibialis_anterior.json.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rheobase.errors import BadInput

if TYPE_CHECKING:
    from rheobase.cohort import Progress, Report

SHOWN_REASONS = 5


def command(
    study: Annotated[Path, typer.Argument(help="The study, as JSON.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder: new, or that of the same study.")],
    workers: Annotated[
        int | None, typer.Option(help="Processes; one for each core if unsaid.")
    ] = None,
    dask: Annotated[
        str | None, typer.Option(help="A Dask scheduler instead, e.g. tcp://10.0.0.5:8786.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Compute a study over virtual children into a Parquet file, with progress."""
    if dask is not None and workers is not None:
        raise BadInput("--workers and --dask both say where to compute. Give one of them.")
    from rheobase.cohort import read_study, run

    asked = read_study(study)
    if workers is None:
        workers = os.cpu_count() or 1
    began = time.monotonic()
    with _bar() as progress:
        report = run(asked, out, workers=workers, scheduler=dask, progress=progress)
    summary = _summary(report, time.monotonic() - began)
    print(json.dumps(summary) if as_json else _page(asked.title, report, summary))


@contextmanager
def _bar() -> "Iterator[Callable[[Progress], None]]":
    """Show progress on stderr: children, doses a second of this run, time left."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("children"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(), TextColumn("left"),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("children", total=None, rate="")
        began = time.monotonic()

        def show(progress: "Progress") -> None:
            computed = (progress.done - progress.kept) * progress.doses
            rate = computed / max(time.monotonic() - began, 1e-9)
            bar.update(
                task,
                total=progress.children,
                completed=progress.done,
                rate=f"{rate:.0f} child-doses/s" if computed else "",
            )

        yield show


def _summary(report: "Report", seconds: float) -> dict[str, Any]:
    computed = (report.children - report.kept) * report.doses
    return {
        "file": str(report.file),
        "children": report.children,
        "doses": report.doses,
        "rows": report.rows,
        "kept_children": report.kept,
        "words_only_rows": report.words_only,
        "refused_rows": sum(report.refused.values()),
        "refused": report.refused,
        "seconds": round(seconds, 3),
        "child_doses_per_s": round(computed / seconds, 1),
    }


def _page(title: str, report: "Report", summary: dict[str, Any]) -> str:
    lines = [
        title,
        f"  {report.children} children, {report.doses} doses each: {report.rows} rows",
        f"  {report.words_only} rows with words only (below two years, not calibrated)",
        f"  {summary['refused_rows']} rows refused",
    ]
    for reason, count in list(report.refused.items())[:SHOWN_REASONS]:
        lines.append(f"    {count:6d}  {reason}")
    if len(report.refused) > SHOWN_REASONS:
        lines.append(f"            and {len(report.refused) - SHOWN_REASONS} more reasons")
    if report.kept:
        lines.append(f"  {report.kept} children were there from an earlier run")
    if report.kept < report.children:
        rate = summary["child_doses_per_s"]
        lines.append(f"  {summary['seconds']:.1f} s, {rate:g} children x doses a second")
    lines.append(f"  {report.file}")
    return "\n".join(lines)
