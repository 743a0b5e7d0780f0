"""Kill the pathway at four different moments, then let it run whole: it must go on and end well.

Each kill is a SIGKILL of the whole process group, as a power cut would be for this program. A last
run, in the same folder, begins anew and must be done within two minutes.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RHEOBASE = Path(sys.executable).with_name("rheobase")
STEPS = 11
KILLED_FROM = (0, 2, 4, 5)  # steps done, or later
LIMIT_S = 120.0


def begun(home: str) -> "subprocess.Popen[str]":
    """Start the pathway in a group of its own."""
    return subprocess.Popen(
        [RHEOBASE, "pathway", "--json"],
        env={**os.environ, "RHEOBASE_HOME": home},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def count(home: str) -> int:
    """Return how many steps are done."""
    done = Path(home, "pathway.json")
    return len(json.loads(done.read_text("utf-8"))["done"]) if done.exists() else 0


def killed(home: str, least: int, more_s: float) -> None:
    """Start the pathway, and kill it some time after so many steps are done."""
    process = begun(home)
    end_s = time.monotonic() + 600.0
    while process.poll() is None and count(home) < least and time.monotonic() < end_s:
        time.sleep(0.1)
    try:
        process.wait(more_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def whole(home: str) -> tuple[dict, float]:
    """Let the pathway run to its end; return its report and how long it took."""
    before = time.monotonic()
    process = begun(home)
    out, _ = process.communicate(timeout=600)
    if process.returncode != 0:
        sys.exit(f"The pathway ended with {process.returncode}.")
    return json.loads(out), time.monotonic() - before


def main() -> None:
    """Kill, resume, and run once more."""
    dice = random.Random(7)
    with tempfile.TemporaryDirectory() as home:
        counts = []
        for least in KILLED_FROM:
            more_s = dice.uniform(0.5, 10.0)
            killed(home, least, more_s)
            counts.append(count(home))
            print(f"killed {more_s:.1f} s after step {least}, {counts[-1]} steps done", flush=True)
        report, _ = whole(home)
        print(f"resumed: {len(report['steps'])} steps")
        again, seconds = whole(home)
        print(f"a whole run: {len(again['steps'])} steps in {seconds:.0f} s")
        sessions = again["steps"]["follow"]["sessions"]
        assert len(report["steps"]) == len(again["steps"]) == STEPS
        assert again["run"] == report["run"] + 1
        assert sessions >= 2
        assert counts == sorted(counts)
        assert counts[-1] > 0
        assert seconds < LIMIT_S, f"a whole run took {seconds:.0f} s, more than {LIMIT_S:.0f} s"


if __name__ == "__main__":
    main()
