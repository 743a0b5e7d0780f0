"""What the therapist changes by hand: checked against every limit and predicted anew."""

from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from rheobase.errors import BadInput
from rheobase.evidence.doses import SOURCE_OF_BANDS
from rheobase.planner.assemble import response_at
from rheobase.planner.case import Site, Target
from rheobase.planner.dose import LOAD_SHARE, floored
from rheobase.planner.edits import ChannelEdit, Edits
from rheobase.planner.explain import BY_THERAPIST, Reason
from rheobase.planner.obstacles import finding_reasons, lifted_by, within_limits
from rheobase.planner.place import misfits
from rheobase.planner.predict import Predictor, predicted
from rheobase.planner.proposal import ChannelProposal, Proposal, Refusal, Why
from rheobase.planner.screen import screen
from rheobase.planner.sensor import with_sensor
from rheobase.stimulus.pads import Montage
from rheobase.stimulus.pattern import Pattern
from rheobase.stimulus.prescription import SLOTS, ChannelOrder
from rheobase.stimulus.sensing import Sensing

# Reasons that no longer hold once a value they speak of was changed under another name.
SUPERSEDES = {"on_s": "on_off", "off_s": "on_off", "montage": "pads"}
IN_PATTERN = tuple(f.name for f in fields(Pattern))


def edited(
    proposal: Proposal, edits: Edits, predictor: Predictor = predicted
) -> Proposal | Refusal:
    """Return the proposal with the changes, predicted anew; or why they cannot be.

    Args:
        proposal: what was proposed or edited before.
        edits: what to change.
        predictor: the model; replaced in tests.

    Raises:
        BadInput: if an edit names a slot that the proposal does not have.
    """
    _check_slots(proposal, edits)
    try:
        changed, reasons = _changed(proposal, edits)
    except BadInput as error:
        return _refused(
            proposal, [Why(what="A value cannot be", why=str(error), to_do="Correct it.")]
        )
    stopped = [
        *_misplaced(changed),
        *_forbidden(changed),
        *_beyond_units(changed),
        *_loaded(changed),
    ]
    if stopped:
        return _refused(proposal, stopped)
    again = tuple(_predicted(changed, c, predictor) for c in changed.channels)
    about = {name for r in reasons for name in (r.about, _superseded(r.about))}
    kept = tuple(
        r for r in changed.reasons if r.about not in about and _of(r, again, changed.sensing)
    )
    return within_limits(replace(changed, channels=again, reasons=(*kept, *reasons)))


def _check_slots(proposal: Proposal, edits: Edits) -> None:
    known = {c.order.slot for c in proposal.channels}
    for slot in (*edits.leave_out, *(e.slot for e in edits.channels)):
        if slot not in known:
            raise BadInput(
                f"The proposal has no channel {slot!r}. Use one of: {', '.join(sorted(known))}."
            )
    if known <= set(edits.leave_out):
        raise BadInput("Every channel would be left out. Keep at least one.")


def _changed(proposal: Proposal, edits: Edits) -> tuple[Proposal, tuple[Reason, ...]]:
    by_slot = {e.slot: e for e in edits.channels}
    reasons: list[Reason] = []
    channels = []
    for channel in proposal.channels:
        if channel.order.slot in edits.leave_out:
            continue
        edit = by_slot.get(channel.order.slot, ChannelEdit(slot=channel.order.slot))
        reasons += _reasons(channel.order, edit)
        channels.append(replace(channel, order=_order(channel.order, edit)))
    whole = {
        name: getattr(edits, name)
        for name in ("posture", "coordination", "units_at_first", "session_min")
        if getattr(edits, name) is not None
    }
    reasons += [_reason(name, getattr(proposal, name), value) for name, value in whole.items()]
    units = min(whole.pop("units_at_first", proposal.units_at_first), len(channels))
    orders = tuple(channel.order for channel in channels)
    sensing, why = with_sensor(proposal.sensing, orders, edits.sensor)
    changed = replace(
        proposal, channels=tuple(channels), units_at_first=units, sensing=sensing, **whole
    )
    reasons += why
    changed.unsigned()  # born valid, or not born
    return changed, tuple(reasons)


def _order(order: ChannelOrder, edit: ChannelEdit) -> ChannelOrder:
    given = _given(edit)
    in_pattern = {k: v for k, v in given.items() if k in IN_PATTERN}
    in_order = {k: v for k, v in given.items() if k not in IN_PATTERN}
    return replace(order, pattern=replace(order.pattern, **in_pattern), **in_order)


def _given(edit: ChannelEdit) -> dict[str, Any]:
    names = [f.name for f in fields(ChannelEdit) if f.name != "slot"]
    return {n: getattr(edit, n) for n in names if getattr(edit, n) is not None}


def _reasons(order: ChannelOrder, edit: ChannelEdit) -> Iterable[Reason]:
    for name, value in _given(edit).items():
        before = getattr(order.pattern if name in IN_PATTERN else order, name)
        if before != value:
            yield _reason(f"{order.slot}.{name}", before, value)


def _reason(about: str, before: object, after: object) -> Reason:
    if isinstance(after, Montage):
        return Reason(
            about=about, value="moved", why="Moved by the therapist.", source="", tag=BY_THERAPIST
        )
    unit = about.rsplit("_", 1)[-1] if "_" in about else ""
    shown = f"{after:g} {unit}" if isinstance(after, float | int) else str(after)
    was = f"{before:g}" if isinstance(before, float | int) else str(before)
    why = f"Changed by the therapist from {was}."
    return Reason(about=about, value=shown.strip(), why=why, source="", tag=BY_THERAPIST)


def _misplaced(proposal: Proposal) -> list[Why]:
    return [
        Why(what="A pad does not fit", why=f"{r[0].upper()}{r[1:]}.", to_do="Use a smaller pad.")
        for c in proposal.channels
        for r in misfits(
            proposal.case.child,
            Target(muscle=c.order.muscle, side=c.order.side),
            c.order.montage,
        )
    ]


def _forbidden(proposal: Proposal) -> list[Why]:
    case = proposal.case
    sites = {
        Site(segment=pad.place.segment, side=pad.place.side)
        for c in proposal.channels
        for pad in c.order.montage.pads
    }
    given = (*case.clearances, *lifted_by(proposal.overrides, case.today))
    return finding_reasons(screen(case.screening, case.child, sites, case.today, given))


def _beyond_units(proposal: Proposal) -> list[Why]:
    reasons = []
    for channel in proposal.channels:
        order = channel.order
        unit = proposal.case.units[SLOTS.index(order.slot)]
        ranges = (
            ("frequency", order.frequency_hz, unit.frequency_min_hz, unit.frequency_max_hz, "Hz"),
            (
                "pulse width",
                order.pulse_width_us,
                unit.pulse_width_min_us,
                unit.pulse_width_max_us,
                "us",
            ),
            ("ceiling", order.ceiling_ma, 0.0, unit.amplitude_max_ma, "mA"),
        )
        wrong = [
            f"{name} {value:g} {of} lies outside {low:g} to {high:g} {of}"
            for name, value, low, high, of in ranges
            if not low <= value <= high
        ]
        for name, value in (("start", order.start_ma), ("step", order.step_ma)):
            if abs(floored(value, unit.amplitude_step_ma) - value) > 1e-6:
                wrong.append(f"{name} {value:g} mA is no step of {unit.amplitude_step_ma:g} mA")
        reasons += [
            Why(
                what=f"The unit in slot {order.slot} cannot do that",
                why=f"{unit.make}: {text}.",
                to_do="Choose a value it can deliver, or another unit.",
            )
            for text in wrong
        ]
    return reasons


def _loaded(proposal: Proposal) -> list[Why]:
    last = {(x.muscle, x.side): x.used_ma for x in proposal.case.history.last}
    found = []
    for channel in proposal.channels:
        order = channel.order
        used = last.get((order.muscle, order.side))
        if used is not None and order.start_ma > LOAD_SHARE * used:
            found.append(
                Why(
                    what=f"The start of {order.slot} is too high",
                    why=f"{order.start_ma:g} mA is more than half of the {used:g} mA of last time.",
                    to_do="Start lower and climb the ladder again.",
                    sources=(SOURCE_OF_BANDS,),
                )
            )
    return found


def _superseded(about: str) -> str:
    slot, _, name = about.partition(".")
    return f"{slot}.{SUPERSEDES.get(name, name)}"


def _predicted(
    proposal: Proposal, channel: ChannelProposal, predictor: Predictor
) -> ChannelProposal:
    response, why = response_at(proposal.case, proposal.posture, channel.order, predictor)
    return replace(channel, prediction=response, no_prediction=why)


def _of(reason: Reason, channels: tuple[ChannelProposal, ...], sensing: Sensing | None) -> bool:
    if reason.about.startswith("sensor ") and sensing is None:
        return False
    slot, dot, _ = reason.about.partition(".")
    return not dot or slot in {c.order.slot for c in channels}


def _refused(proposal: Proposal, reasons: list[Why]) -> Refusal:
    return Refusal(case=proposal.case, reasons=tuple(reasons), findings=proposal.findings)
