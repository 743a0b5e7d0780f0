"""What a journal says, in short: pure derivations for note, record and charts."""

from collections.abc import Sequence
from typing import Any

from rheobase.session.dose import Dose, binned_ma, dose
from rheobase.session.events import END, Event
from rheobase.stimulus import Prescription, Sealed, from_plain

CHART_BINS = 300


def summary(events: Sequence[Event]) -> dict[str, Any]:
    """Return what a session's record keeps, as plain JSON.

    Args:
        events: of one journal, oldest first; at least the first, which names the plan.
    """
    opening = events[0].data
    prescription = from_plain(Sealed, opening["sealed"]).prescription
    doses = {order.slot: dose(events, order.slot) for order in prescription.channels}
    return {
        "session": opening["session"],
        "began": events[0].wall,
        "ended": events[-1].wall,
        "how_it_ended": how_it_ended(events),
        "elapsed_min": round((events[-1].monotonic_ns - events[0].monotonic_ns) / 60e9, 2),
        "minutes": round(max(one.minutes for one in doses.values()), 2),
        "blocks": sum(event.kind == "block" for event in events),
        "slots": [_slot(events, prescription, slot, one) for slot, one in doses.items()],
        "behaviour": _scores(events),
        "stops": stops(events),
        "troubles": [
            {"slot": event.slot, "kind": event.data["kind"], "reasons": list(event.reasons)}
            for event in events
            if event.kind == "trouble"
        ],
        "triggers": triggers(events),
        "skin": {
            event.data["when"]: event.data["score"] for event in events if event.kind == "skin"
        },
        "notes": [event.data["text"] for event in events if event.kind == "note"],
        "observations": [event.data for event in events if event.kind == "observation"],
        "timeline": timeline(events, prescription),
        "note": note(events, prescription, doses),
    }


def how_it_ended(events: Sequence[Event]) -> str:
    """Return "finished", "stopped" or "interrupted"."""
    if not events or events[-1].kind != END:
        return "interrupted"
    stop = max((event.seq for event in events if event.kind == "stop"), default=0)
    ramped_out = any(
        event.kind == "step" and event.data["step"] == "ramp out" and event.seq > stop
        for event in events
    )
    return "finished" if ramped_out or stop == 0 else "stopped"


def stops(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Return every stop with its reasons and the time until the last unit was confirmed silent. [ms]"""
    return [
        {
            "at_s": round((event.monotonic_ns - events[0].monotonic_ns) / 1e9, 3),
            "reasons": list(event.reasons),
            "silent_after_ms": silent_after_ms(events, event),
        }
        for event in events
        if event.kind == "stop"
    ]


def silent_after_ms(events: Sequence[Event], stop: Event) -> float | None:
    """Return how long after a stop the last unit was silent: 0 if all were, None if never confirmed."""
    latest_ns = stop.monotonic_ns
    confirmed = sorted(
        (e for e in events if e.kind == "confirmed"), key=lambda event: event.monotonic_ns
    )
    for slot in {event.slot for event in confirmed}:
        ours = [event for event in confirmed if event.slot == slot]
        before = [event for event in ours if event.monotonic_ns <= stop.monotonic_ns]
        after = [event for event in ours if event.monotonic_ns > stop.monotonic_ns]
        if not (before and before[-1].confirmed_ma) and not (after and after[0].confirmed_ma):
            continue
        zero = next((event for event in after if event.confirmed_ma == 0.0), None)
        if zero is None:
            return None
        latest_ns = max(latest_ns, zero.monotonic_ns)
    return round((latest_ns - stop.monotonic_ns) / 1e6, 2)


def triggers(events: Sequence[Event]) -> dict[str, int]:
    """Return how often each source began a contraction, and how often an effort was not taken."""
    sources = [event.data["source"] for event in events if event.kind == "trigger"]
    found = {source: sources.count(source) for source in sorted(set(sources))}
    refused = sum(event.kind == "trigger refused" for event in events)
    return found | ({"refused": refused} if refused else {})


def timeline(events: Sequence[Event], prescription: Prescription) -> dict[str, Any]:
    """Return what a chart of the session draws; times in seconds since it was opened."""
    zero_ns = events[0].monotonic_ns

    def at_s(event: Event) -> float:
        return round((event.monotonic_ns - zero_ns) / 1e9, 2)

    return {
        "current_ma": {
            order.slot: binned_ma(events, order.slot, CHART_BINS) for order in prescription.channels
        },
        "steps": [(at_s(e), e.data["step"]) for e in events if e.kind == "step"],
        "scores": [(at_s(e), e.data["score"]) for e in events if e.kind == "behaviour"],
        "stops": [at_s(e) for e in events if e.kind == "stop"],
    }


def note(events: Sequence[Event], prescription: Prescription, doses: dict[str, Dose]) -> str:
    """Return a draft of the session note, for the therapist to read, correct and sign."""
    elapsed_min = (events[-1].monotonic_ns - events[0].monotonic_ns) / 60e9
    ended = how_it_ended(events)
    lines = [f"Session {ended} after {elapsed_min:.0f} min, {prescription.posture.value}."]
    for order in prescription.channels:
        one = doses[order.slot]
        lines.append(
            f"Unit {order.slot}, {order.side.value} {order.muscle.replace('_', ' ')}: "
            f"{one.contractions} contraction{'' if one.contractions == 1 else 's'} in "
            f"{one.minutes:.1f} min, up to {one.highest_ma:g} mA, "
            f"{order.pulse_width_us:g} µs, {order.frequency_hz:g} Hz."
        )
    own = triggers(events).get("sensor", 0)
    if own:
        lines.append(f"Begun by the child's own effort {own} time{'' if own == 1 else 's'}.")
    scores = [event.data["score"] for event in events if event.kind == "behaviour"]
    if scores:
        scale = prescription.gate.scale.value
        lines.append(
            f"{scale[:1].upper()}{scale[1:]}: {scores[0]} without stimulation, {max(scores)} at most."
        )
    lines += [
        f"Stopped: {' '.join(event.reasons).rstrip('.')}."
        for event in events
        if event.kind == "stop"
    ]
    skin = {event.data["when"]: event.data["score"] for event in events if event.kind == "skin"}
    if skin:
        shown = ", ".join(f"{when} {score}" for when, score in skin.items())
        lines.append(f"Skin (0 clear to 3 broken): {shown}.")
    lines += [event.data["text"] for event in events if event.kind == "note"]
    return "\n".join(lines)


def _slot(
    events: Sequence[Event], prescription: Prescription, slot: str, one: Dose
) -> dict[str, Any]:
    order = prescription.channel(slot)
    ladder = [event for event in events if event.kind == "ladder" and event.slot == slot]
    places = [e.data["position"] for e in events if e.kind == "found" and e.slot == slot]
    return {
        "slot": slot,
        "muscle": order.muscle,
        "side": order.side.value,
        "minutes": round(one.minutes, 2),
        "twitch_minutes": round(one.twitch_minutes, 2),
        "contractions": one.contractions,
        "charge_uc": round(one.charge_uc, 1),
        "highest_ma": one.highest_ma,
        "ladder_ma": {event.data["level"]: event.data["amplitude_ma"] for event in ladder},
        "position": places[-1] if places else None,
    }


def _scores(events: Sequence[Event]) -> dict[str, Any]:
    scores = [event.data["score"] for event in events if event.kind == "behaviour"]
    return {
        "first": scores[0] if scores else None,
        "last": scores[-1] if scores else None,
        "highest": max(scores, default=None),
    }
