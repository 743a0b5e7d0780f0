"""The guard around every unit: what is refused reaches nobody, and silences everybody."""

import asyncio
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rheobase.errors import NotReady, OutsideEnvelope, UnitFault
from rheobase.safety import ChildLimits, ClinicLimits
from rheobase.stimulators import Acknowledged, Guarded, rounded_down
from rheobase.stimulators import _guarded as module
from rheobase.stimulus import Coordination
from tests.safety.cast import BIG_LEFT, alone, infant, plan
from tests.stimulators.units import Measurer, Recorder, guarded, state
from tests.stimulus.orders import order


def run(story):
    return asyncio.run(story)


async def armed(signed, **options):
    guard, units, clock = guarded(signed, **options)
    guard.sign(signed)
    for unit in guard.units.values():
        await unit.arm("digest")
    for unit in units.values():
        unit.told.clear()
    return guard, units, clock


def test_what_is_allowed_reaches_the_unit():
    async def story():
        guard, units, _ = await armed(plan())
        acknowledged = await guard.units["A"].set((state(0.5),))
        assert acknowledged == Acknowledged(states=(state(0.5),))
        assert guard.units["A"].asked == guard.units["A"].allowed == state(0.5)
        assert units["A"].told == [0.5]

    run(story())


@pytest.mark.parametrize("refused", [math.nan, -1.0, 19.0, math.inf])
def test_a_refusal_reaches_no_unit_and_silences_all(refused):
    async def story():
        guard, units, _ = await armed(plan())
        with pytest.raises(OutsideEnvelope, match=r"^unit A: .*Not sent; every unit is silent"):
            await guard.units["A"].set((state(refused),))
        assert [unit.told for unit in units.values()] == [["halt"], ["halt"]]
        assert not any(unit.armed for unit in guard.units.values())

    run(story())


def test_after_a_refusal_nothing_is_sent_until_it_is_armed_again():
    async def story():
        guard, units, _ = await armed(plan())
        with pytest.raises(OutsideEnvelope):
            await guard.units["A"].set((state(99.0),))
        for slot in "AB":
            with pytest.raises(OutsideEnvelope, match=f"unit {slot} is not armed"):
                await guard.units[slot].set((state(0.1),))
        assert all(set(unit.told) == {"halt"} for unit in units.values())
        await guard.units["A"].arm("digest")
        await guard.units["A"].set((state(0.5),))
        assert units["A"].told[-1] == 0.5

    run(story())


def test_a_unit_that_was_never_armed_gives_nothing():
    async def story():
        guard, units, _ = guarded(plan())
        guard.sign(plan())
        with pytest.raises(OutsideEnvelope, match="not armed with signed limits"):
            await guard.units["A"].set((state(0.1),))
        assert units["A"].told == ["halt"]

    run(story())


def test_without_a_signature_nothing_can_be_armed():
    async def story():
        guard, units, _ = guarded(plan())
        with pytest.raises(NotReady, match="Slot A has no signed limits"):
            await guard.units["A"].arm("digest")
        assert units["A"].told == []

    run(story())


def test_when_the_signature_is_given_up_nothing_is_sent():
    async def story():
        guard, units, _ = await armed(plan())
        guard.unsign()
        assert not guard.units["A"].armed
        guard.units["A"].armed = True
        with pytest.raises(OutsideEnvelope, match="not armed with signed limits"):
            await guard.units["A"].set((state(0.1),))
        assert units["A"].told == ["halt"]

    run(story())


@pytest.mark.parametrize(
    "states", [(), (state(0.1, channel=2),), (state(0.1), state(0.1)), (state(0.1), state(0.1, 2))]
)
def test_an_unknown_channel_is_an_error(states):
    async def story():
        guard, units, _ = await armed(plan())
        with pytest.raises(OutsideEnvelope, match="unit A has channel 1 and no other"):
            await guard.units["A"].set(states)
        assert units["B"].told == ["halt"]

    run(story())


# --- rounding -----------------------------------------------------------------------------------


def test_the_amplitude_is_rounded_down_and_both_values_are_kept():
    async def story():
        guard, units, _ = await armed(alone(step_ma=1.0))
        await guard.units["A"].set((state(0.99),))
        assert (guard.units["A"].asked.amplitude_ma, guard.units["A"].allowed.amplitude_ma) == (
            0.99,
            0.5,
        )
        assert units["A"].told == [0.5]

    run(story())


@given(st.floats(0.0, 130.0), st.sampled_from([0.1, 0.2, 0.5, 1.0, 2.0]))
def test_rounding_never_goes_up_and_loses_less_than_a_step(ma, step_ma):
    rounded = rounded_down(ma, step_ma)
    assert rounded <= ma + 1e-6 * step_ma + 1e-9
    assert ma - rounded < step_ma
    assert rounded / step_ma == pytest.approx(round(rounded / step_ma))


@pytest.mark.parametrize(
    ("ma", "step_ma", "rounded"),
    [(0.3, 0.1, 0.3), (0.7, 0.1, 0.7), (1.9, 1.0, 1.0), (2.0, 2.0, 2.0), (0.49999999, 0.5, 0.5)],
)
def test_whole_steps_stay_what_they_are(ma, step_ma, rounded):
    assert rounded_down(ma, step_ma) == rounded


def test_a_step_too_coarse_for_the_child_is_refused():
    guard, _, _ = guarded(infant(), step_ma=1.0)
    with pytest.raises(OutsideEnvelope) as refusal:
        guard.sign(infant())
    assert refusal.value.reasons == (
        "unit A: recorder moves in steps of 1 mA, above the largest step of 0.5 mA: "
        "use a finer unit",
    )
    assert guard.limits == {}
    fine, _, _ = guarded(infant(), step_ma=0.5)
    fine.sign(infant())


def test_every_slot_of_the_plan_needs_a_unit():
    guard, _, _ = guarded(alone())
    with pytest.raises(OutsideEnvelope, match="no unit is open in slot B"):
        guard.sign(plan())
    assert guard.limits == {}


def test_a_plan_beyond_the_caps_is_not_signed_in():
    guard, _, _ = guarded(alone())
    with pytest.raises(OutsideEnvelope, match="ceiling 90 exceeds 30 mA"):
        guard.sign(alone(ceiling_ma=90.0))
    assert guard.limits == {}
    with pytest.raises(OutsideEnvelope, match="ceiling 20 exceeds 5 mA"):
        guard.sign(alone(), ClinicLimits(amplitude_max_ma=5.0))


def test_the_clinics_limits_count():
    guard, _, _ = guarded(alone())
    guard.sign(alone(), ClinicLimits(phase_charge_max_uc=1.5, units_max=1))
    assert guard.limits["A"].phase_charge_max_uc == 1.5


def test_a_refused_signature_takes_the_old_one_away():
    async def story():
        guard, _, _ = await armed(plan())
        with pytest.raises(OutsideEnvelope):
            guard.sign(plan(session_min=80.0))
        assert guard.limits == {}
        assert not any(unit.armed for unit in guard.units.values())

    run(story())


def test_a_fresh_guard_allows_nothing():
    guard, _, _ = guarded(plan())
    assert guard.limits == guard.history == {}
    assert guard._child_limits == ChildLimits(units_max=0, region_rms_max_ma=0.0)
    assert guard.units["A"].by_hand is None


def test_a_coarse_step_is_no_more_than_nine_decimals():
    assert rounded_down(0.2, 0.1234567891) == 0.123456789


def test_a_confirmation_may_differ_by_a_nanoampere():
    async def story():
        guard, units, _ = await armed(plan())
        units["A"].answer = lambda states: Acknowledged(
            states=(replace(states[0], amplitude_ma=0.5 + module.SAME_MA),)
        )
        await guard.units["A"].set((state(0.5),))

    run(story())


# --- what a unit answers --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        lambda states: Acknowledged(states=()),
        lambda states: Acknowledged(states=(*states, *states)),
        lambda states: Acknowledged(states=(replace(states[0], channel=2),)),
        lambda states: Acknowledged(states=(replace(states[0], amplitude_ma=0.501),)),
        lambda states: Acknowledged(states=(replace(states[0], amplitude_ma=-0.001),)),
        lambda states: Acknowledged(states=(replace(states[0], amplitude_ma=math.nan),)),
    ],
)
def test_a_wrong_confirmation_silences_all(answer):
    async def story():
        guard, units, _ = await armed(plan())
        units["A"].answer = answer
        with pytest.raises(UnitFault, match=r"^Unit A confirmed .*0.5 mA on channel 1 was sent"):
            await guard.units["A"].set((state(0.5),))
        assert [unit.told[-1] for unit in units.values()] == ["halt", "halt"]

    run(story())


def test_a_lower_confirmation_is_believed():
    async def story():
        guard, units, _ = await armed(plan())
        units["A"].answer = lambda states: Acknowledged(
            states=(replace(states[0], amplitude_ma=0.0),)
        )
        acknowledged = await guard.units["A"].set((state(0.5),))
        assert acknowledged.states[0].amplitude_ma == 0.0

    run(story())


def test_a_unit_without_an_answer_silences_all():
    async def story():
        guard, units, _ = await armed(plan())
        units["A"].fails.add("set")
        with pytest.raises(UnitFault):
            await guard.units["A"].set((state(0.5),))
        assert [unit.told[-1] for unit in units.values()] == ["halt", "halt"]

    run(story())


def test_a_command_that_is_broken_off_silences_all():
    async def story():
        guard, units, _ = await armed(plan())

        async def never(states):
            await asyncio.sleep(3600.0)

        units["A"].set = never
        task = asyncio.create_task(guard.units["A"].set((state(0.5),)))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [unit.told[-1] for unit in units.values()] == ["halt", "halt"]

    run(story())


# --- halting --------------------------------------------------------------------------------------


def test_halting_works_from_every_state():
    async def story():
        guard, units, _ = guarded(plan())
        await guard.silence()
        assert guard.units["A"].halted
        guard.sign(plan())
        await guard.silence()
        await guard.units["A"].arm("d")
        await guard.units["A"].set((state(0.5),))
        await guard.silence()
        await guard.silence()
        assert units["A"].told == ["halt", "halt", "arm", 0.5, "halt", "halt"]
        assert guard.units["A"].asked.amplitude_ma == 0.0

    run(story())


@pytest.mark.parametrize("how", ["halt", "hang"])
def test_halting_never_raises_never_waits_long_and_says_whether_it_worked(how, monkeypatch):
    monkeypatch.setattr(module, "HALT_WITHIN_S", 0.02)

    async def story():
        guard, units, _ = await armed(plan())
        units["A"].fails.add(how)
        async with asyncio.timeout(1.0):
            await guard.silence()
        assert (guard.units["A"].halted, guard.units["B"].halted) == (False, True)
        assert not guard.units["A"].armed
        assert units["B"].told == ["halt"]
        units["A"].fails.clear()
        await guard.silence()
        assert guard.units["A"].halted

    run(story())


def test_a_unit_has_half_a_second_to_halt():
    assert module.HALT_WITHIN_S == 0.5
    assert module.SAME_MA == 1e-6


def test_nothing_is_armed_or_halted_before_it_was():
    guard, _, _ = guarded(plan())
    assert (guard.units["A"].armed, guard.units["A"].halted) == (False, True)
    assert guard.units["A"].asked == guard.units["A"].allowed
    assert guard.units["A"].asked == state(0.0, pulse_width_us=0.0, frequency_hz=0.0)


def test_a_unit_that_would_not_arm_is_not_armed():
    async def story():
        guard, units, _ = guarded(plan())
        guard.sign(plan())
        units["A"].fails.add("arm")
        with pytest.raises(UnitFault):
            await guard.units["A"].arm("d")
        assert not guard.units["A"].armed

    run(story())


def test_zero_silences_and_stays_armed():
    async def story():
        guard, units, clock = await armed(plan())
        await guard.units["A"].set((state(0.5),))
        await guard.units["A"].zero()
        assert guard.units["A"].armed
        assert guard.units["A"].asked.amplitude_ma == 0.0
        clock.now_s += 1.0
        await guard.units["A"].set((state(0.7),))  # above what was felt, by less than a step
        assert units["A"].told == [0.5, "zero", 0.5]

    run(story())


def test_a_zero_that_fails_is_not_believed():
    async def story():
        guard, units, _ = await armed(plan())
        await guard.units["A"].set((state(0.5),))
        units["A"].fails.add("zero")
        with pytest.raises(UnitFault):
            await guard.units["A"].zero()
        assert guard.units["A"].asked.amplitude_ma == 0.5

    run(story())


def test_the_rest_is_passed_on():
    async def story():
        guard, units, _ = await armed(plan())
        assert (await guard.units["A"].open()).make == "recorder"
        await guard.units["A"].renew()
        assert (await guard.units["A"].poll()).electrodes_ok == (True,)
        assert units["A"].told == ["open", "renew", "poll"]
        await guard.units["A"].arm("another digest")
        assert units["A"].hash == "another digest"
        assert guard.units["A"].capabilities is units["A"].capabilities
        assert guard.units["A"].slot == "A"

    run(story())


# --- what a child has felt, and for how long ------------------------------------------------------


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


# --- the contact check ------------------------------------------------------------------------------


async def measuring(signed):
    """Every unit armed; each can measure its pads."""
    guard, _, clock = guarded(signed)
    units = {slot: Measurer() for slot in guard.units}
    for slot, unit in units.items():
        Guarded(slot, unit, 1, guard)
    guard.sign(signed)
    for unit in guard.units.values():
        await unit.arm("digest")
    for unit in units.values():
        unit.told.clear()
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
