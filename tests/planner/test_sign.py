"""Signing: a proposal becomes a prescription only by a named therapist, on its day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from rheobase.errors import BadInput, NotReady, OutsideEnvelope
from rheobase.planner.files import from_file, to_file
from rheobase.planner.proposal import Proposal
from rheobase.planner.propose import propose
from rheobase.planner.sign import signed
from rheobase.stimulus import Sealed, digest, opened

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
KEY = b"k" * 32


@pytest.fixture
def proposal(jonas, predictor):
    return propose(jonas, predictor)


def test_what_is_signed_is_what_was_proposed(proposal):
    prescription = opened(signed(proposal, "ada", AT, KEY), KEY)
    assert prescription.channels == tuple(c.order for c in proposal.channels)
    assert prescription.signed_by == "ada"
    assert prescription.case_digest == digest(proposal.case)


def test_a_signature_holds_shorter_for_an_infant(proposal, noor, predictor):
    def days(one):
        prescription = signed(one, "ada", AT, KEY).prescription
        return (prescription.valid_until - AT.date()).days

    assert days(propose(noor, predictor)) < days(proposal)


@pytest.mark.parametrize("days", [-1, 2, 30])
def test_a_proposal_of_another_day_is_not_signed(proposal, days):
    with pytest.raises(NotReady, match="propose again"):
        signed(proposal, "ada", AT + timedelta(days=days), KEY)


def test_a_proposal_edited_by_hand_past_a_limit_is_not_signed(proposal):
    (channel,) = proposal.channels
    order = replace(channel.order, ceiling_ma=90.0)
    forged = replace(proposal, channels=(replace(channel, order=order),))
    with pytest.raises(OutsideEnvelope, match="60 mA"):
        signed(forged, "ada", AT, KEY)


def test_a_prescription_changed_after_signing_arms_nothing(proposal):
    plain = to_file(signed(proposal, "ada", AT, KEY))
    plain["prescription"]["channels"][0]["ceiling_ma"] += 1.0
    with pytest.raises(BadInput, match="changed after it was signed"):
        opened(from_file(Sealed, plain, "prescription.json"), KEY)


def test_a_prescription_signed_elsewhere_arms_nothing(proposal):
    with pytest.raises(BadInput, match="not signed in this clinic"):
        opened(signed(proposal, "ada", AT, b"other" * 8), KEY)


def test_a_proposal_comes_back_from_its_file_as_it_went(proposal):
    assert from_file(Proposal, to_file(proposal), "proposal.json") == proposal


def test_two_gluteus_medius_are_signed_for_walking(mila, predictor):
    prescription = signed(propose(mila, predictor), "ada", AT, KEY).prescription
    assert [c.slot for c in prescription.channels] == ["A", "B"]
