"""The frames of ScienceMode 2, 3 and 4: the documented ones byte for byte, and any other there and back.

Golden frames: devices reference 1.3 and 1.4 (HASOMED's documents, and worked frames of third parties).
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import BadInput
from rheobase.stimulators import _sciencemode2_frames as two
from rheobase.stimulators import _sciencemode34_frames as four
from rheobase.stimulators._stuffing import Splitter

TWO = two.Command
GOLDEN_2 = [
    (0, TWO.INIT, b"\x01", "F0 81 47 81 56 00 01 01 0F"),
    (0, TWO.INIT_ACK, b"\x00", "F0 81 7F 81 56 00 02 00 0F"),
    (1, TWO.WATCHDOG, b"", "F0 81 5C 81 57 01 04 0F"),
    (1, TWO.GET_MODE, b"", "F0 81 76 81 57 01 0A 0F"),
    (
        4,
        TWO.START_LIST,
        two.start_list_data(((200, 10), (250, 12))),
        "F0 81 45 81 5F 04 20 00 00 C8 0A 00 00 FA 0C 0F",
    ),
    (5, TWO.STOP_LIST, b"", "F0 81 FA 81 57 05 22 0F"),
    (6, TWO.SINGLE_PULSE, two.single_pulse_data(1, 200, 10), "F0 81 3B 81 53 06 24 00 00 C8 0A 0F"),
]
FOUR = four.Command
GOLDEN_4 = [
    (0, FOUR.ML_INIT, b"\x00", "F0 81 55 81 58 81 75 81 29 00 1E 00 0F"),
    (2, FOUR.ML_GET_DATA, b"\x02", "F0 81 55 81 58 81 16 81 94 08 24 02 0F"),
    (3, FOUR.ML_STOP, b"", "F0 81 55 81 59 81 14 81 18 0C 22 0F"),
]
packets_2 = st.builds(
    two.Packet,
    number=st.integers(0, 255),
    command=st.sampled_from(TWO),
    data=st.binary(max_size=60),
)
packets_4 = st.builds(
    four.Packet,
    number=st.integers(0, 63),
    command=st.sampled_from(FOUR),
    data=st.binary(max_size=400),
)


@pytest.mark.parametrize(("number", "command", "data", "frame"), GOLDEN_2)
def test_every_documented_frame_of_sciencemode_2_comes_out(number, command, data, frame):
    packet = two.Packet(number=number, command=command, data=data)
    assert two.encoded(packet) == bytes.fromhex(frame)
    assert two.decoded(bytes.fromhex(frame)) == packet


@pytest.mark.parametrize(("number", "command", "data", "frame"), GOLDEN_4)
def test_every_documented_frame_of_sciencemode_3_and_4_comes_out(number, command, data, frame):
    packet = four.Packet(number=number, command=command, data=data)
    assert four.encoded(packet) == bytes.fromhex(frame)
    assert four.decoded(bytes.fromhex(frame)) == packet


@given(st.lists(packets_2, max_size=5), st.binary(max_size=40), st.integers(1, 9))
def test_frames_survive_garbage_before_them_and_any_cutting_of_the_stream(packets, noise, size):
    garbage = noise.replace(b"\xf0", b"")
    stream = garbage + b"".join(two.encoded(packet) for packet in packets)
    splitter, frames = Splitter(two.is_whole), []
    for i in range(0, len(stream), size):
        frames += splitter.feed(stream[i : i + size])
    assert [two.decoded(frame) for frame in frames] == packets
    assert splitter.dropped == len(garbage)


@given(packets_4)
def test_a_long_frame_comes_back_as_it_went(packet):
    assert four.decoded(four.encoded(packet)) == packet


@given(packets_2, st.data())
def test_a_frame_cut_short_is_dropped_when_the_next_one_begins(packet, data):
    frame = two.encoded(packet)
    cut = data.draw(st.integers(1, len(frame) - 1))
    splitter = Splitter(two.is_whole)
    assert splitter.feed(frame[:cut] + frame) == [frame]
    assert splitter.dropped == cut


@given(packets_2, st.data())
def test_one_flipped_bit_is_never_taken_for_the_same_packet(packet, data):
    frame = bytearray(two.encoded(packet))
    place = data.draw(st.integers(1, len(frame) - 2))
    frame[place] ^= 1 << data.draw(st.integers(0, 7))
    for part in Splitter(two.is_whole).feed(bytes(frame)):
        assert two.decoded(part) != packet


@given(
    st.integers(0, 260),
    st.integers(20, 500),
    st.sampled_from([0, *range(10, 101)]),
    st.integers(1, 8),
)
def test_the_charges_of_the_two_phases_cancel_exactly(half_ma, width_us, gap_us, channel):
    pulse = four.ChannelPulse(
        channel=channel,
        amplitude_ma=half_ma / 2,
        pulse_width_us=width_us,
        gap_us=gap_us,
        period_ms=30.0,
    )
    assert sum(time_us * current for time_us, current in four.points_of(pulse)) == 0


@pytest.mark.parametrize("amplitude_ma", [1.0, 3.0, 12.3, 128.0, -2.0, float("nan"), float("inf")])
def test_an_amplitude_between_two_steps_is_refused_and_never_rounded(amplitude_ma):
    with pytest.raises(BadInput, match="Round it in the plan"):
        two.start_list_data(((200, amplitude_ma),))


@pytest.mark.parametrize("width_us", [0, 10, 19, 200.5, 501, float("nan")])
def test_a_width_that_the_unit_would_silently_change_is_refused(width_us):
    with pytest.raises(BadInput, match="pulse_width_us"):
        two.start_list_data(((width_us, 10),))


@pytest.mark.parametrize("channel", [0, 9, -1])
def test_an_unknown_channel_is_an_error_and_never_channel_one(channel):
    with pytest.raises(BadInput, match="channel"):
        two.single_pulse_data(channel, 200, 10)
    with pytest.raises(BadInput, match="channel"):
        four.update_data(
            (
                four.ChannelPulse(
                    channel=channel, amplitude_ma=5, pulse_width_us=200, gap_us=0, period_ms=30
                ),
            )
        )
