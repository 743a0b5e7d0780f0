"""Plans, sessions and the home programme of one child as FHIR resources."""

from collections.abc import Iterator
from typing import Any

from rheobase.clinic.assessment.models import Goal
from rheobase.clinic.booking.models import Stimulator
from rheobase.clinic.diary.models import Note
from rheobase.clinic.exchange import fhir_plan, fhir_session
from rheobase.clinic.exchange.fhir import Resource, reference
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.outcomes.models import HomeItem
from rheobase.clinic.people.models import Child
from rheobase.clinic.plan.models import SignedPlan


def of_child(child: Child, key: str) -> Iterator[Resource]:
    """Yield what was signed, what was delivered, and what the family does at home.

    Args:
        child: whose.
        key: of the Patient.
    """
    yield from _plans(child, key)
    units = {unit.name: f"d{unit.pk}" for unit in Stimulator.objects.all()}
    rows = Treatment.objects.filter(child=child).select_related("note", "plan")
    for row in rows.prefetch_related("note__addenda"):
        yield from _session(row, key, units)
    yield from _home(child, key)


def _plans(child: Child, key: str) -> Iterator[Resource]:
    newest: set[Any] = set()
    for row in SignedPlan.objects.filter(episode__child=child).order_by("-version"):
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
            replaced=row.episode_id in newest,
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
        newest.add(row.episode_id)
        yield fhir_plan.provenance(
            key=f"{name}-p",
            target=reference("CarePlan", name),
            who=who,
            at=row.signed_at,
            digest=row.digest,
        )


def _session(row: Treatment, key: str, units: dict[str, str]) -> Iterator[Resource]:
    name, therapist = row.pk.hex, f"u{row.therapist_id}"
    when: dict[str, Any] = {"child": key, "started": row.started, "ended": row.ended}
    note = getattr(row, "note", None)
    yield fhir_session.encounter(
        key=f"{name}-e",
        therapist=therapist,
        visit=row.visit_id.hex if row.visit_id else "",
        episode=row.plan.episode_id.hex,
        **when,
    )
    yield fhir_session.procedure(
        key=name,
        therapist=therapist,
        plan=row.plan_id.hex,
        devices=[units[u["name"]] for u in row.units if u.get("name") in units],
        how_it_ended=row.how_it_ended,
        notes=_texts(note),
        **when,
    )
    if note is not None and note.signed:
        yield fhir_plan.provenance(
            key=f"{name}-n",
            target=reference("Procedure", name),
            who=f"u{note.by_id}",
            at=note.signed,
            digest=note.digest,
        )
    yield from _used(row, key, units)
    yield from _seen(row, key)


def _texts(note: Note | None) -> list[str]:
    if note is None or not note.signed:
        return []
    return [note.text, *(f"Added {a.at:%Y-%m-%d}: {a.text}" for a in note.addenda.all())]


def _used(row: Treatment, key: str, units: dict[str, str]) -> Iterator[Resource]:
    name, summary = row.pk.hex, row.summary or {}
    done = {one["slot"]: one for one in summary.get("slots", [])}
    traces = summary.get("timeline", {}).get("current_ma", {})
    for unit in row.units:
        slot, device = unit["slot"], units.get(unit.get("name", ""), "")
        one = done.get(slot, {})
        where = " ".join(w for w in (one.get("side"), one.get("muscle")) if w).replace("_", " ")
        if device:
            yield fhir_session.device_use(
                key=f"{name}-u{slot}",
                child=key,
                device=device,
                order=f"{row.plan_id.hex}-o",
                therapist=f"u{row.therapist_id}",
                where=where,
                started=row.started,
                ended=row.ended,
            )
        if one:
            yield fhir_session.delivered(
                key=f"{name}-d{slot}",
                session=name,
                child=key,
                device=device,
                where=where,
                at=row.started,
                done=one,
                trace=traces.get(slot, ()),
            )


def _seen(row: Treatment, key: str) -> Iterator[Resource]:
    summary = row.summary or {}
    about: dict[str, Any] = {"session": row.pk.hex, "child": key, "at": row.started}
    for when, score in summary.get("skin", {}).items():
        yield fhir_session.skin(key=f"{row.pk.hex}-s-{when}", when=when, score=score, **about)
    scores = {k: v for k, v in summary.get("behaviour", {}).items() if v is not None}
    if scores:
        yield fhir_session.comfort(key=f"{row.pk.hex}-b", scores=scores, **about)


def _home(child: Child, key: str) -> Iterator[Resource]:
    rows: dict[Any, list[HomeItem]] = {}
    for item in HomeItem.objects.filter(episode__child=child):
        rows.setdefault(item.episode_id, []).append(item)
    for episode, items in rows.items():
        yield fhir_plan.home_programme(
            key=f"{episode.hex}-h",
            child=key,
            author=f"u{items[0].by_id}",
            began=items[0].at,
            items=[
                (i.title, f"{i.how} {i.how_often}. Stop: {i.stop_when}", i.ended is None)
                for i in items
            ],
        )
