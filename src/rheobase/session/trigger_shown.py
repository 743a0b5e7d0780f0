"""What a console shows of whatever starts a cycle: button, pedal or sensor, in one word and a bar."""

from typing import Any

from rheobase.errors import NotReady
from rheobase.session import controls
from rheobase.session.listening import moment_of, sensor_of
from rheobase.session.scene import Scene
from rheobase.session.sense_rules import sense_rules
from rheobase.session.stand import Mode
from rheobase.session.timetable import Phase
from rheobase.session.trigger import Watch
from rheobase.stimulus import Crossing, Trigger

SENSOR_STATES = (
    "idle",
    "waiting",
    "triggered",
    "blanked",
    "refractory",
    "cap reached",
    "let go first",
    "no threshold",
    "measuring rest",
    "no signal",
)
WORKING = (Phase.RAMP_UP, Phase.ON, Phase.RAMP_DOWN)


def trigger_shown(scene: Scene, now_ms: float) -> dict[str, Any] | None:
    """Return what starts a cycle and where it stands, or None where the clock does.

    The sensor's `state` is one of `SENSOR_STATES`; a button knows fewer of them.
    """
    if not scene.plan.triggered:
        return None
    signed = {order.trigger for order in scene.plan.prescription.channels}
    buttons = sorted(t.value for t in signed - {Trigger.SENSOR, Trigger.SCHEDULE})
    if Trigger.SCHEDULE in signed or not signed - {Trigger.SCHEDULE}:
        buttons = sorted({*buttons, Trigger.THERAPIST_BUTTON.value})
    return {
        "buttons": buttons,
        "pedal": _pedal(scene, now_ms) if buttons else "none",
        "sensor": _sensor(scene, now_ms),
    }


def _pedal(scene: Scene, now_ms: float) -> str:
    """Return where the buttons stand."""
    if not scene.stand.running:
        return "idle"
    ours = [one for one in scene.stand.slots if one.mode is Mode.BLOCK]
    if any(one.phase in WORKING for one in ours):
        return "triggered"
    for button in (Trigger.THERAPIST_BUTTON, Trigger.CHILD_BUTTON):
        try:
            controls.triggered(scene.plan, scene.stand, button, now_ms)
        except NotReady:
            continue
        return "waiting"
    return "refractory" if _turns_left(scene) else "cap reached"


def _turns_left(scene: Scene) -> bool:
    return any(
        one.cycles < scene.plan.prescription.channel(one.slot).pattern.repetitions
        for one in scene.stand.slots
        if one.mode is Mode.BLOCK
    )


def _sensor(scene: Scene, now_ms: float) -> dict[str, Any] | None:
    if scene.watch is None:
        return None
    watch, sensing = sensor_of(scene)
    baseline, sign = watch.baseline, 1.0 if sensing.crossing is Crossing.ABOVE else -1.0
    threshold = watch.threshold
    return {
        "state": _state(scene, watch, now_ms),
        "why": watch.why or ("" if baseline is None else baseline.why),
        "stream": watch.stream,
        "signal": sensing.signal.value,
        "crossing": sensing.crossing.value,
        "unit": sensing.unit,
        "level": None if watch.level is None else round(watch.level, 1),
        "threshold": threshold,
        "back": None if threshold is None else round(threshold - sign * sensing.hysteresis, 2),
        "signed": [sensing.threshold_low, sensing.threshold_high],
        "count": watch.count,
        "cap": sensing.repetitions,
    }


def _state(scene: Scene, watch: Watch, now_ms: float) -> str:
    _, sensing = sensor_of(scene)
    working = any(one.mode is Mode.BLOCK and one.phase in WORKING for one in scene.stand.slots)
    since_ms = float("inf") if watch.taken_ms is None else now_ms - watch.taken_ms
    stale = now_ms - watch.heard_ms > 1000.0 * sense_rules().stale_s
    answers = (
        ("no signal", stale or watch.why != ""),
        ("measuring rest", watch.rest is not None),
        ("no threshold", watch.threshold is None),
        ("idle", moment_of(scene, now_ms).block == 0),
        ("triggered", working),
        ("cap reached", watch.count >= sensing.repetitions),
        ("blanked", watch.blanked),
        ("refractory", since_ms < 1000.0 * sensing.refractory_s or not _rested(scene, now_ms)),
        ("let go first", not watch.ready),
    )
    return next((word for word, holds in answers if holds), "waiting")


def _rested(scene: Scene, now_ms: float) -> bool:
    """The muscles would follow now."""
    try:
        controls.triggered(scene.plan, scene.stand, Trigger.SENSOR, now_ms)
    except NotReady:
        return False
    return True
