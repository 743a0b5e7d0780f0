"""Hours and free times to FHIR R4 resources; pure functions, as in `fhir`. They name no child."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from rheobase.clinic.exchange.fhir import Resource, moment, reference

Stretch = tuple[datetime, datetime]


def schedule(*, key: str, practitioner_key: str, discipline: str, horizon: Stretch) -> Resource:
    """Return whose times the slots are, and until when they are told."""
    starts, ends = horizon
    return {
        "resourceType": "Schedule",
        "id": key,
        "active": True,
        **({"specialty": [{"text": discipline}]} if discipline else {}),
        "actor": [reference("Practitioner", practitioner_key)],
        "planningHorizon": {"start": moment(starts), "end": moment(ends)},
    }


def slot(*, schedule_key: str, status: str, stretch: Stretch) -> Resource:
    """Return one stretch of somebody's hours: "free" or "busy"."""
    starts, ends = stretch
    return {
        "resourceType": "Slot",
        "id": f"{schedule_key}-{int(starts.timestamp())}",
        "schedule": reference("Schedule", schedule_key),
        "status": status,
        "start": moment(starts),
        "end": moment(ends),
    }


def parted(opened: Stretch, taken: Iterable[Stretch]) -> Iterator[tuple[str, Stretch]]:
    """Yield the free and the busy parts of opened hours, in order, without gap or overlap."""
    at, closes = opened
    for starts, ends in sorted(taken):
        first, last = max(starts, at), min(ends, closes)
        if first < last:
            if at < first:
                yield "free", (at, first)
            yield "busy", (first, last)
            at = last
    if at < closes:
        yield "free", (at, closes)


def device_definition(*, key: str, name: str, from_years: int | None, note: str) -> Resource:
    """Return one model of stimulation unit, with what its label says about age."""
    years = {"value": from_years, "unit": "a", "system": "http://unitsofmeasure.org", "code": "a"}
    label = {"type": {"text": "Youngest age on the label"}, "valueQuantity": [years]}
    return {
        "resourceType": "DeviceDefinition",
        "id": key,
        "deviceName": [{"name": name, "type": "model-name"}],
        **({"property": [label]} if from_years is not None else {}),
        **({"note": [{"text": note}]} if note else {}),
    }
