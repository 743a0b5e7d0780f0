"""The two processes of one installation: the pages, and the session service they ask."""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rheobase.errors import Unavailable

BEDSIDE = ("-c", "from rheobase.cli import main; main()", "bedside", "--port", "0", "--json")
PATIENCE_S = 10.0


@contextmanager
def bedside_process(*, start: bool) -> Iterator[str]:
    """Run the session service as a child process and yield its address ("" if not wanted).

    When the block ends the service is asked to end, which silences every unit.

    Raises:
        Unavailable: if the service does not start.
    """
    if not start:
        yield ""
        return
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own module
        [sys.executable, *BEDSIDE], stdout=subprocess.PIPE, text=True
    )
    try:
        yield _address(process)
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
        if process.stdout:
            process.stdout.close()


def address_of(host: str, port: int) -> str:
    """Return what to type into a browser: on this machine by name, for passkeys want a name."""
    here = host in {"127.0.0.1", "::1", "0.0.0.0", "::", ""}  # noqa: S104 - compared, not listened on
    return f"http://{'localhost' if here else host}:{port}"


def serve_pages(host: str, port: int, announce: Callable[[], None]) -> None:
    """Migrate the database and serve the pages until the process is asked to end.

    Args:
        host: address to listen on.
        port: on it.
        announce: called when everything is ready.

    Raises:
        Unavailable: another program listens there.
    """
    import gc
    import signal

    import django
    import uvicorn
    from django.core.management import call_command

    from rheobase.session.realtime import ask_for_attention

    _check_free(host, port)
    ask_for_attention()
    # uvicorn raises the signal again when it is done; as an exit, our own clean-up still happens.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    from rheobase.clinic.plan import reckoning
    from rheobase.clinic.plan.services import warm

    reckoning.start()  # plans are computed beside the pages: a STOP would wait for them
    try:
        warm()
        gc.collect()
        gc.freeze()  # or every so often a page waits 40 ms while all that was loaded is looked through
        announce()
        uvicorn.run(
            "rheobase.clinic.asgi:application",
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=5,
        )
    finally:
        reckoning.stop()


def _check_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"{host}:{port} cannot be used ({error.strerror}). Another program may listen there: "
                "choose another --port (`make demo PORT=8080`)."
            ) from None


def _address(process: "subprocess.Popen[str]") -> str:
    line = process.stdout.readline() if process.stdout else ""
    try:
        return str(json.loads(line)["url"])
    except (ValueError, KeyError):
        raise Unavailable(
            "The session service did not start. Run `rheobase bedside` by itself to see why, or "
            "serve with --no-bedside."
        ) from None
