"""`rheobase run` and `rheobase replay`: a whole session without people, in real processes."""

import json
import subprocess
import sys
from pathlib import Path

from rheobase.home import signing_key
from rheobase.planner.files import to_file
from rheobase.simulated import cast
from rheobase.stimulus import Segment, seal

CALL = "import sys; from rheobase.cli import main; sys.argv = ['rheobase', *sys.argv[1:]]; main()"


def rheobase(*words):
    done = subprocess.run(
        [sys.executable, "-c", CALL, *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def gentle():
    """One unit whose thresholds lie low, so that the ladder is short."""
    knee = cast.order("A", "quadriceps", Segment.THIGH, ceiling_ma=2.0)
    return cast.quick(cast.mila((knee,)), on_s=1.5, off_s=0.5, repetitions=2)


def test_a_signed_prescription_runs_from_screen_to_done_and_is_shown_again(tmp_path):
    signed = tmp_path / "signed.json"
    signed.write_text(json.dumps(to_file(seal(gentle(), signing_key()))))
    code, out, err = rheobase(
        "run", str(signed), "--unit", "A=virtual", "--minutes", "0.05", "--json"
    )
    assert code == 0, err
    summary = json.loads(out)
    assert summary["how_it_ended"] == "finished"
    assert all(one["contractions"] >= 1 for one in summary["slots"])
    assert all(0.0 < one["highest_ma"] <= 2.0 for one in summary["slots"])
    assert {"motor threshold", "sensory threshold"} <= {o["seen"] for o in summary["observations"]}

    code, out, _ = rheobase("replay", summary["journal"], "--json")
    *events, end = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert end["summary"]["slots"] == summary["slots"]
    assert not end["interrupted"]

    torn = tmp_path / "torn.journal"
    torn.write_bytes(Path(summary["journal"]).read_bytes()[:-7])
    code, out, _ = rheobase("replay", str(torn))
    assert code == 2
    assert "Torn end" in out


def test_an_unsigned_or_edited_prescription_is_refused(tmp_path):
    plain = to_file(seal(gentle(), signing_key()))
    unsigned, edited = tmp_path / "unsigned.json", tmp_path / "edited.json"
    unsigned.write_text(json.dumps(plain["prescription"]))
    plain["prescription"]["session_min"] = 40.0
    edited.write_text(json.dumps(plain))
    for path, why in ((unsigned, "not a signed prescription"), (edited, "changed after")):
        code, out, err = rheobase("run", str(path), "--unit", "A=virtual")
        assert code == 2
        assert why in err
        assert "Traceback" not in out + err


def test_a_real_unit_is_refused_without_a_dummy_load(tmp_path):
    signed = tmp_path / "signed.json"
    signed.write_text(json.dumps(to_file(seal(gentle(), signing_key()))))
    code, _, err = rheobase("run", str(signed), "--unit", "A=manual")
    assert code == 2
    assert "dummy load" in err
