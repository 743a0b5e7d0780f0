"""A session at one moment: plan, progress, output and units together, as one frozen value."""

from dataclasses import dataclass, replace
from typing import Any, final

from rheobase.errors import BadInput
from rheobase.session.messages import Confirmed, ContactFound, Stage, Told, UnitState
from rheobase.session.stand import Stand, at_rest
from rheobase.session.steps import Progress, beginning
from rheobase.session.timetable import Plan
from rheobase.session.trigger import Watch, unwatched
from rheobase.stimulus.checks import identifier

MANUAL = "manual"  # the make of a stand-alone unit that a person sets
NO_PORT = (MANUAL, "virtual")  # makes whose address is a mere name


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitAt:
    """Which unit serves a slot.

    Attributes:
        slot: "A", "B" or "C".
        make: as the drivers are named.
        address: port or name, with its options.
    """

    slot: str
    make: str
    address: str

    def __post_init__(self) -> None:
        identifier("slot", self.slot)
        identifier("make", self.make)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class UnitNow:
    """What the supervisor last said about a unit.

    Attributes:
        unit: which it is.
        stage: where it is.
        why: reason of the last change.
        confirmed_ma: last confirmed current. [mA]
        electrodes_ok: no pad is known to be off.
        detail: what the unit said about itself when it was opened.
        contact: what its last contact check found since its pads were put on, or None.
        contact_ms: when that was. [ms]
    """

    unit: UnitAt
    stage: Stage
    why: str
    confirmed_ma: float
    electrodes_ok: bool
    detail: dict[str, Any]
    contact: ContactFound | None = None
    contact_ms: float = 0.0


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something the therapist must look at."""

    slot: str
    kind: str
    hard: bool
    reasons: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything the console shows and every command needs.

    Attributes:
        session: opaque identifier.
        plan: what was signed.
        progress: the step.
        stand: output, as wished.
        units: by slot, as confirmed.
        faults: still open.
        watch: what is known of the sensor, or None where the plan has none.
    """

    session: str
    plan: Plan
    progress: Progress
    stand: Stand
    units: dict[str, UnitNow]
    faults: tuple[Fault, ...]
    watch: Watch | None = None

    def with_unit(self, slot: str, **changes: Any) -> "Scene":
        """Return the scene with one unit changed; an unknown slot changes nothing."""
        if slot not in self.units:
            return self
        return replace(self, units={**self.units, slot: replace(self.units[slot], **changes)})

    @property
    def delivering(self) -> bool:
        """A unit delivers, or is asked to."""
        return not self.silent

    @property
    def silent(self) -> bool:
        """Nothing is wished and nothing is confirmed above 0."""
        return self.stand.silent and all(u.confirmed_ma == 0.0 for u in self.units.values())


def opened_scene(session: str, plan: Plan, units: tuple[UnitAt, ...]) -> Scene:
    """Return the scene of a session that begins.

    Raises:
        BadInput: if the units do not match the channels of the prescription.
    """
    slots = tuple(order.slot for order in plan.prescription.channels)
    given = sorted(unit.slot for unit in units)
    if given != sorted(slots):
        raise BadInput(
            f"The plan needs units {', '.join(slots)}, but {', '.join(given) or 'none'} were named. "
            "Name one unit for each."
        )
    _check_ports(units)
    return Scene(
        session=session,
        plan=plan,
        progress=beginning(slots),
        stand=at_rest(plan, 0.0),
        units={
            unit.slot: UnitNow(
                unit=unit,
                stage=Stage.OFF,
                why="",
                confirmed_ma=0.0,
                electrodes_ok=True,
                detail={},
            )
            for unit in units
        },
        faults=(),
        watch=None if plan.prescription.sensing is None else unwatched(),
    )


def _check_ports(units: tuple[UnitAt, ...]) -> None:
    ports: dict[str, str] = {}
    for unit in units:
        port = unit.address.partition("?")[0]
        first = ports.setdefault(port, unit.slot)
        if first != unit.slot and unit.make not in NO_PORT:
            raise BadInput(
                f"Units {first} and {unit.slot} name the same port {port}. A unit on a port serves "
                "one place; name another unit's port."
            )


def heard(scene: Scene, report: Told) -> Scene:
    """Return the scene after a report of the supervisor; the output itself is not touched."""
    if isinstance(report, UnitState):
        return scene.with_unit(report.slot, stage=report.stage, why=report.why)
    if isinstance(report, Confirmed):
        scene = scene.with_unit(report.slot, confirmed_ma=report.confirmed_ma)
        if report.confirmed_ma > 0.0 and not scene.progress.delivered:
            return _delivered(scene)
        return scene
    if isinstance(report, ContactFound):
        return _delivered(scene.with_unit(report.slot, contact=report))
    fault = Fault(slot=report.slot, kind=report.kind, hard=report.hard, reasons=report.reasons)
    if report.kind == "lead-off":
        scene = scene.with_unit(report.slot, electrodes_ok=False)
    if fault in scene.faults:
        return scene
    return replace(scene, faults=(*scene.faults, fault))


def _delivered(scene: Scene) -> Scene:
    return replace(scene, progress=replace(scene.progress, delivered=True))
