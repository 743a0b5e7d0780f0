"""A sensor in a session: what arrives changes the scene, and everything it did is a fact.

The sensor has one word, *now*, and it means what the button means: `controls.triggered` judges it by
the same rules. No level, no pattern and no repetition is in its reach.
"""

import math
from dataclasses import replace

from rheobase.errors import NotReady
from rheobase.session import controls, steps
from rheobase.session.facts import Fact
from rheobase.session.scene import Scene
from rheobase.session.sense_rules import SenseRules
from rheobase.session.trigger import Arrived, Moment, Onset, Watch, taken, watched
from rheobase.stimulus import Sensing, Trigger

NOT_NOW = "not now"  # the key of a refusal by the conductor, told once between two triggers


def sensor_of(scene: Scene) -> tuple[Watch, Sensing]:
    """Return what is known of the sensor, and what was signed.

    Raises:
        NotReady: the plan is not started by one.
    """
    sensing = scene.plan.prescription.sensing
    if scene.watch is None or sensing is None:
        raise NotReady("This plan is not started by a sensor. Sign one that is.")
    return scene.watch, sensing


def moment_of(scene: Scene, now_ms: float) -> Moment:
    """Return what the detector must know of a session."""
    block = scene.stand.block if scene.stand.running else 0
    return Moment(now_ms=now_ms, output=scene.delivering, block=block)


def listened(
    scene: Scene, rules: SenseRules, arrived: Arrived, now_ms: float
) -> tuple[Scene, tuple[Fact, ...]]:
    """Return the scene after a look at the sensor, and what is to be written down.

    Args:
        scene: with a sensor.
        rules: how a stream is listened to.
        arrived: since the last look.
        now_ms: time since the session was opened. [ms]
    """
    before, sensing = sensor_of(scene)
    watch, onsets = watched(sensing, rules, before, arrived, moment_of(scene, now_ms))
    scene = replace(scene, watch=watch)
    facts = []
    if watch.baseline is not None and watch.baseline is not before.baseline:
        facts.append(_measured(watch))
    for onset in onsets:
        scene, said = _answered(scene, onset, now_ms)
        facts += said
    return scene, tuple(facts)


def _measured(watch: Watch) -> Fact:
    found = watch.baseline
    assert found is not None  # noqa: S101 - the caller has looked
    data = {"mean": round(found.mean, 3), "sd": round(found.sd, 3), "samples": found.count}
    return Fact(
        kind="rest",
        slot="",
        data={**data, "threshold": found.threshold, "why": found.why},
    )


def _answered(scene: Scene, onset: Onset, now_ms: float) -> tuple[Scene, list[Fact]]:
    watch, _ = sensor_of(scene)
    if onset.refused:
        return scene, [_fact("trigger refused", onset, why=onset.refused)]
    try:
        steps.check_comfort(scene.progress, scene.plan.prescription.gate, now_ms)
        stand = controls.triggered(scene.plan, scene.stand, Trigger.SENSOR, now_ms)
    except NotReady as refusal:
        if NOT_NOW in watch.told:
            return scene, []
        told = replace(scene, watch=replace(watch, told=watch.told | {NOT_NOW}))
        return told, [_fact("trigger refused", onset, why=str(refusal))]
    scene = replace(scene, stand=stand, watch=taken(watch, now_ms))
    return scene, [_fact("trigger", onset, source="sensor")]


def _fact(kind: str, onset: Onset, **more: str) -> Fact:
    data = {
        "level": round(onset.level, 2),
        "threshold": onset.threshold,
        "stream_s": onset.stream_s if math.isfinite(onset.stream_s) else None,
    }
    return Fact(kind=kind, slot="", data={**more, **data})
