"""The dose of one muscle: a published value where one was read, else the default of the age.

Order of precedence for each value: a value of the chosen protocol that was read in its source; the
task; the envelope of the treatment focus; the default of the age band. Whatever lies outside the
age band or the unit is moved to their edge in the open, with the reason. A value that is only
recalled is named, and drives nothing.
"""

import math
from dataclasses import dataclass
from typing import final

from rheobase.evidence.doses import SOURCE_OF_BANDS, AgeBand, Envelope
from rheobase.evidence.load import Standing
from rheobase.evidence.muscles import muscle
from rheobase.evidence.protocols import Protocol, Value
from rheobase.evidence.tasks import TherapyTask
from rheobase.planner.case import LastTime, Target, UnitOwned
from rheobase.planner.explain import Reason
from rheobase.safety.limits import RISE_MAX_MA_PER_S
from rheobase.stimulus.pads import Segment
from rheobase.stimulus.pattern import Pattern

SMALL = (Segment.FOREARM, Segment.HAND)  # where the envelope for small muscles holds
SESSIONS_AT_FIRST = 3  # sessions with the shorter time (clinical.md 3.6: two good ones before more)
SEARCH_MIN = 3.0  # for motor-point search and ladder, on top of the dose (clinical.md 3.3) [min]
BLOCK_ON_S, BLOCK_OFF_S = 180.0, 60.0  # continuous work comes in blocks of play (clinical.md 3.2)
LOAD_SHARE = 0.5  # of last session's current, at most, without a fresh ladder (clinical.md 3.4)
RAMP_DOWN_S = 1.0
WEAK = "cameron_card"  # read, but a weak source
STAGGER_S = 0.3  # between the ramps of two units (clinical.md 3.5)
OURS = "clinical:D"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the dose of every channel of one plan rests on."""

    band: AgeBand
    envelope: Envelope
    protocol: Protocol | None
    task: TherapyTask | None
    sessions: int
    severe_tone: bool
    alone: bool  # the only channel: nothing to be staggered against


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """The dose of one channel, without its ceiling. Units are in the names."""

    frequency_hz: float
    pulse_width_us: float
    start_ma: float
    step_ma: float
    pattern: Pattern
    minutes_max: float
    reasons: tuple[Reason, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class NoDose:
    """No dose is possible, why, and what to do."""

    why: str
    to_do: str


def dose(
    target: Target, setting: Setting, unit: UnitOwned, last: LastTime | None, *, slot: str, at: int
) -> Dose | NoDose:
    """Return the dose of one muscle, or why there is none.

    Args:
        target: muscle and side.
        setting: age, focus, protocol, task.
        unit: the unit that would deliver it.
        last: what was used last time, or None.
        slot: for the names of the reasons.
        at: 0 for the first channel, 1 for the second: staggers them where no task does.
    """
    notes = _Notes(slot)
    hz = _frequency(setting, unit, notes)
    us = _pulse_width(target, setting, unit, notes)
    step = _step(setting, unit, notes)
    if isinstance(hz, NoDose):
        return hz
    if isinstance(us, NoDose):
        return us
    if isinstance(step, NoDose):
        return step
    pattern = _pattern(target, setting, notes, at)
    return Dose(
        frequency_hz=hz,
        pulse_width_us=us,
        start_ma=_start(setting, unit, last, pattern, notes),
        step_ma=step,
        pattern=pattern,
        minutes_max=_minutes_max(setting, pattern, notes),
        reasons=tuple(notes.reasons),
    )


class _Notes:
    """Collects the reasons of one channel while its dose is worked out."""

    def __init__(self, slot: str) -> None:
        self.slot = slot
        self.reasons: list[Reason] = []

    def add(self, name: str, value: str, why: str, source: str, tag: str) -> None:
        self.reasons.append(
            Reason(about=f"{self.slot}.{name}", value=value, why=why, source=source, tag=tag)
        )

    def ours(self, name: str, value: str, why: str) -> None:
        self.add(name, value, why, SOURCE_OF_BANDS, OURS)


def _frequency(setting: Setting, unit: UnitOwned, notes: _Notes) -> float | NoDose:
    published = setting.protocol.frequency_hz if setting.protocol else None
    return _train_value(
        "frequency_hz",
        published,
        setting.band.frequency_hz,
        device=(unit.frequency_min_hz, unit.frequency_max_hz),
        setting=setting,
        notes=notes,
    )


def _pulse_width(
    target: Target, setting: Setting, unit: UnitOwned, notes: _Notes
) -> float | NoDose:
    published = setting.protocol.pulse_width_us if setting.protocol else None
    default = setting.band.pulse_width_us
    if muscle(target.muscle).segment in SMALL:
        most = setting.envelope.pulse_width_small_us.most
        default = Value(
            value=min(default.number, most),
            low=default.low,
            high=default.high,
            unit=default.unit,
            tag=default.tag,
        )
    return _train_value(
        "pulse_width_us",
        published,
        default,
        device=(unit.pulse_width_min_us, unit.pulse_width_max_us),
        setting=setting,
        notes=notes,
    )


def _train_value(
    name: str,
    published: Value | None,
    default: Value,
    *,
    device: tuple[float, float],
    setting: Setting,
    notes: _Notes,
) -> float | NoDose:
    """Return frequency or pulse width: published if read, else the age's default."""
    band, unit = setting.band, default.unit
    read = published is not None and published.standing is Standing.PUBLISHED
    if published is not None and setting.protocol is not None and read:
        wanted = published.value if published.value is not None else published.least
        source, tag = setting.protocol.source, published.tag
        why = f"{setting.protocol.name}: {published.text} in {setting.protocol.population}."
    else:
        wanted, source, tag = default.number, SOURCE_OF_BANDS, default.tag
        why = f"Default for {band.title} ({default.least:g} to {default.most:g} {unit})."
        if published is not None and setting.protocol is not None:
            why += (
                f" {setting.protocol.name} is recalled to have used {published.text}; "
                "that was not read, so it drives nothing."
            )
    low, high = max(default.least, device[0]), min(default.most, device[1])
    if low > high:
        return NoDose(
            why=f"the unit's range of {device[0]:g} to {device[1]:g} {unit} does not meet "
            f"{default.least:g} to {default.most:g} {unit} for {band.title}",
            to_do="Use another unit.",
        )
    value = min(max(wanted, low), high)
    if value != wanted:
        why += f" Moved from {wanted:g} to {value:g} {unit}, the edge of {band.title} or the unit."
        source, tag = SOURCE_OF_BANDS, OURS
    notes.add(name, f"{value:g} {unit}", why, source, tag)
    return value


def _step(setting: Setting, unit: UnitOwned, notes: _Notes) -> float | NoDose:
    band = setting.band
    rungs = math.floor(band.step_ma.number / unit.amplitude_step_ma + 1e-9)
    if rungs < 1:
        return NoDose(
            why=f"{unit.make} rises by {unit.amplitude_step_ma:g} mA at least, but {band.title} "
            f"allows steps of {band.step_ma.number:g} mA",
            to_do="Use a unit with finer steps.",
        )
    step = round(rungs * unit.amplitude_step_ma, 6)
    notes.add(
        "step_ma", f"{step:g} mA", f"Largest step for {band.title} that {unit.make} can make.",
        SOURCE_OF_BANDS, band.step_ma.tag,
    )  # fmt: skip
    return step


def _start(
    setting: Setting, unit: UnitOwned, last: LastTime | None, pattern: Pattern, notes: _Notes
) -> float:
    start = setting.band.start_ma.number
    why = "The ladder begins at zero."
    if last is not None:
        along_ramp = RISE_MAX_MA_PER_S * pattern.ramp_up_s
        start = floored(min(LOAD_SHARE * last.used_ma, along_ramp), unit.amplitude_step_ma)
        why = (
            f"Last time {last.used_ma:g} mA. At most half of it is loaded, and no more than "
            f"the first ramp may rise ({along_ramp:g} mA)."
        )
    notes.ours("start_ma", f"{start:g} mA", why)
    return start


def _pattern(target: Target, setting: Setting, notes: _Notes, at: int) -> Pattern:
    on, off, down = _on_off(setting, notes)
    up = _ramp_up(setting, on, notes)
    cycle = on + down + off
    minutes = _minutes(setting, notes)
    repetitions = max(1, math.floor(minutes * 60.0 / (on if on >= BLOCK_ON_S else cycle)))
    aimed = setting.envelope.repetitions
    why = f"What fits into {minutes:g} min."
    source, tag = SOURCE_OF_BANDS, OURS
    if aimed is not None and aimed.number < repetitions:
        repetitions = int(aimed.number)
        why = (
            f"{aimed.least:g} to {aimed.most:g} contractions for {setting.envelope.title.lower()}."
        )
        why += " A textbook card, a weak source." if setting.envelope.source == WEAK else ""
        source, tag = setting.envelope.source, aimed.tag
    notes.add("repetitions", f"{repetitions}", why, source, tag)
    offset = _offset(target, setting, at)
    if offset:
        notes.ours("offset_s", f"{offset:g} s", "Ramps of two units start at least 0.3 s apart.")
    return Pattern(
        on_s=on,
        off_s=off,
        ramp_up_s=up,
        ramp_down_s=down,
        offset_s=offset,
        repetitions=repetitions,
    )


def _offset(target: Target, setting: Setting, at: int) -> float:
    units = setting.task.units if setting.task else ()
    if setting.alone:
        return 0.0
    if at < len(units) and units[at].muscle == target.muscle:
        return units[at].offset_s
    same = [u.offset_s for u in units if u.muscle == target.muscle]
    return same[0] if same else round(STAGGER_S * at, 1)


def _on_off(setting: Setting, notes: _Notes) -> tuple[float, float, float]:
    one, task, band = setting.protocol, setting.task, setting.band
    source, tag, down = SOURCE_OF_BANDS, OURS, RAMP_DOWN_S
    if task is not None:
        on, off, down = task.on_s.number, task.off_s.number, task.ramp_down_s.number
        why = f"Timing of the task '{task.title}'."
    elif one is not None and one.continuous:
        on, off = BLOCK_ON_S, BLOCK_OFF_S
        why = f"{one.name} stimulated without a pause; given in blocks of play with rests."
    else:
        on, off = setting.envelope.on_s.number, setting.envelope.off_s.number
        source, tag = setting.envelope.source, setting.envelope.on_s.tag
        why = f"Envelope for {setting.envelope.title.lower()}."
        why += " A textbook card, a weak source." if source == WEAK else ""
    if on > band.train_s.number:
        on, source, tag = band.train_s.number, SOURCE_OF_BANDS, OURS
        why += f" Shortened to trains of {on:g} s for {band.title}."
    notes.add("on_off", f"{on:g} s on, {off:g} s off", why, source, tag)
    return on, off, down


def _ramp_up(setting: Setting, on_s: float, notes: _Notes) -> float:
    band = setting.band
    longest = band.ramp_up_s.most
    up = min(max(band.ramp_up_s.number, setting.envelope.ramp_up_s.number), longest)
    why = f"{band.title}: {band.ramp_up_s.text}; longer for {setting.envelope.title.lower()}."
    if setting.severe_tone:
        up, why = longest, "Severe spasticity or dystonia: the longest ramp of this age."
    if up > on_s / 2.0:
        up = max(band.ramp_up_s.least, on_s / 2.0)
        why = f"Half of a contraction of {on_s:g} s, but no less than this age allows."
    notes.ours("ramp_up_s", f"{up:g} s", why)
    return up


def _minutes(setting: Setting, notes: _Notes) -> float:
    band, one = setting.band, setting.protocol
    early = setting.sessions < SESSIONS_AT_FIRST
    minutes = band.minutes.least if early else band.minutes.number
    source, tag = SOURCE_OF_BANDS, OURS
    why = f"{band.title}: {minutes:g} min"
    why += f" in the first {SESSIONS_AT_FIRST} sessions." if early else "."
    wanted = one.minutes if one else None
    if one is not None and wanted is not None and wanted.standing is Standing.PUBLISHED:
        why += f" {one.name} gave {wanted.text}."
        if wanted.number <= minutes:
            minutes, source, tag = wanted.number, one.source, wanted.tag
        elif not early:
            minutes = min(wanted.number, band.minutes.most)
            why += f" At most {band.minutes.most:g} min at this age."
    notes.add("minutes", f"{minutes:g} min", why, source, tag)
    return minutes


def _minutes_max(setting: Setting, pattern: Pattern, notes: _Notes) -> float:
    on_min = pattern.repetitions * (pattern.on_s + pattern.ramp_down_s) / 60.0
    needed = math.ceil(2.0 * (on_min + SEARCH_MIN)) / 2.0
    most = min(needed, setting.band.minutes.most)
    notes.ours(
        "minutes_max",
        f"{most:g} min",
        f"Current flows {on_min:.1f} min; {SEARCH_MIN:g} min for search and ladder; "
        f"at most {setting.band.minutes.most:g} min.",
    )
    return most


def floored(value: float, step: float) -> float:
    """Return the largest multiple of a unit's step that is not above a value; both in mA."""
    return round(math.floor(value / step + 1e-9) * step, 6)
