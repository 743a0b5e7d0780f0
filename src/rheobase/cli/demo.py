"""Fills an invented clinic, runs the pathway once, so that there is something to see, and serves it.

Everything lies in one folder (`RHEOBASE_HOME`); a second start goes on with what is there. No real
person's data, virtual units, virtual children. Not a certified medical device.
"""

from typing import Annotated

import typer


def command(
    port: Annotated[int, typer.Option(help="Port of the pages.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    pathway: Annotated[bool, typer.Option(help="Run the pathway once first.")] = True,
    serve: Annotated[bool, typer.Option(help="Serve when everything is ready.")] = True,
) -> None:
    """Prepare the demo clinic and serve it until Ctrl-C."""
    from rich.console import Console
    from rich.table import Table

    from rheobase.cli import pathway as steps
    from rheobase.cli._processes import address_of, bedside_process, serve_pages
    from rheobase.clinic.setup import ready
    from rheobase.home import home

    console = Console(highlight=False)
    with console.status("Preparing the clinic's database"):
        ready()
    if pathway and not steps.complete():
        console.print("The pathway, once, with a virtual child on virtual units (about a minute):")
        steps.run(quiet=False)

    from rheobase.clinic import clock, demo

    accounts = demo.fill(clock.now())
    table = Table(
        "who", "name", "password", "is", title="Log-ins of the demo", title_justify="left"
    )
    for one in accounts:
        table.add_row(one.name, one.username, one.password, one.role)
    console.print(table)
    console.print(
        "Staff need a second factor too: in this demo the page that asks for it shows it."
    )
    console.print(f"Files: {home()}")
    console.print("[bold]Not a certified medical device.[/bold] Everybody here is invented.")
    if not serve:
        return
    from django.conf import settings

    with bedside_process(start=True) as settings.BEDSIDE_URL:
        address = f"[bold]The clinic is at {address_of(host, port)}[/bold]  (Ctrl-C ends it)"
        serve_pages(host, port, lambda: console.print(address))
