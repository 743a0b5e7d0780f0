"""`rheobase emulate` and `rheobase units`, and a whole session of `rheobase run` on emulated units."""

import json
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from rheobase.home import signing_key
from rheobase.planner.files import to_file
from rheobase.simulated import cast
from rheobase.simulated.emulators import read_log
from rheobase.stimulus import Segment, seal

CALL = (sys.executable, "-c", "from rheobase.cli import main; main()")


def rheobase(*words):
    return subprocess.run([*CALL, *words], capture_output=True, text=True, timeout=90, check=False)


@contextmanager
def emulated(*words):
    with subprocess.Popen([*CALL, "emulate", *words, "--json"], stdout=subprocess.PIPE) as process:
        try:
            yield json.loads(process.stdout.readline())["port"]
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(5.0) == 0


def test_an_emulated_unit_is_found_told_and_ends_with_ctrl_c(tmp_path):
    log = tmp_path / "log.jsonl"
    with emulated("sciencemode34", "--log", str(log)) as port:
        done = rheobase(
            "units", f"sciencemode34:{port}", "sciencemode2:/dev/none", "duet", "--json"
        )
        assert done.returncode == 2  # one of them is not there, one is no make
        here, gone, unknown = json.loads(done.stdout)
        assert "make='duet' is not known" in unknown["error"]
        assert here["identity"]["serial_number"] == "RM3-EMUL01"
        assert here["capabilities"]["amplitude_step_ma"] == 0.5
        assert any("never on hardware" in words for words in here["warnings"])
        assert any("below 15 mA" in words for words in here["warnings"])
        assert "No such file" in gone["error"]
    assert read_log(log).asked_after(0.0) == 0.0
    assert {e.what for e in read_log(log).of("heard")} == {"Get_device_id", "Get_extended_version"}


def test_a_unit_with_an_age_on_its_label_says_so():
    with emulated("sciencemode2") as port:
        done = rheobase("units", f"sciencemode2:{port}")
    assert done.returncode == 0, done.stderr
    assert "label age    18 years" in done.stdout
    assert "Its label names 18 years as the youngest age." in done.stdout
    assert "in steps of 2" in done.stdout
    assert "no plan at that age can be armed on it" in done.stdout


def test_ports_and_makes_are_listed():
    done = rheobase("units")
    assert done.returncode == 0
    assert "Serial ports" in done.stdout
    for make in ("virtual", "manual", "sciencemode2", "sciencemode34"):
        assert make in done.stdout


def test_a_scenario_with_a_typo_is_refused(tmp_path):
    path = tmp_path / "scenario.json"
    path.write_text('{"faults": [{"what": "vanisch", "at_s": 1}]}')
    done = rheobase("emulate", "sciencemode2", "--scenario", str(path))
    assert done.returncode == 2
    assert "'vanisch' is not known. Use one of: bit flip" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_session_whose_unit_goes_away_ends_with_the_reason_and_its_journal(tmp_path):
    knee = cast.order("A", "quadriceps", Segment.THIGH, ceiling_ma=3.0)
    plan = cast.quick(cast.mila((knee,)), on_s=1.5, off_s=0.5, repetitions=2)
    signed, scenario = tmp_path / "signed.json", tmp_path / "scenario.json"
    signed.write_text(json.dumps(to_file(seal(plan, signing_key()))))
    scenario.write_text('{"faults": [{"what": "vanish", "after_output_s": 0.3}]}')
    with emulated("sciencemode34", "--scenario", str(scenario)) as port:
        unit = f"A=sciencemode34:{port}"
        done = rheobase("run", str(signed), "--unit", unit, "--dummy-load", "--quick")
    assert done.returncode == 2
    said = " ".join(done.stderr.split())
    assert "its port has gone" in said
    journal = said.rsplit("rheobase replay ", 1)[1]
    shown = rheobase("replay", journal)
    assert shown.returncode == 0
    assert "every asked current the same" in shown.stdout


@pytest.mark.slow
def test_a_session_runs_on_an_emulated_unit_from_screen_to_done(tmp_path):
    knee = cast.order("A", "quadriceps", Segment.THIGH, ceiling_ma=3.0)
    plan = cast.quick(cast.mila((knee,)), on_s=1.5, off_s=0.5, repetitions=2)
    signed, log = tmp_path / "signed.json", tmp_path / "log.jsonl"
    signed.write_text(json.dumps(to_file(seal(plan, signing_key()))))
    with emulated("sciencemode34", "--log", str(log)) as port:
        unit = f"A=sciencemode34:{port}"
        words = ("run", str(signed), "--unit", unit, "--minutes", "0.05", "--json")
        assert "dummy load" in rheobase(*words).stdout
        done = rheobase(*words, "--dummy-load")
        assert done.returncode == 0, done.stderr
        summary = json.loads(done.stdout)
    assert summary["how_it_ended"] == "finished"
    bench = read_log(log)
    given = [entry.ma for entry in bench.of("output")]
    assert 0.0 < max(given) <= 3.0
    assert max(given) == summary["slots"][0]["highest_ma"]
    assert given[-1] == 0.0
    assert bench.of("flag") == ()
