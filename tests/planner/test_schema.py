"""The published JSON Schemas are those of the code, and hold for the examples."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from rheobase.planner.files import to_file
from rheobase.planner.propose import propose
from rheobase.planner.schema import documents

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_published_schema_is_current(name):
    assert (SCHEMAS / name).read_text("utf-8") == documents()[name], (
        f"docs/schemas/{name} is out of date: write rheobase.planner.schema.documents() there"
    )


def schema(name):
    return json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))


@pytest.mark.oracle
def test_an_independent_validator_accepts_every_example_and_what_is_proposed_from_it(
    examples, mila, predictor
):
    jsonschema = import_module("jsonschema")
    for path in examples.glob("*.json"):
        jsonschema.validate(json.loads(path.read_text("utf-8")), schema("case"))
    jsonschema.validate(
        json.loads(json.dumps(to_file(propose(mila, predictor)))), schema("proposal")
    )


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["missing_field", "unknown_field", "wrong_version"])
def test_an_independent_validator_refuses_what_we_refuse(examples, name):
    jsonschema = import_module("jsonschema")
    broken = json.loads((examples / "broken" / f"{name}.json").read_text("utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema("case"))
