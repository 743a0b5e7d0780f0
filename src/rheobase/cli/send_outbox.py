"""Letters to families: confirmations, reminders, offers. RHEOBASE_MAIL says where they go.

Without --every it sends what is due and ends: let a timer start it every minute. Nothing is sent
twice, and nothing to anybody who does not want it.
"""

import json
import os
import time
from typing import Annotated

import typer


def command(
    every: Annotated[
        int, typer.Option(help="Go on, this many seconds between two looks; 0 ends after one.")
    ] = 0,
    mail: Annotated[
        str,
        typer.Option(
            help="folder:/path, smtp://name:password@host:587 or smtps://...",
            envvar="RHEOBASE_MAIL",
        ),
    ] = "",
    sender: Annotated[
        str, typer.Option("--from", help="The clinic's own address.", envvar="RHEOBASE_MAIL_FROM")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Send what is due, and free the times that were held too long."""
    from rheobase.clinic.booking.post import post_from
    from rheobase.clinic.setup import ready

    post = post_from(mail, sender)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rheobase.clinic.settings")
    ready()
    from rheobase.clinic import clock
    from rheobase.clinic.booking import holds, outbox

    while True:
        released = holds.release_expired(clock.now())
        ended = outbox.send(post, clock.now(), clock.now)
        if as_json:
            print(json.dumps({"ended": ended, "released": released}), flush=True)
        elif ended or not every:
            words = ", ".join(f"{count} {outcome}" for outcome, count in sorted(ended.items()))
            print(words or "Nothing is due.", flush=True)
        if not every:
            return
        time.sleep(every)
