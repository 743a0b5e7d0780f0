"""What the therapist changes is checked against every limit and predicted anew."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rheobase.errors import BadInput
from rheobase.planner.case import Answer, Clearance
from rheobase.planner.edit import edited
from rheobase.planner.edits import ChannelEdit, Edits
from rheobase.planner.proposal import Proposal, Refusal
from rheobase.planner.propose import propose
from rheobase.safety import prescription_violations
from rheobase.stimulus import Montage, Pad, Place, Posture, Segment, Side


@pytest.fixture
def proposal(jonas, predictor):
    return propose(jonas, predictor)


@pytest.fixture
def change(proposal, predictor):
    def make(**values):
        return edited(proposal, Edits(channels=(ChannelEdit(slot="A", **values),)), predictor)

    return make


def on_shank(width_mm, segment=Segment.SHANK):
    pads = [
        Pad(
            place=Place(segment=segment, side=Side.RIGHT, u=u, phi_deg=35.0),
            width_mm=width_mm,
            height_mm=40.0,
            round=False,
        )
        for u in (0.25, 0.65)
    ]
    return Montage(active=pads[0], other=pads[1])


def test_a_change_inside_the_limits_is_taken_and_named_as_the_therapists_own(change, proposal):
    answer = change(ceiling_ma=12.0)
    assert answer.channels[0].order.ceiling_ma == 12.0
    (why,) = [r for r in answer.reasons if r.about == "A.ceiling_ma"]
    assert why.standing == "the therapist's own decision"
    assert f"{proposal.channels[0].order.ceiling_ma:g}" in why.why


def test_a_change_is_predicted_anew(change, proposal):
    before = proposal.channels[0].prediction.motor_threshold_ma.middle
    after = change(pulse_width_us=150.0).channels[0].prediction.motor_threshold_ma.middle
    assert after == pytest.approx(2.0 * before)


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ({"ceiling_ma": 80.0}, "60 mA"),
        ({"frequency_hz": 60.0}, "50 Hz"),
        ({"pulse_width_us": 450.0}, "400 us"),
        ({"step_ma": 3.0}, "1 mA"),
        ({"minutes_max": 45.0}, "30 min"),
        ({"ramp_up_s": 0.2}, "1 s"),
    ],
)
def test_nothing_is_edited_past_a_limit(change, values, limit):
    answer = change(**values)
    assert isinstance(answer, Refusal)
    assert any(limit in r.why for r in answer.reasons)


def test_a_pad_larger_than_the_limb_is_refused(change):
    answer = change(montage=on_shank(150.0))
    assert isinstance(answer, Refusal)
    assert any("smaller pad" in r.to_do for r in answer.reasons)


def test_pads_moved_to_the_chest_are_refused(change):
    answer = change(montage=on_shank(40.0, Segment.CHEST))
    assert isinstance(answer, Refusal)
    assert any("chest" in r.why.lower() for r in answer.reasons)


def test_an_implant_cleared_for_the_leg_stays_closed_on_the_trunk_after_an_edit(jonas, predictor):
    cleared = Clearance(rule="active_implant", by="Dr Lind", on=jonas.today)
    implant = {**jonas.screening, "active_implant": Answer(answer="yes")}
    case = replace(jonas, screening=implant, clearances=(cleared,))
    proposal = propose(case, predictor)
    assert isinstance(proposal, Proposal)
    belly = on_shank(40.0, Segment.ABDOMEN)
    answer = edited(proposal, Edits(channels=(ChannelEdit(slot="A", montage=belly),)), predictor)
    assert isinstance(answer, Refusal)
    assert any("implant" in r.why for r in answer.reasons)


def test_a_first_exposure_is_not_edited_into_standing(proposal, predictor):
    answer = edited(proposal, Edits(posture=Posture.STANDING), predictor)
    assert isinstance(answer, Refusal)


def test_an_impossible_value_is_a_refusal_not_a_crash(change):
    answer = change(start_ma=50.0, ceiling_ma=10.0)
    assert isinstance(answer, Refusal)
    assert "start_ma" in answer.reasons[0].why


def test_what_the_unit_cannot_deliver_is_refused(jonas, predictor):
    weak = replace(jonas.units[0], amplitude_max_ma=25.0, frequency_max_hz=40.0)
    proposal = propose(replace(jonas, units=(weak,)), predictor)
    for values in ({"frequency_hz": 45.0}, {"ceiling_ma": 30.0}, {"step_ma": 0.7}):
        answer = edited(proposal, Edits(channels=(ChannelEdit(slot="A", **values),)), predictor)
        assert isinstance(answer, Refusal)
        assert any("another unit" in r.to_do for r in answer.reasons)


def test_more_than_half_of_last_times_current_is_not_loaded_by_hand_either(mila, predictor):
    last_ma = mila.history.last[0].used_ma
    start = Edits(channels=(ChannelEdit(slot="A", start_ma=0.5 * last_ma + 1.0, ramp_up_s=10.0),))
    answer = edited(propose(mila, predictor), start, predictor)
    assert isinstance(answer, Refusal)
    assert any("ladder" in r.to_do for r in answer.reasons)


def test_a_reason_that_no_longer_holds_is_gone(change):
    about = {r.about for r in change(on_s=4.0).reasons}
    assert "A.on_s" in about
    assert "A.on_off" not in about


def test_a_unit_can_be_left_out(mila, predictor):
    both = propose(mila, predictor)
    one = edited(both, Edits(leave_out=("B",)), predictor)
    assert [c.order.slot for c in one.channels] == ["A"]
    assert not any(r.about.startswith("B.") for r in one.reasons)


def test_an_edit_of_a_channel_that_is_not_there_is_refused(proposal, predictor):
    with pytest.raises(BadInput, match="no channel 'C'"):
        edited(proposal, Edits(channels=(ChannelEdit(slot="C", ceiling_ma=5.0),)), predictor)


def test_leaving_out_every_unit_is_refused(proposal, predictor):
    with pytest.raises(BadInput, match="at least one"):
        edited(proposal, Edits(leave_out=("A",)), predictor)


def test_no_edit_changes_nothing_but_the_look_of_the_model(proposal, predictor):
    assert edited(proposal, Edits(), predictor) == proposal


numbers = st.one_of(
    st.none(), st.floats(-10.0, 500.0), st.sampled_from([0.0, float("nan"), float("inf")])
)


@given(numbers, numbers, numbers, numbers, numbers)
@settings(
    deadline=None,
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_typed_the_answer_is_inside_every_limit_or_a_refusal(
    change, ceiling, width, hz, on, minutes
):
    answer = change(
        ceiling_ma=ceiling, pulse_width_us=width, frequency_hz=hz, on_s=on, minutes_max=minutes
    )
    if isinstance(answer, Proposal):
        assert prescription_violations(answer.unsigned()) == ()
