"""Serves the clinic's pages; beside them, in a process of its own, the session service of this room."""

import json as to_json
from typing import Annotated

import typer


def command(
    port: Annotated[int, typer.Option(help="Port of the pages.")] = 8000,
    host: Annotated[
        str, typer.Option(help="Address to listen on; other machines need HTTPS in front.")
    ] = "127.0.0.1",
    bedside: Annotated[
        bool, typer.Option(help="Also start the session service of this room.")
    ] = True,
    json: Annotated[bool, typer.Option("--json", help="Say where it listens as JSON.")] = False,
) -> None:
    """Bring the database up to date and serve until Ctrl-C."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rheobase.clinic.settings")
    from rheobase.cli._processes import address_of, bedside_process, serve_pages

    url = address_of(host, port)
    with bedside_process(start=bedside) as service:
        if service:
            os.environ["RHEOBASE_BEDSIDE"] = service

        def announce() -> None:
            if json:
                print(to_json.dumps({"url": url, "bedside": service or None}), flush=True)
            else:
                print(f"The clinic is at {url}. Ctrl-C ends it.", flush=True)
                print("Rheobase is not a certified medical device.", flush=True)

        serve_pages(host, port, announce)
