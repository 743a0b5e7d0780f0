"""What a therapist's hand may do to the stand: each control returns a new stand or says why not.

An increase is one signed step, no faster than the rules allow, and locked after a while without a
press (a decrease unlocks it). A decrease is always possible and takes effect at once.
"""

from dataclasses import replace

from rheobase.errors import NotReady
from rheobase.session.conductor import released
from rheobase.session.stand import Mode, SlotStand, Stand
from rheobase.session.timetable import Phase, Plan, timetable
from rheobase.stimulus import Coordination, Trigger

LEVEL_DECIMALS = 3  # levels are sums of steps; this keeps 0.1 + 0.2 at 0.3


def locked(plan: Plan, one: SlotStand, now_ms: float) -> bool:
    """Return whether an increase of this unit needs a decrease first."""
    if one.touched_ms is None or one.level_ma == 0.0:
        return False
    return now_ms - one.touched_ms > plan.rules.increase_lock_s * 1000.0


def louder(plan: Plan, stand: Stand, slot: str, now_ms: float) -> Stand:
    """Return the stand with one unit's level one step higher.

    Raises:
        NotReady: if the increase is locked, too early, or would pass the signed ceiling.
    """
    one, order = stand.slot(slot), plan.prescription.channel(slot)
    if locked(plan, one, now_ms):
        raise NotReady(
            f"Unit {slot} was not touched for more than {plan.rules.increase_lock_s:g} s, so its "
            "increase is locked. Press down once, then up."
        )
    gap_ms = 1000.0 * order.step_ma / plan.rules.rise_ma_per_s
    if one.raised_ms is not None and now_ms - one.raised_ms < gap_ms:
        raise NotReady(
            f"Unit {slot} rises by at most {plan.rules.rise_ma_per_s:g} mA a second. "
            "Wait a moment, watch the child, and press again."
        )
    step_ma = order.first_ma if one.level_ma == 0.0 else order.step_ma
    level_ma = round(one.level_ma + step_ma, LEVEL_DECIMALS)
    if level_ma > order.ceiling_ma:
        raise NotReady(
            f"Unit {slot} stands at {one.level_ma:g} mA; one step more would pass the signed "
            f"ceiling of {order.ceiling_ma:g} mA. Sign a new prescription to go higher."
        )
    return stand.with_slot(replace(one, level_ma=level_ma, touched_ms=now_ms, raised_ms=now_ms))


def quieter(plan: Plan, stand: Stand, slot: str, now_ms: float) -> Stand:
    """Return the stand with one unit's level one step lower, at once; unlocks the increase."""
    one = stand.slot(slot)
    step_ma = plan.prescription.channel(slot).step_ma
    level_ma = round(max(0.0, one.level_ma - step_ma), LEVEL_DECIMALS)
    return stand.with_slot(replace(one, level_ma=level_ma, touched_ms=now_ms))


def zeroed(stand: Stand, slot: str, now_ms: float) -> Stand:
    """Return the stand with one unit's level back at 0 and silent, at once."""
    one = stand.slot(slot)
    return stand.with_slot(
        replace(
            one,
            level_ma=0.0,
            mode=Mode.SILENT,
            since_ms=now_ms,
            until_ms=None,
            touched_ms=None,
            raised_ms=None,
            reached_ma=0.0,
        )
    )


def twitch_s(plan: Plan, slot: str) -> float:
    """Return how long a twitch check lasts: up to its level, and one full pulse there. [s]"""
    order = plan.prescription.channel(slot)
    rise_s = order.step_ma / plan.rules.rise_ma_per_s
    return order.pattern.ramp_up_s + rise_s + plan.rules.twitch_s


def pulsing(plan: Plan, stand: Stand, slot: str, now_ms: float, longest_s: float) -> Stand:
    """Return the stand with one unit, alone, sending single pulses at the low rate.

    Raises:
        NotReady: if the muscle was searched for its whole time already.
    """
    one = stand.slot(slot)
    left_ms = plan.rules.search_max_s * 1000.0 - one.searched_ms
    if left_ms < 1000.0 / plan.rules.search_hz:  # not even one pulse
        raise NotReady(
            f"Unit {slot} has searched for {plan.rules.search_max_s:g} s, the most for one muscle. "
            "Keep the best place found, or leave this unit out today."
        )
    stand = _alone(plan, stand, slot, now_ms)
    since_ms = one.since_ms if one.mode is Mode.PULSES else now_ms
    until_ms = now_ms + min(left_ms, longest_s * 1000.0)
    return stand.with_slot(replace(one, mode=Mode.PULSES, since_ms=since_ms, until_ms=until_ms))


def on_ladder(plan: Plan, stand: Stand, slot: str, now_ms: float) -> Stand:
    """Return the stand with one unit, alone, in its own cycle while its level is set."""
    stand = _alone(plan, stand, slot, now_ms)
    one = stand.slot(slot)
    rested = one.phase is Phase.REST and now_ms - one.phase_ms >= plan.rules.rest_min_s * 1000.0
    if one.mode is Mode.LADDER and not rested:
        return stand
    return stand.with_slot(replace(one, mode=Mode.LADDER, since_ms=now_ms, until_ms=None))


def begun(plan: Plan, stand: Stand, now_ms: float) -> Stand:
    """Return the stand with the next block running, or the paused one running again.

    Raises:
        NotReady: if a block runs, a unit is not silent, or no unit has a level.
    """
    if stand.running:
        raise NotReady("A block is running already. Pause or finish it first.")
    if any(one.mode not in (Mode.SILENT, Mode.LADDER, Mode.RELEASE) for one in stand.slots):
        raise NotReady("A unit still sends single pulses. Finish the search first.")
    paused = stand.block_left_ms > 0.0
    block = stand.block if paused else stand.block + 1
    crew = {order.slot for order in plan.crew(block)}
    if not any(one.level_ma > 0.0 for one in stand.slots if one.slot in crew):
        raise NotReady("Every unit of this block stands at 0 mA. Set a level on the ladder first.")
    for one in stand.slots:
        if one.slot in crew:
            stand = stand.with_slot(
                replace(
                    one,
                    mode=Mode.BLOCK,
                    since_ms=now_ms,
                    until_ms=None,
                    phase=Phase.WAITING,
                    phase_ms=now_ms,
                    wish_ma=0.0,
                    cycles=one.cycles if paused else 0,
                )
            )
        else:
            stand = released(plan, stand, one.slot, now_ms)
    length_ms = stand.block_left_ms if paused else plan.rules.block_max_s * 1000.0
    return replace(
        stand,
        block=block,
        block_until_ms=now_ms + length_ms,
        block_left_ms=0.0,
        triggered_ms={},
        turn=0,
    )


def triggered(plan: Plan, stand: Stand, source: Trigger, now_ms: float) -> Stand:
    """Return the stand with a cycle begun by a button.

    Raises:
        NotReady: outside a block, without a trigger in the prescription, from a source that was
            not signed, during a cycle or its rest, or after the last repetition.
    """
    if not stand.running or not plan.triggered:
        raise NotReady("No unit waits for a button now. Start a block of a triggered plan first.")
    table = timetable(plan, stand.block)
    crew = [
        order
        for order in plan.crew(stand.block)
        if stand.slot(order.slot).mode is Mode.BLOCK and _listens(order.trigger, source)
    ]
    if not crew:
        raise NotReady(f"No unit of this plan listens to the {source.value}. Use the signed one.")
    in_turn = plan.prescription.coordination is Coordination.ALTERNATING
    chosen = [crew[stand.turn % len(crew)]] if in_turn else crew
    open_s = max((_open_s(plan, stand, order.slot, now_ms) for order in crew), default=0.0)
    resting_s = max(_refractory_s(plan, stand, order.slot, now_ms) for order in chosen)
    if max(open_s, resting_s) > 0.0:
        raise NotReady(
            f"The muscle still works or rests for {max(open_s, resting_s):.1f} s. Press again then."
        )
    if all(stand.slot(o.slot).cycles >= o.pattern.repetitions for o in chosen):
        raise NotReady("All signed repetitions of this block are done. Let the child rest.")
    at = dict(stand.triggered_ms)
    for order in chosen:
        offset_s = 0.0 if in_turn else table.starts_s[order.slot]
        at[order.slot] = now_ms + 1000.0 * offset_s
    return replace(stand, triggered_ms=at, turn=stand.turn + 1)


def _listens(signed: Trigger, source: Trigger) -> bool:
    # In a triggered plan a unit "on schedule" follows the therapist.
    return signed is source or (signed is Trigger.SCHEDULE and source is Trigger.THERAPIST_BUTTON)


def _open_s(plan: Plan, stand: Stand, slot: str, now_ms: float) -> float:
    """How long this unit's contraction still lasts. [s]"""
    if slot not in stand.triggered_ms:
        return 0.0
    pattern = plan.prescription.channel(slot).pattern
    busy_s = pattern.on_s + pattern.ramp_down_s
    return busy_s - (now_ms - stand.triggered_ms[slot]) / 1000.0


def _refractory_s(plan: Plan, stand: Stand, slot: str, now_ms: float) -> float:
    """How long this unit still works and rests. [s]"""
    if slot not in stand.triggered_ms:
        return 0.0
    cycle_s = plan.prescription.channel(slot).pattern.cycle_s
    return cycle_s - (now_ms - stand.triggered_ms[slot]) / 1000.0


def _alone(plan: Plan, stand: Stand, slot: str, now_ms: float) -> Stand:
    for one in stand.slots:
        if one.slot != slot:
            stand = released(plan, stand, one.slot, now_ms)
    return stand
