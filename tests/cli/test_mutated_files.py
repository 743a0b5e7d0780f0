"""Whatever stands in a limb or a case: an answer of finite numbers, or exit code 2 with words."""

import copy
import json
import sys
from itertools import islice
from pathlib import Path

import pytest

from rheobase.cli import main

CASE = Path(__file__).parents[2] / "examples" / "cases" / "jonas_dorsiflexors.json"
LIMB = {
    "length_mm": 120.0,
    "layers": [
        {"outer_radius_mm": 8.0, "radial_s_m": 0.02, "axial_s_m": 0.02},
        {"outer_radius_mm": 32.0, "radial_s_m": 0.1, "axial_s_m": 0.4},
        {"outer_radius_mm": 36.0, "radial_s_m": 0.03, "axial_s_m": 0.03},
    ],
    "pads": [
        {
            "centre_z_mm": z, "angle_deg": 10.0, "height_mm": 30.0, "width_mm": 30.0,
            "current_share": share, "round": True,
        }
        for z, share in ((40.0, -1.0), (80.0, 1.0))
    ],
    "fibre": {
        "radius_mm": 22.0, "angle_deg": 5.0, "diameter_um": 10.0, "nodes": 41, "centre_z_mm": 60.0,
    },
    "pulse": {"shape": "cathodic", "width_us": 100.0, "gap_us": 0.0},
}  # fmt: skip
STRANGE = (
    None, "", "x", -1, 0, 1e308, 1e-300, float("nan"), float("inf"), True, [], {}, 10**400, "\ud800",
)  # fmt: skip
FACTORS = (-1.0, 1e3, 1e-3, 3.0)


def places(data, here=()):
    """Every place in a JSON value."""
    yield here, data
    if isinstance(data, dict | list):
        for key, item in data.items() if isinstance(data, dict) else enumerate(data):
            yield from places(item, (*here, key))


def put(data, place, value):
    """A copy with another value in one place."""
    if not place:
        return value
    whole = copy.deepcopy(data)
    inner = whole
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return whole


def without(data, place):
    whole = copy.deepcopy(data)
    inner = whole
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    return whole


def mutants(data):
    """Strange values everywhere, fields gone or too many, lists doubled, numbers off by a factor."""
    for place, value in places(data):
        yield from (put(data, place, strange) for strange in STRANGE)
        if place:
            yield without(data, place)
        if isinstance(value, dict):
            yield put(data, (*place, "surprise"), 1)
        if isinstance(value, list):
            yield put(data, place, value + value)
        if isinstance(value, float):
            yield from (put(data, place, factor * value) for factor in FACTORS)


@pytest.fixture
def rheobase(monkeypatch, capsys, tmp_path):
    """Run one command line in an empty folder; returns exit code and JSON."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rheobase.cli._respond.TWINS", 32)

    def run(line):
        monkeypatch.setattr(sys, "argv", ["rheobase", *line.split(), "--json"])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        return code, json.loads(capsys.readouterr().out, parse_constant=pytest.fail)

    return run


def survives(rheobase, line, file, some):
    """Run the mutants; every one is answered or refused in a sentence. Return how many refused."""
    refused = 0
    for mutant in some:
        Path(file).write_text(json.dumps(mutant), "utf-8")
        code, said = rheobase(line)
        if code:
            assert (code, said["kind"]) == (2, "BadInput"), mutant
            assert len(said["error"]) < 700, "too long to read"
            assert said["error"].endswith((".", "}.")), said["error"]
        refused += bool(code)
    return refused


@pytest.mark.parametrize("first", range(4))
def test_a_mutated_limb_is_answered_or_refused(rheobase, first):
    some = list(islice(mutants(LIMB), first, None, 5))
    line = "thresholds --limb limb.json --dt-us 20 --precision 32"
    assert 0.7 < survives(rheobase, line, "limb.json", some) / len(some) < 1.0


@pytest.mark.parametrize("first", range(2))
def test_a_mutated_case_is_answered_or_refused(rheobase, first):
    some = list(islice(mutants(json.loads(CASE.read_text("utf-8"))), 3 * first, None, 23))
    assert 0.7 < survives(rheobase, "recruitment case.json", "case.json", some) / len(some) < 1.0


@pytest.mark.parametrize(
    "command", ["thresholds --limb x", "recruitment x", "move x --amplitude-ma 9"]
)
@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x80", b"[]", b"{", b"9" * 5000, None])
def test_what_is_no_file_of_ours_is_refused(rheobase, command, content):
    if content is None:
        Path("x").mkdir()
    else:
        Path("x").write_bytes(content)
    code, said = rheobase(command)
    assert (code, said["kind"]) == (2, "BadInput")
    assert len(said["error"]) < 400


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        (("pads", 1, "centre_z_mm"), 60.0, "overlap"),
        (("pads", 1, "centre_z_mm"), 110.0, "onto the limb"),
        (("pads", 0), {**LIMB["pads"][0], "width_mm": 80.0, "round": False}, "more than a third"),
        (("pads", 0, "width_mm"), 20.0, "one diameter"),
        (("fibre", "radius_mm"), 36.0, "outside the limb"),
        (("fibre", "radius_mm"), 35.9999, "below the skin"),
        (("fibre", "centre_z_mm"), 10.0, "outside the limb"),
        (("layers", 1, "axial_s_m"), 0.0, "axial_s_m"),
        (("pulse", "gap_us"), 50.0, "no gap"),
    ],
)
def test_a_limb_the_model_has_no_business_with_is_refused(rheobase, place, value, says):
    Path("limb.json").write_text(json.dumps(put(LIMB, place, value)), "utf-8")
    code, said = rheobase("thresholds --limb limb.json")
    assert code == 2
    assert says in said["error"]
