"""A recorded session run again: the conductor asked anew, at the same times, after the same presses.

What it wishes must be what was recorded, bit for bit; anything else is a difference, and named. The
plan, every press, every report and every beat come from the journal; nothing is delivered.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import final

from rheobase.errors import BadInput, NotReady
from rheobase.session import controls, course
from rheobase.session.beats import BEATS, summed
from rheobase.session.commands import Command, perform
from rheobase.session.events import Event
from rheobase.session.messages import Confirmed, ContactFound, Stage, Trouble, UnitState, Wish
from rheobase.session.rules import rules
from rheobase.session.scene import Scene, UnitAt, opened_scene
from rheobase.session.timetable import Plan
from rheobase.session.trigger import taken
from rheobase.stimulus import Sealed, Trigger, from_plain

BY_ITSELF = ("contraction", "pulses over", "minutes used", "block over", "session over")
OF_A_PRESS = ("key", "do", "level_ma")  # the rest of a command's data are its fields


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where a replay does not come to what was recorded.

    Attributes:
        seq: of the event.
        at_s: since the session was opened. [s]
        what: recorded and replayed, in words.
    """

    seq: int
    at_s: float
    what: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay came to.

    Attributes:
        beats: how often the conductor was asked. [1]
        differences: from what was recorded, in order; later ones often follow from the first.
    """

    beats: int
    differences: tuple[Difference, ...]


def replayed(events: Sequence[Event]) -> Replayed:
    """Run a session again and compare.

    Args:
        events: of one journal, oldest first.

    Raises:
        NotReady: the journal holds no beats: it is empty, of an older form, or nothing was begun.
    """
    if not any(event.kind == BEATS for event in events):
        raise NotReady(
            "This journal holds no beats, so it cannot be run again. It can still be shown."
        )
    play = Play(events[0])
    for event, after in zip(events[1:], [*events[2:], None], strict=True):
        play.go_on(event, after)
    return Replayed(beats=play.beats, differences=tuple(play.differences))


@final
class Play:
    """A replay at one moment.

    Attributes:
        scene: as it would be.
        beats: so far. [1]
        differences: so far.

    Args:
        opening: the first event.
    """

    def __init__(self, opening: Event) -> None:
        self._zero_ns = opening.monotonic_ns
        self.scene = _opened(opening)
        self.beats = 0
        self.differences: list[Difference] = []
        self._happened: list[tuple[str, str]] = []  # by itself, and not yet met in the journal

    def go_on(self, event: Event, after: Event | None) -> None:
        """Take one event in.

        Args:
            event: the next one.
            after: the one behind it, which tells when a sensor was heard.
        """
        now_ms = self._ms(event.data.get("heard_ns", event.monotonic_ns))
        deed = DEEDS.get(event.kind)
        if event.kind == BEATS:
            self._beats(event)
        elif event.kind in BY_ITSELF:
            self._met(event)
        elif event.kind == "command":
            self._press(event, now_ms)
        elif event.kind == "trigger" and "level" in event.data and after is not None:
            self._sensed(self._ms(after.monotonic_ns))
        elif deed is not None:
            self.scene = deed(self.scene, event, now_ms)

    def _beats(self, event: Event) -> None:
        wishes: tuple[Wish, ...] = ()
        check = 0
        for at_ns in _times_ns(event):
            self.scene, wishes, happened = course.beaten(self.scene, self._ms(at_ns))
            self.scene = course.settled(self.scene)
            self._happened += [(one.kind, one.slot) for one in happened]
            check = summed(check, wishes)
            self.beats += 1
        asked_ma = {wish.slot: wish.amplitude_ma for wish in wishes}
        if check != event.data["sum"]:
            recorded = event.data["asked_ma"]
            self._differs(event, f"asked {recorded} mA, replayed {asked_ma} mA")

    def _met(self, event: Event) -> None:
        this = (event.kind, event.slot)
        if this in self._happened:
            self._happened.remove(this)
        else:
            self._differs(event, f"{event.kind} {event.slot} did not come about")

    def _press(self, event: Event, now_ms: float) -> None:
        data = {key: value for key, value in event.data.items() if key not in OF_A_PRESS}
        do = event.data["do"]
        press = Command(key=event.data["key"], do=do, slot=event.slot, data=data)
        try:
            self.scene = perform(self.scene, press, now_ms).scene
        except (BadInput, NotReady) as refusal:
            self._differs(event, f"{do} was carried out, replayed: {refusal}")
            return
        recorded = event.data.get("level_ma")
        level_ma = self.scene.stand.slot(event.slot).level_ma if event.slot else None
        if recorded != level_ma:
            self._differs(event, f"{do} {event.slot}: level {recorded} mA, replayed {level_ma} mA")

    def _sensed(self, now_ms: float) -> None:
        stand = controls.triggered(self.scene.plan, self.scene.stand, Trigger.SENSOR, now_ms)
        watch = self.scene.watch
        self.scene = replace(
            self.scene, stand=stand, watch=None if watch is None else taken(watch, now_ms)
        )

    def _differs(self, event: Event, what: str) -> None:
        at_s = round((event.monotonic_ns - self._zero_ns) / 1e9, 3)
        self.differences.append(Difference(seq=event.seq, at_s=at_s, what=what))

    def _ms(self, at_ns: int) -> float:
        return (at_ns - self._zero_ns) / 1e6


def _opened(opening: Event) -> Scene:
    data = opening.data
    plan = Plan(
        prescription=from_plain(Sealed, data["sealed"]).prescription,
        interlocks=tuple((pair[0], pair[1]) for pair in data.get("interlocks", ())),
        rules=rules(),
    )
    units = tuple(UnitAt(**unit) for unit in data["units"])
    return opened_scene(data["session"], plan, units)


def _times_ns(event: Event) -> Iterator[int]:
    at_ns = event.monotonic_ns
    for step_ns in event.data["steps_ns"]:
        at_ns += step_ns
        yield at_ns


def _why(event: Event) -> str:
    return " ".join(event.reasons)


def _stage(scene: Scene, event: Event, now_ms: float) -> Scene:
    stage, ns = Stage(event.data["stage"]), event.monotonic_ns
    report = UnitState(slot=event.slot, stage=stage, why=_why(event), monotonic_ns=ns)
    return course.told(scene, report, now_ms)


def _confirmed(scene: Scene, event: Event, now_ms: float) -> Scene:
    report = Confirmed(
        slot=event.slot,
        asked_ma=event.asked_ma or 0.0,
        allowed_ma=event.allowed_ma or 0.0,
        confirmed_ma=event.confirmed_ma or 0.0,
        pulse_width_us=float(event.data["pulse_width_us"]),
        frequency_hz=float(event.data["frequency_hz"]),
        monotonic_ns=event.monotonic_ns,
    )
    return course.told(scene, report, now_ms)


def _contact(scene: Scene, event: Event, now_ms: float) -> Scene:
    data = event.data
    report = ContactFound(
        slot=event.slot,
        amplitude_ma=data["amplitude_ma"],
        voltage_v=data["voltage_v"],
        resistance_ohm=data["resistance_ohm"],
        low_ohm=data["low_ohm"],
        high_ohm=data["high_ohm"],
        monotonic_ns=event.monotonic_ns,
    )
    return course.told(scene, report, now_ms)


def _trouble(scene: Scene, event: Event, now_ms: float) -> Scene:
    report = Trouble(
        slot=event.slot,
        kind=event.data["kind"],
        hard=event.data["hard"],
        reasons=event.reasons,
        monotonic_ns=event.monotonic_ns,
    )
    return course.told(scene, report, now_ms)


DEEDS: dict[str, Callable[[Scene, Event, float], Scene]] = {
    "stop": lambda scene, event, now_ms: course.stopped(scene, _why(event), now_ms),
    "eased": lambda scene, _event, now_ms: course.eased(scene, now_ms),
    "supervisor lost": lambda scene, event, now_ms: course.lost(scene, _why(event), now_ms),
    "unit": lambda scene, event, _now_ms: scene.with_unit(event.slot, detail=event.data),
    "stage": _stage,
    "confirmed": _confirmed,
    "contact": _contact,
    "trouble": _trouble,
}
