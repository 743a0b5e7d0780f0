"""The chain as the planner uses it: a placement, a search, a plan from a cold shell.

    rheobase bench chain

Processor time of this process (all its threads), and the clock on the wall, which on a machine that
does other things is longer. A placement has never been asked for before: nothing of it is remembered.
"""

import json
import subprocess
import sys
import time
from dataclasses import replace
from itertools import product
from pathlib import Path

from rheobase.evidence.chain_parameters import chain_parameters
from rheobase.model.body.child import Child, Condition, Sex
from rheobase.model.chain import respond
from rheobase.model.response import Task
from rheobase.model.twins import twins_of
from rheobase.model.twins.ranking import ranked
from rheobase.model.twins.usual import usual_montage
from rheobase.planner.case import Case
from rheobase.planner.files import read_file
from rheobase.planner.propose import propose
from rheobase.stimulus.pads import Montage, Side
from rheobase.stimulus.prescription import Posture
from rheobase.stimulus.pulse import Train, Waveform

CHILD = Child(age_months=74, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=2)
TRAIN = Train(
    waveform=Waveform.SYMMETRIC_BIPHASIC, amplitude_ma=20.0, pulse_width_us=300.0,
    frequency_hz=35.0, gap_us=0.0,
)  # fmt: skip
CASE = Path(__file__).parents[1] / "examples/cases/mila_sit_to_stand.json"
CANDIDATES = 500


def task(muscle: str) -> Task:
    """Return a first contraction of one muscle, sitting."""
    return Task(
        muscle=muscle, side=Side.LEFT, posture=Posture.SITTING, voluntary=0.0, on_s=6.0, off_s=12.0,
        minutes=10.0,
    )  # fmt: skip


def turned(montage: Montage, active_deg: float, other_deg: float, along_u: float) -> Montage:
    """Return a montage with its pads moved around the limb, and the active one along it."""
    one, two = montage.active.place, montage.other.place
    return replace(
        montage,
        active=replace(
            montage.active, place=replace(one, phi_deg=one.phi_deg + active_deg, u=one.u + along_u)
        ),
        other=replace(montage.other, place=replace(two, phi_deg=two.phi_deg + other_deg)),
    )


def timed(job) -> tuple[float, float]:
    """Return processor time and time on the wall. [s]"""
    began = time.process_time(), time.perf_counter()
    job()
    return time.process_time() - began[0], time.perf_counter() - began[1]


def best(jobs) -> tuple[float, float]:
    """Return the least of both over some jobs. [s]"""
    found = [timed(job) for job in jobs]
    return min(f[0] for f in found), min(f[1] for f in found)


def placements(n_twins: int, muscle: str):
    """Return jobs: new placements of one muscle, everything else warm."""
    p = chain_parameters()
    twins = twins_of(CHILD, p, n=n_twins)
    montage = usual_montage(twins, p.muscle(muscle), Side.LEFT)
    respond(twins, montage, TRAIN, task(muscle))
    return [
        lambda k=k: respond(twins, turned(montage, 1.0 + k, 0.0, 0.0), TRAIN, task(muscle))
        for k in range(5)
    ]


def search(muscle: str):
    """Return a job: all candidates ranked."""
    p = chain_parameters()
    twins = twins_of(CHILD, p, n=256)
    montage = usual_montage(twins, p.muscle(muscle), Side.LEFT)
    moves = list(
        product(range(-20, 21, 10), (-30, -15, 0, 15, 30), [0.01 * k - 0.1 for k in range(20)])
    )
    candidates = [turned(montage, a, b, u) for a, b, u in moves][:CANDIDATES]
    return lambda: ranked(twins, candidates, TRAIN, task(muscle))


def cold_plan() -> tuple[float, float]:
    """Return processor time and time on the wall of `rheobase plan` in a shell of its own. [s]"""
    code = (
        "import json,os,sys\nfrom rheobase.cli import app\nimport atexit\n"
        "atexit.register(lambda: print(json.dumps(sum(os.times()[:2])), file=sys.stderr))\n"
        "app()"
    )
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, "plan", str(CASE), "--json"], capture_output=True, check=True
    )
    return json.loads(done.stderr.splitlines()[-1]), time.perf_counter() - began


def main() -> dict[str, float]:
    """Return what was measured."""
    case = read_file(Case, CASE)
    propose(case)
    jobs = {
        "placement, tibialis anterior and neighbour, 256 twins": best(
            placements(256, "tibialis_anterior")
        ),
        "placement, quadriceps (3 parts) and neighbours, 256 twins": best(
            placements(256, "quadriceps")
        ),
        f"{CANDIDATES} placements ranked, tibialis anterior": best([search("tibialis_anterior")]),
        f"{CANDIDATES} placements ranked, quadriceps": best([search("quadriceps")]),
        "plan of three muscles, warm": best([lambda: propose(case)] * 3),
        "plan of three muscles, cold shell": min(cold_plan() for _ in range(2)),
    }
    return {
        f"{name}, {what} s": value
        for name, pair in jobs.items()
        for what, value in zip(("processor", "wall"), pair, strict=True)
    }


if __name__ == "__main__":
    for what, value in main().items():
        print(f"{what:<80} {value:.3g}")
