"""A proposal put together from placed pads, doses and the model's answers."""

import math
from dataclasses import dataclass, replace
from typing import final

from rheobase.errors import BadInput
from rheobase.evidence.doses import SOURCE_OF_BANDS
from rheobase.evidence.load import TAGS, Standing
from rheobase.evidence.muscles import muscle
from rheobase.evidence.protocols import protocols
from rheobase.evidence.tasks import TherapyTask
from rheobase.model.response import Response, Task
from rheobase.planner.case import Case
from rheobase.planner.ceiling import Ceiling, ceiling, shared
from rheobase.planner.dose import Dose
from rheobase.planner.explain import Evidence, Reason
from rheobase.planner.frame import Frame, Row
from rheobase.planner.place import Placed
from rheobase.planner.predict import Predictor, asked_again, known_child
from rheobase.planner.proposal import ChannelProposal, Proposal
from rheobase.planner.screen import Graded
from rheobase.safety import band_for, regions_of
from rheobase.stimulus.pattern import Coordination
from rheobase.stimulus.prescription import (
    Activity,
    BehaviourGate,
    BehaviourScale,
    ChannelOrder,
    Posture,
)
from rheobase.stimulus.pulse import Waveform

SETUP_MIN = 15.0  # search, ladder, rests and checks while output may be on (clinical.md 3.2) [min]
GAP_US = 0.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One channel with where and how."""

    row: Row
    placed: Placed
    dose: Dose


def assembled(
    frame: Frame, findings: tuple[Graded, ...], parts: tuple[Part, ...], predictor: Predictor
) -> Proposal:
    """Return the proposal.

    Args:
        frame: what it rests on.
        findings: of the screening.
        parts: one per channel.
        predictor: the model.
    """
    case = frame.case
    drafts = {p.row.slot: _order(frame, p) for p in parts}
    ceilings = _ceilings(frame, parts, drafts, predictor)
    channels = tuple(
        _channel(frame, drafts[p.row.slot], ceilings[p.row.slot], p.row, predictor) for p in parts
    )
    one_first = frame.band.needs_override or case.history.first_exposure
    return Proposal(
        case=case,
        posture=frame.posture,
        coordination=frame.coordination,
        units_at_first=1 if one_first else len(channels),
        session_min=_session_min(frame, channels),
        first_exposure=case.history.first_exposure,
        channels=channels,
        activities=(_activity(frame),),
        gate=_gate(frame),
        overrides=frame.overrides,
        findings=findings,
        warnings=_warnings(frame, parts, ceilings, channels),
        evidence=evidence_of(frame),
        reasons=(
            *(r for p in parts for r in (*p.placed.reasons, *p.dose.reasons)),
            *(c.reason for c in ceilings.values()),
            *_whole(frame),
        ),
    )


def response_at(
    case: Case, posture: Posture, order: ChannelOrder, predictor: Predictor
) -> tuple[Response | None, str]:
    """Return the model's answer for one channel at its ceiling, or why there is none."""
    task = Task(
        muscle=order.muscle,
        side=order.side,
        posture=posture,
        voluntary=0.0,
        on_s=order.pattern.on_s,
        off_s=order.pattern.off_s,
        minutes=order.pattern.repetitions * order.pattern.cycle_s / 60.0,
    )
    try:
        return predictor(case, order.montage, order.train_at(order.ceiling_ma), task), ""
    except BadInput as error:
        return None, str(error)


def evidence_of(frame: Frame) -> tuple[Evidence, ...]:
    """Return how strong the evidence is: the focus, the protocol, and null results that fit."""
    envelope, chosen = frame.envelope, frame.protocol
    found = [
        Evidence(
            about=envelope.title,
            text=envelope.strength,
            sources=envelope.sources,
            tag=envelope.strength_tag,
        )
    ]
    muscles = {t.muscle for t in frame.targets}
    null = [
        p
        for p in protocols().values()
        if p.verdict == "null" and p is not chosen and muscles & set(p.muscles)
    ]
    for one in (*((chosen,) if chosen else ()), *null):
        effects = "".join(f" {e.text}." for e in one.effects)
        found.append(
            Evidence(
                about=f"{one.name} ({one.design})",
                text=f"{one.population}. {one.outcome}{effects}",
                sources=(one.source,),
                tag=one.outcome_tag,
            )
        )
    return tuple(found)


def _order(frame: Frame, part: Part) -> ChannelOrder:
    """Return the order with the age's cap as its ceiling, for the first look of the model."""
    row, how = part.row, part.dose
    cap = min(frame.band.soft_cap_ma.number, row.unit.amplitude_max_ma)
    return ChannelOrder(
        slot=row.slot,
        muscle=row.target.muscle,
        side=row.target.side,
        montage=part.placed.montage,
        waveform=Waveform.SYMMETRIC_BIPHASIC,
        pulse_width_us=how.pulse_width_us,
        gap_us=GAP_US,
        frequency_hz=how.frequency_hz,
        start_ma=min(how.start_ma, cap),
        ceiling_ma=cap,
        step_ma=how.step_ma,
        pattern=how.pattern,
        trigger=frame.trigger,
        minutes_max=how.minutes_max,
    )


def _ceilings(
    frame: Frame, parts: tuple[Part, ...], drafts: dict[str, ChannelOrder], predictor: Predictor
) -> dict[str, Ceiling]:
    found = {}
    for part in parts:
        row = part.row
        response, _ = response_at(frame.case, frame.posture, drafts[row.slot], predictor)
        found[row.slot] = ceiling(
            part.dose,
            part.placed.montage,
            row.unit,
            frame.band,
            level=frame.level(row.setting),
            response=response,
            slot=row.slot,
        )
    if frame.coordination is Coordination.ALTERNATING:
        return found
    return shared(
        found,
        {p.row.slot: p.dose for p in parts},
        {slot: regions_of(draft) for slot, draft in drafts.items()},
        {p.row.slot: p.row.unit for p in parts},
        frame.case.child.age_months,
    )


def _channel(
    frame: Frame, draft: ChannelOrder, limit: Ceiling, row: Row, predictor: Predictor
) -> ChannelProposal:
    start = min(draft.start_ma, limit.ceiling_ma)
    order = replace(draft, ceiling_ma=limit.ceiling_ma, start_ma=start)
    response, why_none = response_at(frame.case, frame.posture, order, predictor)
    return ChannelProposal(
        order=order, unit=row.unit.make, prediction=response, no_prediction=why_none
    )


def _session_min(frame: Frame, channels: tuple[ChannelProposal, ...]) -> float:
    patterns = [c.order.pattern for c in channels]
    turns_s = sum(p.on_s + p.ramp_down_s for p in patterns)
    alternating = frame.coordination is Coordination.ALTERNATING
    longest_s = max(
        p.repetitions * max(p.cycle_s, turns_s if alternating else 0.0) + p.offset_s
        for p in patterns
    )
    most = band_for(frame.case.child.age_months).session_max_min
    return min(float(math.ceil(longest_s / 60.0 + SETUP_MIN)), most)


def _activity(frame: Frame) -> Activity:
    if frame.task is not None:
        one = frame.task
        return Activity(
            name=one.title,
            cue_therapist=one.cue_therapist,
            cue_child=one.cue_child,
            expected_movement=one.expected_movement,
        )
    moves = "; ".join(
        f"{t.side} {muscle(t.muscle).action.joint} {muscle(t.muscle).action.direction}"
        for t in frame.targets
    )
    return Activity(
        name="Contract together",
        cue_therapist="Show the movement; the child joins in as the current rises, and rests with it.",
        cue_child="When it tickles, help it along!",
        expected_movement=moves,
    )


def _gate(frame: Frame) -> BehaviourGate:
    band = frame.band
    cannot_say = frame.case.screening.get("cannot_communicate")
    flacc = band.flacc or (cannot_say is not None and cannot_say.answer == "no")
    return BehaviourGate(
        scale=BehaviourScale.FLACC if flacc else BehaviourScale.FACES,
        every_s=band.every_s.number,
        stop_at=4 if flacc else int(band.stop_at.number),
        stop_at_rise=int(band.stop_at_rise.number),
    )


def _whole(frame: Frame) -> tuple[Reason, ...]:
    band, task = frame.band, frame.task
    gate = _gate(frame)
    reasons = [
        Reason(
            about="gate",
            value=f"{gate.scale} every {gate.every_s:g} s, stop at {gate.stop_at}",
            why=f"{band.title}: {band.extra}. Act on the rise over the score without stimulation.",
            source=SOURCE_OF_BANDS,
            tag=band.every_s.tag,
        ),
        Reason(
            about="units_at_first",
            value="1" if band.needs_override or frame.case.history.first_exposure else "all",
            why=f"{band.title}: {band.mode}.",
            source=SOURCE_OF_BANDS,
            tag="clinical:D",
        ),
    ]
    if task is not None:
        reasons.append(
            Reason(
                about="activity",
                value=task.title,
                why=f"{_combination(task)} Watch: {task.watch}",
                source=task.sources[0],
                tag=task.tag,
            )
        )
    return tuple(reasons)


def _combination(task: TherapyTask) -> str:
    if TAGS[task.tag] is Standing.PUBLISHED:
        return "The combination was studied; timing and cues are proposed defaults."
    return "A proposed combination; timing and cues are proposed defaults."


def _warnings(
    frame: Frame,
    parts: tuple[Part, ...],
    ceilings: dict[str, Ceiling],
    channels: tuple[ChannelProposal, ...],
) -> tuple[str, ...]:
    case, chosen = frame.case, frame.protocol
    found = [w for p in parts for w in p.placed.warnings]
    found += [c.warning for c in ceilings.values() if c.warning]
    found += [
        f"{p.row.slot}: {muscle(p.row.target.muscle).side_effects}."
        for p in parts
        if muscle(p.row.target.muscle).side_effects
    ]
    if frame.task is not None:
        found.append(f"{frame.task.title}: {frame.task.watch}")
    if chosen is not None and chosen.covers(case.child.age_months) is False:
        found.append(f"{chosen.name} did not study this age ({chosen.population}).")
    for target in frame.left_out:
        found.append(f"No unit for the {target.side} {muscle(target.muscle).name}: left out.")
    found += _disagreements(case, channels)
    found += asked_again(known_child(case), case.observations)
    if any(c.prediction is not None and c.prediction.words_only for c in channels):
        found.append("Predictions at this age are extrapolated: direction and strength only.")
    return tuple(dict.fromkeys(found))


def _disagreements(case: Case, channels: tuple[ChannelProposal, ...]) -> list[str]:
    """Say where the model contradicts what this child has already shown."""
    found = []
    for channel in channels:
        order, expected = channel.order, channel.prediction
        for last in case.history.last:
            same = (last.muscle, last.side) == (order.muscle, order.side)
            if same and expected is not None and expected.motor_threshold_ma.low > last.used_ma:
                least = f"below {expected.motor_threshold_ma.low:.0f} mA"
                found.append(
                    f"{order.slot}: {last.used_ma:g} mA was used last time, yet the model expects "
                    f"nothing {'of it' if expected.words_only else least}. Trust what was seen, "
                    "and enter a threshold so that the model learns it."
                )
    return found
