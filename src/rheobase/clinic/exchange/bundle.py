"""The record of one child as one FHIR bundle: the rows are read here, the mapping is in `fhir`."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from rheobase.clinic.assessment.models import Goal, GoalRating, Measure
from rheobase.clinic.booking.models import Appointment, Stimulator
from rheobase.clinic.exchange import fhir, fhir_plan
from rheobase.clinic.exchange.fhir import Resource, reference
from rheobase.clinic.intake.models import Consent, FormAnswer
from rheobase.clinic.intake.services import in_words
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.people.models import Child, Guardianship, User
from rheobase.clinic.plan.models import SignedPlan


def of_child(child: Child, now: datetime) -> Resource:
    """Return everything the clinic holds on a child that FHIR has a place for."""
    key = child.pk.hex
    guardians = {g.user_id: f"g{g.pk}" for g in Guardianship.objects.filter(child=child)}
    parts = [
        *_people(child, key),
        *_visits(child, key, guardians),
        *_intake(child, key, guardians),
        *_chart(child, key),
        *_plans(child, key),
        *_sessions(child, key),
    ]
    return fhir.bundle([*_staff(parts), *_devices(parts), *parts], now)


def _people(child: Child, key: str) -> Iterator[Resource]:
    yield fhir.patient(
        key=key,
        opaque=child.opaque,
        given=child.given_name,
        family=child.family_name,
        born=child.born,
        sex=child.sex,
    )
    yield fhir.condition(key=f"{key}-c", child=key, text=child.condition, recorded=child.created)
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


def _chart(child: Child, key: str) -> Iterator[Resource]:
    measures = Measure.objects.filter(episode__child=child).select_related("superseded_by")
    for row in measures:
        yield fhir.measure(
            key=f"m{row.pk}",
            child=key,
            instrument=row.instrument,
            what=" ".join(w for w in (row.quantity, row.movement) if w),
            body_site=" ".join(w for w in (row.side, row.joint) if w),
            value=row.value,
            unit=row.unit,
            error=row.error,
            conditions=row.conditions + (" with stimulation" if row.with_stimulation else ""),
            superseded=getattr(row, "superseded_by", None) is not None,
            at=row.at,
            author=f"u{row.by_id}",
        )
    for goal in Goal.objects.filter(episode__child=child):
        yield fhir.goal(
            key=goal.pk.hex,
            child=key,
            text=goal.text,
            levels=goal.levels,
            at=goal.at,
            author=f"u{goal.by_id}",
        )
    for rating in GoalRating.objects.filter(goal__episode__child=child):
        yield fhir.rating(
            key=f"r{rating.pk}",
            child=key,
            goal_key=rating.goal_id.hex,
            rated_by=rating.rated_by,
            level=rating.level,
            at=rating.at,
        )


def _plans(child: Child, key: str) -> Iterator[Resource]:
    for row in SignedPlan.objects.filter(episode__child=child):
        name, who = row.pk.hex, f"u{row.signed_by_id}"
        signed: dict[str, Any] = {"child": key, "author": who, "signed": row.signed_at}
        channels = row.sealed.get("prescription", {}).get("channels", [])
        yield fhir_plan.order(key=f"{name}-o", **signed)
        for channel in channels:
            yield fhir_plan.device_request(
                key=f"{name}-{channel['slot']}", channel=channel, **signed
            )
        yield fhir_plan.care_plan(
            key=name,
            version=row.version,
            valid_until=row.valid_until,
            goals=[
                g.hex
                for g in Goal.objects.filter(episode=row.episode_id).values_list("pk", flat=True)
            ],
            requests=[
                reference("ServiceRequest", f"{name}-o"),
                *(reference("DeviceRequest", f"{name}-{c['slot']}") for c in channels),
            ],
            **signed,
        )
        yield fhir_plan.provenance(
            key=f"{name}-p",
            target=reference("CarePlan", name),
            who=who,
            at=row.signed_at,
            digest=row.digest,
        )


def _sessions(child: Child, key: str) -> Iterator[Resource]:
    units = {unit.name: f"d{unit.pk}" for unit in Stimulator.objects.all()}
    for row in Treatment.objects.filter(child=child).select_related("note"):
        note = getattr(row, "note", None)
        yield fhir_plan.procedure(
            key=row.pk.hex,
            child=key,
            therapist=f"u{row.therapist_id}",
            plan=row.plan_id.hex,
            devices=[units[u["name"]] for u in row.units if u.get("name") in units],
            started=row.started,
            ended=row.ended,
            how_it_ended=row.how_it_ended,
            note=note.text if note and note.signed else "",
        )


def _staff(parts: Iterable[Resource]) -> list[Resource]:
    """Return the staff that the other resources refer to, and nobody else."""
    return [
        fhir.practitioner(
            key=f"u{user.pk}",
            given=user.first_name,
            family=user.last_name,
            discipline=user.discipline,
            registration=user.registration,
        )
        for user in User.objects.filter(pk__in=_referred(parts, "Practitioner/u")).order_by("pk")
    ]


def _devices(parts: Iterable[Resource]) -> list[Resource]:
    return [
        fhir_plan.device(
            key=f"d{unit.pk}", name=unit.name, make=unit.make, serial=unit.serial_number
        )
        for unit in Stimulator.objects.filter(pk__in=_referred(parts, "Device/d")).order_by("pk")
    ]


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
