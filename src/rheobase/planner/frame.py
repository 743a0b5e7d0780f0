"""What a whole plan rests on: muscles, units, age band, protocol, task, posture, timing."""

from dataclasses import dataclass
from typing import final

from rheobase.evidence.doses import AgeBand, Envelope, band_of, envelopes
from rheobase.evidence.muscles import muscle
from rheobase.evidence.protocols import Level, Protocol, protocol, protocols
from rheobase.evidence.tasks import TherapyTask, task, tasks
from rheobase.planner.case import UNKNOWN, Case, LastTime, Target, UnitOwned
from rheobase.planner.dose import Setting
from rheobase.safety import CLEARED_INFANT, CLEARED_NECK, CLEARED_THORAX
from rheobase.stimulus.pads import Segment, Side
from rheobase.stimulus.pattern import Coordination
from rheobase.stimulus.prescription import SLOTS, Override, Posture, Trigger

MAXIMAL_FROM_MONTHS = 96.0  # clinical.md 3.4, level 5: from eight years
LAP_BELOW_MONTHS = 36.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One channel before its dose: which muscle, which unit, what its dose rests on."""

    slot: str
    target: Target
    unit: UnitOwned
    setting: Setting


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a whole plan rests on.

    Attributes:
        case: what was asked.
        targets: the muscles, in the order of the slots.
        band, envelope: by age and by focus.
        protocol: the published protocol followed, or None.
        task: the movement that goes with it, or None.
        posture, coordination, trigger: of the whole.
        left_out: muscles of the task for which there is no unit.
    """

    case: Case
    targets: tuple[Target, ...]
    band: AgeBand
    envelope: Envelope
    protocol: Protocol | None
    task: TherapyTask | None
    posture: Posture
    coordination: Coordination
    trigger: Trigger
    left_out: tuple[Target, ...]

    def rows(self) -> tuple[Row, ...]:
        """Return one row per muscle that has a unit."""
        triples = zip(SLOTS, self.targets, self.case.units, strict=False)
        return tuple(
            Row(slot=slot, target=target, unit=unit, setting=self._setting(target))
            for slot, target, unit in triples
        )

    def level(self, setting: Setting) -> Level:
        """Return how far up the ladder a channel goes."""
        level = setting.protocol.level if setting.protocol else self.envelope.level
        if level is Level.MAXIMAL and self.case.child.age_months < MAXIMAL_FROM_MONTHS:
            return Level.FUNCTIONAL
        return level

    def last(self, target: Target) -> LastTime | None:
        """Return what was used on a muscle last time, or None."""
        key = (target.muscle, target.side)
        return next((x for x in self.case.history.last if (x.muscle, x.side) == key), None)

    @property
    def overrides(self) -> tuple[Override, ...]:
        """What the prescription carries: the therapist's overrides, and clearances as such."""
        return (*self.case.overrides, *cleared_as_overrides(self.case, self.targets))

    @property
    def cleared(self) -> frozenset[str]:
        """Names of everything overridden or cleared."""
        return frozenset(o.rule for o in self.overrides)

    def _setting(self, target: Target) -> Setting:
        one = self.protocol if self.protocol and target.muscle in self.protocol.muscles else None
        tone = self.case.screening.get("severe_tone")
        return Setting(
            band=self.band,
            envelope=self.envelope,
            protocol=one,
            task=self.task,
            sessions=self.case.history.sessions,
            severe_tone=tone is not None and tone.answer not in ("no", UNKNOWN),
            alone=len(self.targets) == 1,
        )


def frame_of(case: Case) -> Frame:
    """Return what a plan for this case rests on."""
    band = band_of(case.child.age_months)
    wanted = case.targets or _task_targets(task(case.task), case.task_side or Side.LEFT)
    most = 3 if case.targets else min(len(case.units), band.units_max)
    targets = wanted[:most]
    chosen = protocol(case.protocol) if case.protocol else _best_protocol(case, targets)
    movement = _movement(case, chosen)
    return Frame(
        case=case,
        targets=targets,
        band=band,
        envelope=envelopes()[case.focus],
        protocol=chosen,
        task=movement,
        posture=_posture(case, movement),
        coordination=_coordination(movement, targets),
        trigger=movement.trigger if movement else Trigger.SCHEDULE,
        left_out=wanted[most:],
    )


def opposed(targets: tuple[Target, ...]) -> list[tuple[str, str]]:
    """Return the pairs of muscles that work against each other on one side, each pair once."""
    return sorted(
        {
            (a.muscle, b.muscle)
            for a in targets
            for b in targets
            if a.side is b.side
            and a.muscle < b.muscle
            and (
                b.muscle in muscle(a.muscle).antagonists or a.muscle in muscle(b.muscle).antagonists
            )
        }
    )


def cleared_as_overrides(case: Case, targets: tuple[Target, ...]) -> tuple[Override, ...]:
    """Return the clearances that lift a forbidden site, in the words of the guard."""
    rules: dict[str, str] = {}
    infant = band_of(case.child.age_months).key == "infant"
    for target in targets:
        segment = muscle(target.muscle).segment
        by = case.clearance(target.muscle)
        chest = by or case.clearance("chest") or case.clearance(CLEARED_THORAX)
        neck = by or case.clearance("anterior_neck") or case.clearance(CLEARED_NECK)
        given = {Segment.CHEST: chest, Segment.NECK: neck}.get(segment)
        if given is None:
            continue
        reason = f"Cleared by {given.by} on {given.on.isoformat()}."
        rules[CLEARED_THORAX if segment is Segment.CHEST else CLEARED_NECK] = reason
        if infant:
            rules[CLEARED_INFANT] = reason
    taken = {o.rule for o in case.overrides}
    return tuple(Override(rule=r, reason=why) for r, why in rules.items() if r not in taken)


def _task_targets(one: TherapyTask, side: Side) -> tuple[Target, ...]:
    other = Side.RIGHT if side is Side.LEFT else Side.LEFT
    return tuple(
        Target(muscle=u.muscle, side=side if u.side == "same" else other) for u in one.units
    )


def _best_protocol(case: Case, targets: tuple[Target, ...]) -> Protocol | None:
    """Return the published protocol that fits focus, muscles and age best; null results never lead."""
    age = case.child.age_months
    wanted = {t.muscle for t in targets}
    fitting = [
        p
        for p in protocols().values()
        if case.focus in p.focus
        and wanted & set(p.muscles)
        and p.covers(age) is not False
        and p.verdict in ("positive", "mixed")
        and (p.task in ("", case.task) if case.task else p.task in ("", *tasks()))
    ]

    def worth(p: Protocol) -> tuple[int, int, int, int]:
        return (
            len(wanted & set(p.muscles)),
            int(bool(case.task) and p.task == case.task),
            int(bool(p.covers(age))),
            int(p.frequency_hz is not None) + int(p.minutes is not None),
        )

    return max(fitting, key=worth, default=None)


def _movement(case: Case, chosen: Protocol | None) -> TherapyTask | None:
    if case.task:
        return task(case.task)
    if case.protocol and chosen is not None:
        return tasks().get(chosen.task)
    return None


def _posture(case: Case, movement: TherapyTask | None) -> Posture:
    if case.posture is not None:
        return case.posture
    if movement is not None:
        return movement.posture
    small = case.child.age_months < LAP_BELOW_MONTHS
    return Posture.LAP if small else Posture.SITTING


def _coordination(movement: TherapyTask | None, targets: tuple[Target, ...]) -> Coordination:
    if len(targets) == 1:
        return Coordination.TOGETHER
    if movement is not None:
        return movement.coordination
    return Coordination.ALTERNATING if opposed(targets) else Coordination.TOGETHER
