"""A study is valid, or it is refused in a sentence that says what to correct."""

import copy
import json
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.cohort.conftest import SMALL

from rheobase.cohort import Study, read_study, study_file
from rheobase.cohort.study import known
from rheobase.errors import BadInput

PLAIN = study_file(SMALL)
STRANGE = (
    None, "", "x", -1, 0, 1e308, 1e-300, float("nan"), float("inf"), True, [], {}, 10**400, "\ud800",
)  # fmt: skip


def places(data, here=()):
    yield here
    if isinstance(data, dict | list):
        for key, item in data.items() if isinstance(data, dict) else enumerate(data):
            yield from places(item, (*here, key))


def put(place, value):
    whole = copy.deepcopy(PLAIN)
    if not place:
        return value
    inner = whole
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return whole


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("studies") / "study.json"


def test_a_study_comes_back_from_its_file(file):
    file.write_text(json.dumps(PLAIN), "utf-8")
    assert read_study(file) == SMALL


@settings(deadline=None)
@given(st.sampled_from(list(places(PLAIN))), st.sampled_from(STRANGE))
@example(("population", "to_months"), 228.5)
@example(("population", "from_months"), 3.9)
def test_whatever_stands_in_a_file_is_a_study_or_refused_in_a_sentence(file, place, value):
    file.write_text(json.dumps(put(place, value)), "utf-8")
    try:
        assert isinstance(read_study(file), Study)
    except BadInput as error:
        assert str(error).endswith((".", "}."))
        assert len(str(error)) < 700


@pytest.mark.parametrize(
    ("place", "value", "says"),
    [
        (("population", "from_months"), 3.0, "between 4 and 228 months"),
        (("population", "to_months"), 240.0, "and 228 months"),
        (("population", "to_months"), 20.0, "between 30 and 228"),
        (("population", "children"), 0, "between 1 and"),
        (("population", "children"), 2.5, "a whole number"),
        (("population", "seed"), -1, "between 0 and"),
        (("population", "sexes"), [], "Give at least one"),
        (("population", "groups"), [], "Give at least one"),
        (("population", "groups", 1, "gmfcs"), 6, "between 1 and 5"),
        (("population", "measures", 0, "quantity"), "sitting_height_cm", "cannot be drawn"),
        (("doses", "amplitude_ma"), [], "Give at least one"),
        (("doses", "amplitude_ma"), [5.0, 5.0], "the same twice"),
        (("doses", "amplitude_ma"), [131.0], "between 0 and 130 mA"),
        (("doses", "pulse_width_us"), [float("nan")], "NaN"),
        (("doses", "frequency_hz"), [200.0], "between 0.5 and 100 Hz"),
        (("doses", "placements"), [], "Give at least one"),
        (("doses", "placements", 0, "pad_mm"), 5.0, "between 10 and 200 mm"),
        (("doses", "surprise"), 1, "does not exist"),
        (("twins",), 8, "between 32 and 4096"),
        (("format",), "rheobase/case", "It begins with"),
        (("version",), 2, "reads version 1"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(file, place, value, says):
    file.write_text(json.dumps(put(place, value)), "utf-8")
    with pytest.raises(BadInput) as refused:
        read_study(file)
    assert says in str(refused.value)


def test_an_unknown_muscle_is_refused_with_those_there_are(parameters):
    one = replace(SMALL.doses.placements[0], muscle="tibialis")
    study = replace(SMALL, doses=replace(SMALL.doses, placements=(one,)))
    with pytest.raises(BadInput, match=r"placement 'usual'.*tibialis_anterior"):
        known(study, parameters)


def test_a_grid_too_large_for_anyone_is_refused():
    many = tuple(float(k) / 100.0 for k in range(10_001))
    with pytest.raises(BadInput, match="doses a child"):
        replace(SMALL.doses, amplitude_ma=many)
