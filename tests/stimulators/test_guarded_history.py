"""What the guard remembers: what a child has felt, for how long, and all units together."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.errors import NotReady, OutsideEnvelope
from rheobase.safety import ClinicLimits
from rheobase.stimulators import Guarded
from rheobase.stimulus import Coordination
from tests.safety.cast import BIG_LEFT, alone, plan
from tests.stimulators.units import Recorder, armed, guarded, run, state
from tests.stimulus.orders import order


def test_after_a_stop_it_starts_again_from_zero():
    async def story():
        guard, _, clock = await armed(alone())
        unit = guard.units["A"]
        for ma in (0.5, 1.0, 1.5):
            await unit.set((state(ma),))
            clock.now_s += 1.0
        await guard.silence()
        clock.now_s += 60.0
        await unit.arm("digest")
        with pytest.raises(OutsideEnvelope, match=r"step up 1.5 mA exceeds 0.5 mA"):
            await unit.set((state(1.5),))

    run(story())


def test_after_a_ramp_to_zero_it_may_ramp_up_again():
    async def story():
        guard, _, clock = await armed(alone())
        unit = guard.units["A"]
        for ma in (0.5, 1.0, 0.0):
            await unit.set((state(ma),))
            clock.now_s += 1.0
        for ma in (0.5, 0.7, 1.0):
            await unit.set((state(ma),))
            clock.now_s += 0.15

    run(story())


async def used_up(guard, clock, seconds):
    await guard.units["A"].set((state(0.5),))
    clock.now_s += seconds


def test_the_time_used_stays_used_after_a_stop():
    async def story():
        guard, _, clock = await armed(alone(minutes_max=1.0))
        await used_up(guard, clock, 40.0)
        await guard.silence()
        clock.now_s += 100.0
        await guard.units["A"].arm("digest")
        await used_up(guard, clock, 26.0)  # 66 s of 60 s and 5 s to ramp out
        with pytest.raises(OutsideEnvelope, match=r"stimulated time 66 s exceeds 65 s"):
            await guard.units["A"].set((state(0.4),))

    run(story())


def test_the_session_goes_on_while_a_unit_is_stopped():
    async def story():
        signed = replace(alone(), session_min=1.0)
        guard, _, clock = await armed(signed)
        await used_up(guard, clock, 1.0)
        await guard.silence()
        clock.now_s += 65.0
        await guard.units["A"].arm("digest")
        with pytest.raises(OutsideEnvelope, match=r"session time 66 s exceeds 65 s"):
            await guard.units["A"].set((state(0.4),))

    run(story())


def test_the_time_used_stays_used_when_the_unit_is_replaced():
    async def story():
        guard, _, clock = await armed(alone(minutes_max=1.0))
        await used_up(guard, clock, 66.0)
        await guard.silence()
        Guarded("A", Recorder(), 1, guard)
        guard.sign(alone(minutes_max=1.0))
        await guard.units["A"].arm("digest")
        with pytest.raises(OutsideEnvelope, match="stimulated time 66 s"):
            await guard.units["A"].set((state(0.4),))

    run(story())


def test_another_child_begins_anew():
    async def story():
        guard, _, clock = await armed(alone(minutes_max=1.0))
        await used_up(guard, clock, 66.0)
        await guard.silence()
        guard.sign(replace(alone(minutes_max=1.0), child="jonas"))
        await guard.units["A"].arm("digest")
        await guard.units["A"].set((state(0.4),))

    run(story())


def test_time_in_silence_is_not_time_with_output():
    async def story():
        guard, _, clock = await armed(alone(minutes_max=1.0))
        await used_up(guard, clock, 1.0)
        await guard.units["A"].zero()
        clock.now_s += 600.0
        await guard.units["A"].set((state(0.4),))

    run(story())


# --- all units together ---------------------------------------------------------------------------


def test_units_beyond_those_allowed_are_refused():
    async def story():
        guard, units, _ = guarded(plan())
        guard.sign(plan(), ClinicLimits(units_max=2))
        guard._child_limits = replace(guard._child_limits, units_max=1)
        for unit in guard.units.values():
            await unit.arm("d")
        await guard.units["A"].set((state(0.5),))
        with pytest.raises(OutsideEnvelope, match="2 units with output exceed 1 units"):
            await guard.units["B"].set((state(0.5),))
        assert [unit.told[-1] for unit in units.values()] == ["halt", "halt"]

    run(story())


def test_a_unit_may_take_the_place_of_another():
    async def story():
        guard, _, _ = guarded(plan())
        guard.sign(plan())
        guard._child_limits = replace(guard._child_limits, units_max=1)
        for unit in guard.units.values():
            await unit.arm("d")
        await guard.units["A"].set((state(0.5),))
        await guard.units["A"].set((state(0.0),))
        await guard.units["B"].set((state(0.5),))

    run(story())


def test_currents_on_one_leg_are_added_up():
    async def story():
        upper = order("A", muscle="q", montage=BIG_LEFT, pulse_width_us=300.0, frequency_hz=35.0)
        lower = order("B", muscle="t", montage=order().montage)
        signed = plan(channels=(upper, lower), coordination=Coordination.ALTERNATING)
        guard, _, _ = await armed(signed)
        guard._child_limits = replace(guard._child_limits, region_rms_max_ma=0.05)
        await guard.units["A"].set((state(0.5),))  # 0.022 mA r.m.s.
        await guard.units["B"].set((state(0.5),))
        guard._child_limits = replace(guard._child_limits, region_rms_max_ma=0.03)
        with pytest.raises(OutsideEnvelope, match="all units on the left leg"):
            await guard.units["B"].set((state(0.5),))

    run(story())


def test_a_unit_outside_the_plan_does_not_count():
    async def story():
        guard, _, _ = guarded(plan())
        guard.sign(alone())
        await guard.units["A"].arm("d")
        await guard.units["A"].set((state(0.5),))
        with pytest.raises(NotReady):
            await guard.units["B"].arm("d")

    run(story())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.0, 1.0), st.sampled_from("AB"), st.floats(-1.0, 25.0)), max_size=30
    )
)
def test_whatever_reaches_a_unit_is_inside_every_limit(commands):
    async def story():
        guard, units, clock = await armed(plan())
        for wait_s, slot, ma in commands:
            clock.now_s += wait_s
            try:
                await guard.units[slot].set((state(ma),))
            except OutsideEnvelope:
                assert not guard.units[slot].armed
                for unit in guard.units.values():
                    await unit.arm("digest")
        for unit in units.values():
            sent = [told for told in unit.told if isinstance(told, float)]
            assert all(0.0 <= ma <= 20.0 for ma in sent)

    run(story())
