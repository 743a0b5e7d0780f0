"""How a scene goes on: with every beat, every report, every stop. Pure; played live, and played again.

`live` calls these as things happen; `replay` calls them again from the journal, with the same times,
and must come to the same wishes.
"""

from dataclasses import replace

from rheobase.session import steps
from rheobase.session.conductor import Happening, all_released, silenced, tick
from rheobase.session.messages import ContactFound, Stage, Told, Trouble, UnitState, Wish
from rheobase.session.scene import Fault, Scene, heard
from rheobase.session.steps import Step

ACTIVE = (Step.TWITCH, Step.SEARCH, Step.LADDER, Step.BLOCKS)


def beaten(scene: Scene, now_ms: float) -> tuple[Scene, tuple[Wish, ...], tuple[Happening, ...]]:
    """Return the scene after a beat, every unit's wish, and what came about by itself.

    Args:
        scene: before.
        now_ms: time since the session was opened. [ms]
    """
    stand, wishes, happened = tick(scene.plan, scene.stand, now_ms)
    scene = replace(scene, stand=stand)
    if any(one.kind == "session over" for one in happened):
        scene = replace(scene, progress=replace(scene.progress, step=Step.RAMP_OUT))
    return scene, wishes, happened


def settled(scene: Scene) -> Scene:
    """Return the scene after a beat whose last current has ended: skin comes next."""
    if scene.progress.step is Step.RAMP_OUT and scene.silent:
        return replace(scene, progress=replace(scene.progress, step=Step.SKIN_AFTER))
    return scene


def stopped(scene: Scene, why: str, now_ms: float) -> Scene:
    """Return the scene after a stop."""
    return replace(
        scene,
        stand=silenced(scene.stand, now_ms),
        progress=steps.stopped(scene.progress, why),
    )


def eased(scene: Scene, now_ms: float) -> Scene:
    """Return the scene with every unit ramping out."""
    return replace(scene, stand=all_released(scene.plan, scene.stand, now_ms))


def lost(scene: Scene, why: str, now_ms: float) -> Scene:
    """Return the scene without a supervisor: the units' own watchdogs end the output."""
    fault = Fault(slot="", kind="supervisor", hard=False, reasons=(why,))
    scene = replace(stopped(scene, why, now_ms), faults=(*scene.faults, fault))
    for slot in scene.units:
        scene = scene.with_unit(slot, stage=Stage.OFF)
    return scene


def told(scene: Scene, report: Told, now_ms: float) -> Scene:
    """Return the scene after a report of the supervisor."""
    scene = heard(scene, report)
    if isinstance(report, ContactFound):
        return scene.with_unit(report.slot, contact_ms=now_ms)
    if isinstance(report, Trouble) and report.hard:
        return stopped(scene, " ".join(report.reasons), now_ms)
    if not isinstance(report, UnitState):
        return scene
    active = scene.progress.step in ACTIVE
    if report.stage is Stage.FAULT or (active and report.stage in (Stage.OFF, Stage.STOPPING)):
        return stopped(scene, report.why, now_ms)
    if report.stage is Stage.PAUSED and not scene.stand.silent:
        return eased(scene, now_ms)
    return scene
