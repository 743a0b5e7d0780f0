"""Plain values to FHIR R4 resources; one pure function per resource.

A code is a published one only where the reference names its source; otherwise it is a local code
with its text, in a code system of our own. R4 (4.0.1), because that is what clinics exchange.
Structure is checked in the tests; the result is not terminology-validated and not certified.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

Resource = dict[str, Any]

LOCAL = "https://rheobase.invalid/fhir"  # a name only: nothing is served there
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
UCUM_OF = {
    "deg": "deg", "mm": "mm", "cm": "cm", "kg": "kg", "N": "N", "Nm": "N.m", "m": "m", "s": "s",
    "min": "min", "mA": "mA", "us": "us", "Hz": "Hz", "uC": "uC", "%": "%",
}  # fmt: skip
# Goal attainment scores by who rates (HL7 PCO IG, value set goal-attainment-scaling-score, 2026-03-02).
GAS = {"therapist": "107333-7", "child": "107334-5", "family": "107331-1"}
PAIN = {"faces": "57696-7", "nrs": "72514-3", "wong_baker": "38221-8"}
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
    scope = {"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "treatment"}
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
    status: str,
    service: str,
    starts: datetime,
    ends: datetime,
    booked: datetime,
) -> Resource:
    """Return one visit with everybody and every unit it reserves."""
    who = [
        reference("Patient", child),
        reference("Practitioner", practitioner_key),
        *(reference("Device", d) for d in devices),
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


def condition(*, key: str, child: str, text: str, recorded: datetime) -> Resource:
    """Return the child's condition, in the clinic's own words."""
    status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "id": key,
        "clinicalStatus": {"coding": [{"system": status, "code": "active"}]},
        "code": local("condition", text.replace(", ", "-").replace(" ", "-"), text),
        "subject": reference("Patient", child),
        "recordedDate": recorded.date().isoformat(),
    }


def goal(
    *, key: str, child: str, text: str, levels: Mapping[str, str], at: datetime, author: str
) -> Resource:
    """Return a goal with the wording of its five levels."""
    scale = local("goal", "gas", "Goal attainment scaling, -2 to +2")
    targets = [
        {"measure": scale, "detailString": f"{int(level):+d}: {levels[level]}"}
        for level in sorted(levels, key=int)
    ]
    return {
        "resourceType": "Goal",
        "id": key,
        "lifecycleStatus": "active",
        "description": {"text": text},
        "subject": reference("Patient", child),
        "startDate": at.date().isoformat(),
        "expressedBy": reference("Practitioner", author),
        **({"target": targets} if targets else {}),
    }


def rating(
    *, key: str, child: str, goal_key: str, rated_by: str, level: int, at: datetime
) -> Resource:
    """Return where the child stands on one goal."""
    code = GAS.get(rated_by)
    text = f"Goal attainment score, rated by {rated_by}"
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}], "text": text}
        if code
        else local("goal", "score", text),
        "subject": reference("Patient", child),
        "focus": [reference("Goal", goal_key)],
        "effectiveDateTime": moment(at),
        "valueInteger": level,
    }


def measure(
    *,
    key: str,
    child: str,
    instrument: str,
    what: str,
    body_site: str,
    value: float,
    unit: str,
    error: float,
    conditions: str,
    superseded: bool,
    at: datetime,
    author: str,
) -> Resource:
    """Return one finding with its measurement error."""
    pain = PAIN.get(instrument)
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "entered-in-error" if superseded else "final",
        "code": {"coding": [{"system": LOINC, "code": pain}], "text": what}
        if pain
        else local("measure", instrument, what),
        "subject": reference("Patient", child),
        "effectiveDateTime": moment(at),
        "performer": [reference("Practitioner", author)],
        "valueQuantity": quantity(value, unit),
        **({"bodySite": {"text": body_site}} if body_site else {}),
        **({"note": [{"text": conditions}]} if conditions else {}),
        "component": [
            {
                "code": local("measure", "error", "Standard error of measurement"),
                "valueQuantity": quantity(error, unit),
            }
        ],
    }
