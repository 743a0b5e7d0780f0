"""The published JSON Schema of a study is that of the code, and holds for the example."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from rheobase.cohort import Study, read_study
from rheobase.cohort.files import FORMAT, VERSION
from rheobase.planner.schema import schema_of

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "schemas" / "study.schema.json"
EXAMPLE = ROOT / "examples" / "cohort_tibialis_anterior.json"


def test_the_published_schema_is_current():
    assert json.loads(PUBLISHED.read_text("utf-8")) == schema_of(Study, FORMAT, VERSION), (
        f"{PUBLISHED.name} is out of date: write planner.schema.schema_of(Study, ...) there"
    )


def test_the_example_is_a_study():
    assert read_study(EXAMPLE).doses.count == 8


@pytest.mark.oracle
def test_an_independent_validator_accepts_the_example_and_refuses_what_we_refuse():
    jsonschema = import_module("jsonschema")
    schema = json.loads(PUBLISHED.read_text("utf-8"))
    plain = json.loads(EXAMPLE.read_text("utf-8"))
    jsonschema.validate(plain, schema)
    for wrong in ({**plain, "surprise": 1}, {**plain, "version": 2}, {**plain, "doses": None}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, schema)
