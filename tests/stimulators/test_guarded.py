"""The guard around every unit: what is refused reaches nobody, and silences everybody."""

import asyncio
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import NotReady, OutsideEnvelope, UnitFault
from rheobase.safety import ChildLimits, ClinicLimits
from rheobase.stimulators import Acknowledged, rounded_down
from rheobase.stimulators import _guarded as module
from tests.safety.cast import alone, infant, plan
from tests.stimulators.units import Clock, armed, guarded, run, state


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


def test_the_first_that_fails_is_remembered_until_the_next_signature():
    """What another unit says while it is being halted is no trouble of its own."""

    async def story():
        assert module.Guard(Clock()).culprit == ""
        guard, units, _ = await armed(plan())
        assert guard.culprit == ""
        units["B"].fails.add("set")
        with pytest.raises(UnitFault):
            await guard.units["B"].set((state(0.5),))
        assert guard.culprit == "B"
        with pytest.raises(OutsideEnvelope, match="not armed"):
            await guard.units["A"].set((state(0.5),))
        assert guard.culprit == "B"
        guard.sign(plan())
        assert guard.culprit == ""
        with pytest.raises(OutsideEnvelope, match="not armed"):
            await guard.units["A"].set((state(0.5),))
        assert guard.culprit == "A"

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
