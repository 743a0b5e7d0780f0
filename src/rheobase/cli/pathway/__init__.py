"""Goes from the booked visit to the measured outcome on the demo clinic: eleven steps, no browser.

Killed at any point and started again, it goes on with the step it was at. A whole run that is
started again begins a new one.
"""

import json as to_json
from collections.abc import Callable
from typing import Annotated, Any

import typer


def command(
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Run the eleven steps and print what each produced."""
    report = run(quiet=json)
    if json:
        print(to_json.dumps(report, indent=1))


def run(*, quiet: bool) -> dict[str, Any]:
    """Run what is left of the pathway and return its report.

    Args:
        quiet: print nothing meanwhile.
    """
    import time

    from rich.console import Console

    from rheobase.clinic.setup import ready

    began = time.monotonic()
    console = Console(quiet=quiet, highlight=False)
    with console.status("Preparing the demo clinic"):
        ready()
        stage = _stage()
    from rheobase.cli.pathway.progress import Progress

    progress: Progress = stage.progress
    console.print(f"[bold]Pathway, run {progress.run}[/bold]: Mila, 6, spastic diplegia (invented)")
    for number, (name, words, step) in enumerate(_steps(), 1):
        if name not in progress.done:
            with console.status(f"{number:2d}. {words}"):
                progress.finished(name, step(stage))
        console.print(f"{number:2d}. {words}: {_short(progress.done[name])}")
    return {
        "run": progress.run,
        "seconds": round(time.monotonic() - began, 1),
        "steps": progress.done,
    }


def complete() -> bool:
    """Return whether a whole run stands on record here."""
    import json

    from rheobase.home import home

    try:
        done = json.loads((home() / "pathway.json").read_text("utf-8"))["done"]
    except (FileNotFoundError, ValueError, KeyError):
        return False
    return len(done) == len(_steps())


def _steps() -> tuple[tuple[str, str, Callable[[Any], dict[str, Any]]], ...]:
    from rheobase.cli.pathway import after, bedside, family, therapist

    return (
        ("book", "Book a visit with three stimulators", family.book),
        ("intake", "Answer the forms, consent", family.answer),
        ("screen", "Screen for contraindications", therapist.screen),
        ("assess", "Assess", therapist.assess),
        ("goals", "Set goals", therapist.aim),
        ("plan", "Propose, check, sign", therapist.plan),
        ("prepare", "Prepare: skin, pads, motor points, levels", bedside.prepare),
        ("deliver", "Deliver on three units", bedside.deliver),
        ("record", "Record and sign the note", bedside.record),
        ("follow", "Measure again, report", after.follow),
        ("share", "Share: FHIR, iCalendar, CSV", after.share),
    )


def _stage() -> Any:
    from django.conf import settings

    from rheobase.cli.pathway.progress import resumed
    from rheobase.cli.pathway.stage import Stage
    from rheobase.clinic import clock, demo
    from rheobase.clinic.booking.models import Service
    from rheobase.clinic.people.models import User
    from rheobase.home import home

    demo.fill(clock.now())
    mother = User.objects.get(username="sara")
    return Stage(
        child=mother.children.get(given_name="Mila"),
        mother=mother,
        therapist=User.objects.get(username="ada"),
        service=Service.objects.get(discipline="physiotherapy", stimulators=3),
        zone=settings.CLINIC_ZONE,
        progress=resumed(home() / "pathway.json", clock.now(), len(_steps())),
    )


def _short(numbers: dict[str, Any]) -> str:
    shown = [
        f"{key.replace('_', ' ')} {value}"
        for key, value in numbers.items()
        if not isinstance(value, list | dict) and key != "digest"
    ]
    return ", ".join(shown[:4])
