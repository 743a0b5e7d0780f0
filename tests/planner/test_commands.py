"""plan, sign, simulate and cite from the command line: answers, refusals, never a traceback."""

import copy
import csv
import json
import random
from datetime import UTC, datetime

import pytest
from pyarrow import parquet

from rheobase import cli
from rheobase.errors import BadInput, RheobaseError
from rheobase.planner.case import Case
from rheobase.planner.files import from_file, to_file
from rheobase.planner.proposal import Proposal
from rheobase.planner.propose import propose
from rheobase.planner.sign import signed
from rheobase.safety import prescription_violations


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("RHEOBASE_HOME", str(tmp_path / "home"))

    def command(*arguments):
        monkeypatch.setattr("sys.argv", ["rheobase", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return command


def test_a_plan_for_an_infant_holds_words_and_no_numbers_of_the_model(run, examples, tmp_path):
    case, proposal = examples / "noor_trunk_sitting.json", tmp_path / "proposal.json"
    code, said, _ = run("plan", case, "--json", "--out", proposal, "--today", "now")
    plan = json.loads(said)
    assert code == 0
    for channel in plan["channels"]:
        words = channel["prediction"]
        assert (words["words_only"], words["extrapolated"]) == (True, True)
        assert words["strength"] in {"no visible contraction", "weak", "medium", "strong"}
        assert not any(isinstance(v, float) for v in words.values())
        assert not {"motor_threshold_ma", "recruited", "torque_nm", "in_words"} & set(words)
    assert "motor_threshold_ma" not in said
    kept = from_file(Proposal, plan, "proposal.json")
    assert kept.references == from_file(Proposal, to_file(kept), "again").references
    assert to_file(kept) == plan
    assert run("sign", proposal, "--by", "ada")[0] == 0
    code, said, _ = run("cite", proposal)
    assert (code, "Ding" in said) == (0, True)


def test_a_plan_says_which_program_and_tables_made_it(run, examples):
    plan = json.loads(run("plan", examples / "jonas_dorsiflexors.json", "--json")[1])
    assert plan["made_by"].startswith("rheobase ")
    assert len(plan["evidence_sha256"]) == 64


def test_a_plan_is_signed_simulated_and_cited(run, examples, tmp_path):
    case = examples / "jonas_dorsiflexors.json"
    proposal, prescription = tmp_path / "proposal.json", tmp_path / "prescription.json"
    code, page, _ = run("plan", case, "--out", proposal, "--today", "now")
    assert code == 0
    assert "33 Hz" in page
    assert "proposed default" in page
    code, said, _ = run("sign", proposal, "--by", "ada", "--out", prescription)
    assert (code, "Signed by ada" in said) == (0, True)
    text, typed = tmp_path / "curves.csv", tmp_path / "curves.parquet"
    code, said, _ = run("simulate", prescription, case, "--json", "--csv", text, "--parquet", typed)
    assert code == 0
    assert json.loads(said)["channels"][0]["response"]["muscle"] == "tibialis_anterior"
    rows = list(csv.DictReader(text.read_text().splitlines()))
    table = parquet.read_table(typed)
    assert table.schema.field("amplitude_ma").metadata[b"unit"] == b"mA"
    assert table["muscle"].to_pylist() == [row["muscle"] for row in rows]
    assert table["middle"].to_pylist() == pytest.approx(
        [float(row["middle"]) for row in rows], rel=1e-4, abs=1e-12
    )
    code, said, _ = run("cite", proposal)
    assert code == 0
    assert "10.1186/s43161-021-00040-0" in said


def test_a_plan_as_json_is_the_whole_proposal(run, examples):
    code, said, _ = run("plan", examples / "noor_trunk_sitting.json", "--json")
    plain = json.loads(said)
    assert code == 0
    assert plain["format"] == "rheobase/proposal"
    assert plain["gate"]["scale"] == "FLACC"


@pytest.mark.parametrize(
    "name", ["fever_today", "question_not_answered", "pad_larger_than_limb", "intensity_above_cap"]
)
def test_a_refusal_is_an_answer_with_an_exit_code_of_its_own(run, examples, name):
    code, said, _ = run("plan", examples / "broken" / f"{name}.json", "--json")
    assert code == 1
    assert json.loads(said)["format"] == "rheobase/refusal"


@pytest.mark.parametrize(
    "name", ["missing_field", "not_a_number", "not_json", "edit_of_a_missing_channel"]
)
def test_a_broken_file_ends_with_two_and_a_remedy(run, examples, name):
    code, said, complaint = run("plan", examples / "broken" / f"{name}.json")
    assert (code, said) == (2, "")
    assert complaint.startswith("rheobase: ")
    assert "Traceback" not in complaint


def test_a_file_that_is_not_there_ends_with_two(run, tmp_path):
    code, said, _ = run("plan", tmp_path / "nothing.json", "--json")
    assert code == 2
    assert "Check the name" in json.loads(said)["error"]


def test_an_old_proposal_is_not_signed(run, examples, tmp_path):
    proposal = tmp_path / "proposal.json"
    run("plan", examples / "jonas_dorsiflexors.json", "--today", "2026-01-15", "--out", proposal)
    code, _, complaint = run("sign", proposal, "--by", "ada")
    assert code == 2
    assert "propose again" in complaint


def test_a_prescription_is_not_simulated_on_another_child(run, examples, tmp_path):
    proposal, prescription = tmp_path / "proposal.json", tmp_path / "prescription.json"
    run("plan", examples / "jonas_dorsiflexors.json", "--today", "now", "--out", proposal)
    run("sign", proposal, "--by", "ada", "--out", prescription)
    code, _, complaint = run("simulate", prescription, examples / "mila_sit_to_stand.json")
    assert code == 2
    assert "belong together" in complaint


def test_the_whole_bibliography_says_what_was_read(run):
    code, said, _ = run("cite", "--json")
    entries = json.loads(said)["references"]
    assert code == 0
    assert len(entries) > 90
    assert all(entry["read"] for entry in entries)


STRANGE = (None, True, -1, 0, 1e308, float("nan"), float("inf"), "", "x", "NaN", [], {}, [[]])


def places(plain, path=()):
    """Every path into a nested value."""
    yield path
    if isinstance(plain, dict | list):
        for key, value in plain.items() if isinstance(plain, dict) else enumerate(plain):
            yield from places(value, (*path, key))


def mutated(plain, seed):
    """The same JSON with one to three things wrong."""
    dice = random.Random(seed)
    for _ in range(dice.randint(1, 3)):
        path = dice.choice([p for p in places(plain) if p] or [()])
        if not path:
            return plain
        at = plain
        for key in path[:-1]:
            at = at[key]
        if isinstance(at, dict) and dice.random() < 0.3:
            del at[path[-1]]
        else:
            at[path[-1]] = copy.deepcopy(dice.choice(STRANGE))
    return plain


@pytest.mark.parametrize(
    "name", ["jonas_quadriceps_tibialis", "mila_sit_to_stand", "noor_trunk_sitting"]
)
def test_whatever_is_wrong_in_a_file_it_is_an_answer_or_bad_input(examples, predictor, name):
    plain = json.loads((examples / f"{name}.json").read_text("utf-8"))
    for seed in range(150):
        broken = mutated(copy.deepcopy(plain), seed)
        try:
            propose(from_file(Case, broken, "case.json"), predictor)
        except BadInput as error:
            assert str(error)[-1] in ".}"


def test_whatever_is_wrong_in_a_proposal_it_is_signed_inside_the_limits_or_not_at_all(
    jonas, predictor
):
    plain = to_file(propose(jonas, predictor))
    signed_ones = 0
    for seed in range(300):
        broken = mutated(copy.deepcopy(plain), seed)
        try:
            proposal = from_file(Proposal, broken, "proposal.json")
            sealed = signed(proposal, "ada", datetime(2026, 11, 22, 9, tzinfo=UTC), b"k" * 32)
        except RheobaseError as error:
            assert str(error)
            continue
        signed_ones += 1
        assert prescription_violations(sealed.prescription) == ()
    assert 0 < signed_ones < 300
