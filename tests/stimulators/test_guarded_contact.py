"""The guard around a contact check: one pulse, at most the first signed current."""

import math
from dataclasses import replace

import pytest

from rheobase.errors import NotReady, OutsideEnvelope, UnitFault
from rheobase.stimulators import Guarded
from tests.safety.cast import alone, plan
from tests.stimulators.units import Measurer, arm_all, armed, guarded, run, state


async def measuring(signed):
    """Every unit armed; each can measure its pads."""
    guard, _, clock = guarded(signed)
    units = {slot: Measurer() for slot in guard.units}
    for slot, unit in units.items():
        Guarded(slot, unit, 1, guard)
    await arm_all(guard, units, signed)
    return guard, units, clock


def test_a_check_is_one_pulse_of_the_first_signed_current_rounded_down():
    async def story():
        guard, units, _ = await measuring(alone())
        found = await guard.units["A"].contact(state(0.5))
        assert (found.channel, found.amplitude_ma, found.resistance_ohm) == (1, 0.5, 1000.0)
        assert units["A"].told == [("contact", 0.5)]
        unit = guard.units["A"]
        assert unit.asked == unit.allowed == state(0.0, pulse_width_us=0.0, frequency_hz=0.0)
        assert guard.history["A"].amplitude_ma == 0.0

    run(story())


def test_a_check_sends_whole_steps_only():
    async def story():
        guard, units, _ = await measuring(alone())
        await guard.units["A"].contact(state(0.47))
        assert units["A"].told == [("contact", 0.4)]

    run(story())


@pytest.mark.parametrize(("start_ma", "first_ma"), [(1.0, 0.5), (0.5, 0.5), (0.3, 0.3), (0.0, 0.5)])
def test_a_check_never_uses_more_than_the_first_press_up(start_ma, first_ma):
    async def story():
        guard, units, clock = await measuring(alone(start_ma=start_ma))
        await guard.units["A"].contact(state(first_ma))
        clock.now_s += 2.0
        with pytest.raises(OutsideEnvelope, match=r"step up|first signed current at most"):
            await guard.units["A"].contact(state(first_ma + 0.01))
        assert units["A"].told == [("contact", first_ma), "halt"]

    run(story())


def test_a_level_that_was_reached_is_no_leave_for_a_stronger_check():
    async def story():
        guard, units, clock = await measuring(alone())
        for ma in (0.5, 1.0, 0.0):
            await guard.units["A"].set((state(ma),))
            clock.now_s += 2.0
        with pytest.raises(OutsideEnvelope, match="unit A: a contact check uses the first signed"):
            await guard.units["A"].contact(state(0.6))
        assert units["A"].told[-1] == "halt"

    run(story())


@pytest.mark.parametrize("refused", [math.nan, -1.0, 19.0, math.inf])
def test_a_refused_check_reaches_no_unit_and_silences_all(refused):
    async def story():
        guard, units, _ = await measuring(plan())
        with pytest.raises(OutsideEnvelope, match="unit A"):
            await guard.units["A"].contact(state(refused))
        assert [unit.told for unit in units.values()] == [["halt"], ["halt"]]
        assert not any(unit.armed for unit in guard.units.values())

    run(story())


def test_a_check_goes_through_the_same_limits_as_any_state():
    async def story():
        guard, units, _ = await measuring(alone())
        with pytest.raises(OutsideEnvelope, match="pulse width 500 us"):
            await guard.units["A"].contact(state(0.5, pulse_width_us=500.0))
        with pytest.raises(OutsideEnvelope, match="not armed with signed limits"):
            await guard.units["A"].contact(state(0.1))
        assert set(units["A"].told) == {"halt"}

    run(story())


def test_a_unit_that_delivers_is_not_checked():
    async def story():
        guard, units, _ = await measuring(plan())
        await guard.units["A"].set((state(0.1),))
        with pytest.raises(OutsideEnvelope, match="unit A delivers"):
            await guard.units["A"].contact(state(0.1))
        assert units["A"].told == [0.1, "halt"]
        assert units["B"].told == ["halt"]

    run(story())


@pytest.mark.parametrize("wrong", [{"channel": 2}, {"amplitude_ma": 0.4}, {"amplitude_ma": 0.6}])
def test_a_measurement_of_something_else_silences_all(wrong):
    async def story():
        guard, units, _ = await measuring(plan())
        units["A"].finds = lambda found: replace(found, **wrong)
        with pytest.raises(UnitFault, match=r"^Unit A measured .*0.5 mA on channel 1 was sent"):
            await guard.units["A"].contact(state(0.5))
        assert [unit.told[-1] for unit in units.values()] == ["halt", "halt"]

    run(story())


def test_a_check_that_is_not_answered_silences_all():
    async def story():
        guard, units, _ = await measuring(plan())
        units["A"].fails.add("contact")
        with pytest.raises(UnitFault):
            await guard.units["A"].contact(state(0.5))
        assert [unit.told[-1] for unit in units.values()] == ["halt", "halt"]
        assert not guard.units["B"].armed

    run(story())


def test_a_unit_that_cannot_measure_is_asked_nothing():
    async def story():
        guard, units, _ = await armed(plan())
        with pytest.raises(NotReady, match="Unit A cannot measure its pads"):
            await guard.units["A"].contact(state(0.5))
        assert [unit.told for unit in units.values()] == [[], []]
        assert guard.units["A"].armed

    run(story())


def test_a_check_counts_as_time_with_output_and_checks_do_not_become_a_train():
    async def story():
        guard, units, clock = await measuring(alone())
        await guard.units["A"].contact(state(0.5))
        clock.now_s += 0.05
        with pytest.raises(OutsideEnvelope, match="rise along the ramp"):
            await guard.units["A"].contact(state(0.5))
        assert units["A"].told == [("contact", 0.5), "halt"]

    run(story())
