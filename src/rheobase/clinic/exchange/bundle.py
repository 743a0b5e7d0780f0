"""The record of one child as one FHIR bundle: the rows are read here, the mapping is in `fhir`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from rheobase.clinic.booking.models import Appointment, Room, Stimulator, StimulatorModel
from rheobase.clinic.exchange import (
    bundle_care,
    bundle_chart,
    bundle_hours,
    fhir,
    fhir_access,
    fhir_hours,
    fhir_plan,
)
from rheobase.clinic.exchange.fhir import Resource, reference
from rheobase.clinic.intake.models import Consent, FormAnswer, FormVersion
from rheobase.clinic.intake.services import in_words
from rheobase.clinic.people.models import AccessLog, Child, Guardianship, User


def of_child(child: Child, now: datetime) -> Resource:
    """Return everything the clinic holds on a child that FHIR has a place for."""
    key = child.pk.hex
    guardians = {g.user_id: f"g{g.pk}" for g in Guardianship.objects.filter(child=child)}
    parts = [
        *_people(child, key),
        *_visits(child, key, guardians),
        *_intake(child, key, guardians),
        *bundle_chart.of_child(child, key),
        *bundle_care.of_child(child, key),
    ]
    shared = [*_staff(parts), *_rooms(parts), *_devices(parts), *_forms(child)]
    return fhir.bundle([*shared, *parts], now)


def looks_at(child: Child) -> Iterator[Resource]:
    """Yield the access log of a child: for whoever may audit, so never in a child's own bundle."""
    for row in AccessLog.objects.filter(child=child).order_by("pk").iterator():
        yield fhir_access.audit_event(
            key=f"a{row.pk}",
            child=child.pk.hex,
            action=row.action,
            method=row.method,
            username=row.username,
            role=row.role,
            allowed=row.allowed,
            at=row.at,
            digest=row.digest,
        )


def _people(child: Child, key: str) -> Iterator[Resource]:
    yield fhir.patient(
        key=key,
        opaque=child.opaque,
        given=child.given_name,
        family=child.family_name,
        born=child.born,
        sex=child.sex,
    )
    if child.condition != fhir.NO_CONDITION:
        yield fhir.condition(
            key=f"{key}-c", child=key, text=child.condition, recorded=child.created
        )
    for row in Guardianship.objects.filter(child=child).select_related("user"):
        yield fhir.related_person(
            key=f"g{row.pk}",
            child=key,
            given=row.user.first_name,
            family=row.user.last_name,
            relation=row.relation,
            starts=row.starts,
            ends=row.ends,
        )


def _visits(child: Child, key: str, guardians: dict[int, str]) -> Iterator[Resource]:
    rows = Appointment.objects.filter(child=child).select_related("service")
    for row in rows.prefetch_related("stimulators"):
        yield fhir.appointment(
            key=row.pk.hex,
            child=key,
            practitioner_key=f"u{row.therapist_id}",
            devices=[f"d{unit.pk}" for unit in row.stimulators.all()],
            room=f"l{row.room_id}",
            status=row.status,
            service=row.service.name,
            starts=row.starts,
            ends=row.ends,
            booked=row.booked_at,
        )
        if row.interested:
            yield fhir.interest(
                key=f"{row.pk.hex}-i",
                child=key,
                guardian=guardians.get(row.booked_by_id, ""),
                at=row.booked_at,
            )


def _intake(child: Child, key: str, guardians: dict[int, str]) -> Iterator[Resource]:
    for row in FormAnswer.objects.filter(child=child).select_related("form"):
        guardian = guardians.get(row.by_id)
        yield fhir.questionnaire_response(
            key=row.pk.hex,
            child=key,
            author=reference("RelatedPerson", guardian) if guardian else None,
            form=row.form.kind,
            version=row.form.version,
            at=row.at,
            items=[(line.key, line.text, line.whole) for line in in_words(row)],
        )
    for given in Consent.objects.filter(child=child).select_related("withdrawal"):
        withdrawal = getattr(given, "withdrawal", None)
        yield fhir.consent(
            key=given.pk.hex,
            child=key,
            guardian=guardians.get(given.by_id, ""),
            kind=given.kind,
            version=given.version,
            text=given.text,
            given=given.at,
            withdrawn=withdrawal.at if withdrawal else None,
        )


def _staff(parts: Iterable[Resource]) -> Iterator[Resource]:
    """Yield the staff that the other resources refer to, and nobody else."""
    for user in User.objects.filter(pk__in=_referred(parts, "Practitioner/u")).order_by("pk"):
        yield from bundle_hours.staff(user)


def _rooms(parts: Iterable[Resource]) -> list[Resource]:
    rooms = Room.objects.filter(pk__in=_referred(parts, "Location/l")).order_by("pk")
    return [fhir.location(key=f"l{room.pk}", name=room.name) for room in rooms]


def _forms(child: Child) -> list[Resource]:
    """Return every version of a form that this child's family answered."""
    asked = FormAnswer.objects.filter(child=child).values("form")
    return [
        fhir.questionnaire(
            key=f"f{row.pk}",
            form=row.kind,
            version=row.version,
            title=row.title,
            published=row.published,
            items=[(one["key"], one["text"]) for one in row.questions],
        )
        for row in FormVersion.objects.filter(pk__in=asked).order_by("pk")
    ]


def _devices(parts: Iterable[Resource]) -> Iterator[Resource]:
    """Yield the units that the other resources refer to, and their models."""
    found = Stimulator.objects.filter(pk__in=_referred(parts, "Device/d")).order_by("pk")
    for unit in found:
        yield fhir_plan.device(
            key=f"d{unit.pk}",
            name=unit.name,
            make=unit.make,
            serial=unit.serial_number,
            model_key=f"m{unit.model_id}" if unit.model_id else "",
        )
    for model in StimulatorModel.objects.filter(units__in=found).order_by("pk").distinct():
        yield fhir_hours.device_definition(
            key=f"m{model.pk}",
            name=model.name,
            from_years=model.label_from_years,
            note=model.label_note,
        )


def _referred(part: Any, prefix: str) -> set[int]:
    """Return the keys behind every reference that begins with a prefix."""
    if isinstance(part, dict):
        target = part.get("reference")
        if isinstance(target, str) and target.startswith(prefix):
            return {int(target.removeprefix(prefix))}
        return set().union(*(_referred(v, prefix) for v in part.values()))
    if isinstance(part, list):
        return set().union(*(_referred(v, prefix) for v in part))
    return set()
