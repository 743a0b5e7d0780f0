"""The pendulum test of the knee: a leg let go. Body from the norms, nothing fitted but where said."""

from pathlib import Path

import numpy as np
from csv_rows import rows
from verdict import Verdict, close, within

from rheobase.evidence.chain_parameters import norms
from rheobase.evidence.movement_facts import movement_facts, poses
from rheobase.model.body.child import (
    BodyMeasure,
    Child,
    Condition,
    JointFinding,
    JointQuantity,
    Quantity,
    Sex,
)
from rheobase.model.body.size import sizes_of
from rheobase.model.movement.build import N_NOISE, joint_of
from rheobase.model.movement.one_joint import move, rest_angle_deg
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Posture

RELEASE_RAD = 1.06  # before the resting angle of the typical leg, as in the example trace
N_TWINS = 64
EVERY_S = 0.002
TONE = JointFinding(
    joint="knee",
    movement="extension",
    side=Side.LEFT,
    quantity=JointQuantity.TONE_MAS_CODE,
    value=2.0,
    error=0.0,
)


def _leg(condition, gmfcs, findings):
    measures = (
        BodyMeasure(quantity=Quantity.HEIGHT_CM, side=None, value=156.0, error=0.0),
        BodyMeasure(quantity=Quantity.MASS_KG, side=None, value=45.0, error=0.0),
    )
    child = Child(
        age_months=156.0,
        sex=Sex.FEMALE,
        condition=condition,
        gmfcs=gmfcs,
        measures=measures,
        findings=findings,
    )
    pose = poses()["knee", Posture.SITTING]
    sizes = sizes_of(child, Side.LEFT, norms(), N_TWINS, 1)
    return joint_of(
        child,
        Side.LEFT,
        sizes,
        movement_facts(),
        joint="knee",
        direction="extension",
        pose=pose,
        noise=np.zeros((N_TWINS, N_NOISE)),
    ), pose


def _drop(joint, pose, start_deg):
    """Return angle and speed of every twin over 10 s, its median peak speed and when that is."""
    still = np.zeros((N_TWINS, int(10.0 / EVERY_S) + 1))
    angle, speed = move(joint, still, 1000.0 * EVERY_S, None, pose, start_deg=start_deg)
    when_s = float(np.median(speed.argmax(axis=1))) * EVERY_S
    return angle, speed, float(np.median(speed.max(axis=1))), when_s


def _period_s(speed):
    """Return the mean of the first two periods, from top to top of the median twin."""
    periods = []
    for one in speed:
        tops = np.flatnonzero((one[1:-1] > 0.0) & (one[2:] <= 0.0))[:3]
        periods.append(np.diff(tops).mean() * EVERY_S)
    return float(np.median(periods))


def _swings(angle, rest_deg):
    """Return how often the median twin's leg swings more than 3 degrees beyond its resting angle."""
    counts = []
    for path, rest in zip(angle, rest_deg, strict=True):
        tops = (path[1:-1] > path[:-2]) & (path[1:-1] >= path[2:])
        counts.append(int((tops & (path[1:-1] > rest + 3.0)).sum()))
    return float(np.median(counts))


def _published():
    """Return greatest speed [deg/s] and time to it [s] by group."""
    table = rows(Path(__file__).parent / "table.csv")
    speeds = {row["group"]: float(row["greatest_speed_deg_s"]) for row in table}
    return speeds, {row["group"]: float(row["time_to_it_s"]) for row in table}


def verdicts() -> list[Verdict]:
    typical, pose = _leg(Condition.TYPICAL, None, ())
    start = rest_angle_deg(typical, pose) - np.degrees(RELEASE_RAD)
    angle, speed, fastest, when = _drop(typical, pose, start)
    spastic, pose = _leg(Condition.SPASTIC_BILATERAL, 2, (TONE,))
    cp_angle, _, cp_fastest, cp_when = _drop(spastic, pose, start)
    chosen = "spastic parameters were chosen to meet this: no validation"
    late = (
        "0.34 s from release at 293 deg/s is the swing of a leg with a period of 1.36 s, yet weight alone "
        "gives this leg 1.13 s, and the able trace shows 1.10 s: the paper counts time from a release "
        "that its abstract does not describe, some 0.05 s before the leg is free. No angle of release mends "
        "it: from a straight knee this leg swings at 411 deg/s after 0.28 s"
    )
    swings, cp_swings = (
        _swings(a, rest_angle_deg(j, pose)) for a, j in ((angle, typical), (cp_angle, spastic))
    )
    speeds, times = _published()
    found = [
        within("swings, typical", swings, 5.0, 8.0, unit="1", note="able legs swing 5 to 8 times"),
        within("swings fewer in cerebral palsy", swings - cp_swings, 1.0, 8.0, unit="1"),
        within("period, typical", _period_s(speed), 1.05, 1.15, unit="s", note="example trace"),
    ]
    low, high = speeds["typical"] - 40.0, speeds["typical"] + 40.0
    found.append(within("greatest speed, typical", fastest, low, high, unit="deg/s"))
    low, high = times["typical"] - 0.04, times["typical"] + 0.04
    name = "time to it, typical"
    found.append(within(name, when, low, high, unit="s", note=late, known_miss=True))
    cp = "cerebral palsy"
    ratio = speeds[cp] / speeds["typical"]
    found += [
        close(f"greatest speed, {cp}", cp_fastest, speeds[cp], 0.2, unit="deg/s", note=chosen),
        close(f"time to it, {cp}", cp_when, times[cp], 0.2, unit="s", note=chosen),
        close(f"speed, {cp} over typical", cp_fastest / fastest, ratio, 0.2, unit="1", note=chosen),
    ]
    return found
