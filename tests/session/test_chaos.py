"""Any process killed at any instant: output ends in time, nothing acknowledged is lost.

A small run of `rheobase bench chaos`, which says what is promised; 500 kills are made by hand.
"""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow
KILLS = os.environ.get("RHEOBASE_KILLS", "16")
BENCH = "from rheobase.cli import main; main()"


def test_whatever_is_killed_output_ends_in_time_and_no_acknowledged_event_is_lost():
    told = subprocess.run(
        [sys.executable, "-c", BENCH, "bench", "chaos", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "RHEOBASE_KILLS": KILLS, "RHEOBASE_CHAOS_WORKERS": "3"},
    )
    found = json.loads(told.stdout.splitlines()[-1])
    assert found["kept"], told.stdout + told.stderr[-2000:]
    assert found["kills"] == int(KILLS)
    assert found["current flowed when killed"] > found["kills"] // 5
