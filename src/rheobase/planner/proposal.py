"""What the planner answers: a proposal with its reasons, or a refusal with its reasons."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import final

from rheobase.evidence.doses import band_of
from rheobase.model.response import Response
from rheobase.planner.case import Case
from rheobase.planner.explain import Cited, Evidence, Reason, references
from rheobase.planner.in_words import InWords
from rheobase.planner.screen import Graded
from rheobase.stimulus.codec import digest
from rheobase.stimulus.pattern import Coordination
from rheobase.stimulus.prescription import (
    Activity,
    BehaviourGate,
    ChannelOrder,
    Override,
    Posture,
    Prescription,
)
from rheobase.stimulus.sensing import Sensing


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelProposal:
    """One channel: the order as it would be signed, and what the model expects of it.

    Attributes:
        order: everything that would be signed.
        unit: make of the unit it was fitted to.
        prediction: at the ceiling, or None.
        no_prediction: why there is none, "" if there is one.
        in_words: what a file kept of the prediction where only words may be shown, or None.
    """

    order: ChannelOrder
    unit: str
    prediction: Response | None
    no_prediction: str
    in_words: InWords | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A computer's idea for one child, with everything needed to judge it.

    Attributes:
        case: what it was proposed from.
        posture, coordination, units_at_first, session_min: of the whole.
        first_exposure: the child was never stimulated before.
        channels: one to three.
        activities: what the child does meanwhile.
        gate: how comfort is watched.
        overrides: exceptions taken on, clearances included.
        findings: of the screening.
        warnings: what to look out for.
        evidence: how strong it is, as it is.
        reasons: of every value.
        sensing: bounds of the sensor that starts cycles, or None.
    """

    case: Case
    posture: Posture
    coordination: Coordination
    units_at_first: int
    session_min: float
    first_exposure: bool
    channels: tuple[ChannelProposal, ...]
    activities: tuple[Activity, ...]
    gate: BehaviourGate
    overrides: tuple[Override, ...]
    findings: tuple[Graded, ...]
    warnings: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    reasons: tuple[Reason, ...]
    sensing: Sensing | None = None

    @property
    def references(self) -> tuple[Cited, ...]:
        """What it rests on."""
        basis = (
            (b.source, b.what)
            for c in self.channels
            for shown in (c.prediction, c.in_words)
            if shown is not None
            for b in shown.basis
        )
        rules = ((key, f.title) for f in self.findings for key in f.sources)
        return references(self.reasons, self.evidence, (*basis, *rules))

    def prescription(self, therapist: str, at: datetime) -> Prescription:
        """Return what a therapist would sign.

        Args:
            therapist: identifier of whoever signs.
            at: when, with time zone.
        """
        days = band_of(self.case.child.age_months).valid_days.number
        return Prescription(
            child=self.case.child_id,
            age_months=self.case.child.age_months,
            posture=self.posture,
            first_exposure=self.first_exposure,
            channels=tuple(c.order for c in self.channels),
            coordination=self.coordination,
            units_at_first=self.units_at_first,
            session_min=self.session_min,
            activities=self.activities,
            gate=self.gate,
            overrides=self.overrides,
            case_digest=digest(self.case),
            signed_by=therapist,
            signed_at=at,
            valid_until=at.date() + timedelta(days=days),
            sensing=self.sensing,
        )

    def unsigned(self) -> Prescription:
        """Return what would be signed today, to hold it against the limits."""
        return self.prescription(
            self.case.therapist, datetime.combine(self.case.today, time(12), UTC)
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """One reason for a refusal.

    Attributes:
        what: what stands in the way.
        why: why it does.
        to_do: what would help.
        sources: keys of the bibliography.
    """

    what: str
    why: str
    to_do: str
    sources: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """No proposal, and why.

    Attributes:
        case: what was asked.
        reasons: all of them, not only the first.
        findings: of the screening.
    """

    case: Case
    reasons: tuple[Why, ...]
    findings: tuple[Graded, ...]
