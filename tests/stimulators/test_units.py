"""What every unit does, whatever its make: one suite. And what each of ours does besides."""

import asyncio
import math

import pytest

from rheobase.errors import BadInput, OutsideEnvelope, UnitFault
from rheobase.stimulators import (
    MAKES,
    Address,
    Guard,
    LeadOff,
    Stimulator,
    _manual,
    _virtual,
    open_unit,
)
from rheobase.stimulators._skin import Skin
from tests.safety.cast import alone
from tests.stimulators.units import Clock, state

UNITS = {
    "virtual, fine": (_virtual, "a"),
    "virtual, with a test pulse": (_virtual, "a?profile=stimulator2"),
    "virtual, pads from 15 mA": (_virtual, "a?profile=stimulator4"),
    "set by hand": (_manual, "a"),
}


def run(story):
    return asyncio.run(story)


@pytest.fixture(params=UNITS)
def unit(request):
    module, address = UNITS[request.param]
    return module.make(Address.read(address), Clock())


def test_it_names_itself_and_gives_nothing(unit):
    identity = run(unit.open())
    assert identity.make == unit.capabilities.make
    assert identity.serial_number


def test_its_abilities_make_sense(unit):
    can = unit.capabilities
    assert 0.0 < can.amplitude_step_ma <= can.amplitude_max_ma <= 130.0
    assert 0.0 < can.pulse_width_min_us < can.pulse_width_max_us <= 500.0
    assert 0.0 < can.frequency_min_hz < can.frequency_max_hz <= 100.0
    assert can.watchdog_ms is None or 0.0 < can.watchdog_ms <= 2000.0
    assert can.medical_status
    assert can.source


def test_it_takes_nothing_before_it_is_armed(unit):
    with pytest.raises(UnitFault, match="arm"):
        run(unit.set((state(1.0),)))


def test_it_confirms_what_was_sent_and_never_more(unit):
    async def story():
        await unit.open()
        await unit.arm("digest")
        for ma in (0.0, 1.0, 2.0, 1.0):
            acknowledged = await unit.set((state(ma),))
            (confirmed,) = acknowledged.states
            assert confirmed.channel == 1
            assert 0.0 <= confirmed.amplitude_ma <= ma

    run(story())


def test_the_same_state_twice_is_the_same_state(unit):
    async def story():
        await unit.arm("digest")
        assert await unit.set((state(1.0),)) == await unit.set((state(1.0),))

    run(story())


def test_it_halts_from_every_state_and_stays_disarmed(unit):
    async def story():
        await unit.halt()
        await unit.open()
        await unit.halt()
        await unit.arm("digest")
        await unit.set((state(1.0),))
        await unit.halt()
        await unit.halt()
        with pytest.raises(UnitFault):
            await unit.set((state(1.0),))
        await unit.arm("digest")
        await unit.set((state(1.0),))

    run(story())


def test_zero_keeps_it_armed(unit):
    async def story():
        await unit.arm("digest")
        await unit.set((state(1.0),))
        await unit.zero()
        await unit.renew()
        assert (await unit.poll()).stop_pressed is False
        await unit.set((state(1.0),))

    run(story())


# --- the door -----------------------------------------------------------------------------------


def test_the_door_always_guards():
    for make in ("virtual", "manual"):
        guarded = open_unit(make, "a", slot="A", guard=Guard(Clock()))
        with pytest.raises(OutsideEnvelope, match="not armed"):
            run(guarded.set((state(1.0),)))


def test_the_door_knows_its_makes():
    assert {"virtual", "manual"} <= set(MAKES)
    with pytest.raises(BadInput, match="Use one of: virtual"):
        open_unit("duet", "a", slot="A", guard=Guard(Clock()))


def test_the_channel_is_part_of_the_address():
    assert open_unit("virtual", "a?channel=3", slot="A", guard=Guard(Clock())).channel == 3
    assert open_unit("virtual", "a", slot="A", guard=Guard(Clock())).channel == 1


@pytest.mark.parametrize(
    "address",
    [
        "a?broken",
        "a?latency_ms=x",
        "a?latency_ms=-1",
        "a?profile=none",
        "a?contact=0",
        "a?contact=1.1",
        "a?area_cm2=0",
        "a?faults=none@1",
        "a?faults=dry@x",
        "a?latency_ms=nan",
    ],
)
def test_an_address_that_cannot_be_read_is_refused(address):
    with pytest.raises(BadInput):
        open_unit("virtual", address, slot="A", guard=Guard(Clock()))


# --- the virtual unit ---------------------------------------------------------------------------


def virtual(options=""):
    clock = Clock()
    return _virtual.make(Address.read(f"a?{options}" if options else "a"), clock), clock


@pytest.mark.parametrize(("profile", "watchdog_s"), [("fine", 1.2), ("stimulator4", 2.0)])
def test_its_own_watchdog_ends_the_output(profile, watchdog_s):
    async def story():
        unit, clock = virtual(f"profile={profile}")
        await unit.arm("digest")
        await unit.set((state(2.0),))
        clock.now_s += watchdog_s - 0.01
        assert unit.output_ma() == 2.0
        await unit.renew()
        clock.now_s += watchdog_s - 0.01
        assert unit.output_ma() == 2.0
        clock.now_s += 0.02
        assert unit.output_ma() == 0.0
        for what in (unit.renew(), unit.set((state(2.0),)), unit.poll()):
            with pytest.raises(UnitFault, match="watchdog"):
                await what
        clock.now_s -= 1.0  # nothing brings the old amplitude back
        assert unit.output_ma() == 0.0
        await unit.arm("digest")
        assert unit.output_ma() == 0.0

    run(story())


def test_a_lost_pad_is_seen_by_a_test_pulse():
    async def story():
        unit, _ = virtual("faults=pad-off@0")
        await unit.arm("digest")
        await unit.set((state(2.0),))
        assert (await unit.poll()).electrodes_ok == (False,)

    run(story())


def test_below_15_ma_some_units_do_not_see_a_lost_pad():
    async def story():
        unit, _ = virtual("profile=stimulator4&faults=pad-off@0")
        await unit.arm("digest")
        await unit.set((state(8.0),))
        assert (await unit.poll()).electrodes_ok == (True,)  # stays silent: nobody may rely on it
        await unit.set((state(15.0),))
        assert (await unit.poll()).electrodes_ok == (False,)
        assert unit.capabilities.lead_off is LeadOff.ABOVE_CURRENT
        assert unit.capabilities.lead_off_min_ma == 15.0

    run(story())


def test_a_pad_that_lifts_by_half_doubles_the_density_and_nobody_sees_it():
    async def story():
        unit, clock = virtual("faults=half-off@1")
        await unit.arm("digest")
        await unit.set((state(5.0),))
        before = unit.density_ma_per_cm2()
        clock.now_s += 1.0
        assert unit.density_ma_per_cm2() == pytest.approx(2.0 * before)
        telemetry = await unit.poll()
        assert telemetry.electrodes_ok == telemetry.compliance_ok == (True,)

    run(story())


def test_halves_are_what_the_guard_assumes():
    from rheobase.safety import limits_for

    signed = alone()
    assert limits_for(signed)["A"].contact_cm2 == pytest.approx(
        0.5 * signed.channels[0].montage.smallest_area_cm2
    )


def test_a_dry_small_pad_takes_less_than_what_was_set():
    async def story():
        unit, _ = virtual("area_cm2=2&contact=0.3&faults=dry@0")
        await unit.arm("digest")
        await unit.set((state(30.0, pulse_width_us=400.0),))
        assert unit.output_ma() < 30.0
        assert (await unit.poll()).compliance_ok == (False,)

    run(story())


def test_pads_dry_while_they_are_worn():
    unit, clock = virtual()

    async def story():
        await unit.arm("digest")
        fresh = unit._skin_now().dryness
        clock.now_s += 600.0
        assert unit._skin_now().dryness > fresh

    run(story())


@pytest.mark.parametrize(
    ("area_cm2", "contact", "dryness", "ma", "ohm"),
    [
        (25.0, 1.0, 0.0, 20.0, 720.0),
        (25.0, 1.0, 0.0, 60.0, 570.0),
        (25.0, 1.0, 1.0, 20.0, 1180.0),
        (10.0, 1.0, 0.0, 20.0, 1400.0),
        (10.0, 0.5, 0.0, 20.0, 2600.0),
    ],
)
def test_the_skin_has_the_impedance_of_the_reference(area_cm2, contact, dryness, ma, ohm):
    # reference on devices, section 3: 20 mA, 300 us
    skin = Skin(area_cm2=area_cm2, contact=contact, dryness=dryness, off=False)
    assert 1000.0 * skin.voltage_v(ma, 300.0) / ma == pytest.approx(ohm, rel=0.03)


def test_the_skin_never_takes_more_than_the_source_can_drive():
    skin = Skin(area_cm2=5.0, contact=0.5, dryness=1.0, off=False)
    for ma in (1.0, 10.0, 50.0, 130.0):
        taken = skin.delivered_ma(ma, 300.0, 150.0)
        assert 0.0 <= taken <= ma
        assert skin.voltage_v(taken, 300.0) <= 150.0 + 1e-6
    off = Skin(area_cm2=5.0, contact=0.5, dryness=0.0, off=True)
    assert off.delivered_ma(50.0, 300.0, 150.0) == pytest.approx(1.5)  # 100 kohm


# --- the unit that is set by hand ---------------------------------------------------------------


def test_what_the_operator_confirms_is_what_is_confirmed():
    async def story():
        unit = _manual.make(Address.read("cefar?step_ma=1&max_ma=60"), Clock())
        assert isinstance(unit.capabilities.amplitude_step_ma, float)
        with pytest.raises(BadInput, match="not armed"):
            unit.dial_shows(1.0)
        await unit.arm("digest")
        assert (await unit.set((state(5.0),))).states[0].amplitude_ma == 0.0
        unit.dial_shows(4.0)
        assert (await unit.set((state(5.0),))).states[0].amplitude_ma == 4.0
        assert (await unit.set((state(0.0),))).states[0].amplitude_ma == 0.0
        for wrong in (-1.0, 60.1, math.nan):
            with pytest.raises(BadInput, match="Read it again"):
                unit.dial_shows(wrong)
        await unit.halt()
        await unit.arm("digest")
        assert (await unit.set((state(5.0),))).states[0].amplitude_ma == 0.0

    run(story())


@pytest.mark.parametrize("address", ["a?step_ma=0", "a?max_ma=0"])
def test_a_dial_without_steps_is_refused(address):
    with pytest.raises(BadInput):
        _manual.make(Address.read(address), Clock())


def test_every_unit_is_a_stimulator():
    for module, address in UNITS.values():
        unit: Stimulator = module.make(Address.read(address), Clock())
        assert unit.capabilities.make
