"""What each command of the therapist does to a scene: pure, one small function per command.

A function returns an `Outcome`: the next scene, what the supervisor is asked before and after, and
the facts for the journal. It refuses by raising; then nothing changes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, final

from rheobase.errors import BadInput, NotReady
from rheobase.session import controls, steps
from rheobase.session.conductor import all_released, released
from rheobase.session.contact import check_not_open, check_possible
from rheobase.session.facts import Fact
from rheobase.session.listening import sensor_of
from rheobase.session.messages import Stage
from rheobase.session.observations import observation
from rheobase.session.scene import MANUAL, Scene
from rheobase.session.sense_rules import sense_rules
from rheobase.session.steps import Step
from rheobase.session.trigger import rested, with_threshold
from rheobase.stimulus import Trigger
from rheobase.stimulus.checks import in_range

MAX_DIAL_MA = 130.0  # no unit shows more; what was signed is judged by the supervisor


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command leads to.

    Attributes:
        scene: the next one.
        before: what the supervisor must have done first: ("arm", ""), ("check", "A"), ...
        after: what it is told once the scene is in force.
        facts: for the journal.
        stop: why every unit is to be silenced, or "".
    """

    scene: Scene
    before: tuple[tuple[str, str], ...] = ()
    after: tuple[tuple[str, str], ...] = ()
    facts: tuple[Fact, ...] = ()
    stop: str = ""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One press.

    Attributes:
        key: chosen by the caller; the same key is carried out once.
        do: name of the command.
        slot: the unit, or "".
        data: its other fields.
    """

    key: str
    do: str
    slot: str
    data: dict[str, Any]


def perform(scene: Scene, command: Command, now_ms: float) -> Outcome:
    """Return what a command leads to.

    Raises:
        BadInput: the command itself is wrong.
        NotReady: it must not be done now; the text says what comes first.
    """
    steps.check_allowed(scene.progress, command.do)
    if command.slot:
        scene.stand.slot(command.slot)
    elif command.do in NEED_A_SLOT:
        raise BadInput(f"{command.do} needs a unit. Add slot: one of {_slots(scene)}.")
    return TABLE[command.do](scene, command, now_ms)


def _slots(scene: Scene) -> str:
    return ", ".join(scene.progress.slots)


def _checklist(scene: Scene, command: Command, now_ms: float) -> Outcome:
    items = command.data.get("items")
    progress = steps.screened(scene.progress, items)
    fact = Fact(kind="checklist", slot="", data={"items": items or "all confirmed"})
    if scene.progress.step is not Step.STOPPED:
        return Outcome(scene=replace(scene, progress=progress), facts=(fact,))
    faulty = [slot for slot, unit in scene.units.items() if unit.stage is Stage.FAULT]
    if faulty:
        raise NotReady(
            f"Unit {', '.join(faulty)} is in fault. Look at it, then clear the fault in two steps."
        )
    closed = steps.gate_closed(progress, scene.plan.prescription.gate)
    if closed:
        raise NotReady(f"{closed} Comfort the child and score again before going on.")
    scene = replace(scene, progress=progress, faults=())
    for slot in scene.units:
        scene = scene.with_unit(slot, contact=None)
    return Outcome(scene=scene, before=(("rearm", ""),), facts=(fact,))


def _skin(scene: Scene, command: Command, now_ms: float) -> Outcome:
    score = command.data.get("score", 0)
    when = "after" if scene.progress.step is Step.SKIN_AFTER else "before"
    progress = steps.skin_seen(scene.progress, score)
    fact = Fact(kind="skin", slot=command.slot, data={"score": score, "when": when})
    return Outcome(scene=replace(scene, progress=progress), facts=(fact,))


def _pads(scene: Scene, command: Command, now_ms: float) -> Outcome:
    chosen = (command.slot,) if command.slot else scene.progress.slots
    new = tuple(slot for slot in chosen if slot not in scene.progress.padded)
    progress = steps.pads_on(scene.progress, chosen)
    before = tuple(("check", slot) for slot in new)
    if progress.padded >= set(progress.slots):
        progress = steps.armed(progress)
        before = (*before, ("arm", ""))
    for slot in chosen:
        scene = scene.with_unit(slot, electrodes_ok=True, contact=None)
    facts = tuple(Fact(kind="pads", slot=slot, data={}) for slot in new)
    return Outcome(scene=replace(scene, progress=progress), before=before, facts=facts)


def _contact(scene: Scene, command: Command, now_ms: float) -> Outcome:
    steps.check_comfort(scene.progress, scene.plan.prescription.gate, now_ms)
    check_possible(scene, command.slot, now_ms)
    return Outcome(scene=scene, before=(("run", ""),), after=(("contact", command.slot),))


def _twitch(scene: Scene, command: Command, now_ms: float) -> Outcome:
    slot, seen = command.slot, command.data.get("seen")
    if seen is None:
        if scene.stand.slot(slot).level_ma == 0.0:
            return _pulses(scene, slot, now_ms, controls.louder)
        return _pulses(scene, slot, now_ms, None)
    facts = observation(scene, slot, "twitch", 1.0 if seen else 0.0)
    if not seen:
        return Outcome(scene=scene, facts=_as_facts(slot, facts))
    progress = steps.twitch_seen(scene.progress, slot)
    stand = controls.zeroed(scene.stand, slot, now_ms)
    return Outcome(
        scene=replace(scene, progress=progress, stand=stand), facts=_as_facts(slot, facts)
    )


def _pulses(scene: Scene, slot: str, now_ms: float, press: Any) -> Outcome:
    steps.check_comfort(scene.progress, scene.plan.prescription.gate, now_ms)
    check_not_open(scene, slot)
    stand = press(scene.plan, scene.stand, slot, now_ms) if press else scene.stand
    searching = scene.progress.step is Step.SEARCH
    longest_s = scene.plan.rules.search_max_s if searching else controls.twitch_s(scene.plan, slot)
    stand = controls.pulsing(scene.plan, stand, slot, now_ms, longest_s)
    return Outcome(scene=replace(scene, stand=stand), before=(("run", ""),))


def _search_up(scene: Scene, command: Command, now_ms: float) -> Outcome:
    return _pulses(scene, command.slot, now_ms, controls.louder)


def _found(scene: Scene, command: Command, now_ms: float) -> Outcome:
    slot, place = command.slot, command.data.get("position", "as planned")
    seen = observation(scene, slot, "motor", 0.0)
    progress = steps.place_found(scene.progress, slot, place)
    stand = controls.zeroed(scene.stand, slot, now_ms)
    facts = (Fact(kind="found", slot=slot, data={"position": place}), *_as_facts(slot, seen))
    return Outcome(scene=replace(scene, progress=progress, stand=stand), facts=facts)


def _louder(scene: Scene, command: Command, now_ms: float) -> Outcome:
    if scene.progress.step in (Step.TWITCH, Step.SEARCH):
        return _search_up(scene, command, now_ms)
    steps.check_comfort(scene.progress, scene.plan.prescription.gate, now_ms)
    check_not_open(scene, command.slot)
    stand = controls.louder(scene.plan, scene.stand, command.slot, now_ms)
    if not stand.running:
        stand = controls.on_ladder(scene.plan, stand, command.slot, now_ms)
    return Outcome(scene=replace(scene, stand=stand), before=(("run", ""),))


def _quieter(scene: Scene, command: Command, now_ms: float) -> Outcome:
    stand = controls.quieter(scene.plan, scene.stand, command.slot, now_ms)
    return Outcome(scene=replace(scene, stand=stand))


def _ladder(scene: Scene, command: Command, now_ms: float) -> Outcome:
    slot, level = command.slot, str(command.data.get("level", ""))
    amplitude_ma, felt_ma = scene.stand.slot(slot).level_ma, scene.stand.slot(slot).reached_ma
    if felt_ma < amplitude_ma:
        raise NotReady(
            f"Unit {slot} is set to {amplitude_ma:g} mA but has only reached {felt_ma:.1f} mA. "
            "Wait for its next contraction, then say what you see."
        )
    progress = steps.level_reached(scene.progress, slot, level, amplitude_ma)
    seen = observation(scene, slot, level, 0.0)
    stand = scene.stand
    if level in ("functional", "maximal") and not stand.running:
        stand = released(scene.plan, stand, slot, now_ms)
    fact = Fact(kind="ladder", slot=slot, data={"level": level, "amplitude_ma": amplitude_ma})
    return Outcome(
        scene=replace(scene, progress=progress, stand=stand),
        facts=(fact, *_as_facts(slot, seen)),
    )


def _start(scene: Scene, command: Command, now_ms: float) -> Outcome:
    steps.check_comfort(scene.progress, scene.plan.prescription.gate, now_ms)
    stand = controls.begun(scene.plan, scene.stand, now_ms)
    progress = replace(scene.progress, step=Step.BLOCKS)
    kind = "resumed" if scene.stand.block_left_ms > 0.0 else "block"
    fact = Fact(kind=kind, slot="", data={"block": stand.block})
    return Outcome(
        scene=replace(scene, progress=progress, stand=stand), before=(("run", ""),), facts=(fact,)
    )


def _resume(scene: Scene, command: Command, now_ms: float) -> Outcome:
    if scene.stand.block_left_ms <= 0.0:
        raise NotReady("No block is paused. Press start for the next one.")
    return _start(scene, command, now_ms)


def _pause(scene: Scene, command: Command, now_ms: float) -> Outcome:
    stand = all_released(scene.plan, scene.stand, now_ms)
    return Outcome(scene=replace(scene, stand=stand), after=(("pause", ""),))


BUTTONS = {"therapist": Trigger.THERAPIST_BUTTON, "child": Trigger.CHILD_BUTTON}
PRESSED = ("screen", "pedal")  # a pedal is the same button, under a foot


def _trigger(scene: Scene, command: Command, now_ms: float) -> Outcome:
    steps.check_comfort(scene.progress, scene.plan.prescription.gate, now_ms)
    source, by = str(command.data.get("source", _button(scene))), command.data.get("by", "screen")
    if source not in BUTTONS or by not in PRESSED:
        raise BadInput(
            f"source={source!r} by={by!r} is not known. Sources are {', '.join(BUTTONS)}, by "
            f"{' or '.join(PRESSED)}; a sensor speaks for itself."
        )
    stand = controls.triggered(scene.plan, scene.stand, BUTTONS[source], now_ms)
    fact = Fact(kind="trigger", slot="", data={"source": source, "by": by})
    return Outcome(scene=replace(scene, stand=stand), facts=(fact,))


def _button(scene: Scene) -> str:
    """The button that was signed."""
    signed = {order.trigger for order in scene.plan.prescription.channels}
    return "child" if Trigger.CHILD_BUTTON in signed else "therapist"


def _rest(scene: Scene, command: Command, now_ms: float) -> Outcome:
    watch, _ = sensor_of(scene)
    if scene.stand.running or scene.delivering:
        raise NotReady("Rest is measured while every unit is silent. Pause, wait, then measure.")
    watch = rested(watch, sense_rules(), now_ms)
    return Outcome(scene=replace(scene, watch=watch))


def _threshold(scene: Scene, command: Command, now_ms: float) -> Outcome:
    watch, sensing = sensor_of(scene)
    value: Any = command.data.get("value")
    watch = with_threshold(sensing, watch, value)
    fact = Fact(kind="threshold", slot="", data={"threshold": value, "by": "hand"})
    return Outcome(scene=replace(scene, watch=watch), facts=(fact,))


def _behaviour(scene: Scene, command: Command, now_ms: float) -> Outcome:
    score: Any = command.data.get("score")
    progress = steps.scored(scene.progress, score, now_ms)
    gate = scene.plan.prescription.gate
    fact = Fact(kind="behaviour", slot="", data={"score": score, "scale": gate.scale.value})
    closed = steps.gate_closed(progress, gate) if progress.delivered else ""
    at_rest = scene.progress.step in (Step.STOPPED, Step.SKIN_AFTER, Step.MEASURE)
    return Outcome(
        scene=replace(scene, progress=progress), facts=(fact,), stop="" if at_rest else closed
    )


def _clear_fault(scene: Scene, command: Command, now_ms: float) -> Outcome:
    step = command.data.get("step")
    if step not in (1, 2):
        raise BadInput(f"step={step!r} is not known. Use 1 (seen), then 2 (release).")
    chosen = (command.slot,) if command.slot else scene.progress.slots
    faulty = tuple(s for s in chosen if scene.units[s].stage is Stage.FAULT)
    if step == 2:
        still = {s for s, u in scene.units.items() if u.stage is Stage.FAULT} - set(faulty)
        gone = {*chosen} if still else {*chosen, ""}
        kept = tuple(fault for fault in scene.faults if fault.slot not in gone)
        scene = replace(scene, faults=kept)
        for slot in chosen:
            scene = scene.with_unit(slot, electrodes_ok=True)
    return Outcome(
        scene=scene,
        before=tuple((f"clear {step}", slot) for slot in faulty),
        facts=(Fact(kind="clear fault", slot=command.slot, data={"step": step}),),
    )


def _confirm_manual(scene: Scene, command: Command, now_ms: float) -> Outcome:
    slot = command.slot
    if scene.units[slot].unit.make != MANUAL:
        raise NotReady(f"Unit {slot} is set from here, not by hand. Nothing needs confirming.")
    dial_ma = command.data.get("amplitude_ma", scene.stand.slot(slot).level_ma)
    in_range("amplitude_ma", dial_ma, 0.0, MAX_DIAL_MA, "mA")  # above the ceiling: a fault, below
    fact = Fact(kind="manual", slot=slot, data={"dial_ma": dial_ma})
    return Outcome(scene=scene, before=((f"dial {dial_ma}", slot),), facts=(fact,))


def _note(scene: Scene, command: Command, now_ms: float) -> Outcome:
    text = str(command.data.get("text", "")).strip()
    if not text or len(text) > 5000:
        raise BadInput("A note has 1 to 5000 characters. Shorten it, or write something.")
    data = {key: value for key, value in command.data.items() if key != "text"}
    return Outcome(scene=scene, facts=(Fact(kind="note", slot="", data={"text": text, **data}),))


def _finish(scene: Scene, command: Command, now_ms: float) -> Outcome:
    progress = steps.finishing(scene.progress)
    stand = all_released(scene.plan, scene.stand, now_ms)
    after = (("pause", ""),) if progress.step is Step.RAMP_OUT else ()
    return Outcome(scene=replace(scene, progress=progress, stand=stand), after=after)


def _as_facts(slot: str, seen: tuple[dict[str, Any], ...]) -> tuple[Fact, ...]:
    return tuple(Fact(kind="observation", slot=slot, data=one) for one in seen)


TABLE: dict[str, Callable[[Scene, Command, float], Outcome]] = {
    "checklist": _checklist,
    "skin": _skin,
    "pads": _pads,
    "contact": _contact,
    "twitch": _twitch,
    "search_up": _search_up,
    "search_down": _quieter,
    "found": _found,
    "louder": _louder,
    "quieter": _quieter,
    "ladder": _ladder,
    "start": _start,
    "pause": _pause,
    "resume": _resume,
    "trigger": _trigger,
    "rest": _rest,
    "threshold": _threshold,
    "behaviour": _behaviour,
    "clear_fault": _clear_fault,
    "confirm_manual": _confirm_manual,
    "note": _note,
    "finish": _finish,
}
NEED_A_SLOT = frozenset(
    {
        "contact",
        "twitch",
        "search_up",
        "search_down",
        "found",
        "louder",
        "quieter",
        "ladder",
        "confirm_manual",
    }
)
