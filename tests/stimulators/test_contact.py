"""The contact check of a RehaMove 3 or P24: one pulse at low level, on emulated units, and what breaks it."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import BadInput, UnitFault
from rheobase.simulated.emulators import _load
from rheobase.stimulators import _sciencemode34_contact as low
from rheobase.stimulators import _sciencemode34_frames as four
from tests.stimulators.emulated import armed, asked_after_a_stop, pair, run, state, until

ONE_MA = state(1.0)
FRAMES_BEFORE = 7  # to open and to arm
LINE_FAULTS = ["reply lost", "request lost", "bit flip", "duplicate", "late", "busy"]
COMMAND = four.Command
GOLDEN = [
    (0, COMMAND.LL_INIT, b"\x00", "F0 81 55 81 58 81 55 81 55 00 00 00 0F"),
    (2, COMMAND.LL_STOP, b"", "F0 81 55 81 59 81 9C 81 78 08 04 0F"),
]


def pulse(ma=1.0, width_us=200, gap_us=100, channel=1):
    return four.ChannelPulse(
        channel=channel, amplitude_ma=ma, pulse_width_us=width_us, gap_us=gap_us, period_ms=500.0
    )


def answer(counts, channel=0, kind=2):
    samples = [*counts, *[0] * (low.SAMPLES - len(counts))]
    return bytes((channel, kind, 0, 4)) + b"".join(n.to_bytes(2, "big") for n in samples)


# --- frames -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "command", "data", "frame"), GOLDEN)
def test_every_documented_frame_of_the_low_level_comes_out(number, command, data, frame):
    packet = four.Packet(number=number, command=command, data=data)
    assert four.encoded(packet) == bytes.fromhex(frame)
    assert four.decoded(bytes.fromhex(frame)) == packet


def test_the_low_level_begins_with_the_voltage_measured_from_the_standard_source():
    assert bytes((2 << 4 | 0 << 1,)) == low.INIT_DATA


def test_one_pulse_is_sent_as_the_protocol_says_bit_by_bit():
    sent = four.one_pulse_data(pulse(1.0, 200, 100, channel=6))
    # execute, channel 2 of the second connector, three points; 200 us of 2 mA / 2 + 150 ...
    assert sent[0] == 0b1_01_1_0010
    words = [int.from_bytes(sent[i : i + 4], "big") for i in (1, 5, 9)]
    assert words == [
        200 << 20 | (300 + 2) << 10,
        100 << 20 | 300 << 10,
        200 << 20 | (300 - 2) << 10,
    ]


@given(
    st.integers(1, 260),
    st.integers(20, 500),
    st.sampled_from([0, *range(10, 101)]),
    st.integers(1, 8),
)
def test_a_single_pulse_is_one_balanced_pulse_of_at_most_what_was_asked(half_ma, us, gap, channel):
    sent = four.one_pulse_data(pulse(half_ma / 2, us, gap, channel))
    words = [int.from_bytes(sent[i : i + 4], "big") for i in range(1, len(sent), 4)]
    points = [(word >> 20, (word >> 10 & 0x3FF) - 300) for word in words]
    assert len(points) == (sent[0] & 0xF) + 1 == (3 if gap else 2)
    assert sum(time_us * current for time_us, current in points) == 0
    assert max(abs(current) for _, current in points) == half_ma
    assert [current > 0 for _, current in points].count(True) == 1


@pytest.mark.parametrize("wrong", [pulse(0.0), pulse(0.3), pulse(width_us=10), pulse(channel=9)])
def test_a_pulse_that_cannot_be_sent_is_refused(wrong):
    with pytest.raises(BadInput):
        low.request(wrong)


# --- what samples mean ------------------------------------------------------------------------------


@given(st.integers(0, 15000), st.integers(1, 10))
def test_the_resistance_lies_within_its_range_and_is_voltage_over_current(count, half_ma):
    found = low.found(pulse(half_ma / 2), answer([0, count, count // 2]))
    assert found.voltage_v == pytest.approx(count / 100.0)
    assert found.resistance_ohm == pytest.approx(found.voltage_v / (found.amplitude_ma / 1000.0))
    assert found.low_ohm <= found.resistance_ohm <= found.high_ohm


@pytest.mark.parametrize(
    "told", [answer([100], channel=1), answer([100], channel=16), answer([100], kind=1)]
)
def test_samples_of_something_else_are_a_fault(told):
    with pytest.raises(UnitFault, match="something else than the voltage of channel 1"):
        low.found(pulse(), told)


def test_a_thousand_ohms_are_a_thousand_ohms():
    load = _load.Load(series_ohm=1000.0, parallel_ohm=1e-6, parallel_nf=1.0, halving_ma=1e9)
    every_us, volts = load.volts([(200, 1.0), (100, 0.0), (200, -1.0)], low.SAMPLES)
    found = low.found(pulse(), answer([round(100 * v) for v in volts]))
    assert found.resistance_ohm == pytest.approx(1000.0)
    assert every_us * low.SAMPLES >= 500


# --- on an emulated unit ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "least_ohm", "most_ohm"),
    [(None, 200.0, 2000.0), ("pad dry", 2000.0, 20000.0), ("pad off", 20000.0, 110000.0)],
)
def test_good_dry_and_lifted_pads_are_told_apart_by_one_milliampere(what, least_ohm, most_ohm):
    async def story():
        async with pair("sciencemode34") as (driver, unit):
            await armed(driver)
            if what:
                unit.happen(what)
                await until(lambda: unit.log.of("fault"))
            found = await driver.contact(ONE_MA)
            assert (found.channel, found.amplitude_ma) == (1, 1.0)
            assert least_ohm <= found.resistance_ohm < most_ohm
            assert unit.log.of("flag") == ()

    run(story())


def test_one_check_is_one_pulse_and_the_unit_is_armed_at_0_ma_afterwards():
    async def story():
        async with pair("sciencemode34") as (driver, unit):
            await armed(driver)
            assert len(unit.log.of("heard")) == FRAMES_BEFORE
            await driver.set((state(2.0),))
            began_s = time.monotonic()
            await driver.contact(ONE_MA)
            took_s = time.monotonic() - began_s
            await asyncio.sleep(0.05)
            given_ma = [e.ma for e in unit.log.of("output") if e.at_s > began_s]
            assert given_ma == [0.0, 1.0, 0.0]  # what ran is stopped first
            assert took_s < 0.45
            assert not (await driver.poll()).stop_pressed  # it is where it should be
            await driver.renew()
            assert unit.log.output_ma() == 0.0
            await driver.set((state(2.0),))
            assert unit.log.output_ma() == 2.0
            await driver.halt()

    run(story())


def test_a_check_needs_an_armed_unit_and_a_pulse_the_wire_carries():
    async def story():
        async with pair("sciencemode34") as (driver, unit):
            await driver.open()
            with pytest.raises(UnitFault, match="not armed"):
                await driver.contact(ONE_MA)
            await driver.arm("digest")
            heard = len(unit.log.of("heard"))
            for wrong in (state(0.0), state(1.2), state(1.0, channel=5), state(1.0, gap_us=5.0)):
                with pytest.raises(BadInput):
                    await driver.contact(wrong)
            assert len(unit.log.of("heard")) == heard
            await driver.contact(ONE_MA)

    run(story())


async def checked_and_renewed(driver):
    await driver.contact(ONE_MA)
    await driver.renew()  # a doubled last answer is noticed with the next


async def broken_off(what, n):
    """Break one thing at the n-th frame of a check; see silence, no right left, and a new beginning."""
    fault = {"what": what, "at_frame": FRAMES_BEFORE + n}
    async with pair("sciencemode34", fault) as (driver, unit):
        await armed(driver)
        with pytest.raises(UnitFault):
            await checked_and_renewed(driver)
        await driver.halt()
        with pytest.raises(UnitFault, match="arm it again"):
            await driver.set((state(1.0),))
        await asyncio.sleep(0.55)
        assert unit.log.output_ma() == 0.0, (what, n)
        assert asked_after_a_stop(unit) == 0.0, (what, n)
        assert len([e for e in unit.log.of("output") if e.ma > 0.0]) <= 1, (what, n)
        await armed(driver)
        assert (await driver.contact(ONE_MA)).resistance_ohm < 2000.0, (what, n)


@pytest.mark.parametrize("what", LINE_FAULTS)
def test_whatever_breaks_a_check_leaves_silence_and_a_unit_to_be_armed_anew(what):
    async def story():
        await asyncio.gather(*(broken_off(what, n) for n in range(1, 6)))

    run(story())


@pytest.mark.parametrize("what", ["reboot", "vanish"])
def test_a_unit_that_goes_in_the_middle_of_a_check_leaves_silence(what):
    async def story():
        await asyncio.gather(*(broken_off(what, n) for n in (2, 3, 5)))

    run(story())


def test_an_answer_in_another_form_is_a_fault_and_silence(monkeypatch):
    async def story():
        async with pair("sciencemode34") as (driver, unit):
            await armed(driver)
            monkeypatch.setattr(unit._device, "_measures", 0)
            monkeypatch.setattr(low, "INIT_DATA", b"\x00")  # nothing measured, nothing told
            with pytest.raises(UnitFault, match="LL_CONFIG"):
                await driver.contact(ONE_MA)
            await until(lambda: unit.log.output_ma() == 0.0)
            with pytest.raises(UnitFault, match="LL_CONFIG"):
                await driver.renew()

    run(story())


def test_a_check_is_broken_off_when_its_time_is_over(monkeypatch):
    monkeypatch.setattr(low, "WITHIN_S", 0.1)

    async def story():
        async with pair("sciencemode34", latency_ms=(30.0, 30.0)) as (driver, unit):
            await armed(driver)
            with pytest.raises(UnitFault, match="took longer than 100 ms"):
                await driver.contact(ONE_MA)
            await driver.halt()
            assert unit.log.output_ma() == 0.0

    run(story())


@pytest.mark.parametrize("after_ms", [5, 45, 90, 130])
def test_a_stop_overtakes_a_check_at_any_moment(after_ms):
    async def story():
        async with pair("sciencemode34") as (driver, unit):
            await armed(driver)
            checking = asyncio.create_task(driver.contact(ONE_MA))
            await asyncio.sleep(after_ms / 1000.0)
            stopped_s = time.monotonic()
            await driver.halt()
            assert time.monotonic() - stopped_s < 0.4
            with pytest.raises(UnitFault):
                await checking
            assert unit.log.output_ma() == 0.0
            heard = [entry.what for entry in unit.log.of("heard")]
            stopped = len(heard) - heard[::-1].index("Ml_stop") - 1
            assert not any(entry.ma for entry in unit.log.of("heard")[stopped:])
            assert driver._lease.silent
            with pytest.raises(UnitFault, match="halted"):
                await driver.set((state(1.0),))

    run(story())


def test_a_unit_left_at_low_level_by_a_session_that_was_cut_off_can_be_armed():
    async def story():
        async with pair("sciencemode34") as (driver, unit):
            await driver.open()
            await driver._line.ask(COMMAND.LL_INIT, COMMAND.LL_INIT_ACK, low.INIT_DATA)
            await driver.arm("digest")
            await driver.set((state(2.0),))
            assert unit.log.output_ma() == 2.0
            await driver.halt()

    run(story())
