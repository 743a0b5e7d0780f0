"""The emulated units in virtual time: what the protocol says of them, without any port."""

from itertools import pairwise

import pytest

from rheobase.simulated.emulators._device import World
from rheobase.simulated.emulators._sciencemode2 import RehaStim2
from rheobase.simulated.emulators._sciencemode34 import MidLevel
from rheobase.simulated.emulators._wire import Wire

SANE = World()


class Host:
    """A host that speaks raw commands."""

    def __init__(self, device):
        self.device, self.now_s, self.number = device, 0.0, 0
        self.wire, self.ears = Wire(wide=device.wide), Wire(wide=device.wide)
        device.begin(0.0)

    def say(self, command, data=b"", number=None):
        """Return the data of the answer, or None."""
        self.number = (self.number + 1) % 64 if number is None else number
        frame = self.wire.frame(self.number, command, bytes(data))
        (heard,) = self.wire.feed(frame)
        if not self.device.arrived(heard, self.now_s):
            return None
        replies = self.device.obey(heard, self.now_s)
        return None if not replies else self.opened(replies[0]).data

    def opened(self, reply):
        (heard,) = self.ears.feed(reply.frame)
        return heard

    def wait(self, seconds, world=SANE):
        """Return what the unit said by itself, as (time, command, data)."""
        said, end_s = [], self.now_s + seconds
        while self.now_s < end_s - 1e-9:
            self.now_s += 0.01
            for reply in self.device.pass_time(self.now_s, world):
                heard = self.opened(reply)
                said.append((round(self.now_s, 2), heard.command, heard.data))
        return said


def two(connected=True):
    host = Host(RehaStim2())
    if connected:
        host.wait(0.02)
        host.say(2, [0])
    return host


def four(profile="rehamove3"):
    host = Host(MidLevel(profile))
    assert host.say(30, [1]) == b"\x00"
    return host


LIST = [0, 1, 0, 13, 0, 56, 0]  # channel 1, 8 ms, 29 ms


def update(ma, channel=1, width_us=200):
    words = [(width_us << 20 | int(2 * i) + 300 << 10) for i in (ma, 0, -ma)]
    head = bytes([1 << (channel - 1), 2 << 4, 0, 58 << 1])
    return head + b"".join(word.to_bytes(4, "big") for word in words)


def test_a_rehastim_2_greets_every_half_second_until_it_is_answered():
    host = two(connected=False)
    said = host.wait(1.6)
    assert [command for _, command, _ in said] == [1, 1, 1, 1]
    gaps = [b[0] - a[0] for a, b in pairwise(said)]
    assert gaps == pytest.approx([0.5] * 3, abs=0.02)
    assert host.say(10) is None  # it obeys nobody before
    host.say(2, [0])
    assert host.say(10) == b"\x00\x00"
    assert host.wait(1.0) == []


def test_a_rehastim_2_ends_1200_ms_after_the_last_packet_and_greets_again():
    host = two()
    assert host.say(30, LIST) == host.say(32, [0, 0, 200, 10]) == b"\x00"
    for _ in range(5):
        assert host.wait(1.15) == []
        host.say(4)  # Watchdog, not answered
    assert host.device.output_ma() == 10.0
    said = host.wait(1.3)
    assert host.device.output_ma() == 0.0
    assert said[0][1] == 1
    assert host.say(10) is None


@pytest.mark.parametrize(
    ("command", "data", "result"),
    [
        (32, [0, 0, 200, 10], -3),  # not initialised
        (30, [0, 0, 0, 13, 0, 56, 0], -2),  # no channel
        (30, [0, 1, 0, 13, 0, 2, 0], -2),  # 2 ms
        (30, [0, 1, 0], -2),
        (36, [0, 0, 200, 131], -2),
        (36, [0, 0, 200, 10], 0),
        (34, [], 0),
    ],
)
def test_a_rehastim_2_judges_what_it_is_told(command, data, result):
    assert two().say(command, data)[0] == result & 0xFF


@pytest.mark.parametrize("data", [[0, 0, 200, 131], [0, 2, 0, 10], [3, 0, 200, 10], [0, 0, 200]])
def test_a_rehastim_2_refuses_a_state_that_cannot_be(data):
    host = two()
    host.say(30, LIST)
    assert host.say(32, data) == bytes([-2 & 0xFF])
    assert host.device.output_ma() == 0.0


def test_a_rehastim_2_does_not_know_other_commands():
    assert two().say(99) == bytes([99])


@pytest.mark.parametrize(
    ("world", "error"), [(World(pads_off={1}), -2), (World(stop_pressed=True), -1)]
)
def test_a_rehastim_2_stops_everything_when_a_pad_is_off_or_the_stop_is_pressed(world, error):
    host = two()
    host.say(30, LIST)
    host.say(32, [0, 0, 200, 2])
    assert [(c, d) for _, c, d in host.wait(0.02, world)] == [(38, bytes([error & 0xFF]))]
    assert host.device.output_ma() == 0.0
    assert host.say(10) == b"\x00\x00"


def test_mid_level_pauses_after_2_s_and_any_update_brings_it_back():
    host = four()
    assert host.say(32, update(10.0)) == b"\x00"
    for _ in range(3):
        host.wait(1.9)
        host.say(36, [4])
    assert host.device.output_ma() == 10.0
    host.wait(2.1)
    assert host.device.output_ma() == 0.0
    host.say(36, [4])
    host.wait(0.1)
    assert host.device.output_ma() == 0.0  # asking does not bring it back
    host.say(32, update(4.0))
    assert host.device.output_ma() == 4.0


def test_the_status_keeps_nothing_alive():
    host = four()
    host.say(32, update(10.0))
    for _ in range(5):
        host.wait(0.5)
        assert host.say(62) == bytes([0, 3, 6])
    assert host.device.output_ma() == 0.0


@pytest.mark.parametrize(("ma", "state"), [(14.5, 0), (15.0, 1)])
def test_mid_level_sees_a_lost_pad_from_15_ma_on(ma, state):
    host = four()
    host.say(32, update(ma, channel=2))
    host.wait(0.02, World(pads_off={2}))
    assert host.say(36, [4])[3] == state << 4
    assert (host.device.output_ma() == 0.0) == bool(state)


def test_mid_level_stops_with_the_high_voltage_off():
    host = four()
    host.say(32, update(10.0))
    assert host.say(34) == b"\x00"
    assert host.device.output_ma() == 0.0
    assert host.say(62) == bytes([0, 0, 1])
    assert host.say(32, update(10.0)) == b"\x07"
    assert host.say(34) == b"\x07"


@pytest.mark.parametrize(
    "data",
    [b"", b"\x01", update(10.0)[:-1], update(10.0) + b"\0", update(131.0), update(5.0, channel=5)],
)
def test_mid_level_refuses_an_update_that_cannot_be(data):
    host = four()
    assert host.say(32, data) == b"\x02"
    assert host.device.output_ma() == 0.0


def test_a_p24_has_eight_channels():
    assert four("p24").say(32, update(5.0, channel=8)) == b"\x00"


def test_an_unbalanced_pulse_is_flagged():
    device = MidLevel("p24")
    wire = Wire(wide=True)
    uneven = bytes([1, 0, 0, 116]) + (200 << 20 | 320 << 10).to_bytes(4, "big")
    (heard,) = wire.feed(wire.frame(1, 32, uneven))
    assert device.flags(heard) == ("the charge of channel 1 is not balanced",)
    (heard,) = wire.feed(wire.frame(1, 32, update(10.0)))
    assert device.flags(heard) == ()
    assert device.asked_ma(heard) == 10.0


def test_mid_level_does_not_know_other_commands():
    assert four().say(54) == b"\x0b"


def pulse(ma, channel=1, execute=1, width_us=200):
    words = [(width_us << 20 | int(2 * i) + 300 << 10) for i in (ma, -ma)]
    connector, at = divmod(channel - 1, 4)
    head = bytes([execute << 7 | at << 5 | connector << 4 | 1])
    return head + b"".join(word.to_bytes(4, "big") for word in words)


VOLTAGE = [2 << 4]


def low(profile="rehamove3"):
    host = Host(MidLevel(profile))
    assert host.say(0, VOLTAGE) == b"\x00"
    assert host.say(62) == b"\x00\x01\x06"
    return host


def volts(told):
    assert len(told) == 3 + 2 + 2 * 128
    return [int.from_bytes(told[at : at + 2], "big") / 100.0 for at in range(5, len(told), 2)]


def test_at_low_level_one_pulse_is_one_pulse_and_tells_its_voltage():
    host = low("p24")
    told = host.say(2, pulse(1.0, channel=6))
    assert told[:3] == bytes([0, 1 << 4 | 1, 2])
    assert host.device.output_ma() == 1.0
    assert host.wait(0.01) == []
    assert host.device.output_ma() == 0.0
    assert 0.2 < max(volts(told)) < 3.0
    assert host.say(4) == b"\x00"
    assert host.say(62) == b"\x00\x00\x01"


def test_at_low_level_the_voltage_tells_good_dry_and_lifted_pads_apart_at_any_current():
    for ma in (0.5, 1.0, 5.0, 14.5):
        met = []
        for world in (SANE, World(pads_dry={1}), World(pads_off={1})):
            host = low()
            host.wait(0.01, world)
            met.append(max(volts(host.say(2, pulse(ma)))))
        good, dry, off = met
        assert good < dry < off <= 150.0
    host = low()
    host.wait(0.01, World(pads_off={1}))
    assert host.say(2, pulse(15.0))[0] == 10
    assert host.device.output_ma() == 0.0


def test_a_pulse_that_is_not_to_be_executed_gives_nothing_and_one_unmeasured_tells_nothing():
    host = low()
    host.say(2, pulse(1.0, execute=0))
    assert host.device.output_ma() == 0.0
    host = Host(MidLevel())
    host.say(0, [0])
    assert host.say(2, pulse(1.0)) == bytes(3)


def test_one_level_at_a_time():
    host = four()
    assert host.say(0, VOLTAGE) == host.say(2, pulse(1.0)) == host.say(4) == b"\x07"
    assert host.say(34) == b"\x00"
    host = low()
    assert host.say(30, [1]) == host.say(32, update(1.0)) == host.say(34) == b"\x07"
    assert host.say(36, [4]) == b"\x07"
    assert host.say(58) == b"\x00"
    assert host.say(62) == b"\x00\x00\x01"


@pytest.mark.parametrize("data", [[], [1 << 4], [2 << 4 | 1 << 1], [0, 0]])
def test_a_low_level_that_cannot_be_is_refused(data):
    assert Host(MidLevel()).say(0, data) == b"\x02"


@pytest.mark.parametrize("data", [b"", pulse(1.0)[:-1], pulse(1.0, channel=5), pulse(131.0)])
def test_a_single_pulse_that_cannot_be_is_refused(data):
    host = low()
    assert host.say(2, data) == b"\x02"
    assert host.device.output_ma() == 0.0
