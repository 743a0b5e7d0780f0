"""`rheobase force`: pulses in, newtons out; what cannot be computed is refused with a remedy."""

import json

import numpy as np
import pytest


@pytest.fixture
def rheobase(rheobase, tmp_path):
    """Run one command line beside some files of numbers; returns exit code and all it said."""
    (tmp_path / "pulses.txt").write_text(", ".join(str(k * 1000.0 / 33.0) for k in range(34)))
    (tmp_path / "at.txt").write_text(f"{1000.0 / 33.0}\n{1000.0}")
    (tmp_path / "widths.txt").write_text("\n".join(str(w) for w in np.linspace(200, 600, 34)))
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "unsorted.txt").write_text("50 20")
    (tmp_path / "nan.txt").write_text("0 nan")
    (tmp_path / "negative.txt").write_text("-5 0 20")
    (tmp_path / "angles.txt").write_text("\n".join(str(a) for a in np.linspace(90, 40, 34)))

    def run(line):
        code, out, err = rheobase(line)
        return code, out + err

    return run


def test_it_prints_the_converged_force_at_the_times_asked_for(rheobase):
    code, out = rheobase("force --model ding2003 --pulses-ms pulses.txt --at-ms at.txt --json")
    answer = json.loads(out)
    assert code == 0
    np.testing.assert_allclose(answer["force_n"], [56.33750, 268.88183], atol=1e-2)
    assert answer["final"]["force_n"] == answer["force_n"][-1]
    assert {"muscle:X"} <= {b["tag"] for b in answer["basis"]}


@pytest.mark.parametrize(
    "options",
    [
        "--model ding2007 --pulses-ms pulses.txt --pulse-width-us widths.txt",
        "--model ding2007 --frequency-hz 33 --duration-s 1 --pulse-width-us 600 --fatigue",
        "--model hmed2018 --frequency-hz 33 --duration-s 1 --amplitude-ma 60 --fatigue",
        "--model marion2009 --frequency-hz 33 --duration-s 1 --knee-flexion-deg 60",
        "--model marion2009 --pulses-ms pulses.txt --knee-flexion-deg angles.txt --fatigue",
        "--model marion2009 --frequency-hz 33 --duration-s 1 --knee-speed-deg-s 50",
    ],
)
def test_every_model_answers_for_people_and_for_machines(rheobase, options):
    code, page = rheobase(f"force {options} --every-ms 100")
    assert code == 0
    assert "force N" in page
    assert "Rests on" in page
    assert max(json.loads(rheobase(f"force {options} --json")[1])["force_n"]) > 10.0


def test_fatigue_leaves_less_gain_at_the_end(rheobase):
    line = "force --model ding2003 --frequency-hz 35 --duration-s 30 --every-ms 1000 --json"
    fresh, tired = (json.loads(rheobase(line + more)[1])["final"] for more in ("", " --fatigue"))
    assert tired["a_n_per_ms"] < fresh["a_n_per_ms"]


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        ("--model hill --pulses-ms pulses.txt", "Use one of"),
        ("--model ding2003 --pulses-ms empty.txt", "Write at least one number"),
        ("--model ding2003 --pulses-ms unsorted.txt", "Sort the times"),
        ("--model ding2003 --pulses-ms nan.txt", "is no finite number"),
        ("--model ding2003 --pulses-ms nowhere.txt", "Name a text file"),
        ("--model ding2003", "Give the pulses once"),
        ("--model ding2003 --frequency-hz 20", "--duration-s"),
        ("--model ding2003 --frequency-hz nan --duration-s 1", "above 0"),
        ("--model ding2003 --pulses-ms pulses.txt --every-ms 0", "positive spacing"),
        ("--model ding2003 --pulses-ms pulses.txt --pulse-width-us 300", "Drop it"),
        ("--model ding2007 --pulses-ms pulses.txt", "Add it"),
        ("--model ding2007 --pulses-ms pulses.txt --pulse-width-us at.txt", "one for each pulse"),
        ("--model hmed2018 --pulses-ms pulses.txt --amplitude-ma nan", "Correct it"),
        ("--model ding2003 --pulses-ms pulses.txt --knee-speed-deg-s 5", "use marion2009"),
        ("--model marion2009 --pulses-ms pulses.txt --knee-flexion-deg 130", "between 0 and 120"),
        ("--model marion2009 --pulses-ms pulses.txt --knee-speed-deg-s -900", "slower extension"),
        ("--model ding2003 --pulses-ms pulses.txt --at-ms unsorted.txt", "Sort the times"),
        ("--model ding2003 --pulses-ms negative.txt", "start at 0"),
        ("--model ding2007 --pulses-ms pulses.txt --pulse-width-us -5", "between 0 and"),
        ("--model hmed2018 --pulses-ms pulses.txt --amplitude-ma -5", "between 0 and"),
    ],
)
def test_bad_input_is_refused_with_what_to_do(rheobase, options, remedy):
    code, out = rheobase("force " + options)
    assert code == 2
    assert remedy in " ".join(out.split())


def test_force_is_greater_while_the_muscle_is_stretched_and_smaller_while_it_shortens(rheobase):
    line = "force --model marion2009 --pulses-ms pulses.txt --knee-flexion-deg 60 --json"
    bending, still, straightening = (
        max(json.loads(rheobase(f"{line} --knee-speed-deg-s {speed}")[1])["force_n"])
        for speed in (100, 0, -100)
    )
    assert bending > still > straightening
    assert json.loads(rheobase(line)[1])["force_n"] == pytest.approx(
        json.loads(rheobase(f"{line} --knee-speed-deg-s 0")[1])["force_n"]
    )


def test_times_beyond_any_session_are_refused(rheobase, tmp_path):
    (tmp_path / "huge.txt").write_text("0 1e300")
    code, out = rheobase("force --model ding2003 --pulses-ms huge.txt --at-ms at.txt")
    assert (code, "huge.txt goes on to 1e+300 ms" in out) == (2, True)


PLAIN = "0 10 20"


@pytest.mark.parametrize(
    "text",
    ["0\n10\n20\n", "0,10,20", "[0, 10, 20]", "time_ms\r\n0\r\n10\r\n20\r\n", "\ufeff0 1e1 +20."],
)
def test_numbers_are_read_as_people_and_programs_write_them(rheobase, tmp_path, text):
    line = "force --model ding2003 --pulses-ms times.txt --every-ms 100 --json"
    (tmp_path / "times.txt").write_text(PLAIN, "utf-8")
    plain = json.loads(rheobase(line)[1])
    (tmp_path / "times.txt").write_text(text, "utf-8")
    assert json.loads(rheobase(line)[1]) == plain


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# mine\n0\n10", "line 1 of times.txt holds '#'"),
        ("0\nten\n20", "line 2 of times.txt holds 'ten'"),
        ("nan\n10", "line 1 of times.txt holds 'nan'"),
        ("0;10;20", "holds '0;10;20'"),
        ("[0, 10", "holds '[0'"),
        ("0 1_000", "holds '1_000'"),
        ("0 1e999", "holds '1e999'"),
        ('{"times": [0]}', "holds '{"),
        ("time_ms", "holds 'time_ms'"),
        ("t,F\n0,1", "holds 't'"),
        ("[]", "is empty"),
    ],
)
def test_what_is_no_row_of_numbers_is_refused_with_its_place(rheobase, tmp_path, text, says):
    (tmp_path / "times.txt").write_text(text, "utf-8")
    code, out = rheobase("force --model ding2003 --pulses-ms times.txt")
    assert (code, says in " ".join(out.split())) == (2, True), out


@pytest.mark.parametrize("width", ["wide", "w" * 300, "pulses.txt/more"])
def test_a_width_that_is_neither_number_nor_file_is_refused(rheobase, width):
    code, out = rheobase(f"force --model ding2007 --pulses-ms pulses.txt --pulse-width-us {width}")
    assert (code, "neither a number nor a file" in out) == (2, True)
