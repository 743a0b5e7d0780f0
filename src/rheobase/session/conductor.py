"""What every unit should deliver now: a pure function of plan, stand and time, ticked at 20 ms.

Nothing here raises an intensity: levels come from `controls`, and a wish never exceeds its level.
Downward is immediate. Upward follows the signed ramp up to what the child has felt before, and no
faster than `rise_ma_per_s` beyond it. A rate of pulses changes only while its unit is silent.
"""

from dataclasses import dataclass, replace
from typing import final

from rheobase.session.messages import Wish
from rheobase.session.stand import Mode, SlotStand, Stand
from rheobase.session.timetable import Phase, Plan, antagonists, envelope, timetable
from rheobase.stimulus import ChannelOrder

TICK_MS = 20.0
MARGIN_MS = 500.0  # before a signed time ends, beside the ramp out
SILENCE_MS = 200.0  # between two rates of pulses, so that no late tick can skip the silence
BETWEEN = (Phase.REST, Phase.WAITING, Phase.OFF)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that came about by itself while time passed.

    Attributes:
        kind: "pulses over", "minutes used", "block over", "session over" or "contraction".
        slot: the unit, or "" for all.
    """

    kind: str
    slot: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a unit's mode asks for: fraction of its level [1], rate [Hz], phase."""

    fraction: float
    hz: float
    phase: Phase


def tick(
    plan: Plan, stand: Stand, now_ms: float
) -> tuple[Stand, tuple[Wish, ...], tuple[Happening, ...]]:
    """Return the next stand, every unit's wish, and what happened.

    Args:
        plan: what was signed, with its rules.
        stand: the stand of the tick before, or after a command.
        now_ms: monotonic time since the session began. [ms]

    Returns:
        The stand, one wish per unit, and happenings in order.
    """
    passed_ms = max(0.0, now_ms - stand.now_ms)
    stand, happened = _deadlines(plan, stand, now_ms)
    slots: list[SlotStand] = []
    wishes: list[Wish] = []
    for one in stand.slots:
        order = plan.prescription.channel(one.slot)
        aim = _interlocked(plan, stand, slots, one, _aim(plan, stand, one, order, now_ms))
        moved = _moved(plan, one, aim, now_ms, passed_ms)
        if _begins(one, moved):
            moved = replace(moved, cycles=moved.cycles + 1)
            happened.append(Happening(kind="contraction", slot=one.slot))
        slots.append(moved)
        wishes.append(
            Wish(
                slot=one.slot,
                amplitude_ma=moved.wish_ma,
                pulse_width_us=order.pulse_width_us,
                frequency_hz=moved.wish_hz,
                gap_us=order.gap_us,
            )
        )
    first = stand.first_output_ms
    if first is None and any(one.wish_ma > 0.0 for one in slots):
        first = now_ms
    stand = replace(stand, slots=tuple(slots), now_ms=now_ms, first_output_ms=first)
    return stand, tuple(wishes), tuple(happened)


def released(plan: Plan, stand: Stand, slot: str, now_ms: float) -> Stand:
    """Return the stand with one unit ramping out from what it delivers now."""
    one = stand.slot(slot)
    if one.mode in (Mode.SILENT, Mode.RELEASE):
        return stand
    return stand.with_slot(
        replace(one, mode=Mode.RELEASE, since_ms=now_ms, until_ms=None, release_ma=one.wish_ma)
    )


def all_released(plan: Plan, stand: Stand, now_ms: float) -> Stand:
    """Return the stand with every unit ramping out and the block closed."""
    for one in stand.slots:
        stand = released(plan, stand, one.slot, now_ms)
    if stand.block_until_ms is not None:
        left_ms = max(0.0, stand.block_until_ms - now_ms)
        stand = replace(stand, block_until_ms=None, block_left_ms=left_ms, triggered_ms={})
    return stand


def silenced(stand: Stand, now_ms: float) -> Stand:
    """Return the stand after a stop: every wish and every level 0, at once."""
    slots = tuple(
        replace(
            one,
            level_ma=0.0,
            mode=Mode.SILENT,
            since_ms=now_ms,
            until_ms=None,
            release_ma=0.0,
            touched_ms=None,
            raised_ms=None,
            phase=Phase.OFF,
            phase_ms=now_ms,
            wish_ma=0.0,
            reached_ma=0.0,
        )
        for one in stand.slots
    )
    return replace(stand, slots=slots, block_until_ms=None, block_left_ms=0.0, triggered_ms={})


def _deadlines(plan: Plan, stand: Stand, now_ms: float) -> tuple[Stand, list[Happening]]:
    happened: list[Happening] = []
    # The ramp out counts as well, and the guard stops hard at the signed time.
    early_ms = 1000.0 * plan.rules.ramp_out_s + MARGIN_MS
    for one in stand.slots:
        if one.mode is Mode.PULSES and one.until_ms is not None and now_ms >= one.until_ms:
            stand = stand.with_slot(replace(one, mode=Mode.SILENT, since_ms=now_ms, until_ms=None))
            happened.append(Happening(kind="pulses over", slot=one.slot))
        limit_ms = plan.prescription.channel(one.slot).minutes_max * 60_000.0 - early_ms
        if one.stimulated_ms >= limit_ms and one.mode not in (Mode.SILENT, Mode.RELEASE):
            stand = released(plan, stand, one.slot, now_ms)
            happened.append(Happening(kind="minutes used", slot=one.slot))
    first = stand.first_output_ms
    limit_ms = plan.prescription.session_min * 60_000.0 - early_ms
    if first is not None and now_ms - first >= limit_ms and _working(stand):
        return all_released(plan, stand, now_ms), [
            *happened,
            Happening(kind="session over", slot=""),
        ]
    until = stand.block_until_ms
    if until is not None and (now_ms >= until or _all_done(plan, stand)):
        stand = replace(all_released(plan, stand, now_ms), block_left_ms=0.0)
        happened.append(Happening(kind="block over", slot=""))
    return stand, happened


def _working(stand: Stand) -> bool:
    return any(one.mode not in (Mode.SILENT, Mode.RELEASE) for one in stand.slots)


def _all_done(plan: Plan, stand: Stand) -> bool:
    """Every unit at work has played its last repetition, ramp down included."""
    at_work = [one for one in stand.slots if one.mode is Mode.BLOCK and one.level_ma > 0.0]
    idle = [one for one in stand.slots if one.mode is Mode.BLOCK and one.level_ma == 0.0]
    return (bool(at_work) or not idle) and all(_spent(plan, one) for one in at_work)


def _spent(plan: Plan, one: SlotStand) -> bool:
    repetitions = plan.prescription.channel(one.slot).pattern.repetitions
    return one.cycles >= repetitions and one.phase in BETWEEN


def _begins(before: SlotStand, after: SlotStand) -> bool:
    """A contraction of a block begins (counted once, also when a tick came late)."""
    at_work = after.mode is Mode.BLOCK and after.level_ma > 0.0
    return at_work and after.phase in (Phase.RAMP_UP, Phase.ON) and before.phase in BETWEEN


def _aim(plan: Plan, stand: Stand, one: SlotStand, order: ChannelOrder, now_ms: float) -> Aim:
    since_s = (now_ms - one.since_ms) / 1000.0
    if one.mode is Mode.PULSES:
        return Aim(fraction=1.0, hz=plan.rules.search_hz, phase=Phase.ON)
    if one.mode is Mode.LADDER:
        fraction, phase = envelope(order.pattern, since_s % order.pattern.cycle_s)
        return Aim(fraction=fraction, hz=order.frequency_hz, phase=phase)
    if one.mode is Mode.RELEASE:
        left = 1.0 - since_s / plan.rules.ramp_out_s
        phase = Phase.RAMP_DOWN if left > 0.0 and one.release_ma > 0.0 else Phase.OFF
        return Aim(fraction=max(0.0, left), hz=one.wish_hz, phase=phase)
    if one.mode is Mode.BLOCK:
        return _aim_in_block(plan, stand, one, order, now_ms)
    return Aim(fraction=0.0, hz=order.frequency_hz, phase=Phase.OFF)


def _aim_in_block(
    plan: Plan, stand: Stand, one: SlotStand, order: ChannelOrder, now_ms: float
) -> Aim:
    table = timetable(plan, stand.block)
    start_s = table.starts_s[one.slot]
    waiting = Aim(fraction=0.0, hz=order.frequency_hz, phase=Phase.WAITING)
    if plan.triggered:
        if one.slot not in stand.triggered_ms:
            return waiting
        since_s = (now_ms - stand.triggered_ms[one.slot]) / 1000.0
    else:
        since_s = (now_ms - one.since_ms) / 1000.0 - start_s
        if since_s >= 0.0:
            since_s %= table.period_s
    fraction, phase = envelope(order.pattern, since_s)
    # A cycle that has begun is played to its end; the next one does not begin.
    if _spent(plan, one):
        return replace(waiting, phase=Phase.OFF)
    if plan.triggered and phase is Phase.REST and since_s >= order.pattern.cycle_s:
        return waiting
    return Aim(fraction=fraction, hz=order.frequency_hz, phase=phase)


def _interlocked(
    plan: Plan, stand: Stand, before: list[SlotStand], one: SlotStand, aim: Aim
) -> Aim:
    """A unit that is silent stays so while its antagonist is on."""
    if aim.fraction == 0.0 or one.wish_ma > 0.0:
        return aim
    opposed = {a if b == one.slot else b for a, b in antagonists(plan) if one.slot in (a, b)}
    if any(other.slot in opposed and other.wish_ma > 0.0 for other in (*before, *stand.slots)):
        return Aim(fraction=0.0, hz=aim.hz, phase=Phase.WAITING)
    return aim


def _moved(plan: Plan, one: SlotStand, aim: Aim, now_ms: float, passed_ms: float) -> SlotStand:
    """Return the unit one tick on: slowly upward, at once downward."""
    goal_ma = aim.fraction * one.level_ma
    if one.mode is Mode.RELEASE:
        goal_ma = min(one.wish_ma, aim.fraction * one.release_ma)
    hz = aim.hz
    if hz != one.wish_hz:
        goal_ma = 0.0
        if now_ms - one.output_ms < SILENCE_MS:
            hz = one.wish_hz
    wish_ma = min(goal_ma, one.wish_ma + _rise_ma(plan, one, passed_ms))
    out = wish_ma > 0.0 or one.wish_ma > 0.0
    done = one.mode is Mode.RELEASE and wish_ma == 0.0
    return replace(
        one,
        mode=Mode.SILENT if done else one.mode,
        since_ms=now_ms if done else one.since_ms,
        wish_ma=wish_ma,
        wish_hz=hz,
        output_ms=now_ms if wish_ma > 0.0 else one.output_ms,
        reached_ma=min(one.level_ma, max(one.reached_ma, wish_ma)),
        phase=aim.phase,
        phase_ms=one.phase_ms if aim.phase is one.phase else now_ms,
        stimulated_ms=one.stimulated_ms + (passed_ms if out else 0.0),
        searched_ms=one.searched_ms + (passed_ms if one.mode is Mode.PULSES else 0.0),
    )


def _rise_ma(plan: Plan, one: SlotStand, passed_ms: float) -> float:
    """Largest rise in a tick: the signed ramp up to what was felt before, slower beyond. [mA]"""
    order = plan.prescription.channel(one.slot)
    ma_per_s = plan.rules.rise_ma_per_s
    if one.wish_ma < one.reached_ma:
        ma_per_s = max(ma_per_s, one.reached_ma / order.pattern.ramp_up_s)
    return min(order.step_ma, ma_per_s * passed_ms / 1000.0)
