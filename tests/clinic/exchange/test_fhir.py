"""The record of a child as FHIR R4: complete, connected, and accepted by an independent code."""

import importlib
from datetime import UTC, date, datetime

import pytest

from rheobase.clinic import clock
from rheobase.clinic.assessment.models import GoalRating
from rheobase.clinic.exchange import bundle, fhir
from rheobase.clinic.intake.models import ConsentWithdrawal

AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
EXPECTED = {
    "Patient",
    "RelatedPerson",
    "Consent",
    "Practitioner",
    "Appointment",
    "QuestionnaireResponse",
    "Condition",
    "Goal",
    "Observation",
    "CarePlan",
    "ServiceRequest",
    "DeviceRequest",
    "Device",
    "Procedure",
    "Provenance",
}
CHANNEL = {
    "slot": "A",
    "muscle": "tibialis_anterior",
    "side": "left",
    "frequency_hz": 35.0,
    "pulse_width_us": 250.0,
    "start_ma": 2.0,
    "ceiling_ma": 18.0,
    "minutes_max": 20.0,
}


@pytest.fixture
def record(world):
    """Everything of Mila: a visit with three units, an interest, a rating, a plan and a session."""
    from rheobase.clinic.assessment.models import Goal
    from rheobase.clinic.booking.models import Appointment
    from rheobase.clinic.intake.models import FormAnswer
    from rheobase.clinic.live.models import Treatment

    rows = world.records(world.mila, {"prescription": {"channels": [CHANNEL]}})
    visit = Appointment.objects.get(pk=rows["visit"])
    visit.stimulators.set(world.units[:3])
    Appointment.objects.filter(pk=visit.pk).update(interested=True, booked_by=world.milas_mother)
    Treatment.objects.filter(pk=rows["treatment"]).update(
        units=[{"slot": "A", "make": "virtual", "address": "", "name": world.units[0].name}]
    )
    goal = Goal.objects.get(pk=rows["goal"])
    GoalRating.objects.create(goal=goal, level=1, rated_by="family", by=world.ada, at=AT)
    answer = FormAnswer.objects.get(pk=rows["form"])
    answer.form.questions = [{"key": "hopes", "text": "What do you hope for?", "kind": "text"}]
    answer.form.save()
    FormAnswer.objects.filter(pk=answer.pk).update(answers={"hopes": "The bus stop"})
    world.records(world.jonas)
    return bundle.of_child(world.mila, AT)


def resources(record, kind):
    return [e["resource"] for e in record["entry"] if e["resource"]["resourceType"] == kind]


def test_the_bundle_holds_every_kind_of_the_record(record):
    assert {e["resource"]["resourceType"] for e in record["entry"]} == EXPECTED


def test_every_reference_leads_to_a_resource_of_the_bundle(record):
    there = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in record["entry"]}

    def references(part):
        if isinstance(part, dict):
            if isinstance(part.get("reference"), str):
                yield part["reference"]
            for value in part.values():
                yield from references(value)
        elif isinstance(part, list):
            for value in part:
                yield from references(value)

    assert set(references(record["entry"])) <= there


def test_identifiers_are_unique(record):
    urls = [e["fullUrl"] for e in record["entry"]]
    assert len(urls) == len(set(urls))


def test_nothing_of_another_child_is_in_it(record, world):
    text = str(record)
    assert "Okafor" not in text
    assert world.jonas.pk.hex not in text


def test_a_withdrawn_consent_is_inactive(world):
    from rheobase.clinic.intake.models import Consent

    consent = Consent.objects.get(pk=world.records(world.mila)["consent"])
    ConsentWithdrawal.objects.create(consent=consent, by=world.milas_mother, at=clock.now())
    (found,) = resources(bundle.of_child(world.mila, AT), "Consent")
    assert found["status"] == "inactive"


def test_interest_is_a_proposal_by_the_guardian_and_a_plan_is_an_order(record):
    asked = {r["intent"]: r["requester"]["reference"] for r in resources(record, "ServiceRequest")}
    assert asked["proposal"].startswith("RelatedPerson/")
    assert asked["order"].startswith("Practitioner/")


def test_doses_carry_ucum_units(record):
    (request,) = resources(record, "DeviceRequest")
    units = {p["valueQuantity"]["code"]: p["valueQuantity"]["value"] for p in request["parameter"]}
    assert units["Hz"] == 35.0
    assert units["us"] == 250.0
    assert units["mA"] == 18.0


def test_a_score_of_a_goal_says_who_rated_it():
    family = fhir.rating(key="r1", child="c", goal_key="g", rated_by="family", level=1, at=AT)
    assert family["code"]["coding"][0] == {"system": "http://loinc.org", "code": "107331-1"}


def test_dates_are_dates_and_instants_have_a_zone(record):
    (child,) = resources(record, "Patient")
    assert date.fromisoformat(child["birthDate"]) == date(2020, 5, 4)
    assert all(r["start"].endswith("+00:00") for r in resources(record, "Appointment"))


@pytest.mark.oracle
def test_fhir_resources_accepts_every_resource_and_the_bundle(record):
    """fhir.resources R4B, an independent code; it checks structure, not terminology."""
    for entry in record["entry"]:
        kind = entry["resource"]["resourceType"]
        module = importlib.import_module(f"fhir.resources.R4B.{kind.lower()}")
        getattr(module, kind).model_validate(entry["resource"])
    whole = importlib.import_module("fhir.resources.R4B.bundle")
    whole.Bundle.model_validate(record)


@pytest.mark.oracle
def test_fhir_resources_notices_what_is_wrong(record):
    """The control: it must refuse a resource with an unknown element and a bad date."""
    from pydantic import ValidationError

    patient = importlib.import_module("fhir.resources.R4B.patient").Patient
    (child,) = resources(record, "Patient")
    for defect in ({"colour": "blue"}, {"birthDate": "4 May"}):
        with pytest.raises(ValidationError):
            patient.model_validate({**child, **defect})
