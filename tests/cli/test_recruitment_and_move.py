"""`rheobase recruitment` and `rheobase move`: a case in, curves with their ranges out."""

import json
from pathlib import Path

import pytest

CASES = Path(__file__).parents[2] / "examples" / "cases"


@pytest.fixture
def rheobase(rheobase, monkeypatch):
    """Run one command line on few twins; returns exit code and all it said."""
    monkeypatch.setattr("rheobase.cli._respond.TWINS", 48)

    def run(line):
        code, out, err = rheobase(line)
        return code, out + err

    return run


def test_it_prints_a_whole_response_as_json_and_draws_the_curves(rheobase, tmp_path):
    code, out = rheobase(f"recruitment {CASES / 'jonas_dorsiflexors.json'} --json --plot r.svg")
    response = json.loads(out)
    assert code == 0
    assert response["muscle"] == "tibialis_anterior"
    assert len(response["recruited"]) == len(response["amplitude_ma"])
    assert response["made_by"].startswith("rheobase ")
    assert len(response["evidence_sha256"]) == 64
    assert "<svg" in (tmp_path / "r.svg").read_text()


def test_it_says_what_a_page_of_curves_rests_on(rheobase):
    code, out = rheobase(f"recruitment {CASES / 'jonas_dorsiflexors.json'}")
    assert code == 0
    assert "A model, not a promise" in out
    assert "adult" in out


def test_it_prints_how_far_the_joint_moves_and_what_stops_it(rheobase, tmp_path):
    code, out = rheobase(
        f"move {CASES / 'jonas_dorsiflexors.json'} --amplitude-ma 25 --plot m.svg --json"
    )
    movement = json.loads(out)["movement"]
    assert code == 0
    assert movement["joint"] == "ankle"
    assert "-0.0" not in rheobase(f"move {CASES / 'jonas_dorsiflexors.json'} --amplitude-ma 25")[1]
    assert movement["change_deg"]["low"] <= movement["change_deg"]["high"]
    assert "<svg" in (tmp_path / "m.svg").read_text()


def test_a_muscle_without_a_joint_model_is_refused_with_what_to_do(rheobase):
    code, out = rheobase(
        f"move {CASES / 'jonas_dorsiflexors.json'} --amplitude-ma 10 --muscle obliques"
    )
    assert code == 2
    assert "stands by postural control" in out


def test_an_unknown_muscle_and_a_missing_file_are_refused(rheobase):
    code, out = rheobase(f"recruitment {CASES / 'jonas_dorsiflexors.json'} --muscle toes")
    assert (code, "Use one of" in out) == (2, True)
    code, out = rheobase("recruitment nowhere.json --json")
    assert code == 2
    assert "nowhere.json" in json.loads(out)["error"]


def test_a_pad_too_large_for_the_limb_is_refused(rheobase):
    code, out = rheobase(f"recruitment {CASES / 'jonas_dorsiflexors.json'} --pad-mm 150")
    assert code == 2
    assert "wraps more than a third" in out


def test_motor_units_are_there_for_who_asks(rheobase):
    line = f"recruitment {CASES / 'jonas_dorsiflexors.json'} --amplitude-ma 12 --motor-units"
    code, page = rheobase(line)
    assert code == 0
    assert "in the order of their axons" in page
    answer = json.loads(rheobase(f"{line} --json")[1])
    assert 0.0 <= answer["motor_units"]["units"]["middle"] <= 1.0
    assert answer["motor_units"]["basis"]["tag"] == "muscle:V"


def test_a_case_that_names_a_task_is_about_the_first_muscle_of_the_task(rheobase):
    code, out = rheobase(f"recruitment {CASES / 'mila_sit_to_stand.json'} --json")
    assert (code, json.loads(out)["muscle"]) == (0, "quadriceps")


def test_an_infant_gets_words_and_no_numbers_unless_they_are_asked_for(rheobase, tmp_path):
    noor = CASES / "noor_trunk_sitting.json"
    code, page = rheobase(f"recruitment {noor}")
    said = json.loads(rheobase(f"recruitment {noor} --json")[1])
    assert code == 0
    assert "extrapolated" in page
    assert " mA" not in page
    assert said["strength"] in {"no visible contraction", "weak", "medium", "strong"}
    assert said["extrapolated"] is True
    assert not {"torque_nm", "recruited", "motor_threshold_ma"} & set(said)
    assert "torque_nm" in json.loads(rheobase(f"recruitment {noor} --json --numbers")[1])
    assert rheobase(f"recruitment {noor} --plot r.svg")[0] == 2


def test_a_picture_under_the_name_of_another_format_is_refused(rheobase, tmp_path):
    code, out = rheobase(f"recruitment {CASES / 'jonas_dorsiflexors.json'} --plot r.png")
    assert (code, "Name it r.svg" in out) == (2, True)
    assert not list(tmp_path.iterdir())


def test_a_picture_that_cannot_be_written_is_refused(rheobase):
    line = f"recruitment {CASES / 'jonas_dorsiflexors.json'} --plot no/such/folder.svg"
    code, out = rheobase(line)
    assert code == 2
    assert "Name another file" in out
