"""What stands in the way of a plan: each with why, and what would help."""

from collections.abc import Iterable
from datetime import date

from rheobase.evidence.contraindications import Grade
from rheobase.evidence.muscles import muscle
from rheobase.planner.case import INFANT_PATHWAY, Case, Clearance, Target
from rheobase.planner.frame import Frame, opposed
from rheobase.planner.proposal import Proposal, Refusal, Why
from rheobase.planner.screen import Graded
from rheobase.safety import CLEARED_INFANT, CLEARED_NECK, CLEARED_THORAX, prescription_violations
from rheobase.stimulus.pattern import Coordination
from rheobase.stimulus.prescription import CO_CONTRACTION, Override, Posture

UPRIGHT = (Posture.STANDING, Posture.WALKING)
BANDS = ("rheobase_defaults",)


def way_reasons(case: Case, frame: Frame) -> list[Why]:
    """Return what age, posture, units and muscles put in the way."""
    return [
        *_infant_pathway(case, frame),
        *_first_exposure(case, frame),
        *_units(case, frame),
        *_muscles(case, frame),
        *_opposed(frame),
        *_not_a_clearance(case),
    ]


def finding_reasons(findings: Iterable[Graded]) -> list[Why]:
    """Return the findings that stop the plan."""
    words = {
        Grade.BLOCK: "stops any stimulation",
        Grade.CLEAR: "needs clearance",
        Grade.BLOCK_SITE: "forbids this site",
    }
    return [
        Why(
            what=f"{f.title}: {words[f.grade]}",
            why=f"{f.text} {f.position}".strip(),
            to_do=f.remedy,
            sources=f.sources,
        )
        for f in findings
        if f.stops
    ]


def lifted_by(overrides: Iterable[Override], today: date) -> tuple[Clearance, ...]:
    """Return the clearances of a plan, in the guard's words, as clearances of screening rules."""
    rules = {CLEARED_THORAX: "chest", CLEARED_NECK: "anterior_neck"}
    return tuple(
        Clearance(rule=rules[o.rule], by=o.reason[:100], on=today)
        for o in overrides
        if o.rule in rules
    )


def within_limits(proposal: Proposal) -> Proposal | Refusal:
    """Return a proposal that is inside every limit, or the refusal that names those it breaks."""
    broken = prescription_violations(proposal.unsigned())
    if not broken:
        return proposal
    reasons = tuple(_limit_reasons(broken))
    return Refusal(case=proposal.case, reasons=reasons, findings=proposal.findings)


def cannot_fit(target: Target, why: str) -> Why:
    """Return that no pads fit a muscle of this child."""
    name = muscle(target.muscle).name
    return Why(
        what=f"No pads fit the {target.side} {name}",
        why=f"{why[0].upper()}{why[1:]}.",
        to_do="Choose another muscle, or measure the limb: the sizes used may be norms.",
        sources=BANDS,
    )


def cannot_give(target: Target, why: str, to_do: str) -> Why:
    """Return that no dose is possible for a muscle."""
    name = muscle(target.muscle).name
    return Why(
        what=f"No dose for the {target.side} {name}", why=f"It cannot be given: {why}.", to_do=to_do
    )


def _limit_reasons(broken: Iterable[str]) -> list[Why]:
    """Return the limits that a plan would break."""
    return [
        Why(
            what="A limit would be passed",
            why=f"{reason[0].upper()}{reason[1:]}.",
            to_do="Change that value; limits are never raised from here.",
            sources=BANDS,
        )
        for reason in broken
    ]


def _not_a_clearance(case: Case) -> list[Why]:
    return [
        Why(
            what=f"'{name}' is not the therapist's to override",
            why="It takes a named clinician's clearance.",
            to_do="Record the clearance with name and date instead of an override.",
            sources=("enraf484", "electromedic"),
        )
        for name in (CLEARED_THORAX, CLEARED_NECK, CLEARED_INFANT)
        if case.override(name)
    ]


def _infant_pathway(case: Case, frame: Frame) -> list[Why]:
    if not frame.band.needs_override or case.override(INFANT_PATHWAY):
        return []
    return [
        Why(
            what="A child under three needs the therapist's explicit decision",
            why="Device labels advise against stimulation where the user cannot say how it feels, "
            "and no controlled trial was found below eight months.",
            to_do=f"Add an override of the rule '{INFANT_PATHWAY}' with your reason, and name who "
            "scores behaviour.",
            sources=("enraf484", "teaching716", "park2001"),
        )
    ]


def _first_exposure(case: Case, frame: Frame) -> list[Why]:
    if not (case.history.first_exposure and frame.posture in UPRIGHT):
        return []
    return [
        Why(
            what=f"A first stimulation is never {frame.posture}",
            why="Fainting: the first five minutes are sitting or lying.",
            to_do="Set the posture to sitting, lying or lap for the first session.",
            sources=("electromedic",),
        )
    ]


def _units(case: Case, frame: Frame) -> list[Why]:
    most = frame.band.units_max
    n = len(frame.targets)
    reasons = []
    if n > most:
        reasons.append(
            Why(
                what=f"{n} muscles at once are too many",
                why=f"{frame.band.title}: at most {most} units.",
                to_do=f"Choose {most} of them.",
                sources=BANDS,
            )
        )
    if n > len(case.units):
        reasons.append(
            Why(
                what=f"{n} muscles, but {len(case.units)} units",
                why="Each muscle needs a unit of its own.",
                to_do="Reserve another unit, or choose fewer muscles.",
            )
        )
    return reasons


def _muscles(case: Case, frame: Frame) -> list[Why]:
    reasons = []
    for target in frame.targets:
        it = muscle(target.muscle)
        if it.caution == "block-site":
            reasons.append(
                Why(
                    what=f"The {it.name} is not stimulated",
                    why=f"{it.site}.",
                    to_do="Choose another muscle.",
                    sources=("enraf484", "electromedic"),
                )
            )
        if it.caution == "clear" and not (case.clearance(it.key) or case.clearance("chest")):
            reasons.append(
                Why(
                    what=f"The {it.name} needs clearance",
                    why=f"{it.site}.",
                    to_do=f"Record a clearance of '{it.key}' by a named clinician.",
                    sources=("enraf484", "electromedic"),
                )
            )
    return reasons


def _opposed(frame: Frame) -> list[Why]:
    if frame.coordination is Coordination.ALTERNATING or CO_CONTRACTION in frame.cleared:
        return []
    return [
        Why(
            what=f"{muscle(a).name} and {muscle(b).name} work against each other",
            why="On together they stiffen the joint instead of moving it.",
            to_do="Choose a task that alternates them, or add an override of "
            f"'{CO_CONTRACTION}' with your reason.",
            sources=BANDS,
        )
        for a, b in opposed(frame.targets)
    ]
