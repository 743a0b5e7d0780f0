"""A million bytes on the wire of each protocol, whole, cut, glued, damaged and between noise.

What is whole is heard, in order, exactly once; what is damaged is never taken for something else.
"""

import numpy as np
import pytest

from rheobase.simulated.emulators._wire import Wire
from rheobase.stimulators import _sciencemode2_frames as two
from rheobase.stimulators import _sciencemode34_frames as four
from rheobase.stimulators._stuffing import Splitter

pytestmark = pytest.mark.slow

BYTES = 1_000_000
PROTOCOLS = {"ScienceMode 2": (two, 256, 60), "ScienceMode 3 and 4": (four, 64, 300)}
SPECIAL = np.frombuffer(bytes((0xF0, 0x0F, 0x81, 0x55, 0x0A)), np.uint8)
each = pytest.mark.parametrize("name", PROTOCOLS)


def bytes_of(chance, most):
    """Any bytes, or mostly those that mean something on the wire."""
    size = int(chance.integers(0, most + 1))
    drawn = chance.integers(0, 256, size, dtype=np.uint8)
    special = chance.random(size) < chance.choice([0.0, 0.1, 0.9])
    return np.where(special, chance.choice(SPECIAL, size), drawn).astype(np.uint8).tobytes()


def packet(name, chance):
    module, numbers, longest = PROTOCOLS[name]
    return module.Packet(
        number=int(chance.integers(numbers)),
        command=module.Command(int(chance.choice(list(module.Command)))),
        data=bytes_of(chance, longest),
    )


def flipped(frame, chance):
    damaged = bytearray(frame)
    damaged[int(chance.integers(len(frame)))] ^= 1 << int(chance.integers(8))
    return bytes(damaged)


def pieces(name, chance):
    """Yield (bytes, the packet that must be heard or None) without end."""
    module = PROTOCOLS[name][0]
    while True:
        sent = packet(name, chance)
        frame = module.encoded(sent)
        kind = chance.integers(6)
        if kind == 0:
            yield bytes_of(chance, 60), None
        elif kind == 1:
            cut = frame[: int(chance.integers(1, len(frame)))]
            yield cut + frame, sent  # the next frame follows at once: noise might complete it
        elif kind == 2:
            yield flipped(frame, chance), None
        else:
            yield frame, sent


def stream(name, seed):
    """Return at least a million bytes and the packets that are whole in them."""
    chance, raw, whole = np.random.default_rng(seed), bytearray(), []
    for part, sent in pieces(name, chance):
        raw += part
        whole += [sent] if sent else []
        if len(raw) >= BYTES:
            return bytes(raw), whole


def chunks(raw, chance):
    """Cut a stream anywhere, as a serial line delivers it."""
    at = 0
    while at < len(raw):
        size = int(chance.integers(1, 400))
        yield raw[at : at + size]
        at += size


@each
def test_in_a_million_bytes_whatever_is_whole_is_heard_once_and_nothing_is_made_up(name):
    module = PROTOCOLS[name][0]
    raw, whole = stream(name, 7)
    assert len(raw) >= BYTES
    splitter, heard = Splitter(module.is_whole), []
    for chunk in chunks(raw, np.random.default_rng(8)):
        heard += [module.decoded(frame) for frame in splitter.feed(chunk)]
    assert heard == whole
    assert splitter.dropped + sum(len(module.encoded(one)) for one in whole) >= len(raw) - 1200


@each
def test_a_million_bytes_go_to_an_emulated_unit_and_back_unchanged(name):
    module = PROTOCOLS[name][0]
    chance, ears = np.random.default_rng(9), Wire(wide=module is four)
    splitter, count = Splitter(module.is_whole), 0
    while count < BYTES:
        sent = packet(name, chance)
        frame = module.encoded(sent)
        (heard,) = ears.feed(frame)
        back = ears.frame(heard.number, heard.command, heard.data)
        assert [module.decoded(one) for one in splitter.feed(back)] == [sent]
        count += len(frame) + len(back)
    assert count >= BYTES
    assert splitter.dropped == 0


@each
def test_an_emulated_unit_hears_nothing_in_a_million_damaged_bytes_that_was_not_said(name):
    module = PROTOCOLS[name][0]
    raw, whole = stream(name, 11)
    ears = Wire(wide=module is four)
    said = {(one.number, one.command, one.data) for one in whole}
    heard = [
        (one.number, one.command, one.data)
        for chunk in chunks(raw, np.random.default_rng(12))
        for one in ears.feed(chunk)
        if one.command >= 0
    ]
    assert len(raw) >= BYTES
    assert set(heard) <= said
    assert len(heard) > 0.75 * len(whole)  # it begins anew at F0, as the protocol says
