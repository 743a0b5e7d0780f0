"""Whatever the conductor wishes, the guard allows: also when ticks come late, in bunches, or not."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.errors import NotReady
from rheobase.safety import after, later, limits_for, prescription_violations, silent, violations
from rheobase.session.conductor import tick
from rheobase.session.rules import rules
from rheobase.session.stand import at_rest
from rheobase.session.timetable import Plan
from rheobase.simulated import cast
from rheobase.stimulators import ChannelState
from rheobase.stimulus import Coordination
from tests.session.hands import perform

CHILDREN = {"mila": cast.mila(), "noor": cast.noor()}
HANDS = ("louder", "louder", "louder", "quieter", "ladder", "pulses", "begin", "release", "stop")


@pytest.mark.parametrize("name", CHILDREN)
def test_the_cast_may_be_armed(name):
    assert prescription_violations(CHILDREN[name]) == ()


@pytest.mark.parametrize("name", CHILDREN)
@settings(max_examples=40, deadline=None)
@given(data=st.data(), coordination=st.sampled_from(list(Coordination)[:3]))
def test_no_wish_of_the_conductor_is_ever_refused(name, data, coordination):
    prescription = replace(CHILDREN[name], coordination=coordination)
    plan = Plan(prescription=prescription, interlocks=(), rules=rules())
    limits = limits_for(prescription)
    stand, now = at_rest(plan, 0.0), 0.0
    before = {slot: silent(limits[slot], 0.0, 0.0, 0.0) for slot in limits}
    gaps_ms = data.draw(st.lists(st.sampled_from((15.0, 20.0, 20.0, 35.0, 90.0)), min_size=8))
    lost = data.draw(st.lists(st.booleans(), min_size=5))
    late_ms = data.draw(st.lists(st.sampled_from((0.0, 1.0, 12.0)), min_size=7))
    n, heard_ms = 0, 0.0
    for _ in range(data.draw(st.integers(5, 25))):
        act, slot = data.draw(st.sampled_from(HANDS)), data.draw(st.sampled_from(sorted(limits)))
        with contextlib.suppress(NotReady):
            stand = perform(plan, stand, act, slot, now)
        if act == "stop":
            before = {
                slot: silent(limits[slot], now / 1e3, one.stimulated_s, one.elapsed_s)
                for slot, one in before.items()
            }
        end = now + data.draw(st.floats(200.0, 2500.0))
        while now < end:
            now += gaps_ms[n % len(gaps_ms)]
            n += 1
            stand, wishes, _ = tick(plan, stand, now)
            if lost[n % len(lost)] and n % 3 == 0:
                continue  # a newer tick overtook this one in the supervisor
            heard_ms = max(heard_ms, now + late_ms[n % len(late_ms)])
            for wish in wishes:
                state = state_of(wish)
                moment = later(before[wish.slot], limits[wish.slot], heard_ms / 1e3)
                assert violations(state, moment, limits[wish.slot]) == ()
                before[wish.slot] = after(state, moment)


def state_of(wish):
    return ChannelState(
        channel=1,
        amplitude_ma=wish.amplitude_ma,
        pulse_width_us=wish.pulse_width_us,
        gap_us=wish.gap_us,
        frequency_hz=wish.frequency_hz,
    )
