"""A prescription is what was signed, or it is refused."""

import json
from dataclasses import FrozenInstanceError, replace

import pytest

from rheobase.errors import BadInput
from rheobase.stimulus import Sealed, Side, from_plain, opened, seal, to_plain

from .orders import order, prescription

KEY = b"k" * 32


def through_a_file(sealed):
    return from_plain(Sealed, json.loads(json.dumps(to_plain(sealed))))


def test_a_sealed_prescription_opens_to_exactly_what_was_signed():
    signed = prescription()
    assert opened(through_a_file(seal(signed, KEY)), KEY) == signed


def test_a_prescription_edited_in_its_file_is_refused_with_a_remedy():
    plain = to_plain(seal(prescription(), KEY))
    plain["prescription"]["channels"][0]["ceiling_ma"] = 25.0
    with pytest.raises(BadInput, match="sign it again"):
        opened(from_plain(Sealed, plain), KEY)


def test_an_edit_that_also_renews_the_digest_is_still_refused():
    sealed = seal(prescription(), KEY)
    edited = replace(sealed.prescription, session_min=60.0)
    with pytest.raises(BadInput, match="not signed in this clinic"):
        opened(replace(sealed, prescription=edited, digest=edited.digest), KEY)


def test_a_prescription_of_another_clinic_is_refused():
    with pytest.raises(BadInput, match="Open the plan here"):
        opened(seal(prescription(), b"other" * 8), KEY)


def test_a_signed_prescription_cannot_be_changed_in_memory():
    with pytest.raises(FrozenInstanceError):
        prescription().session_min = 60.0


def test_two_channels_cannot_share_a_unit():
    with pytest.raises(BadInput, match="Give each its own"):
        prescription(channels=(order("A"), order("A", Side.RIGHT)))


def test_no_more_than_three_units_can_be_ordered():
    with pytest.raises(BadInput, match="between 1 and 3"):
        prescription(channels=tuple(order(slot) for slot in ("A", "B", "C", "A")))


def test_a_start_above_the_ceiling_is_refused():
    with pytest.raises(BadInput, match="signed ceiling"):
        order(start_ma=21.0)


def test_a_child_is_never_named_by_words_with_spaces():
    with pytest.raises(BadInput, match="usable name"):
        prescription(child="Mila Example")


@pytest.mark.parametrize("age_months", [3.9, 229.0, float("nan"), -6.0])
def test_an_age_outside_four_months_to_eighteen_years_is_refused(age_months):
    with pytest.raises(BadInput, match="age_months"):
        prescription(age_months=age_months)
