"""The access log to FHIR R4: who looked at whose record. Pure functions."""

from datetime import datetime
from typing import Final

from rheobase.clinic.exchange.fhir import Resource, local, moment, reference

# R4's own value set of audit event types takes this one from DICOM.
PATIENT_RECORD: Final = {
    "system": "http://dicom.nema.org/resources/ontology/DCM",
    "code": "110110",
    "display": "Patient Record",
}
ACTIONS: Final = {"GET": "R", "HEAD": "R", "POST": "U", "IMPORT": "C"}
SUCCESS, REFUSED = "0", "4"


def audit_event(
    *,
    key: str,
    child: str,
    action: str,
    method: str,
    username: str,
    role: str,
    allowed: bool,
    at: datetime,
    digest: str,
) -> Resource:
    """Return one line of the access log with the digest that chains it."""
    return {
        "resourceType": "AuditEvent",
        "id": key,
        "type": PATIENT_RECORD,
        "subtype": [local("action", action.replace(" ", "-"), action)["coding"][0]],
        "action": ACTIONS.get(method, "E"),
        "recorded": moment(at),
        "outcome": SUCCESS if allowed else REFUSED,
        "agent": [
            {
                "who": {"display": username or "not signed in"},
                "requestor": True,
                **({"role": [{"text": role}]} if role else {}),
            }
        ],
        "source": {"observer": {"display": "Rheobase"}},
        "entity": [
            {
                "what": reference("Patient", child),
                "detail": [{"type": "digest", "valueString": digest}],
            }
        ],
    }
