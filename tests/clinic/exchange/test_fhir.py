"""The record of a child as FHIR R4: complete and connected. Independent codes: `test_validators`."""

from datetime import UTC, date, datetime, timedelta

from rheobase.clinic import clock
from rheobase.clinic.assessment.models import Clearance, Measure, Screening
from rheobase.clinic.exchange import bundle, fhir_chart
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
    "DeviceDefinition",
    "Procedure",
    "Provenance",
    "DeviceUseStatement",
    "Encounter",
    "EpisodeOfCare",
    "Flag",
    "Location",
    "PractitionerRole",
    "Questionnaire",
}


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
    about = {"key": "r1", "child": "c", "goal_key": "g", "level": 1, "at": AT, "author": "u1"}
    codes = {
        who: fhir_chart.rating(rated_by=who, **about)["code"]["coding"][0]["code"]
        for who in ("family", "child", "therapist", "")
    }
    assert codes == {
        "family": "107331-1",
        "child": "107334-5",
        "therapist": "107333-7",
        "": "112296-9",
    }


def test_dates_are_dates_and_instants_have_a_zone(record):
    (child,) = resources(record, "Patient")
    assert date.fromisoformat(child["birthDate"]) == date(2020, 5, 4)
    assert all(r["start"].endswith("+00:00") for r in resources(record, "Appointment"))


def test_a_goal_carries_its_five_levels_in_the_extension_of_the_guide(record):
    (goal,) = [one for one in resources(record, "Goal") if "extension" in one]
    levels = [
        {part["url"]: part.get("valueCoding", {}).get("code") or part.get("valueString")
         for part in one["extension"]}
        for one in goal["extension"]
    ]  # fmt: skip
    assert [one["level"] for one in levels] == [
        "LA34479-8",
        "LA34480-6",
        "LA34481-4",
        "LA34483-0",
        "LA34484-8",
    ]
    assert levels[2]["text"] == "Walks to the bus stop with one pause"
    assert goal["target"][0]["measure"]["coding"][0]["code"] == "107332-9"


def test_what_was_never_a_published_scale_has_a_code_of_our_own():
    about = {
        "key": "m1", "child": "c", "what": "faces", "body_site": "", "value": 4.0,
        "unit": "points", "error": 0.0, "conditions": "", "superseded": False,
        "corrects": False, "at": AT, "author": "u1",
    }  # fmt: skip
    ours = fhir_chart.measure(instrument="faces", **about)["code"]["coding"][0]
    card = fhir_chart.measure(instrument="fps_r", **about)["code"]["coding"][0]
    assert ours["system"].startswith("https://rheobase.invalid/")
    assert card == {"system": "http://loinc.org", "code": "57696-7"}


def test_cerebral_palsy_has_its_code_and_a_child_without_a_condition_has_none(record, world):
    (condition,) = resources(record, "Condition")
    assert condition["code"]["coding"][0] == {
        "system": "http://snomed.info/sct",
        "code": "128188000",
    }
    assert condition["code"]["text"] == "spastic cerebral palsy, bilateral"
    assert resources(bundle.of_child(world.noor, AT), "Condition") == []


def test_a_stop_is_a_flag_until_it_is_cleared_or_screened_again(record, world):
    flags = {f["code"]["coding"][0]["code"]: f["status"] for f in resources(record, "Flag")}
    assert flags == {"implant": "active", "epilepsy": "active"}
    episode = world.episodes["Mila"]
    Clearance.objects.create(
        episode=episode, rule="epilepsy", cleared_by="Dr Lake", profession="neurologist",
        on=date(2026, 11, 23), recorded_by=world.ada, at=AT,
    )  # fmt: skip
    found = resources(bundle.of_child(world.mila, AT), "Flag")
    assert {f["code"]["coding"][0]["code"]: f["status"] for f in found}["epilepsy"] == "inactive"
    Screening.objects.create(
        episode=episode, answers={}, findings=[], by=world.ada, at=AT + timedelta(days=1)
    )
    found = resources(bundle.of_child(world.mila, AT), "Flag")
    assert {f["status"] for f in found} == {"inactive"}
    assert all(f["period"]["end"] >= f["period"]["start"] for f in found)


def test_a_corrected_value_and_the_wrong_one_are_told_apart(record, world):
    wrong = Measure.objects.filter(episode__child=world.mila).first()
    right = Measure.objects.create(
        episode=wrong.episode, instrument="prom", quantity=wrong.quantity, value=7, unit="deg",
        error=5, by=world.ada, at=AT, supersedes=wrong,
    )  # fmt: skip
    status = {
        r["id"]: r["status"] for r in resources(bundle.of_child(world.mila, AT), "Observation")
    }
    assert status[f"m{wrong.pk}"] == "entered-in-error"
    assert status[f"m{right.pk}"] == "corrected"


def test_a_session_says_what_each_unit_delivered_and_its_current_over_time(record):
    doses = [
        r for r in resources(record, "Observation")
        if r["code"]["coding"][0]["code"] == "delivered"
    ]  # fmt: skip
    (dose,) = doses
    parts = {p["code"]["coding"][0]["code"]: p for p in dose["component"]}
    assert parts["charge_uc"]["valueQuantity"]["code"] == "uC"
    sampled = parts["trace"]["valueSampledData"]
    assert sampled["period"] == 2000.0
    assert [float(one) for one in sampled["data"].split()] == [0.0, 12.5, 14.0]
    (use,) = resources(record, "DeviceUseStatement")
    assert use["device"] == dose["device"]


def test_a_note_that_is_not_signed_stays_in_the_clinic(record, world):
    (procedure,) = resources(record, "Procedure")
    assert procedure["note"][0]["text"] == "Walked the corridor twice."
    world.records(world.noor)
    (other,) = resources(bundle.of_child(world.noor, AT), "Procedure")
    assert "note" not in other


def test_looks_at_a_record_are_not_in_the_childs_own_bundle(record):
    assert resources(record, "AuditEvent") == []


def test_an_item_that_was_not_tested_is_not_a_zero(record):
    (items,) = [
        one for one in resources(record, "Observation")
        if one["code"]["coding"][0]["code"] == "gmfm-items"
    ]  # fmt: skip
    assert len(items["component"]) == 88
    assert items["component"][3]["valueInteger"] == 0
    assert items["component"][4]["dataAbsentReason"]["coding"][0]["code"] == "not-performed"
    assert "valueInteger" not in items["component"][4]
