"""A sealed file: opened by its passphrase alone, read anywhere, and never with a part changed."""

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rheobase.clinic import sealing
from rheobase.errors import BadInput

WORDS = "four plain old words"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A light key and small pieces: the construction is the same."""
    monkeypatch.setattr(sealing, "LOG_N", 10)
    monkeypatch.setattr(sealing, "PIECE", 64)


def seal(path, content, words=WORDS):
    writer = sealing.SealedWriter(path.open("wb"), words)
    for start in range(0, len(content), 50):
        writer.write(content[start : start + 50])
    writer.close()
    return path


def read(path, words=WORDS):
    with sealing.SealedReader(path, words) as file:
        return file.read()


FEW = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(content=st.binary(max_size=400))
def test_what_was_sealed_is_read_again(tmp_path, content):
    assert read(seal(tmp_path / "one", content)) == content


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 129])
def test_pieces_that_are_just_full_are_read_again(tmp_path, size):
    assert read(seal(tmp_path / "one", bytes(size))) == bytes(size)


@FEW
@given(start=st.integers(0, 300), length=st.integers(0, 200))
def test_any_place_can_be_read(tmp_path, start, length):
    content = bytes(range(250))
    path = seal(tmp_path / "one", content)
    with io.BufferedReader(sealing.SealedReader(path, WORDS)) as file:
        file.seek(start)
        assert file.read(length) == content[start : start + length]


@FEW
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_bit_can_be_changed(tmp_path, place, bit):
    path = seal(tmp_path / "one", bytes(300))
    raw = bytearray(path.read_bytes())
    raw[place % len(raw)] ^= 1 << bit
    path.write_bytes(raw)
    if sealing.is_sealed(path):  # a file with another beginning is no sealed one at all
        with pytest.raises(BadInput):
            read(path)


@FEW
@given(left=st.integers(0, 500))
def test_nothing_can_be_cut_off(tmp_path, left):
    path = seal(tmp_path / "one", bytes(300))
    raw = path.read_bytes()
    path.write_bytes(raw[: left % len(raw)])
    with pytest.raises(BadInput, match=r"another copy|does not open"):
        read(path)


def test_pieces_cannot_change_places_or_files(tmp_path):
    path = seal(tmp_path / "one", bytes(range(200)))
    raw = path.read_bytes()
    start, step = sealing.HEAD.size + sealing.TAG, 64 + sealing.TAG
    first, second = raw[start : start + step], raw[start + step : start + 2 * step]
    path.write_bytes(raw[:start] + second + first + raw[start + 2 * step :])
    with pytest.raises(BadInput, match="changed"):
        read(path)


def test_a_wrong_passphrase_is_told_from_a_changed_file(tmp_path):
    path = seal(tmp_path / "one", b"text")
    with pytest.raises(BadInput, match="passphrase does not open"):
        read(path, "five other plain words")


def test_the_same_passphrase_typed_on_another_keyboard_opens_it(tmp_path):
    path = seal(tmp_path / "one", b"text", "vier a\u0308ltere worte")
    assert read(path, "vier \u00e4ltere worte") == b"text"


def test_two_files_never_look_alike(tmp_path):
    one, two = (seal(tmp_path / name, bytes(100)).read_bytes() for name in "ab")
    assert one[20:] != two[20:]


def test_a_file_cannot_ask_for_all_the_memory(tmp_path):
    path = seal(tmp_path / "one", b"text")
    raw = bytearray(path.read_bytes())
    raw[len(sealing.MAGIC)] = 40
    path.write_bytes(raw)
    with pytest.raises(BadInput, match="beginning of this file"):
        read(path)


def test_an_archive_is_read_through_the_seal(tmp_path):
    path = tmp_path / "one"
    writer = sealing.SealedWriter(path.open("wb"), WORDS)
    with zipfile.ZipFile(writer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "text " * 400)
    writer.close()
    source = zipfile.ZipFile(io.BufferedReader(sealing.SealedReader(path, WORDS)))
    assert source.read("a.txt") == b"text " * 400
    assert source.testzip() is None
