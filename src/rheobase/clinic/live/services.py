"""What must be true before a session begins, how it begins at the bedside, and how it ends."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rheobase.clinic import clock
from rheobase.clinic.booking import units as unit_rules
from rheobase.clinic.booking.models import Appointment, Status, StatusChange, Stimulator
from rheobase.clinic.intake.services import in_force
from rheobase.clinic.language import day_words
from rheobase.clinic.live.console_words import console_words
from rheobase.clinic.live.models import Event, Treatment
from rheobase.clinic.live.trigger_words import trigger_words
from rheobase.clinic.people.models import Child, User
from rheobase.clinic.plan.models import SignedPlan
from rheobase.errors import NotReady
from rheobase.evidence.muscles import muscles
from rheobase.session.client import Client
from rheobase.session.steps import CHECKLIST, LADDER_LEVELS, Step
from rheobase.stimulus import BehaviourScale, Prescription, Sealed, from_plain

STIMULATION = "stimulation"
STEP_LABELS = {
    Step.SCREEN.value: gettext_lazy("Today"),
    Step.SKIN.value: gettext_lazy("Skin"),
    Step.PADS.value: gettext_lazy("Pads"),
    Step.TWITCH.value: gettext_lazy("Unit check"),
    Step.SEARCH.value: gettext_lazy("Motor points"),
    Step.LADDER.value: gettext_lazy("Levels"),
    Step.BLOCKS.value: gettext_lazy("Activity"),
    Step.RAMP_OUT.value: gettext_lazy("Ramp out"),
    Step.SKIN_AFTER.value: gettext_lazy("Skin after"),
    Step.MEASURE.value: pgettext_lazy("a step", "Measure"),
    Step.DONE.value: pgettext_lazy("a step", "Done"),
}


def prescription_of(plan: SignedPlan) -> Prescription:
    """Return what was signed."""
    return from_plain(Sealed, plan.sealed).prescription


def missing_for(plan: SignedPlan, at: datetime, zone: str) -> list[str]:
    """Return what keeps this plan from being used now; empty means a session may be prepared."""
    gaps = []
    if plan.valid_until < clock.to_wall(at, zone).date():
        day = day_words(plan.valid_until)
        gaps.append(_("The plan was valid until %(day)s. Sign it again.") % {"day": day})
    newest = SignedPlan.objects.filter(episode=plan.episode).order_by("-version").first()
    if newest != plan:
        gaps.append(
            _("Version %(n)s was signed after this one. Use the newest.") % {"n": newest.version}
        )
    if not has_consent(plan.episode.child):
        gaps.append(_("No guardian's consent to stimulation is in force. Ask the family first."))
    if not plan.episode.screenings.exists():
        gaps.append(_("The child has not been screened in this episode. Screen first."))
    return gaps


def has_consent(child: Child) -> bool:
    """Return whether a consent to stimulation is in force."""
    return in_force([child.pk], clock.now()).filter(kind=STIMULATION).exists()


def free_units(visit: Appointment | None) -> list[Stimulator]:
    """Return the units reserved for a visit, or every unit in service where there is none."""
    here = unit_rules.in_service(clock.now())
    reserved = list(here.filter(appointment=visit)) if visit else []
    return reserved or list(here)


def visit_of_today(child: Child, at: datetime, zone: str) -> Appointment | None:
    """Return the child's visit that is on now or next on this day, if there is one."""
    first, last = clock.day_bounds(clock.to_wall(at, zone).date(), zone)
    blocking = (Status.CONFIRMED, Status.ARRIVED, Status.REQUESTED)
    return (
        Appointment.objects.filter(
            child=child, starts__gte=first, starts__lt=last, status__in=blocking
        )
        .order_by("starts")
        .first()
    )


def guide(prescription: Prescription) -> dict[str, Any]:
    """Return what the console's page needs to lead through the steps, as plain JSON."""
    known = muscles()
    return {
        "checklist": {key: _(text) for key, text in CHECKLIST.items()},
        "ladder": LADDER_LEVELS,
        "flacc": prescription.gate.scale is BehaviourScale.FLACC,
        "trigger": trigger_words(prescription),
        **console_words(prescription),
        "slots": {
            channel.slot: {
                "muscle": _(known[channel.muscle].name),
                "side": _(channel.side.value),
                "ceiling_ma": channel.ceiling_ma,
            }
            for channel in prescription.channels
        },
    }


def interlocks_of(prescription: Prescription) -> list[list[str]]:
    """Return the pairs of ordered muscles that pull against each other."""
    known = muscles()
    ordered = [channel.muscle for channel in prescription.channels]
    return [
        [one, other]
        for i, one in enumerate(ordered)
        for other in ordered[i + 1 :]
        if other in known[one].antagonists or one in known[other].antagonists
    ]


def begin(
    plan: SignedPlan,
    *,
    therapist: User,
    units: Sequence[Stimulator],
    visit: Appointment | None,
    at: datetime,
    zone: str,
    client: Client,
    sensor: str = "",
) -> Treatment:
    """Open a session at the bedside, silent, and record it.

    Args:
        plan: what was signed.
        therapist: who runs it.
        units: one per channel, in the order of the channels.
        visit: the visit it belongs to, if any.
        at: now.
        zone: the clinic's zone.
        client: of the room's session service.
        sensor: source of the sensor that starts cycles, e.g. "lsl:type=EMG", or "".

    Raises:
        NotReady: consent, screening or a valid plan is missing, or a unit is chosen twice.
        Unavailable: the session service does not answer.
        BadInput: the session service refuses the prescription or a unit.
    """
    gaps = missing_for(plan, at, zone)
    if gaps:
        raise NotReady(" ".join(gaps))
    prescription = prescription_of(plan)
    if len({unit.pk for unit in units}) != len(prescription.channels):
        raise NotReady(_("Choose a different unit for each muscle group."))
    treatment = Treatment(
        id=uuid.uuid4(),
        child=plan.episode.child,
        plan=plan,
        visit=visit,
        therapist=therapist,
        bedside=client.base_url,
        units=[
            {"slot": channel.slot, "make": unit.make, "address": unit.address, "name": unit.name}
            for channel, unit in zip(prescription.channels, units, strict=True)
        ],
        started=at,
    )
    client.create(
        session=str(treatment.id),
        sealed=plan.sealed,
        child=treatment.child.opaque,
        units=[{k: u[k] for k in ("slot", "make", "address")} for u in treatment.units],
        interlocks=interlocks_of(prescription),
        sensor=sensor,
    )
    treatment.save(force_insert=True)
    return treatment


@transaction.atomic
def conclude(
    treatment: Treatment, events: list[dict[str, Any]], summary: dict[str, Any], at: datetime
) -> None:
    """Copy a finished session's journal into the record, once.

    Args:
        treatment: the session.
        events: the journal, oldest first.
        summary: what was derived from it.
        at: now.
    """
    locked = Treatment.objects.select_for_update().get(pk=treatment.pk)
    if locked.ended is not None:
        return
    known = set(locked.events.values_list("seq", flat=True))
    Event.objects.bulk_create(
        Event(
            treatment=locked,
            seq=event["seq"],
            at=datetime.fromisoformat(event["wall"]),
            monotonic_ns=event["monotonic_ns"],
            kind=event["kind"],
            slot=event["slot"],
            data=event,
        )
        for event in events
        if event["seq"] not in known
    )
    locked.ended, locked.summary = at, summary
    locked.how_it_ended = summary["how_it_ended"]
    locked.save()
    if locked.visit is not None:
        _done(locked.visit, locked.therapist, at)


def _done(visit: Appointment, by: User, at: datetime) -> None:
    """Note that a visit is done, unless it was ended otherwise meanwhile."""
    old, coming = visit.status, (Status.CONFIRMED, Status.REQUESTED, Status.ARRIVED)
    here = Appointment.objects.filter(pk=visit.pk, status=old, status__in=coming)
    if here.update(status=Status.DONE):
        StatusChange.objects.create(visit=visit, old=old, new=Status.DONE, by=by, at=at)


def taken_in(treatment: Treatment, client: Client, at: datetime) -> None:
    """Fetch the journal of an ended session and take it into the record.

    Raises:
        NotReady: while the session still runs.
        Unavailable: the session service does not answer.
    """
    snapshot = client.snapshot(str(treatment.pk))
    if not snapshot["ended"]:
        raise NotReady(_("The session still runs. Finish it at the console first."))
    conclude(treatment, client.journal(str(treatment.pk)), snapshot["summary"], at)
