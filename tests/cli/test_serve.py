"""`rheobase serve`: the session service beside the pages, and nothing left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from rheobase.cli import _processes
from rheobase.errors import Unavailable

RHEOBASE = (sys.executable, "-c", "from rheobase.cli import main; main()")


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except OSError:
        return False


def eventually(condition):
    for _ in range(150):
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_it_serves_pages_and_session_service_and_ends_both(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [*RHEOBASE, "serve", "--port", str(port), "--json"],
        env={**os.environ, "RHEOBASE_HOME": str(tmp_path), "DATABASE_URL": ""},
        stdout=subprocess.PIPE,
        text=True,
    )
    where = json.loads(server.stdout.readline())
    assert eventually(lambda: answers(f"{where['url']}/sign-in/"))
    assert answers(where["bedside"])
    server.send_signal(signal.SIGTERM)
    server.wait(15)
    server.stdout.close()
    assert eventually(lambda: not answers(where["bedside"]))
    assert not answers(where["url"])


def test_a_session_service_that_does_not_start_is_named(monkeypatch):
    monkeypatch.setattr(_processes, "BEDSIDE", ("-c", "raise SystemExit(3)"))
    with (
        pytest.raises(Unavailable, match="--no-bedside"),
        _processes.bedside_process(start=True),
    ):
        pass


def test_a_port_in_use_is_named_with_what_to_do(tmp_path):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = subprocess.run(
            [*RHEOBASE, "serve", "--no-bedside", "--port", str(port)],
            env={**os.environ, "RHEOBASE_HOME": str(tmp_path), "DATABASE_URL": ""},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "choose another --port" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1"])  # noqa: S104
def test_people_on_this_machine_are_sent_to_a_name_for_passkeys_want_one(host):
    assert _processes.address_of(host, 8000) == "http://localhost:8000"
    assert _processes.address_of("clinic.example", 80) == "http://clinic.example:80"
