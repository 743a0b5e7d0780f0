"""Plain values to FHIR R4 resources; one pure function per resource: people, visits, intake.

A code is a published one only where its source was read; otherwise it is a local code with its
text, in a code system of our own. R4 (4.0.1), because that is what clinics exchange. The result is
structure-validated (`.ci/fhir`); it is not terminology-validated and not certified.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

Resource = dict[str, Any]

LOCAL = "https://rheobase.invalid/fhir"  # a name only: nothing is served there
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
UCUM_OF = {
    "deg": "deg", "mm": "mm", "cm": "cm", "kg": "kg", "N": "N", "Nm": "N.m", "m": "m", "s": "s",
    "min": "min", "mA": "mA", "us": "us", "Hz": "Hz", "uC": "uC", "%": "%", "1": "1",
}  # fmt: skip
HL7 = "http://terminology.hl7.org/CodeSystem"
SNOMED = "http://snomed.info/sct"
# 128188000 is cerebral palsy of any kind. The code that a secondary source gives for the spastic
# kind (192759008) is a thrombosis in SNOMED CT, so the kind is said in words alone.
CONDITIONS = {
    "spastic cerebral palsy, unilateral": "128188000",
    "spastic cerebral palsy, bilateral": "128188000",
}
NO_CONDITION = "typically developing"
APPOINTMENT = {
    "held": "pending",
    "requested": "proposed",
    "confirmed": "booked",
    "arrived": "arrived",
    "done": "fulfilled",
    "cancelled": "cancelled",
    "no_show": "noshow",
}


def reference(kind: str, key: str) -> dict[str, str]:
    """Return a reference to a resource of the same bundle."""
    return {"reference": f"{kind}/{key}"}


def local(system: str, code: str, text: str) -> Resource:
    """Return a code of our own, with its words."""
    coding = {"system": f"{LOCAL}/CodeSystem/{system}", "code": code, "display": text}
    return {"coding": [coding], "text": text}


def quantity(value: float, unit: str) -> Resource:
    """Return a value with its unit, coded in UCUM where we know the code."""
    coded = {"system": UCUM, "code": UCUM_OF[unit]} if unit in UCUM_OF else {}
    return {"value": value, "unit": unit, **coded}


def moment(at: datetime) -> str:
    """Return an instant with its time zone, to the second."""
    return at.isoformat(timespec="seconds")


def bundle(resources: Sequence[Resource], made: datetime) -> Resource:
    """Return everything as one collection."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": moment(made),
        "entry": [
            {"fullUrl": f"{LOCAL}/{r['resourceType']}/{r['id']}", "resource": r} for r in resources
        ],
    }


def patient(*, key: str, opaque: str, given: str, family: str, born: date, sex: str) -> Resource:
    """Return the child."""
    return {
        "resourceType": "Patient",
        "id": key,
        "identifier": [{"system": f"{LOCAL}/child", "value": opaque}],
        "name": [{"use": "official", "family": family, "given": [given]}],
        "gender": sex,
        "birthDate": born.isoformat(),
    }


def related_person(
    *,
    key: str,
    child: str,
    given: str,
    family: str,
    relation: str,
    starts: datetime,
    ends: datetime | None,
) -> Resource:
    """Return a guardian; the period is that of the guardianship."""
    period = {"start": moment(starts), **({"end": moment(ends)} if ends else {})}
    return {
        "resourceType": "RelatedPerson",
        "id": key,
        "active": ends is None,
        "patient": reference("Patient", child),
        "relationship": [{"text": relation}],
        "name": [{"family": family, "given": [given]}],
        "period": period,
    }


def practitioner(
    *, key: str, given: str, family: str, discipline: str, registration: str
) -> Resource:
    """Return a member of staff."""
    number = [{"system": f"{LOCAL}/registration", "value": registration}] if registration else None
    return {
        "resourceType": "Practitioner",
        "id": key,
        **({"identifier": number} if number else {}),
        "name": [{"family": family, "given": [given]}],
        **({"qualification": [{"code": {"text": discipline}}]} if discipline else {}),
    }


def consent(
    *,
    key: str,
    child: str,
    guardian: str,
    kind: str,
    version: int,
    text: str,
    given: datetime,
    withdrawn: datetime | None,
) -> Resource:
    """Return a consent to treatment in the words that were shown; inactive once withdrawn."""
    scope = {"system": f"{HL7}/consentscope", "code": "treatment"}
    return {
        "resourceType": "Consent",
        "id": key,
        "status": "inactive" if withdrawn else "active",
        "scope": {"coding": [scope]},
        "category": [local("consent", kind, f"{kind}, wording {version}")],
        "patient": reference("Patient", child),
        "dateTime": moment(given),
        **({"performer": [reference("RelatedPerson", guardian)]} if guardian else {}),
        "policyRule": {"text": text},
    }


def appointment(
    *,
    key: str,
    child: str,
    practitioner_key: str,
    devices: Sequence[str],
    room: str,
    status: str,
    service: str,
    starts: datetime,
    ends: datetime,
    booked: datetime,
) -> Resource:
    """Return one visit with everybody, the room and every unit it reserves."""
    who = [
        reference("Patient", child),
        reference("Practitioner", practitioner_key),
        *(reference("Device", d) for d in devices),
        reference("Location", room),
    ]
    return {
        "resourceType": "Appointment",
        "id": key,
        "status": APPOINTMENT[status],
        "serviceType": [{"text": service}],
        "start": moment(starts),
        "end": moment(ends),
        "created": moment(booked),
        "participant": [{"actor": one, "status": "accepted"} for one in who],
    }


def interest(*, key: str, child: str, guardian: str, at: datetime) -> Resource:
    """Return a family's interest in muscle stimulation: a proposal, never an order."""
    return {
        "resourceType": "ServiceRequest",
        "id": key,
        "status": "active",
        "intent": "proposal",
        "code": local("service", "nmes", "Neuromuscular electrical stimulation"),
        "subject": reference("Patient", child),
        "authoredOn": moment(at),
        **({"requester": reference("RelatedPerson", guardian)} if guardian else {}),
    }


def questionnaire_response(
    *,
    key: str,
    child: str,
    author: dict[str, str] | None,
    form: str,
    version: int,
    at: datetime,
    items: Sequence[tuple[str, str, str]],
) -> Resource:
    """Return one answered form; items are (key, question, answer), empty answers left out."""
    return {
        "resourceType": "QuestionnaireResponse",
        "id": key,
        "questionnaire": f"{LOCAL}/Questionnaire/{form}|{version}",
        "status": "completed",
        "subject": reference("Patient", child),
        "authored": moment(at),
        **({"author": author} if author else {}),
        "item": [
            {"linkId": link, "text": text, "answer": [{"valueString": answer}]}
            for link, text, answer in items
            if answer
        ],
    }


def questionnaire(
    *,
    key: str,
    form: str,
    version: int,
    title: str,
    published: datetime,
    items: Sequence[tuple[str, str]],
) -> Resource:
    """Return one version of a form in its wording; items are (key, question)."""
    return {
        "resourceType": "Questionnaire",
        "id": key,
        "url": f"{LOCAL}/Questionnaire/{form}",
        "version": str(version),
        "title": title,
        "status": "active",
        "date": moment(published),
        "item": [{"linkId": link, "text": text, "type": "string"} for link, text in items],
    }


def condition(*, key: str, child: str, text: str, recorded: datetime) -> Resource:
    """Return the child's condition, in the clinic's own words."""
    words = local("condition", text.replace(", ", "-").replace(" ", "-"), text)
    if text in CONDITIONS:
        words["coding"].insert(0, {"system": SNOMED, "code": CONDITIONS[text]})
    return {
        "resourceType": "Condition",
        "id": key,
        "clinicalStatus": {"coding": [{"system": f"{HL7}/condition-clinical", "code": "active"}]},
        "code": words,
        "subject": reference("Patient", child),
        "recordedDate": recorded.date().isoformat(),
    }


def practitioner_role(*, key: str, practitioner_key: str, discipline: str, role: str) -> Resource:
    """Return what somebody is in the clinic."""
    return {
        "resourceType": "PractitionerRole",
        "id": key,
        "active": True,
        "practitioner": reference("Practitioner", practitioner_key),
        "code": [local("role", role, role.replace("_", " "))],
        **({"specialty": [{"text": discipline}]} if discipline else {}),
    }


def location(*, key: str, name: str) -> Resource:
    """Return one room."""
    return {"resourceType": "Location", "id": key, "status": "active", "name": name}
