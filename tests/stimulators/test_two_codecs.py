"""Our codecs against those of the emulators, which were written apart: what one says the other hears."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.simulated.emulators._wire import Wire
from rheobase.stimulators import _sciencemode2_frames as two
from rheobase.stimulators import _sciencemode34_frames as four
from rheobase.stimulators._stuffing import Splitter

KINDS = {"two": (two, 255, 60), "four": (four, 63, 300)}
noises = st.binary(max_size=60) | st.lists(
    st.sampled_from([0xF0, 0x0F, 0x81, 0x55, 0x0A]), max_size=40
).map(bytes)


def packets(kind):
    module, highest, longest = KINDS[kind]
    return st.builds(
        module.Packet,
        number=st.integers(0, highest),
        command=st.sampled_from(module.Command),
        data=st.binary(max_size=longest),
    )


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_we_say_the_emulator_hears(kind, data):
    packet = data.draw(packets(kind))
    (heard,) = Wire(wide=kind == "four").feed(KINDS[kind][0].encoded(packet))
    assert (heard.number, heard.command, heard.data) == (
        packet.number,
        packet.command,
        packet.data,
    )
    assert heard.flags == ()


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_the_emulator_says_we_hear(kind, data):
    packet = data.draw(packets(kind))
    frame = Wire(wide=kind == "four").frame(packet.number, packet.command, packet.data)
    assert KINDS[kind][0].decoded(frame) == packet


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_after_any_noise_whole_frames_are_heard_again(kind, data):
    module = KINDS[kind][0]
    sent = data.draw(st.lists(packets(kind), min_size=2, max_size=4))
    stream = b"".join(data.draw(noises) + module.encoded(packet) for packet in sent)
    splitter, heard = Splitter(module.is_whole), []
    for i in range(0, len(stream), 7):
        heard += [module.decoded(frame) for frame in splitter.feed(stream[i : i + 7])]
    assert heard == sent  # nothing is lost, and nothing is made up out of noise


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_a_frame_with_wrong_bits_is_lost_alone(kind, data):
    module = KINDS[kind][0]
    before, broken, after = (data.draw(packets(kind)) for _ in range(3))
    damaged = bytearray(module.encoded(broken))
    at = data.draw(st.integers(1, len(damaged) - 2))
    damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    splitter = Splitter(module.is_whole)
    stream = module.encoded(before) + bytes(damaged) + module.encoded(after)
    assert [module.decoded(frame) for frame in splitter.feed(stream)] == [before, after]


@given(st.binary(max_size=40))
def test_other_escapes_are_understood_and_flagged(data):
    plain = two.encoded(two.Packet(number=1, command=two.Command.START_LIST, data=data))
    payload = b"\x01\x20" + b"".join(
        bytes((0x81, b ^ 0x55)) if b in (0xF0, 0x0F, 0x81, 0x0A, 0x55) else bytes((b,))
        for b in data
    )
    head = bytes((0x81, two.crc8(payload) ^ 0x55, 0x81, len(payload) & 0xFF ^ 0x55))
    (heard,) = Wire(wide=False).feed(b"\xf0" + head + payload + b"\x0f")
    (same,) = Wire(wide=False).feed(plain)
    assert heard.data == same.data == data
    assert bool(heard.flags) == (0x0A in data or 0x55 in data)
