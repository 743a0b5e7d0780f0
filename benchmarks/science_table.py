"""What was asked of the response chain, and what was measured: one row per number, misses included.

    rheobase bench science_table                 run everything it needs (some ten minutes)
    python benchmarks/science_table.py FOLDER    read `NAME.json` of earlier runs there instead, made by
                                                 `rheobase bench NAME --json`, `rheobase validate --json`

Rows of speed come from the benchmarks, rows of agreement from validation/, and no number is kept in this
file but the wanted ones. Speed is processor time where the clock on a shared machine would mislead.
"""

import json
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
BENCHMARKS = ("body", "nerve", "predictor", "muscle")
FOLDERS = (
    "growth", "moraux2013", "field_fem", "layered_arm", "mrg_neuron", "predictor_montages",
    "polarisation", "strength_duration", "muscle_dop853", "mujoco_poses", "pendulum_test",
    "ankle_stiffness", "conduction_velocity_by_age",
)  # fmt: skip


@dataclass(frozen=True)
class Speed:
    """A row from a benchmark: the worst of the numbers whose name matches."""

    link: str
    asked: str
    benchmark: str
    pattern: str
    unit: str
    at_most: float | None = None
    at_least: float | None = None


@dataclass(frozen=True)
class Agreement:
    """A row from validation/: every verdict of a folder whose name matches."""

    link: str
    asked: str
    folder: str
    pattern: str = ""


@dataclass(frozen=True)
class Asserted:
    """A row that a test asserts: nothing is measured here, the file is named."""

    link: str
    asked: str
    file: str


ROWS = (
    Agreement("body", "growth medians < 0.5 %", "growth", "median"),
    Agreement("body", "segments add up to stature and weight", "growth", "add|masses"),
    Agreement("body", "ankle torque within 20 % of every group mean", "moraux2013"),
    Speed("body", "256 twins < 50 ms", "body", "256 bodies.*processor", "ms", at_most=50.0),
    Agreement("field", "volts within 1 % of finite elements", "field_fem", "potential"),
    Agreement("field", "thresholds within 3 % of finite elements", "field_fem", "threshold"),
    Agreement("field", "the published layered arm", "layered_arm"),
    Asserted(
        "field", "reciprocity, current, convergence", "tests/model/field/test_layered_bodies.py"
    ),
    Speed("field", "set-up < 0.5 s per limb", "body", "set-up.*wall", "s", at_most=0.5),
    Speed("field", "nerve line < 1 ms", "body", "nerve of.*wall", "ms", at_most=1.0),
    Agreement("nerve", "traces as NEURON's to 1e-4 mV", "mrg_neuron", "traces"),
    Agreement("nerve", "thresholds as NEURON's to 0.1 %", "mrg_neuron", "threshold"),
    Agreement("nerve", "velocities as NEURON's to 0.5 %", "mrg_neuron", "velocity"),
    Agreement("nerve", "predictor <= 3 % r.m.s. on montages", "predictor_montages", "r.m.s."),
    Agreement("nerve", "predictor <= 6 % at p95 on montages", "predictor_montages", "95th"),
    Agreement("nerve", "predictor on drawn fields", "polarisation"),
    Agreement("nerve", "conduction velocity by age", "conduction_velocity_by_age"),
    Speed("nerve", "300 x NEURON per core, 64 bits", "nerve", "than NEURON.*64", "x", at_least=300.0),
    Speed("nerve", "600 x NEURON per core, 32 bits", "nerve", "than NEURON.*32", "x", at_least=600.0),
    Speed(
        "nerve", "720 exact thresholds < 1 s", "nerve", "720 .*32 bits, all cores", "s", at_most=1.0
    ),
    Speed("nerve", "all muscles of a limb < 20 ms", "predictor", "montage, .*256.*wall ms", "ms", at_most=20.0),
    Agreement("recruitment", "chronaxie in the published motor band", "strength_duration"),
    Speed(
        "recruitment", "from thresholds < 5 ms", "predictor", "from thresholds to recruitment", "ms",
        at_most=5.0,
    ),
    Agreement("muscle", "converged trajectories to 1e-2 N", "muscle_dop853"),
    Speed("muscle", "10 000 x scipy in batch", "muscle", "^scipy LSODA over ours$", "x", at_least=1e4),
    Speed("muscle", "256 twins x 3 muscles x 20 min < 2 s", "muscle", "20 min", "s", at_most=2.0),
    Agreement("movement", "MuJoCo within 0.5 deg, eight poses", "mujoco_poses"),
    Agreement("movement", "pendulum test, typical and cerebral palsy", "pendulum_test"),
    Agreement("movement", "stiffness ratios", "ankle_stiffness"),
    Speed("movement", "256 twins x 3 s < 0.3 s", "muscle", "3 s of movement", "s", at_most=0.3),
)  # fmt: skip


def speed_row(row: Speed, measured: dict[str, float]) -> str:
    """Return the measured value and whether it is what was asked."""
    found = [value for name, value in measured.items() if re.search(row.pattern, name)]
    if not found:
        return "NOT MEASURED"
    if row.at_most is not None:
        worst, good = max(found), max(found) <= row.at_most
    else:
        worst, good = min(found), min(found) >= (row.at_least or 0.0)
    several = f", worst of {len(found)}" if len(found) > 1 else ""
    return f"{'met' if good else 'MISSED'}: {worst:.4g} {row.unit}{several}"


def agreement_row(row: Agreement, verdicts: list[dict]) -> str:
    """Return how many comparisons were met, and how many were not and why."""
    here = [v for v in verdicts if v["folder"] == row.folder and re.search(row.pattern, v["name"])]
    if not here:
        return "NOT MEASURED"
    missed = [v for v in here if not v["passed"]]
    known = sum(v["known_miss"] for v in missed)
    said = "met" if not missed else "known miss" if known == len(missed) else "MISSED"
    alone = f", {here[0]['ours']:.3g} {here[0]['unit']}" if len(here) == 1 else ""
    used = max((_used(v) for v in here if v["passed"]), default=0.0)
    return (
        f"{said}: {len(here) - len(missed)} of {len(here)}{alone}; {100 * used:.2g} % of the limit"
    )


def _used(verdict: dict) -> float:
    """Return how much of what is allowed a comparison uses, 1 at the limit. [1]"""
    if verdict["tolerance"]:
        off = abs(verdict["ours"] - verdict["reference"]) / abs(verdict["reference"])
        return off / verdict["tolerance"]
    low, high = map(float, re.search(r" in (\S+) to (\S+)$", verdict["name"]).groups())
    if low == 0.0 or math.isinf(high):
        return verdict["ours"] / high if low == 0.0 else low / verdict["ours"]
    return abs(2.0 * verdict["ours"] - low - high) / (high - low)


def said_of(
    row: Speed | Agreement | Asserted, benchmarks: dict[str, dict[str, float]], verdicts: list[dict]
) -> str:
    """Return what was measured of one row."""
    if isinstance(row, Asserted):
        return f"asserted by {row.file}" if (HERE.parent / row.file).exists() else "NOT MEASURED"
    if isinstance(row, Speed):
        return speed_row(row, benchmarks.get(row.benchmark, {}))
    return agreement_row(row, verdicts)


def table(benchmarks: dict[str, dict[str, float]], verdicts: list[dict]) -> dict[str, str]:
    """Return every row of the table by what was asked."""
    return {f"{row.link:<12} {row.asked}": said_of(row, benchmarks, verdicts) for row in ROWS}


def main() -> dict[str, str]:
    """Run the benchmarks and the folders of validation, and return the table."""
    import runpy

    from rheobase.cli.validate import _plain, run_folder

    sys.path.insert(0, str(HERE))
    benchmarks, verdicts = {}, []
    for name in BENCHMARKS:
        print(f"bench {name} ...", file=sys.stderr, flush=True)
        benchmarks[name] = runpy.run_path(str(HERE / f"{name}.py"))["main"]()
    for name in FOLDERS:
        print(f"validate {name} ...", file=sys.stderr, flush=True)
        done = run_folder(HERE.parent / "validation" / name / "reproduce.py")
        verdicts += [{"folder": name, **_plain(v)} for v in done]
    return table(benchmarks, verdicts)


def read(folder: Path) -> dict[str, str]:
    """Return the table of earlier runs; what is missing is said to be."""

    def one(name: str) -> dict:
        file = folder / f"{name}.json"
        return json.loads(file.read_text("utf-8")) if file.exists() else {}

    return table({name: one(name) for name in BENCHMARKS}, one("validate").get("verdicts", []))


if __name__ == "__main__":
    for asked, said in (read(Path(sys.argv[1])) if len(sys.argv) > 1 else main()).items():
        print(f"{asked:<66} {said}")
