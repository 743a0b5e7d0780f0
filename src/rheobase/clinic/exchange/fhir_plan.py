"""Plans, units and the home programme to FHIR R4 resources; pure functions, as in `fhir`."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rheobase.clinic.exchange.fhir import LOCAL, Resource, local, moment, quantity, reference

NMES = local("service", "nmes", "Neuromuscular electrical stimulation")
PARAMETERS = (
    ("frequency_hz", "Pulses per second", "Hz"),
    ("pulse_width_us", "Duration of one phase", "us"),
    ("start_ma", "First amplitude", "mA"),
    ("ceiling_ma", "Highest amplitude signed", "mA"),
    ("minutes_max", "Longest stimulated time", "min"),
)


def device(*, key: str, name: str, make: str, serial: str, model_key: str = "") -> Resource:
    """Return one stimulation unit, of a model if that is known."""
    return {
        "resourceType": "Device",
        "id": key,
        "status": "active",
        **({"definition": reference("DeviceDefinition", model_key)} if model_key else {}),
        **({"serialNumber": serial} if serial else {}),
        "deviceName": [{"name": name, "type": "user-friendly-name"}],
        "type": local("device", make, f"Stimulation unit, {make}"),
    }


def care_plan(
    *,
    key: str,
    child: str,
    author: str,
    replaced: bool,
    version: int,
    signed: datetime,
    valid_until: date,
    goals: Sequence[str],
    requests: Sequence[dict[str, str]],
) -> Resource:
    """Return one signed prescription."""
    return {
        "resourceType": "CarePlan",
        "id": key,
        "status": "revoked" if replaced else "active",
        "intent": "plan",
        "title": f"Muscle stimulation, version {version}",
        "subject": reference("Patient", child),
        "period": {"start": moment(signed), "end": valid_until.isoformat()},
        "created": moment(signed),
        "author": reference("Practitioner", author),
        **({"goal": [reference("Goal", g) for g in goals]} if goals else {}),
        "activity": [{"reference": one} for one in requests],
    }


def order(*, key: str, child: str, author: str, signed: datetime) -> Resource:
    """Return the order that a signed plan is."""
    return {
        "resourceType": "ServiceRequest",
        "id": key,
        "status": "active",
        "intent": "order",
        "code": NMES,
        "subject": reference("Patient", child),
        "authoredOn": moment(signed),
        "requester": reference("Practitioner", author),
    }


def device_request(
    *, key: str, child: str, author: str, signed: datetime, channel: Mapping[str, Any]
) -> Resource:
    """Return what one unit may do on one muscle group, with its dose."""
    what = f"Unit {channel['slot']}: {channel['muscle']}, {channel['side']}"
    return {
        "resourceType": "DeviceRequest",
        "id": key,
        "status": "active",
        "intent": "order",
        "codeCodeableConcept": {**local("device", "nmes-unit", "NMES unit"), "text": what},
        "subject": reference("Patient", child),
        "authoredOn": moment(signed),
        "requester": reference("Practitioner", author),
        "parameter": [
            {"code": local("dose", name, text), "valueQuantity": quantity(channel[name], unit)}
            for name, text, unit in PARAMETERS
            if name in channel
        ],
    }


def home_programme(
    *,
    key: str,
    child: str,
    author: str,
    began: datetime,
    items: Sequence[tuple[str, str, bool]],
) -> Resource:
    """Return what the family does at home; items are (title, how, goes on)."""
    goes_on = any(now for *_, now in items)
    return {
        "resourceType": "CarePlan",
        "id": key,
        "status": "active" if goes_on else "completed",
        "intent": "plan",
        "title": "Home programme",
        "subject": reference("Patient", child),
        "created": moment(began),
        "author": reference("Practitioner", author),
        "activity": [
            {
                "detail": {
                    "status": "in-progress" if now else "completed",
                    "code": {"text": title},
                    "description": how,
                }
            }
            for title, how, now in items
        ],
    }


def provenance(
    *, key: str, target: dict[str, str], who: str, at: datetime, digest: str
) -> Resource:
    """Return who signed something, when, and the digest of exactly what was signed."""
    return {
        "resourceType": "Provenance",
        "id": key,
        "target": [target],
        "recorded": moment(at),
        "activity": {"text": "signed"},
        "agent": [{"who": reference("Practitioner", who)}],
        "entity": [
            {
                "role": "source",
                "what": {"identifier": {"system": f"{LOCAL}/sha-256", "value": digest}},
            }
        ],
    }
