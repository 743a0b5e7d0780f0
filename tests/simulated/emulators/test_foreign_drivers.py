"""Public drivers by others, unmodified, on our emulated units: outside truth for both.

pyScienceMode masks some command numbers without their escape byte, waits without end, and may leave
up to 1.6 s between two signs of life (its thread looks every 0.8 s whether 0.8 s have passed), where
the unit waits 1.2 s; what is used here avoids all three. science_mode_4 knows the P24.
"""

import asyncio
import time
from importlib import import_module

import pytest

from rheobase.simulated.emulators import Scenario, emulator
from rheobase.stimulators import _sciencemode34_contact as low
from rheobase.stimulators import _sciencemode34_frames as four

pytestmark = pytest.mark.oracle


def test_pysciencemode_identifies_starts_updates_and_stops(tmp_path):
    pysciencemode = import_module("pysciencemode")
    with emulator("sciencemode2", Scenario(), tmp_path) as unit:
        host = pysciencemode.Rehastim2(port=unit.port, show_log=False)
        try:
            channel = pysciencemode.Channel(
                mode="Single",
                no_channel=1,
                amplitude=10,
                pulse_width=300,
                device_type=pysciencemode.Device.Rehastim2,
            )
            host.init_channel(
                stimulation_interval=30, list_channels=[channel], inter_pulse_interval=8
            )
            host.start_stimulation(upd_list_channels=[channel])
            assert unit.log.output_ma() == 10.0
            channel.set_amplitude(14)
            host.start_stimulation(upd_list_channels=[channel])
            assert unit.log.output_ma() == 14.0
            host.pause_stimulation()
            assert unit.log.output_ma() == 0.0
            host.start_stimulation(upd_list_channels=[channel])
            host.end_stimulation()
            assert unit.log.output_ma() == 0.0
        finally:
            host.disconnect()
            host.close_port()
        began_s = time.monotonic()
        while not [e for e in unit.log.of("sent", "Init") if e.at_s > began_s]:
            assert time.monotonic() - began_s < 3.0
            time.sleep(0.05)


def test_pysciencemodes_escapes_are_flagged_and_understood(tmp_path):
    pysciencemode = import_module("pysciencemode")
    with emulator("sciencemode2", Scenario(), tmp_path) as unit:
        host = pysciencemode.Rehastim2(port=unit.port, show_log=False)
        try:
            channel = pysciencemode.Channel(
                mode="Single",
                no_channel=1,
                amplitude=10,  # 0A, which it escapes although it need not
                pulse_width=300,
                device_type=pysciencemode.Device.Rehastim2,
            )
            host.init_channel(stimulation_interval=30, list_channels=[channel])
            host.start_stimulation(upd_list_channels=[channel])
            assert unit.log.output_ma() == 10.0
            host.end_stimulation()
        finally:
            host.disconnect()
            host.close_port()
        flags = {entry.what for entry in unit.log.of("flag")}
        assert "escapes 0A, which need not be" in flags
        assert "t2 below 8 ms" in flags


def test_science_mode_4_identifies_starts_updates_and_stops(tmp_path):
    foreign = import_module("science_mode_4")
    from science_mode_4.mid_level.mid_level_types import MidLevelChannelConfiguration
    from science_mode_4.protocol.channel_point import ChannelPoint

    def pulses(ma):
        points = [ChannelPoint(200, ma), ChannelPoint(100, 0), ChannelPoint(200, -ma)]
        return [MidLevelChannelConfiguration(True, 3, 20, points)]

    async def story(unit):
        line = foreign.SerialPortConnection(unit.port)
        line.open()
        device = foreign.DeviceP24(line)
        await device.initialize()
        general = device.get_layer_general()
        assert general.device_id == "P24-EMUL01"
        assert general.science_mode_version == "4.0.0"
        mid_level = device.get_layer_mid_level()
        await mid_level.init(True)
        await mid_level.update(pulses(20))
        assert unit.log.output_ma() == 20.0
        for _ in range(3):
            await asyncio.sleep(0.8)
            told = await mid_level.get_current_data()
            assert told.is_stimulation_active_per_channel[0]
        await mid_level.update(pulses(10))
        assert unit.log.output_ma() == 10.0
        await asyncio.sleep(2.2)
        assert unit.log.output_ma() == 0.0  # its pause
        await mid_level.update(pulses(10))
        await mid_level.stop()
        assert unit.log.output_ma() == 0.0
        assert not (await general.get_stim_status()).high_voltage_on
        line.close()

    with emulator("sciencemode34", Scenario(profile="p24"), tmp_path) as unit:
        asyncio.run(story(unit))
        assert unit.log.of("flag") == ()


def test_science_mode_4_measures_the_voltage_of_one_pulse_at_low_level(tmp_path):
    foreign = import_module("science_mode_4")
    from science_mode_4.low_level.low_level_types import LowLevelHighVoltageSource, LowLevelMode
    from science_mode_4.protocol.channel_point import ChannelPoint
    from science_mode_4.protocol.types import Channel, Connector

    points = [ChannelPoint(200, 1.0), ChannelPoint(100, 0.0), ChannelPoint(200, -1.0)]

    async def answer(low_level):
        while (ack := low_level.packet_buffer.get_packet_from_buffer()) is None:
            await asyncio.sleep(0.01)
        return ack

    async def story(unit):
        line = foreign.SerialPortConnection(unit.port)
        line.open()
        device = foreign.DeviceP24(line)
        await device.initialize()
        low_level = device.get_layer_low_level()
        await low_level.init(LowLevelMode.STIM_VOLTAGE, LowLevelHighVoltageSource.STANDARD)
        met = []
        for what in (None, "pad dry", "pad off"):
            if what:
                unit.happen(what, channel=6)
                await asyncio.sleep(0.05)
            low_level.send_channel_config(True, Channel.BLUE, Connector.GREEN, points)
            async with asyncio.timeout(2.0):
                ack = await answer(low_level)
            assert (ack.result, ack.channel, ack.connector) == (0, Channel.BLUE, Connector.GREEN)
            assert ack.mode == LowLevelMode.STIM_VOLTAGE
            assert ack.sampling_time_in_microseconds * 128 >= 500
            met.append(max(ack.measurement_samples))
        await low_level.stop()
        line.close()
        return met

    with emulator("sciencemode34", Scenario(profile="p24"), tmp_path) as unit:
        good, dry, off = asyncio.run(story(unit))
        assert 0.2 < good < 2.0 <= dry < 20.0 <= off  # volts at 1 mA: kilo-ohms
        assert [e.ma for e in unit.log.of("output")] == [1.0, 0.0] * 3
        assert unit.log.of("flag") == ()


def test_our_low_level_frames_are_those_of_science_mode_4_bit_for_bit():
    import_module("science_mode_4")
    from science_mode_4.low_level.low_level_channel_config import PacketLowLevelChannelConfig
    from science_mode_4.low_level.low_level_init import PacketLowLevelInit
    from science_mode_4.low_level.low_level_types import LowLevelHighVoltageSource, LowLevelMode
    from science_mode_4.protocol.channel_point import ChannelPoint
    from science_mode_4.protocol.types import Channel, Connector

    init = PacketLowLevelInit()
    init.mode, init.high_voltage_source = (
        LowLevelMode.STIM_VOLTAGE,
        LowLevelHighVoltageSource.STANDARD,
    )
    assert init.get_data() == low.INIT_DATA
    for channel in range(1, 9):
        connector, at = divmod(channel - 1, 4)
        config = PacketLowLevelChannelConfig()
        config.execute_stimulation = True
        config.channel, config.connector = Channel(at), Connector(connector)
        config.points = [ChannelPoint(150, 2.5), ChannelPoint(50, 0.0), ChannelPoint(150, -2.5)]
        ours = four.ChannelPulse(
            channel=channel, amplitude_ma=2.5, pulse_width_us=150, gap_us=50, period_ms=500.0
        )
        assert config.get_data() == low.request(ours)
