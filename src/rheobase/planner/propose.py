"""From a case to a proposal that explains itself, or to a refusal that says what would help."""

from rheobase.evidence.muscles import muscle
from rheobase.planner.assemble import Part, assembled
from rheobase.planner.case import Case, Site
from rheobase.planner.dose import NoDose, dose
from rheobase.planner.edit import edited
from rheobase.planner.frame import Frame, frame_of
from rheobase.planner.obstacles import (
    cannot_fit,
    cannot_give,
    finding_reasons,
    lifted_by,
    way_reasons,
    within_limits,
)
from rheobase.planner.place import NoPlace, Wanted, place_all
from rheobase.planner.predict import Predictor, predicted
from rheobase.planner.proposal import Proposal, Refusal, Why
from rheobase.planner.screen import Graded, screen
from rheobase.stimulus.prescription import SLOTS


def propose(case: Case, predictor: Predictor = predicted) -> Proposal | Refusal:
    """Return a proposal for a case, or every reason why there is none.

    Args:
        case: everything the proposal depends on.
        predictor: the model; replaced in tests.
    """
    frame = frame_of(case)
    parts, no_part = _parts(case, frame)
    findings = screened(frame, parts)
    reasons = [*way_reasons(case, frame), *finding_reasons(findings), *no_part]
    if reasons:
        return Refusal(case=case, reasons=tuple(dict.fromkeys(reasons)), findings=findings)
    proposal = within_limits(assembled(frame, findings, parts, predictor))
    if isinstance(proposal, Refusal) or case.edits is None:
        return proposal
    return edited(proposal, case.edits, predictor)


def screened(frame: Frame, parts: tuple[Part, ...]) -> tuple[Graded, ...]:
    """Return the findings of a case for its muscles, and for where their pads came to lie."""
    case = frame.case
    sites = {Site(segment=muscle(t.muscle).segment, side=t.side) for t in frame.targets}
    sites |= {
        Site(segment=pad.place.segment, side=pad.place.side)
        for part in parts
        for pad in part.placed.montage.pads
    }
    ordered = sorted(sites, key=lambda s: (s.segment, s.side or ""))
    lifted = lifted_by(frame.overrides, case.today)
    return screen(case.screening, case.child, ordered, case.today, (*case.clearances, *lifted))


def _parts(case: Case, frame: Frame) -> tuple[tuple[Part, ...], list[Why]]:
    parts: list[Part] = []
    reasons: list[Why] = []
    rows = frame.rows()
    wanted = tuple(Wanted(slot=row.slot, target=row.target) for row in rows)
    places = place_all(case.child, wanted, frame.band, frame.cleared)
    for row in rows:
        slot, target = row.slot, row.target
        where = places[slot]
        how = dose(
            target, row.setting, row.unit, frame.last(target), slot=slot, at=SLOTS.index(slot)
        )
        if isinstance(where, NoPlace):
            reasons.append(cannot_fit(target, where.why))
        if isinstance(how, NoDose):
            reasons.append(cannot_give(target, how.why, how.to_do))
        if not isinstance(where, NoPlace) and not isinstance(how, NoDose):
            parts.append(Part(row=row, placed=where, dose=how))
    return tuple(parts), reasons
