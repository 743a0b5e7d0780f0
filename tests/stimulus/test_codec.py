"""JSON in and out is strict: nothing is guessed, nothing is lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rheobase.errors import BadInput
from rheobase.stimulus import Prescription, canonical, digest, from_plain, read_json, to_plain

from .orders import prescription

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=20,
)


def paths(data, here=()):
    """Every place in a JSON value."""
    yield here
    if isinstance(data, dict):
        for key, item in data.items():
            yield from paths(item, (*here, key))
    if isinstance(data, list):
        for i, item in enumerate(data):
            yield from paths(item, (*here, i))


PLAIN = to_plain(prescription())
PLACES = [place for place in paths(PLAIN) if place]


def put(place, value):
    data = json.loads(json.dumps(PLAIN))
    inner = data
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return data


def test_what_is_written_is_read_back_the_same():
    assert from_plain(Prescription, json.loads(canonical(prescription()))) == prescription()


def test_the_digest_does_not_depend_on_the_order_of_fields():
    turned = dict(reversed(list(PLAIN.items())))
    assert digest(turned) == digest(PLAIN)


@given(st.sampled_from(PLACES), json_values)
def test_whatever_stands_in_a_field_is_read_or_refused_with_words(place, value):
    try:
        read = from_plain(Prescription, put(place, value))
    except BadInput as refusal:
        assert str(refusal).endswith(".") or ":" in str(refusal)
    else:
        assert from_plain(Prescription, to_plain(read)) == read


@pytest.mark.parametrize("place", [p for p in PLACES if isinstance(p[-1], str)][:25], ids=str)
def test_a_missing_field_is_named(place):
    data = put(place, None)
    inner = data
    for key in place[:-1]:
        inner = inner[key]
    del inner[place[-1]]
    with pytest.raises(BadInput, match=place[-1]):
        from_plain(Prescription, data)


def test_an_unknown_field_is_named_with_those_that_exist():
    with pytest.raises(BadInput, match=r"'ceiling'.*ceiling_ma"):
        from_plain(Prescription, put(("channels", 0, "ceiling"), 3.0))


@pytest.mark.parametrize("text", ['{"a": NaN}', "[Infinity]", "{", "", "[" * 100_000])
def test_a_file_that_is_not_finite_json_is_refused(tmp_path, text):
    path = tmp_path / "case.json"
    path.write_text(text)
    with pytest.raises(BadInput):
        read_json(path)


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(BadInput, match=r"nothing\.json"):
        read_json(tmp_path / "nothing.json")


@pytest.mark.parametrize("name", ["case.json/case.json", "a" * 300])
def test_a_name_that_can_be_no_file_is_refused(tmp_path, name):
    (tmp_path / "case.json").write_text("{}")
    with pytest.raises(BadInput, match="cannot be read"):
        read_json(tmp_path / name)


def test_a_name_said_twice_is_refused(tmp_path):
    (tmp_path / "case.json").write_text('{"a": {"ceiling_ma": 3, "ceiling_ma": 30}}')
    with pytest.raises(BadInput, match="'ceiling_ma' twice"):
        read_json(tmp_path / "case.json")


def test_the_mark_that_some_editors_begin_a_file_with_is_no_mistake(tmp_path):
    (tmp_path / "case.json").write_bytes(b"\xef\xbb\xbf" + b'{"a": 1}')
    assert read_json(tmp_path / "case.json") == {"a": 1}


def test_a_file_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "case.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="UTF-8"):
        read_json(path)


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_number_of_hundreds_of_digits_is_refused_in_a_short_sentence(tmp_path, digits):
    path = tmp_path / "case.json"
    path.write_text('{"format": "x", "ceiling_ma": ' + "9" * digits + "}")
    with pytest.raises(BadInput) as refusal:
        from_plain(Prescription, put(("channels", 0, "ceiling_ma"), read_json(path)["ceiling_ma"]))
    assert len(str(refusal.value)) < 300
