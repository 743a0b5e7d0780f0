"""One session to FHIR R4: the encounter, what was done, with which unit, and how much. Pure functions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from rheobase.clinic.exchange.fhir import HL7, Resource, local, moment, quantity, reference
from rheobase.clinic.exchange.fhir_plan import NMES

PROCEDURE: Final = {
    "finished": "completed",
    "stopped": "stopped",
    "interrupted": "stopped",
    "": "in-progress",
}
DELIVERED: Final = (
    ("minutes", "Stimulated time", "min"),
    ("twitch_minutes", "Time of single twitches", "min"),
    ("contractions", "Contractions", "1"),
    ("highest_ma", "Highest current that the unit confirmed", "mA"),
    ("charge_uc", "Charge", "uC"),
)
SKIN: Final = ("clear", "faint redness", "marked redness", "broken")


def encounter(
    *,
    key: str,
    child: str,
    therapist: str,
    visit: str,
    episode: str,
    started: datetime,
    ended: datetime | None,
) -> Resource:
    """Return the meeting that a session was."""
    return {
        "resourceType": "Encounter",
        "id": key,
        "status": "finished" if ended else "in-progress",
        "class": {"system": f"{HL7}/v3-ActCode", "code": "AMB"},
        "subject": reference("Patient", child),
        "episodeOfCare": [reference("EpisodeOfCare", episode)],
        "participant": [{"individual": reference("Practitioner", therapist)}],
        **({"appointment": [reference("Appointment", visit)]} if visit else {}),
        "period": _period(started, ended),
    }


def procedure(
    *,
    key: str,
    child: str,
    therapist: str,
    plan: str,
    devices: Sequence[str],
    started: datetime,
    ended: datetime | None,
    how_it_ended: str,
    notes: Sequence[str],
) -> Resource:
    """Return one session as it was delivered; its signed note and what was added to it."""
    return {
        "resourceType": "Procedure",
        "id": key,
        "status": PROCEDURE.get(how_it_ended, "unknown"),
        "code": NMES,
        "subject": reference("Patient", child),
        "encounter": reference("Encounter", f"{key}-e"),
        "performedPeriod": _period(started, ended),
        "performer": [{"actor": reference("Practitioner", therapist)}],
        "basedOn": [reference("CarePlan", plan)],
        **({"usedReference": [reference("Device", d) for d in devices]} if devices else {}),
        **({"note": [{"text": text} for text in notes]} if notes else {}),
    }


def device_use(
    *,
    key: str,
    child: str,
    device: str,
    order: str,
    therapist: str,
    where: str,
    started: datetime,
    ended: datetime | None,
) -> Resource:
    """Return that one unit was used on one muscle group."""
    return {
        "resourceType": "DeviceUseStatement",
        "id": key,
        "status": "completed" if ended else "active",
        "basedOn": [reference("ServiceRequest", order)],
        "subject": reference("Patient", child),
        "timingPeriod": _period(started, ended),
        "source": reference("Practitioner", therapist),
        "device": reference("Device", device),
        **({"bodySite": {"text": where}} if where else {}),
    }


def delivered(
    *,
    key: str,
    session: str,
    child: str,
    device: str,
    where: str,
    at: datetime,
    done: Mapping[str, Any],
    trace: Sequence[Sequence[float]],
) -> Resource:
    """Return the dose of one unit as it confirmed it, and its current over time.

    `trace` is (n, 2): seconds since the beginning [s], highest current of the stretch [mA].
    """
    parts = [
        {"code": local("dose", name, text), "valueQuantity": quantity(float(done[name]), unit)}
        for name, text, unit in DELIVERED
        if done.get(name) is not None
    ]
    if len(trace) > 1:
        period_ms = round((trace[-1][0] - trace[0][0]) / (len(trace) - 1) * 1000.0, 3)
        sampled = {
            "origin": quantity(0.0, "mA"),
            "period": period_ms,
            "dimensions": 1,
            "data": " ".join(f"{ma:g}" for _, ma in trace),
        }
        name = local("dose", "trace", "Highest current of each stretch of the session")
        parts.append({"code": name, "valueSampledData": sampled})
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "partOf": [reference("Procedure", session)],
        "code": local("dose", "delivered", "What a stimulation unit delivered"),
        "subject": reference("Patient", child),
        "encounter": reference("Encounter", f"{session}-e"),
        "effectiveDateTime": moment(at),
        **({"device": reference("Device", device)} if device else {}),
        **({"bodySite": {"text": where}} if where else {}),
        **({"component": parts} if parts else {}),
    }


def skin(*, key: str, session: str, child: str, when: str, score: int, at: datetime) -> Resource:
    """Return one look at the skin, 0 clear to 3 broken."""
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "partOf": [reference("Procedure", session)],
        "code": local("session", "skin", f"Skin under the pads, {when} (0 clear to 3 broken)"),
        "subject": reference("Patient", child),
        "encounter": reference("Encounter", f"{session}-e"),
        "effectiveDateTime": moment(at),
        "valueInteger": score,
        "note": [{"text": SKIN[score]}],
    }


def comfort(
    *, key: str, session: str, child: str, scores: Mapping[str, int], at: datetime
) -> Resource:
    """Return the comfort scores of a session: first (without stimulation), highest, last."""
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "partOf": [reference("Procedure", session)],
        "code": local("session", "comfort", "Comfort during the session, 0 to 10"),
        "subject": reference("Patient", child),
        "encounter": reference("Encounter", f"{session}-e"),
        "effectiveDateTime": moment(at),
        "component": [
            {"code": local("session", f"comfort-{name}", f"Comfort, {name}"), "valueInteger": score}
            for name, score in scores.items()
        ],
    }


def _period(started: datetime, ended: datetime | None) -> dict[str, str]:
    return {"start": moment(started), **({"end": moment(ended)} if ended else {})}
