"""Every example built from a published protocol can be planned, signed and run on virtual units."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "examples/cases").glob("*.json"))
RHEOBASE = Path(sys.executable).with_name("rheobase")


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    """What was signed, and the summary of one quick session, per case; two at a time: they mostly wait."""
    home = tmp_path_factory.mktemp("cases")
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(CASES, pool.map(lambda case: whole(case, home), CASES), strict=True))


def whole(case, home):
    folder = home / case.stem
    folder.mkdir()
    proposal, prescription = folder / "proposal.json", folder / "prescription.json"
    rheobase(home, "plan", case, "--out", proposal)
    rheobase(home, "sign", proposal, "--by", "ada", "--out", prescription)
    signed = json.loads(prescription.read_text())["prescription"]
    units = [
        f"--unit={channel['slot']}=virtual:{case.stem}-{channel['slot']}"
        for channel in signed["channels"]
    ]
    summary = rheobase(home, "run", prescription, *units, "--quick", "--minutes", "0.1", "--json")
    return signed, json.loads(summary)


def rheobase(home, *words):
    done = subprocess.run(
        [RHEOBASE, *map(str, words)],
        env={**os.environ, "RHEOBASE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, f"{words}: {done.stderr}{done.stdout[-500:]}"
    return done.stdout


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_case_from_a_published_protocol_is_planned_signed_and_run(sessions, case):
    signed, summary = sessions[case]
    assert summary["how_it_ended"] == "finished"
    assert {slot["slot"] for slot in summary["slots"]} == {
        one["slot"] for one in signed["channels"]
    }


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_no_unit_went_above_what_was_signed(sessions, case):
    signed, summary = sessions[case]
    ceilings = {one["slot"]: one["ceiling_ma"] for one in signed["channels"]}
    assert all(slot["highest_ma"] <= ceilings[slot["slot"]] for slot in summary["slots"])


def test_an_infant_begins_with_one_unit_and_is_watched_by_flacc(sessions):
    signed, summary = sessions[ROOT / "examples/cases/noor_trunk_sitting.json"]
    assert signed["gate"]["scale"] == "FLACC"
    assert signed["gate"]["every_s"] <= 60.0
    assert signed["units_at_first"] == 1
    assert signed["overrides"]
    begins_s = next(at for at, step in summary["timeline"]["steps"] if step == "blocks")
    in_the_block = {
        slot: max(ma for at, ma in bins if at > begins_s + 1.0)
        for slot, bins in summary["timeline"]["current_ma"].items()
    }
    assert sum(ma > 0.0 for ma in in_the_block.values()) == 1
