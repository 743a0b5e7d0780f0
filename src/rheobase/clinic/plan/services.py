"""Planning: a case from the records, the planner's proposal, the therapist's edits, the signature.

Every draft is a new row. Only a signed plan can go to a session, and it never changes.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rheobase.clinic import clock
from rheobase.clinic.assessment import case as records
from rheobase.clinic.assessment.models import Episode
from rheobase.clinic.booking.models import Stimulator
from rheobase.clinic.live.models import Treatment
from rheobase.clinic.people.models import Child, User
from rheobase.clinic.plan import reckoning
from rheobase.clinic.plan.models import Draft, SignedPlan
from rheobase.errors import BadInput, NotReady, RheobaseError, Taken
from rheobase.evidence.contraindications import questions
from rheobase.evidence.doses import band_of
from rheobase.evidence.protocols import Focus
from rheobase.home import signing_key
from rheobase.model.body.child import Child as ModelChild
from rheobase.model.body.child import Condition, Sex
from rheobase.model.response import Observation
from rheobase.planner.case import INFANT_PATHWAY, Answer, Case, History, LastTime, Target, UnitOwned
from rheobase.planner.edits import Edits
from rheobase.planner.proposal import Proposal, Refusal
from rheobase.planner.sign import signed
from rheobase.stimulators import Guard, open_unit
from rheobase.stimulus.checks import one_of, some_text
from rheobase.stimulus.codec import from_plain, to_plain
from rheobase.stimulus.pads import Side
from rheobase.stimulus.prescription import Override, Posture, Prescription, Sealed

ROWS = (1, 2, 3)


def identifier_of(user: User) -> str:
    """Return the therapist's name in prescriptions: it names nobody outside this database."""
    return f"u-{user.pk}"


def wall_moment(at: datetime) -> datetime:
    """Return a moment with the clinic's own offset, so that its date is the clinic's date."""
    wall = clock.to_wall(at, settings.CLINIC_ZONE)
    offset = wall - at.replace(tzinfo=None)
    return wall.replace(tzinfo=timezone(timedelta(seconds=round(offset.total_seconds()))))


def units_owned() -> tuple[UnitOwned, ...]:
    """Return what the clinic's active units can do, as their makers document it; none is touched."""
    found = []
    for row in Stimulator.objects.filter(active=True).order_by("name")[:12]:
        try:
            guard = Guard(clock=lambda: 0.0)
            can = open_unit(row.make, row.address, slot="A", guard=guard).capabilities
        except RheobaseError:
            continue  # a unit that cannot be opened here is not planned with
        found.append(
            UnitOwned(
                make=can.make,
                amplitude_max_ma=can.amplitude_max_ma,
                amplitude_step_ma=can.amplitude_step_ma,
                pulse_width_min_us=can.pulse_width_min_us,
                pulse_width_max_us=can.pulse_width_max_us,
                frequency_min_hz=can.frequency_min_hz,
                frequency_max_hz=can.frequency_max_hz,
            )
        )
    return tuple(found)


def history_of(child: Child) -> History:
    """Return what came before: number of sessions, and what was used last on each muscle."""
    ended = Treatment.objects.filter(child=child, summary__isnull=False).order_by("started")
    last: dict[tuple[str, str], float] = {}
    sessions = 0
    for treatment in ended:
        slots = [s for s in (treatment.summary or {}).get("slots", []) if s.get("contractions")]
        sessions += bool(slots)
        for slot in slots:
            used = slot.get("ladder_ma", {}).get("functional") or slot.get("highest_ma", 0.0)
            last[slot["muscle"], slot["side"]] = float(used)
    return History(
        first_exposure=sessions == 0,
        sessions=sessions,
        last=tuple(
            LastTime(muscle=m, side=Side(s), used_ma=ma) for (m, s), ma in last.items() if ma > 0.0
        ),
    )


def observations_of(child: Child) -> tuple[Observation, ...]:
    """Return what was seen at the bedside in the newest session: it calibrates the prediction."""
    newest = (
        Treatment.objects.filter(child=child, summary__isnull=False).order_by("-started").first()
    )
    known = set(Observation.__dataclass_fields__)
    found = []
    for plain in (newest.summary or {}).get("observations", []) if newest else ():
        whole = {key: value for key, value in plain.items() if key in known}
        try:
            found.append(from_plain(Observation, whole))
        except BadInput:
            continue  # an event of another version says nothing the model can use
    return tuple(found)


def build_case(episode: Episode, typed: Mapping[str, str], *, by: User, at: datetime) -> Case:
    """Return the case of what was asked.

    Raises:
        NotReady: if the child was not screened, or the clinic has no unit.
        BadInput: naming the first thing that cannot be.
    """
    if not episode.screenings.exists():
        raise NotReady(_("The child has not been screened. Screen first, then plan."))
    units = units_owned()
    if not units:
        raise NotReady(
            _("No active stimulation unit is on record. Ask the clinic lead to add one.")
        )
    one_of("Treatment focus", typed.get("focus", ""), tuple(f.value for f in Focus))
    today = clock.to_wall(at, settings.CLINIC_ZONE).date()
    child = records.facts(episode.child, today)
    task = typed.get("task", "") if typed.get("what") == "task" else ""
    return Case(
        today=today,
        child_id=episode.child.opaque,
        child=child,
        therapist=identifier_of(by),
        focus=Focus(typed["focus"]),
        targets=() if task else _targets(typed),
        task=task,
        task_side=Side(typed["task_side"]) if task and typed.get("task_side") else None,
        protocol=typed.get("protocol", ""),
        posture=Posture(typed["posture"]) if typed.get("posture") else None,
        screening=records.answers(episode),
        clearances=records.clearances(episode),
        units=units,
        history=history_of(episode.child),
        observations=observations_of(episode.child),
        overrides=_overrides(typed),
    )


def start_draft(episode: Episode, typed: Mapping[str, str], *, by: User, at: datetime) -> Draft:
    """Add a draft: what was asked, and the planner's proposal or refusal.

    Raises:
        NotReady, BadInput: see `build_case`.
    """
    case = build_case(episode, typed, by=by, at=at)
    answer = reckoning.propose(case)
    return Draft.objects.create(
        episode=episode,
        case=to_plain(case),
        proposal=to_plain(answer) if isinstance(answer, Proposal) else None,
        refusal=to_plain(answer) if isinstance(answer, Refusal) else None,
        edits={"asked": {k: v for k, v in typed.items() if k != "csrfmiddlewaretoken"}},
        by=by,
        at=at,
    )


def proposal_of(draft: Draft) -> Proposal | None:
    """Return a draft's proposal, or None if it was refused.

    Raises:
        BadInput: if the row is of an older form.
    """
    return from_plain(Proposal, draft.proposal) if draft.proposal is not None else None


def refusal_of(draft: Draft) -> Refusal | None:
    """Return a draft's refusal, or None if there is a proposal."""
    return from_plain(Refusal, draft.refusal) if draft.refusal is not None else None


def edit_draft(draft: Draft, edits: Edits, *, by: User, at: datetime) -> Draft | Refusal:
    """Add a draft with the therapist's changes, predicted anew; or say why they cannot be.

    Raises:
        BadInput: if the draft has no proposal.
    """
    proposal = proposal_of(draft)
    if proposal is None:
        raise BadInput(
            _("This draft was refused; there is nothing to change. Ask for another plan.")
        )
    answer = reckoning.edited(proposal, edits)
    if isinstance(answer, Refusal):
        return answer
    return Draft.objects.create(
        episode=draft.episode,
        case=draft.case,
        proposal=to_plain(answer),
        refusal=None,
        edits={**draft.edits, "from": str(draft.pk)},
        by=by,
        at=at,
    )


def earlier(draft: Draft) -> Draft | None:
    """Return the draft this one was changed from, or None."""
    return Draft.objects.filter(pk=draft.edits.get("from"), episode=draft.episode).first()


def sign(draft: Draft, *, by: User, at: datetime, agreed: bool) -> SignedPlan:
    """Seal a draft's proposal as the next version of the plan.

    Raises:
        NotReady: if the therapist did not confirm, the draft was refused or is not of today, or
            the screening changed since.
        OutsideEnvelope: if it passes a limit.
        Taken: if somebody signed another version at the same moment.
    """
    if not agreed:
        raise NotReady(_("Confirm that you have checked the plan, then sign."))
    proposal = proposal_of(draft)
    if proposal is None:
        raise NotReady(_("This draft was refused and cannot be signed. Ask for another plan."))
    now = (records.answers(draft.episode), records.clearances(draft.episode))
    if now != (proposal.case.screening, proposal.case.clearances):
        raise NotReady(_("The screening changed after this plan was proposed. Propose again."))
    sealed = signed(proposal, identifier_of(by), wall_moment(at), signing_key())
    try:
        with transaction.atomic():
            last = SignedPlan.objects.filter(episode=draft.episode).order_by("-version").first()
            return SignedPlan.objects.create(
                episode=draft.episode,
                draft=draft,
                version=last.version + 1 if last else 1,
                sealed=to_plain(sealed),
                digest=sealed.digest,
                signed_by=by,
                signed_at=at,
                valid_until=sealed.prescription.valid_until,
            )
    except IntegrityError:
        raise Taken(
            _("Another version of this plan was signed at this moment. Look at it first.")
        ) from None


def prescription_of(plan: SignedPlan) -> Prescription:
    """Return what was signed.

    Raises:
        BadInput: if the row is of an older form.
    """
    return from_plain(Sealed, plan.sealed).prescription


def warm() -> None:
    """Load the compiled model once, so that the first therapist of the day does not wait for it."""
    child = ModelChild(
        age_months=78.0, sex=Sex.FEMALE, condition=Condition.SPASTIC_BILATERAL, gmfcs=2
    )
    unit = UnitOwned(
        make="none",
        amplitude_max_ma=100.0,
        amplitude_step_ma=0.5,
        pulse_width_min_us=50.0,
        pulse_width_max_us=400.0,
        frequency_min_hz=1.0,
        frequency_max_hz=50.0,
    )
    calm = {
        r.key: Answer(answer="no" if "no" in dict(r.choices) else r.choices[0][0])
        for r in questions(child.age_months, family=False)
    }
    reckoning.propose(
        Case(
            today=date(2026, 1, 1),
            child_id="warm-up",
            child=child,
            therapist="warm-up",
            focus=Focus.STRENGTH,
            targets=(Target(muscle="tibialis_anterior", side=Side.LEFT),),
            screening=calm,
            units=(unit,),
            history=History(first_exposure=False, sessions=1),
        ),
        patience_s=reckoning.START_PATIENCE_S,
    )


def needs_infant_override(child: Child, at: datetime) -> bool:
    """Whether a child of this age is only treated with a reason the therapist writes down."""
    today = clock.to_wall(at, settings.CLINIC_ZONE).date()
    try:
        return band_of(clock.age_months(child.born, today)).needs_override
    except BadInput:
        return False


def _targets(typed: Mapping[str, str]) -> tuple[Target, ...]:
    found = []
    for n in ROWS:
        key = typed.get(f"muscle:{n}", "")
        if key:
            one_of(
                f"Side of muscle {n}",
                typed.get(f"side:{n}", ""),
                tuple(s.value for s in Side),
            )
            found.append(Target(muscle=key, side=Side(typed[f"side:{n}"])))
    if not found:
        raise BadInput(_("No muscle is chosen. Choose one to three muscles, or a task."))
    return tuple(found)


def _overrides(typed: Mapping[str, Any]) -> tuple[Override, ...]:
    if not typed.get("infant"):
        return ()
    some_text("The reason for the infant pathway", typed.get("infant_reason", ""), 500)
    return (Override(rule=INFANT_PATHWAY, reason=typed["infant_reason"].strip()),)
