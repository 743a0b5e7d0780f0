"""What the console is shown: a scene as plain JSON."""

from typing import Any

from rheobase.session import controls, steps
from rheobase.session.contact import can_check, verdict
from rheobase.session.messages import Stage
from rheobase.session.scene import MANUAL, Scene, UnitNow
from rheobase.session.stand import SlotStand
from rheobase.session.steps import Step
from rheobase.session.trigger_shown import trigger_shown
from rheobase.stimulus import to_plain

DIAL_STEP_MA = 1.0  # a dial that is less than this behind its ramp needs no word


def snapshot(scene: Scene, now_ms: float, journal_seq: int) -> dict[str, Any]:
    """Return everything a console needs to draw.

    Args:
        scene: the session at this moment.
        now_ms: time since the session was opened. [ms]
        journal_seq: number of the last event.
    """
    prescription, progress, stand = scene.plan.prescription, scene.progress, scene.stand
    used_ms = 0.0 if stand.first_output_ms is None else now_ms - stand.first_output_ms
    block_left_ms = (
        stand.block_left_ms if stand.block_until_ms is None else (stand.block_until_ms - now_ms)
    )
    return {
        "session": scene.session,
        "step": progress.step.value,
        "stage": stage(scene),
        "why": progress.why,
        "elapsed_s": round(now_ms / 1000.0, 2),
        "remaining_s": round(max(0.0, prescription.session_min * 60.0 - used_ms / 1000.0), 1),
        "block": stand.block,
        "block_running": stand.running,
        "block_left_s": round(max(0.0, block_left_ms) / 1000.0, 1),
        "slots": [_slot(scene, one, now_ms) for one in stand.slots],
        "behaviour": {
            "baseline": progress.baseline,
            "last": progress.score,
            "due_in_s": round(steps.due_in_s(progress, prescription.gate, now_ms), 1),
            "scale": prescription.gate.scale.value,
            "stop_at": prescription.gate.stop_at,
            "stop_at_rise": prescription.gate.stop_at_rise,
        },
        "cues": _cues(scene),
        "checklist": steps.CHECKLIST,
        "allowed": sorted(_allowed(scene)),
        "triggered": scene.plan.triggered,
        "trigger": trigger_shown(scene, now_ms),
        "faults": [to_plain(fault) for fault in scene.faults],
        "journal_seq": journal_seq,
    }


def stage(scene: Scene) -> str:
    """Return one word for all units: the most urgent of their stages."""
    order = ("FAULT", "STOPPING", "RUNNING", "PAUSED", "ARMED", "CHECKED", "IDENTIFIED", "OFF")
    stages = {unit.stage.value for unit in scene.units.values()}
    return next(word for word in order if word in stages)


def _slot(scene: Scene, one: SlotStand, now_ms: float) -> dict[str, Any]:
    order, unit = scene.plan.prescription.channel(one.slot), scene.units[one.slot]
    progress = scene.progress
    left_min = max(0.0, order.minutes_max - one.stimulated_ms / 60_000.0)
    return {
        "slot": one.slot,
        "muscle": order.muscle,
        "side": order.side.value,
        "make": unit.unit.make,
        "stage": unit.stage.value,
        "phase": one.phase.value,
        "mode": one.mode.value,
        "level_ma": one.level_ma,
        "now_ma": round(one.wish_ma, 2),
        "confirmed_ma": unit.confirmed_ma,
        "ceiling_ma": order.ceiling_ma,
        "step_ma": order.step_ma,
        "frequency_hz": one.wish_hz,
        "pulse_width_us": order.pulse_width_us,
        "locked": controls.locked(scene.plan, one, now_ms),
        "seconds_in_phase": round(max(0.0, now_ms - one.phase_ms) / 1000.0, 1),
        "minutes_left": round(left_min, 2),
        "contractions": one.cycles,
        "electrodes_ok": unit.electrodes_ok,
        "contact_check": can_check(scene, one.slot),
        "contact": _contact(unit),
        "padded": one.slot in progress.padded,
        "twitched": one.slot in progress.twitched,
        "found": progress.found.get(one.slot),
        "ladder": progress.ladder.get(one.slot, {}),
        "manual_prompt": _manual_prompt(scene, one),
    }


def _contact(unit: UnitNow) -> dict[str, Any] | None:
    """What the last contact check found, or None."""
    if unit.contact is None:
        return None
    return {**to_plain(unit.contact), "verdict": verdict(unit.contact.resistance_ohm).value}


def _manual_prompt(scene: Scene, one: SlotStand) -> str | None:
    """What a person should do at a stand-alone unit now, or None."""
    unit = scene.units[one.slot]
    if unit.unit.make != MANUAL:
        return None
    if unit.stage is not Stage.RUNNING:
        return f"Turn the dial of unit {one.slot} to 0." if unit.stage is not Stage.OFF else None
    if one.wish_ma <= unit.confirmed_ma + DIAL_STEP_MA and one.level_ma > 0.0:
        return None
    order = scene.plan.prescription.channel(one.slot)
    return (
        f"Set unit {one.slot} to {one.level_ma:g} mA, {order.pulse_width_us:g} µs, "
        f"{one.wish_hz:g} Hz, then confirm."
    )


def _cues(scene: Scene) -> dict[str, str]:
    activities = scene.plan.prescription.activities
    if not activities:
        return {"name": "", "therapist": "", "child": "", "expected": ""}
    now = activities[max(0, scene.stand.block - 1) % len(activities)]
    return {
        "name": now.name,
        "therapist": now.cue_therapist,
        "child": now.cue_child,
        "expected": now.expected_movement,
    }


def _allowed(scene: Scene) -> frozenset[str]:
    step, stand = scene.progress.step, scene.stand
    words = steps.COMMANDS[step] | (steps.ANYTIME if step is not Step.DONE else frozenset())
    words = words if scene.watch is not None else words - steps.SENSOR
    if stand.running:
        return words - {"start", "resume", "rest"}
    words = words - {"trigger"}
    return words - ({"start"} if stand.block_left_ms > 0.0 else {"resume"})
